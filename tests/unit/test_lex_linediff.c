/* SPDX-License-Identifier: MIT */
/* What differs between two texts: the words, the shortest script, limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../runner/lex/linediff.h"

static void expect_most(const char *a, const char *b, size_t most,
                        const char *wanted)
{
    lm_difftext x = {a, strlen(a)}, y = {b, strlen(b)};
    lm_buf out = {0};

    assert_true(lm_linediff(&x, &y, most, &out));
    assert_string_equal(lm_buf_text(&out), wanted);
    lm_buf_clear(&out);
}

static void expect(const char *a, const char *b, const char *wanted)
{
    expect_most(a, b, 100, wanted);
}

static void says_nothing_of_equal_texts(void **state)
{
    (void)state;
    expect("", "", "");
    expect("a\nb\n", "a\nb\n", "");
    expect("a\nb", "a\nb\n", "");
    expect("a\r\nb\r\n", "a\nb\n", "");
}

static void shows_a_change_with_two_lines_around_it(void **state)
{
    (void)state;
    expect("1\n2\n3\n4\n5\n6\n7\n", "1\n2\n3\nfour\n5\n6\n7\n",
           "@@ 2\n  2\n  3\n- 4\n+ four\n  5\n  6\n");
    expect("a\n", "b\n", "@@ 1\n- a\n+ b\n");
    expect("a\nb\n", "b\n", "@@ 1\n- a\n  b\n");
    expect("a\n", "a\nb\n", "@@ 1\n  a\n+ b\n");
    expect("", "a\nb", "@@ 1\n+ a\n+ b\n");
    expect("a\nb", "", "@@ 1\n- a\n- b\n");
}

static void joins_changes_that_are_near(void **state)
{
    (void)state;
    expect("1\n2\n3\n4\n5\n6\n", "0\n2\n3\n4\n5\n7\n",
           "@@ 1\n- 1\n+ 0\n  2\n  3\n  4\n  5\n- 6\n+ 7\n");
    expect("1\n2\n3\n4\n5\n6\n7\n8\n", "0\n2\n3\n4\n5\n6\n7\n9\n",
           "@@ 1\n- 1\n+ 0\n  2\n  3\n@@ 6\n  6\n  7\n- 8\n+ 9\n");
}

static void keeps_to_its_limit(void **state)
{
    (void)state;
    expect_most("a\nb\nc\n", "x\ny\nz\n", 4,
                "@@ 1\n- a\n- b\n- c\n+ x\n@@ and 2 more lines\n");
    expect_most("a\nb\nc\n", "x\ny\nz\n", 5,
                "@@ 1\n- a\n- b\n- c\n+ x\n+ y\n@@ and 1 more line\n");
    expect_most("a\n", "b\n", 0, "@@ and 2 more lines\n");
}

static void takes_bytes_as_they_are(void **state)
{
    lm_difftext a = {"a\0b\nc\n", 6}, b = {"a\0d\nc\n", 6};
    lm_buf out = {0};

    (void)state;
    assert_true(lm_linediff(&a, &b, 100, &out));
    assert_int_equal(out.len, 5 + 12 + 4);
    assert_memory_equal(lm_buf_text(&out), "@@ 1\n- a\0b\n+ a\0d\n  c\n",
                        out.len);
    lm_buf_clear(&out);
}

/* ---- against the plain dynamic program ---- */

static unsigned roll(unsigned *seed)
{
    *seed = *seed * 1103515245u + 12345u;
    return *seed >> 16 & 0x7FFF;
}

/* Lines of one letter each. */
static size_t fill(char *to, unsigned *seed, unsigned letters)
{
    size_t i, n = roll(seed) % 40;

    for (i = 0; i < n; i++) {
        to[2 * i] = (char)('a' + roll(seed) % letters);
        to[2 * i + 1] = '\n';
    }
    to[2 * n] = '\0';
    return n;
}

static size_t edits(const char *a, size_t n, const char *b, size_t m)
{
    size_t common[41][41] = {{0}}, i, j;

    for (i = 1; i <= n; i++)
        for (j = 1; j <= m; j++)
            if (a[2 * i - 2] == b[2 * j - 2])
                common[i][j] = common[i - 1][j - 1] + 1;
            else
                common[i][j] = common[i - 1][j] > common[i][j - 1]
                    ? common[i - 1][j] : common[i][j - 1];
    return n + m - 2 * common[n][m];
}

/* The second text, made from the first and the difference. */
static size_t apply(const char *a, const char *change, char *to)
{
    size_t i = 0, j = 0, made = 0;
    long line;

    for (; *change != '\0'; change = strchr(change, '\n') + 1) {
        if (*change == '@') {
            line = strtol(change + 3, NULL, 10);
            for (; made + 1 < (size_t)line; made++, i++, j += 2)
                memcpy(to + j, a + 2 * i, 2);
            continue;
        }
        if (*change != '+')
            assert_int_equal(a[2 * i++], change[2]);
        if (*change != '-') {
            to[j++] = change[2];
            to[j++] = '\n';
            made++;
        }
    }
    strcpy(to + j, a + 2 * i);
    return j;
}

static void is_the_shortest_script(void **state)
{
    char a[100], b[100], made[200];
    unsigned seed = 7;
    unsigned round;

    (void)state;
    for (round = 0; round < 3000; round++) {
        size_t n = fill(a, &seed, 2 + round % 6);
        size_t m = fill(b, &seed, 2 + round % 6), changed = 0;
        lm_difftext x = {a, 2 * n}, y = {b, 2 * m};
        lm_buf out = {0};
        const char *line;

        assert_true(lm_linediff(&x, &y, 1000, &out));
        for (line = lm_buf_text(&out); *line != '\0';
             line = strchr(line, '\n') + 1)
            changed += *line == '-' || *line == '+';
        assert_int_equal(changed, edits(a, n, b, m));
        apply(a, lm_buf_text(&out), made);
        assert_string_equal(made, b);
        lm_buf_clear(&out);
    }
}

/* Thousands of lines with nothing in common, between two that are. */
static void gives_up_where_all_differs(void **state)
{
    lm_buf a = {0}, b = {0}, out = {0};
    lm_difftext x, y;
    int i;

    (void)state;
    lm_buf_puts(&a, "same\n");
    lm_buf_puts(&b, "same\n");
    for (i = 0; i < 5000; i++) {
        lm_buf_printf(&a, "a %d\n", i);
        lm_buf_printf(&b, "b %d\n", i);
    }
    lm_buf_puts(&a, "end\n");
    lm_buf_puts(&b, "end\n");
    x.text = lm_buf_text(&a);
    x.len = a.len;
    y.text = lm_buf_text(&b);
    y.len = b.len;
    assert_true(lm_linediff(&x, &y, 3, &out));
    assert_string_equal(lm_buf_text(&out), "@@ 1\n  same\n- a 0\n- a 1\n"
                        "@@ and 9999 more lines\n");
    lm_buf_clear(&a);
    lm_buf_clear(&b);
    lm_buf_clear(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_nothing_of_equal_texts),
        cmocka_unit_test(shows_a_change_with_two_lines_around_it),
        cmocka_unit_test(joins_changes_that_are_near),
        cmocka_unit_test(keeps_to_its_limit),
        cmocka_unit_test(takes_bytes_as_they_are),
        cmocka_unit_test(is_the_shortest_script),
        cmocka_unit_test(gives_up_where_all_differs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
