/* SPDX-License-Identifier: MIT */
/* What may be an ID, and names as SQL and file names spell them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../runner/lex/name.h"

static const char *problem(const char *id)
{
    return lm_id_problem(id, strlen(id));
}

static void accepts_any_sensible_id(void **state)
{
    (void)state;
    assert_null(problem("2026_01_28_add_email_to_users"));
    assert_null(problem("1"));
    assert_null(problem("a b;'\"\\.."));
    assert_null(problem("\xC3\xA9t\xC3\xA9 \xE2\x9C\x93 \xF0\x9F\x9A\x80"));
    assert_null(problem("\xC2\xA0"));
}

static void refuses_what_cannot_be_kept(void **state)
{
    (void)state;
    assert_string_equal(problem(""), "is empty");
    assert_string_equal(problem("a/b"), "has a slash in it");
    assert_string_equal(problem("a\nb"), "has a control character in it");
    assert_string_equal(problem("\x7F"), "has a control character in it");
    assert_string_equal(problem("\xC2\x9B" "2J"),
                        "has a control character in it");
    assert_string_equal(lm_id_problem("a\0b", 3),
                        "has a control character in it");
    assert_string_equal(problem("\xC3"), "is not valid UTF-8");
    assert_string_equal(problem("\xED\xA0\x80"), "is not valid UTF-8");
}

static void holds_the_limit_of_255_bytes(void **state)
{
    char id[256];

    (void)state;
    memset(id, 'a', sizeof id);
    assert_null(lm_id_problem(id, 255));
    assert_string_equal(lm_id_problem(id, 256), "is longer than 255 bytes");
}

static void expect_ident(const char *name, const char *quoted)
{
    char *got = lm_quote_ident(name);

    assert_non_null(got);
    assert_string_equal(got, quoted);
    free(got);
}

static void quotes_identifiers(void **state)
{
    (void)state;
    expect_ident("users", "\"users\"");
    expect_ident("a \"b\"", "\"a \"\"b\"\"\"");
    expect_ident("", "\"\"");
}

static void expect_stem(const char *file, const char *suffix,
                        const char *stem)
{
    char *got = lm_stem(file, suffix);

    assert_non_null(got);
    assert_string_equal(got, stem);
    free(got);
}

static void takes_suffixes_off(void **state)
{
    (void)state;
    expect_stem("2026_x.lua", ".lua", "2026_x");
    expect_stem("a.up.sql", ".up.sql", "a");
    expect_stem("a.lua.lua", ".lua", "a.lua");
    expect_stem("a.sql", ".lua", "a.sql");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_any_sensible_id),
        cmocka_unit_test(refuses_what_cannot_be_kept),
        cmocka_unit_test(holds_the_limit_of_255_bytes),
        cmocka_unit_test(quotes_identifiers),
        cmocka_unit_test(takes_suffixes_off)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
