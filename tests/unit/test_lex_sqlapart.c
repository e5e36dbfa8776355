/* SPDX-License-Identifier: MIT */
/* Where two pieces of SQL part, and what is shown of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../runner/lex/sqlapart.h"

static void expect(const char *a, const char *b, const char *in_a,
                   const char *in_b)
{
    lm_buf x = {0}, y = {0};
    lm_apart p, q;

    assert_true(lm_sqlapart(a, b, &p, &q));
    lm_sqlapart_here(&x, a, &p);
    lm_sqlapart_here(&y, b, &q);
    assert_string_equal(lm_buf_text(&x), in_a);
    assert_string_equal(lm_buf_text(&y), in_b);
    lm_buf_clear(&x);
    lm_buf_clear(&y);
}

static void finds_nothing_where_nothing_counts(void **state)
{
    lm_apart p, q;

    (void)state;
    assert_false(lm_sqlapart("", "", &p, &q));
    assert_false(lm_sqlapart("select \"a\" ,b -- x", "SELECT A, [b]", &p,
                             &q));
    assert_false(lm_sqlapart("a /* open", "a", &p, &q));
}

static void shows_three_tokens_before_it(void **state)
{
    (void)state;
    expect("a", "b", "a", "b");
    expect("", "b", "", "b");
    expect("a b c d", "a b c e", "a b c d", "a b c e");
    expect("a b c d e", "a b c d f", "… b c d e", "… b c d f");
    expect("a b /* x */ c\n\td 'E'", "a b c d 'e'", "… b c d 'E'",
           "… b c d 'e'");
    expect("a b c d", "a b c d e f", "… b c d", "… b c d e f");
    expect("a 'a long string before what differs' x", "a 'a long string "
           "before what differs' y", "… x", "… y");
}

static void cuts_what_is_long(void **state)
{
    char a[200] = "x '";
    lm_buf out = {0};
    size_t i;

    (void)state;
    for (i = 3; i < 150; i++)
        a[i] = 'y';
    a[i] = '\'';
    expect(a, "x z", "x 'yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy…",
           "x z");
    lm_sqlapart_show(&out, "  ä , 'ää'  ", 14, 3);
    lm_buf_putc(&out, '|');
    lm_sqlapart_show(&out, "'ää'", 6, 2);
    lm_buf_putc(&out, '|');
    lm_sqlapart_show(&out, "'ää' ", 7, 6);
    assert_string_equal(lm_buf_text(&out), "ä , …|'…|'ää'");
    lm_buf_clear(&out);
}

static void goes_into_what_is_long(void **state)
{
    (void)state;
    expect("a 'aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd1' b",
           "a 'aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd2' b",
           "… dddddddd1' b", "… dddddddd2' b");
    expect("'aaaaaaaaaabbbbbbbbbbccccccccccddddddddä1'",
           "'aaaaaaaaaabbbbbbbbbbccccccccccddddddddä2'",
           "… ddddddä1'", "… ddddddä2'");
    expect("'aaaaaaaaaabbbbbbbbbbcccccccccc'",
           "'aaaaaaaaaabbbbbbbbbbcccccccccc and more'",
           "… cccccccc'", "… cccccccc and more'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_nothing_where_nothing_counts),
        cmocka_unit_test(shows_three_tokens_before_it),
        cmocka_unit_test(cuts_what_is_long),
        cmocka_unit_test(goes_into_what_is_long),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
