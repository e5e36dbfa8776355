/* SPDX-License-Identifier: MIT */
/* Re-formatting a migration leaves its fingerprint as it is; nothing else
 * does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../runner/base/buf.h"
#include "../../runner/lex/fingerprint.h"

static bool is_migrate(const lm_sqltok *t)
{
    assert_true(t->size >= 2);
    return lm_sqltok_at_line(t) && t->size > 10 &&
           memcmp(t->text + t->start, "-- migrate", 10) == 0;
}

static bool is_any(const lm_sqltok *t)
{
    return lm_sqltok_at_line(t) && t->text[t->start] == '-';
}

static bool is_break(const lm_sqltok *t)
{
    return t->size > 3 && t->text[t->start + 2] == '>';
}

static bool is_same_lua(const char *a, const char *b)
{
    char x[LM_FINGERPRINT_SIZE], y[LM_FINGERPRINT_SIZE];

    lm_fingerprint_lua(a, strlen(a), x);
    lm_fingerprint_lua(b, strlen(b), y);
    return strcmp(x, y) == 0;
}

static bool is_same_sql(const char *a, const char *b,
                        lm_directive_fn directive)
{
    char x[LM_FINGERPRINT_SIZE], y[LM_FINGERPRINT_SIZE];

    lm_fingerprint_sql(a, strlen(a), directive, x);
    lm_fingerprint_sql(b, strlen(b), directive, y);
    return strcmp(x, y) == 0;
}

/* Ledgers hold these: the values were worked out without this program, from
 * the description in fingerprint.h. */
static void is_t1_for_ever(void **state)
{
    static const char sql[] =
        "-- x\r\n-- migrate:up \ttransaction:false \r\nSELECT 'a\r\n',\"b\","
        "x'00', 1.5,?1; '";
    static const char lua[] =
        "#!x\r\nx = 'a\\\r\n'..[[\r\nb\r\n]]--y\r\n+0x1 $";
    char got[LM_FINGERPRINT_SIZE];

    (void)state;
    lm_fingerprint_sql("", 0, NULL, got);
    assert_string_equal(got, "t1:e3b0c44298fc1c149afbf4c8996fb924"
                        "27ae41e4649b934ca495991b7852b855");
    lm_fingerprint_sql(sql, sizeof sql - 1, is_migrate, got);
    assert_string_equal(got, "t1:8be343a27101424fcb69282c64aff725"
                        "238354d08273f560d76b904206140be9");
    lm_fingerprint_lua(lua, sizeof lua - 1, got);
    assert_string_equal(got, "t1:3fd85c7a662c21f4a2618847615c4c0a"
                        "7ac19a135fafc96fd694c36898513f08");
}

static void passes_over_sql_form(void **state)
{
    static const char sql[] = "CREATE TABLE t(a, b);\nSELECT 'x';\n";

    (void)state;
    assert_true(is_same_sql(sql, "CREATE TABLE t(a, b);\r\nSELECT 'x';",
                            NULL));
    assert_true(is_same_sql(sql, "\xEF\xBB\xBF CREATE\tTABLE t\n(\na,b);"
                            "SELECT 'x' ;", NULL));
    assert_true(is_same_sql(sql, "-- a\nCREATE /* b */ TABLE t(a, b\n-- c\n);"
                            "SELECT 'x';-- d", NULL));
}

static void sees_sql_changes(void **state)
{
    (void)state;
    assert_false(is_same_sql("select 1", "SELECT 1", NULL));
    assert_false(is_same_sql("select \"a\"", "select a", NULL));
    assert_false(is_same_sql("select \"a\"", "select [a]", NULL));
    assert_false(is_same_sql("select 'a'", "select \"a\"", NULL));
    assert_false(is_same_sql("select 1", "select 1;", NULL));
    assert_false(is_same_sql("select 'a b'", "select 'a  b'", NULL));
    assert_false(is_same_sql("select 'a\nb'", "select 'a\r\nb'", NULL));
    assert_false(is_same_sql("select '-- a'", "select '-- b'", NULL));
    assert_false(is_same_sql("ab", "a b", NULL));
    assert_false(is_same_sql("a<=b", "a< =b", NULL));
}

static void counts_directives_by_their_words(void **state)
{
    static const char sql[] = "-- migrate:up x\nSELECT 1;\n";

    (void)state;
    assert_true(is_same_sql(sql, "-- migrate:up   x  \r\nSELECT 1;\r\n",
                            is_migrate));
    assert_true(is_same_sql(sql, "\xEF\xBB\xBF-- migrate:up\tx\nSELECT 1;",
                            is_migrate));
    assert_true(is_same_sql(sql, "-- y\n-- migrate:up x\n-- z\nSELECT 1;",
                            is_migrate));
    assert_false(is_same_sql(sql, "-- migrate:down x\nSELECT 1;",
                             is_migrate));
    assert_false(is_same_sql(sql, "SELECT 1;", is_migrate));
    assert_true(is_same_sql(sql, "SELECT 1;", NULL));
    assert_false(is_same_sql(sql, "SELECT 1;-- migrate:up x\n", is_migrate));
}

static void takes_directives_at_line_starts_only(void **state)
{
    (void)state;
    assert_true(is_same_sql("SELECT 1; --a", "SELECT 1;", is_any));
    assert_true(is_same_sql(" --a\nSELECT 1;", "SELECT 1;", is_any));
    assert_true(is_same_sql("/*\n--a\n*/SELECT 1;", "SELECT 1;", is_any));
    assert_true(is_same_sql("/*a*/SELECT 1;", "SELECT 1;", is_any));
    assert_false(is_same_sql("--a\nSELECT 1;", "SELECT 1;", is_any));
    assert_false(is_same_sql("SELECT 1;\n--", "SELECT 1;", is_any));
    assert_false(is_same_sql("--a\n", "\"--a\"", is_any));
}

static void takes_directives_where_the_dialect_has_them(void **state)
{
    (void)state;
    assert_false(is_same_sql("a;--> x\nb", "a;b", is_break));
    assert_true(is_same_sql("a;--> x\nb", "a;\n-->  x\nb", is_break));
    assert_true(is_same_sql("a;-- x\nb", "a;b", is_break));
}

/* The fingerprint of a pair; without `down` of one file. */
static const char *of_pair(const char *up, const char *down,
                           const char *setting, char *out)
{
    lm_sqlpair pair = {0};

    pair.up = up;
    pair.up_len = strlen(up);
    pair.down = down;
    pair.down_len = down == NULL ? 0 : strlen(down);
    pair.setting = setting;
    lm_fingerprint_pair(&pair, NULL, out);
    return out;
}

static void counts_up_and_then_down(void **state)
{
    char a[LM_FINGERPRINT_SIZE], b[LM_FINGERPRINT_SIZE];

    (void)state;
    lm_fingerprint_sql("a;", 2, NULL, a);
    assert_string_equal(of_pair("a;", NULL, NULL, b), a);
    assert_string_not_equal(of_pair("a;", "", NULL, b), a);
    of_pair("a; b;", "c;", NULL, a);
    assert_string_equal(of_pair("a;b;-- x", "\nc ;", NULL, b), a);
    assert_string_not_equal(of_pair("a;", "b; c;", NULL, b), a);
    assert_string_not_equal(of_pair("c;", "a; b;", NULL, b), a);
    assert_string_not_equal(of_pair("a; b;", "c;", "x = 1", b), a);
    of_pair("a;", NULL, "x = 1", a);
    assert_string_equal(of_pair("a;", NULL, "x  =  1", b), a);
    assert_string_not_equal(of_pair("a;", NULL, "x = 2", b), a);
}

static void passes_over_lua_form(void **state)
{
    static const char lua[] = "x = [[\na\n]]\nf('b', {1, 2})\n";

    (void)state;
    assert_true(is_same_lua(lua, "x=[[\na\n]]f (\n'b',{1,2} )"));
    assert_true(is_same_lua(lua, "--- a\nx --[[ b ]] = [[\na\n]] -- c\n"
                            "f('b', --[==[ ]] ]==]{1, 2})--"));
    assert_true(is_same_lua(lua, "\xEF\xBB\xBFx = [[\r\na\r\n]]\r\n"
                            "f('b', {1, 2})\r\n"));
    assert_true(is_same_lua(lua, "#!/usr/bin/lua\nx = [[\ra\r]]\r"
                            "f('b', {1, 2})\r"));
    assert_true(is_same_lua("x = 'a\\\nb'", "x = 'a\\\r\nb'"));
}

static void sees_lua_changes(void **state)
{
    (void)state;
    assert_false(is_same_lua("x = 'a'", "x = \"a\""));
    assert_false(is_same_lua("x = 'a'", "x = [[a]]"));
    assert_false(is_same_lua("x = [[\na]]", "x = [[a]]"));
    assert_false(is_same_lua("x = [[a\n\n]]", "x = [[a\n]]"));
    assert_false(is_same_lua("x = 1", "x = 1;"));
    assert_false(is_same_lua("x = 'a\\nb'", "x = 'a\\\nb'"));
    assert_false(is_same_lua("a b", "ab"));
    assert_false(is_same_lua("a = = b", "a == b"));
    assert_false(is_same_lua("x = '--a'", "x = '--b'"));
}

/* Tokens at, across and beyond the edges of the blocks that are hashed. */
static void holds_for_tokens_of_any_length(void **state)
{
    lm_buf a = {0}, b = {0};
    size_t n, i;

    (void)state;
    for (n = 4000; n < 4200; n++) {
        lm_buf_puts(&a, "x = [[");
        for (i = 0; i < n; i++)
            lm_buf_putc(&a, i % 7 == 0 ? '\n' : 'a');
        lm_buf_puts(&a, "]]");
        for (i = 0; i < a.len; i++)
            lm_buf_puts(&b, a.data[i] == '\n' ? "\r\n"
                                              : (char[]){a.data[i], 0});
        lm_buf_puts(&b, " -- y");
        assert_true(is_same_lua(lm_buf_text(&a), lm_buf_text(&b)));
        b.data[n / 2] ^= 1;
        assert_false(is_same_lua(lm_buf_text(&a), lm_buf_text(&b)));
        lm_buf_clear(&a);
        lm_buf_clear(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_t1_for_ever),
        cmocka_unit_test(passes_over_sql_form),
        cmocka_unit_test(sees_sql_changes),
        cmocka_unit_test(counts_directives_by_their_words),
        cmocka_unit_test(takes_directives_at_line_starts_only),
        cmocka_unit_test(takes_directives_where_the_dialect_has_them),
        cmocka_unit_test(counts_up_and_then_down),
        cmocka_unit_test(passes_over_lua_form),
        cmocka_unit_test(sees_lua_changes),
        cmocka_unit_test(holds_for_tokens_of_any_length)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
