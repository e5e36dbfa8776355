/* SPDX-License-Identifier: MIT */
/* Buffers, errors, lists, arenas, digests, clocks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sys/types.h>
#include <sha2.h>

#include "../../runner/base/arena.h"
#include "../../runner/base/buf.h"
#include "../../runner/base/clock.h"
#include "../../runner/base/err.h"
#include "../../runner/base/list.h"
#include "../../runner/base/sha256.h"

static void buf_is_empty_at_first(void **state)
{
    lm_buf b = {0};
    char *text;

    (void)state;
    assert_string_equal(lm_buf_text(&b), "");
    assert_false(lm_buf_failed(&b));
    text = lm_buf_take(&b);
    assert_string_equal(text, "");
    free(text);
    lm_buf_clear(&b);
    lm_buf_clear(&b);
}

static void buf_grows(void **state)
{
    lm_buf b = {0};
    char *text;
    int i;

    (void)state;
    for (i = 0; i < 10000; i++) {
        lm_buf_puts(&b, "ab");
        lm_buf_putc(&b, 'c');
        lm_buf_printf(&b, "%03d", i % 1000);
    }
    assert_int_equal(b.len, 60000);
    assert_string_equal(lm_buf_text(&b) + 59994, "abc999");
    text = lm_buf_take(&b);
    assert_int_equal(strlen(text), 60000);
    assert_int_equal(b.len, 0);
    assert_null(b.data);
    free(text);
}

static void buf_keeps_bytes(void **state)
{
    lm_buf b = {0};

    (void)state;
    lm_buf_add(&b, "a\0b", 3);
    lm_buf_add(&b, NULL, 0);
    assert_int_equal(b.len, 3);
    assert_memory_equal(lm_buf_text(&b), "a\0b", 4);
    lm_buf_clear(&b);
    assert_string_equal(lm_buf_text(&b), "");
}

/* Exactly as much as there is room for, and one more. */
static void buf_ends_with_a_nul_at_every_length(void **state)
{
    char text[200];
    lm_buf b = {0};
    size_t n;

    (void)state;
    memset(text, 'x', sizeof text);
    for (n = 0; n < sizeof text; n++) {
        lm_buf_add(&b, text, n);
        assert_int_equal(strlen(lm_buf_text(&b)), n);
        lm_buf_clear(&b);
        lm_buf_printf(&b, "%.*s", (int)n, text);
        assert_int_equal(strlen(lm_buf_text(&b)), n);
        lm_buf_clear(&b);
    }
}

static void buf_stays_failed(void **state)
{
    lm_buf b = {0};

    (void)state;
    lm_buf_puts(&b, "before");
    lm_buf_add(&b, "x", SIZE_MAX / 2);
    assert_true(lm_buf_failed(&b));
    lm_buf_puts(&b, "after");
    assert_true(lm_buf_failed(&b));
    assert_string_equal(lm_buf_text(&b), "");
    assert_null(lm_buf_take(&b));
    /* Taking empties it, and it can be used again. */
    assert_false(lm_buf_failed(&b));
    lm_buf_puts(&b, "again");
    assert_string_equal(lm_buf_text(&b), "again");
    lm_buf_clear(&b);
}

static void err_keeps_the_first(void **state)
{
    lm_err err = {0};

    (void)state;
    assert_string_equal(lm_err_text(&err), "no error");
    assert_int_equal(lm_err_set(&err, LM_EUSAGE, "the %s is %d", "first", 1),
                     LM_EUSAGE);
    assert_int_equal(lm_err_set(&err, LM_EDATA, "second"), LM_EDATA);
    assert_int_equal(lm_err_nomem(&err), LM_ENOMEM);
    assert_int_equal(err.code, LM_EUSAGE);
    assert_string_equal(lm_err_text(&err), "the first is 1");
    lm_err_clear(&err);
    assert_int_equal(err.code, LM_OK);
    lm_err_clear(&err);
}

static void err_keeps_each_detail_from_who_knew_it_first(void **state)
{
    lm_err err = {0};

    (void)state;
    lm_err_set(&err, LM_EFAILED, "no");
    assert_int_equal(err.sql_offset, -1);
    lm_err_hint(&err, "do %s", "this");
    lm_err_hint(&err, "do that");
    lm_err_migration(&err, "a", NULL);
    lm_err_migration(&err, "b", "b.lua");
    lm_err_line(&err, 0, 9);
    lm_err_line(&err, 3, 4);
    lm_err_line(&err, 5, 6);
    lm_err_sql(&err, "SELECT x, y", 8, 7, 1);
    lm_err_sql(&err, "SELECT y", 8, 1, 2);
    lm_err_traceback(&err, NULL);
    lm_err_traceback(&err, "here");
    lm_err_traceback(&err, "there");
    assert_string_equal(err.hint, "do this");
    assert_string_equal(err.migration, "a");
    assert_string_equal(err.file, "b.lua");
    assert_int_equal(err.line, 3);
    assert_int_equal(err.column, 4);
    assert_string_equal(err.sql, "SELECT x");
    assert_int_equal(err.sql_offset, 7);
    assert_int_equal(err.sqlite_code, 1);
    assert_string_equal(err.traceback, "here");
    lm_err_clear(&err);
}

static void err_needs_no_memory_to_say_so(void **state)
{
    lm_err err = {0};

    (void)state;
    assert_int_equal(lm_err_nomem(&err), LM_ENOMEM);
    assert_int_equal(err.code, LM_ENOMEM);
    assert_null(err.message);
    assert_string_equal(lm_err_text(&err), "out of memory");
    lm_err_set(&err, LM_EFAILED, "later");
    assert_string_equal(lm_err_text(&err), "out of memory");
    lm_err_clear(&err);
}

static void err_moves(void **state)
{
    lm_err a = {0}, b = {0}, c = {0};

    (void)state;
    lm_err_set(&a, LM_EDATA, "a");
    lm_err_hint(&a, "mend it");
    lm_err_move(&b, &a);
    assert_int_equal(a.code, LM_OK);
    assert_null(a.message);
    assert_string_equal(b.message, "a");
    assert_string_equal(b.hint, "mend it");
    lm_err_set(&c, LM_EUSAGE, "c");
    lm_err_move(&b, &c);
    assert_string_equal(b.message, "a");
    assert_int_equal(c.code, LM_OK);
    lm_err_clear(&b);
}

static int by_value(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;

    return (x > y) - (x < y);
}

static void list_grows_and_keeps_what_is_in_it(void **state)
{
    int *list = NULL, *grown, i;
    size_t size = 0;

    (void)state;
    for (i = 0; i < 1000; i++) {
        grown = lm_list_grow(list, (size_t)i, &size, sizeof *list);
        assert_non_null(grown);
        list = grown;
        list[i] = i;
    }
    assert_true(size >= 1000);
    for (i = 0; i < 1000; i++)
        assert_int_equal(list[i], i);
    free(list);
}

static void list_refuses_what_cannot_be(void **state)
{
    size_t size = SIZE_MAX / 8;

    (void)state;
    assert_null(lm_list_grow(NULL, size, &size, 64));
    assert_int_equal(size, SIZE_MAX / 8);
}

static void list_sorts(void **state)
{
    int sorted[] = {1, 2, 2, 5}, mixed[] = {1, 2, 9, 3, 8, 0}, one = 4;

    (void)state;
    lm_list_sort(sorted, 4, sizeof *sorted, by_value);
    assert_memory_equal(sorted, ((int[]){1, 2, 2, 5}), sizeof sorted);
    lm_list_sort(mixed, 6, sizeof *mixed, by_value);
    assert_memory_equal(mixed, ((int[]){0, 1, 2, 3, 8, 9}), sizeof mixed);
    lm_list_sort(&one, 1, sizeof one, by_value);
    lm_list_sort(&one, 0, sizeof one, by_value);
    assert_int_equal(one, 4);
}

static void arena_keeps_strings_where_they_are(void **state)
{
    enum { COUNT = 3000 };
    lm_arena arena = {0};
    const char *kept[COUNT];
    char text[64], *big;
    int i;

    (void)state;
    for (i = 0; i < COUNT; i++) {
        memset(text, 'a' + i % 26, sizeof text);
        kept[i] = lm_arena_add(&arena, text, (size_t)i % sizeof text);
        assert_non_null(kept[i]);
    }
    big = calloc(1, 100000);
    assert_non_null(big);
    memset(big, 'z', 99999);
    assert_string_equal(lm_arena_add(&arena, big, 99999), big);
    free(big);
    for (i = 0; i < COUNT; i++) {
        assert_int_equal(strlen(kept[i]), (size_t)i % sizeof text);
        assert_true(kept[i][0] == '\0' || kept[i][0] == 'a' + i % 26);
    }
    assert_string_equal(lm_arena_add(&arena, NULL, 0), "");
    lm_arena_clear(&arena);
    lm_arena_clear(&arena);
}

/* NIST's examples for SHA-256. */
static void sha256_is_the_standard_one(void **state)
{
    lm_sha256 h;
    char hex[LM_SHA256_HEX];

    (void)state;
    lm_sha256_begin(&h);
    lm_sha256_end(&h, hex);
    assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b"
                        "934ca495991b7852b855");
    lm_sha256_begin(&h);
    lm_sha256_add(&h, "a", 1);
    lm_sha256_add(&h, NULL, 0);
    lm_sha256_add(&h, "bc", 2);
    lm_sha256_end(&h, hex);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a39617"
                        "7a9cb410ff61f20015ad");
}

/* Whichever way its rounds are done, and however the bytes come. */
static void sha256_is_the_same_both_ways(void **state)
{
    unsigned char text[300];
    char expected[LM_SHA256_HEX], hex[LM_SHA256_HEX];
    lm_sha256 h;
    size_t n, step;

    (void)state;
    for (n = 0; n < sizeof text; n++)
        text[n] = (unsigned char)(n * 131 + 7);
    for (n = 0; n <= sizeof text; n++) {
        SHA256Data(text, n, expected);
        lm_sha256_begin(&h);
        lm_sha256_add(&h, text, n);
        lm_sha256_end(&h, hex);
        assert_string_equal(hex, expected);
        lm_sha256_begin(&h);
        h.rounds = lm_sha256_software;
        for (step = 0; step < n; step += 77)
            lm_sha256_add(&h, text + step, n - step < 77 ? n - step : 77);
        lm_sha256_end(&h, hex);
        assert_string_equal(hex, expected);
    }
}

static void clock_speaks_iso_8601(void **state)
{
    char now[LM_UTC_SIZE];
    const char *form = "dddd-dd-ddTdd:dd:dd.dddZ";
    double before = lm_clock_ms();
    size_t i;

    (void)state;
    lm_clock_utc(now);
    assert_int_equal(strlen(now), strlen(form));
    for (i = 0; form[i] != '\0'; i++)
        assert_true(form[i] == 'd' ? now[i] >= '0' && now[i] <= '9'
                                   : now[i] == form[i]);
    assert_true(lm_clock_ms() >= before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(buf_is_empty_at_first),
        cmocka_unit_test(buf_grows),
        cmocka_unit_test(buf_keeps_bytes),
        cmocka_unit_test(buf_ends_with_a_nul_at_every_length),
        cmocka_unit_test(buf_stays_failed),
        cmocka_unit_test(err_keeps_the_first),
        cmocka_unit_test(err_keeps_each_detail_from_who_knew_it_first),
        cmocka_unit_test(err_needs_no_memory_to_say_so),
        cmocka_unit_test(err_moves),
        cmocka_unit_test(list_grows_and_keeps_what_is_in_it),
        cmocka_unit_test(list_refuses_what_cannot_be),
        cmocka_unit_test(list_sorts),
        cmocka_unit_test(arena_keeps_strings_where_they_are),
        cmocka_unit_test(sha256_is_the_standard_one),
        cmocka_unit_test(sha256_is_the_same_both_ways),
        cmocka_unit_test(clock_speaks_iso_8601),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
