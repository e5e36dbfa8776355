/* SPDX-License-Identifier: MIT */
/* Strings: natural order, UTF-8, numbers, one line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../runner/base/text.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* Each sorts before all that follow it. */
static void natural_order_reads_digits_as_numbers(void **state)
{
    static const char *const order[] = {
        "", "0", "00", "0_a", "001", "01", "1", "1_b", "1a", "1b", "2", "9",
        "10", "10a2", "10a10", "2026x", "99999999999999999999",
        "100000000000000000000", "A", "_", "a", "a1", "a1b", "a02",
        "a2", "a10", "a10b1", "aa", "\xC3\xA9",
    };
    size_t i, j;

    (void)state;
    for (i = 0; i < COUNT(order); i++) {
        assert_int_equal(lm_natural_cmp(order[i], order[i]), 0);
        for (j = i + 1; j < COUNT(order); j++) {
            if (lm_natural_cmp(order[i], order[j]) >= 0 ||
                lm_natural_cmp(order[j], order[i]) <= 0)
                fail_msg("%s, %s", order[i], order[j]);
        }
    }
}

static void names_are_the_same_but_for_ascii_case(void **state)
{
    (void)state;
    assert_true(lm_same_name("Users", "uSERS"));
    assert_false(lm_same_name("users", "user"));
    assert_false(lm_same_name("\xC3\x89", "\xC3\xA9"));
    assert_false(lm_same_name("a@", "a`"));
    assert_false(lm_same_name("[", "{"));
    assert_true(lm_same_name_n("abX", 2, "ABY", 2));
    assert_int_equal(lm_fold('Z'), 'z');
    assert_int_equal(lm_fold(0xC9), 0xC9);
}

static void begins_and_ends(void **state)
{
    (void)state;
    assert_true(lm_starts("abc", "ab"));
    assert_true(lm_starts("abc", ""));
    assert_false(lm_starts("a", "ab"));
    assert_true(lm_ends("x.lua", ".lua"));
    assert_true(lm_ends(".lua", ".lua"));
    assert_false(lm_ends("lua", ".lua"));
}

static void knows_utf8(void **state)
{
    static const struct {
        const char *text;
        size_t size, first;
    } cases[] = {
        {"a", 1, 1}, {"\0", 1, 1}, {"\x7F", 1, 1},
        {"\xC2\x80", 2, 2}, {"\xDF\xBF", 2, 2},
        {"\xE0\xA0\x80", 3, 3}, {"\xED\x9F\xBF", 3, 3},
        {"\xEE\x80\x80", 3, 3}, {"\xEF\xBF\xBF", 3, 3},
        {"\xF0\x90\x80\x80", 4, 4}, {"\xF4\x8F\xBF\xBF", 4, 4},
        /* continuation alone, too long, surrogate, too large, cut off */
        {"\x80", 1, 0}, {"\xBF", 1, 0}, {"\xC0\x80", 2, 0},
        {"\xC1\xBF", 2, 0}, {"\xE0\x9F\xBF", 3, 0}, {"\xED\xA0\x80", 3, 0},
        {"\xED\xBF\xBF", 3, 0}, {"\xF0\x8F\xBF\xBF", 4, 0},
        {"\xF4\x90\x80\x80", 4, 0}, {"\xF5\x80\x80\x80", 4, 0},
        {"\xFF", 1, 0}, {"\xC2", 1, 0}, {"\xC2" "a", 2, 0},
        {"\xE2\x82", 2, 0}, {"\xE2\x82" "a", 3, 0},
        {"\xF0\x90\x80", 3, 0}, {"\xF0\x90\x80" "a", 4, 0},
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        assert_int_equal(lm_utf8_length(cases[i].text, cases[i].size),
                         cases[i].first);
        assert_int_equal(lm_utf8_valid(cases[i].text, cases[i].size),
                         cases[i].first == cases[i].size);
    }
    assert_int_equal(lm_utf8_length("a", 0), 0);
    assert_true(lm_utf8_valid("", 0));
    assert_true(lm_utf8_valid("a\xC3\xA9\xE2\x9C\x93\xF0\x9F\x9A\x80", 10));
    assert_false(lm_utf8_valid("abc\xC3", 4));
}

static void expect_line(const char *text, size_t n, size_t max,
                        const char *line)
{
    char *got = lm_one_line(text, n, max);

    assert_string_equal(got, line);
    free(got);
}

static void puts_a_text_onto_one_line(void **state)
{
    (void)state;
    expect_line("", 0, 0, "");
    expect_line("a\nb\tc\rd", 7, 0, "a\\nb\\tc\\x0dd");
    expect_line("a\0\x1B[2J\x7F", 7, 0, "a\\x00\\x1b[2J\\x7f");
    expect_line("\xC3\xA9\xFF", 3, 0, "\xC3\xA9\xFF");
    expect_line("abcdef", 6, 6, "abcdef");
    expect_line("abcdef", 6, 3, "abc...");
}

static void expect_long(const char *text, long min, long max, bool ok,
                        long value)
{
    long n = -77;

    if (lm_parse_long(text, min, max, &n) != ok)
        fail_msg("%s", text);
    assert_int_equal(n, ok ? value : -77);
}

static void parses_whole_numbers(void **state)
{
    static const char *const bad[] = {
        "", " 1", "1 ", "+1", "--1", "-", "1x", "0x10", "1.0", "1e3",
        "99999999999999999999", "-99999999999999999999", "nan", "\xD9\xA1",
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(bad); i++)
        expect_long(bad[i], -1000000, 1000000, false, 0);
    expect_long("0", 0, 9, true, 0);
    expect_long("007", 0, 9, true, 7);
    expect_long("-5", -5, 9, true, -5);
    expect_long("9", 0, 9, true, 9);
    expect_long("10", 0, 9, false, 0);
    expect_long("-1", 0, 9, false, 0);
}

static void copies_and_formats(void **state)
{
    char *s;

    (void)state;
    s = lm_strndup("a\0bc", 3);
    assert_memory_equal(s, "a\0b", 4);
    free(s);
    s = lm_strndup(NULL, 0);
    assert_string_equal(s, "");
    free(s);
    s = lm_format("%s %d%%", "x", 5);
    assert_string_equal(s, "x 5%");
    free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(natural_order_reads_digits_as_numbers),
        cmocka_unit_test(names_are_the_same_but_for_ascii_case),
        cmocka_unit_test(begins_and_ends),
        cmocka_unit_test(knows_utf8),
        cmocka_unit_test(puts_a_text_onto_one_line),
        cmocka_unit_test(parses_whole_numbers),
        cmocka_unit_test(copies_and_formats),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
