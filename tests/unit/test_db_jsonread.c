/* SPDX-License-Identifier: MIT */
/* JSON of another tool, read by SQLite: what is handed over, how it ends
 * early, and an SQLite that has no JSON functions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "../../runner/db/jsonread.h"

typedef struct listing {
    char text[512];
    lm_jsonread *json;
    int left;           /* so many items, then stop */
} listing;

static void add(listing *l, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void add(listing *l, const char *format, ...)
{
    size_t used = strlen(l->text);
    va_list args;

    va_start(args, format);
    vsnprintf(l->text + used, sizeof l->text - used, format, args);
    va_end(args);
}

/* key=kind:value, and what stands in it in parentheses. */
static int list_item(void *user, const lm_jsonread_item *item)
{
    listing *l = user;
    int rc = LM_OK;

    if (l->left-- == 0)
        return LM_EAHEAD;
    add(l, "%s=", item->key != NULL ? item->key : "-");
    switch (item->kind) {
    case LM_JSON_OTHER:
        add(l, "?%s ", item->text != NULL ? item->text : "null");
        break;
    case LM_JSON_INTEGER:
        add(l, "%lld ", (long long)item->integer);
        break;
    case LM_JSON_STRING:
        add(l, "'%s' ", item->text);
        break;
    default:
        add(l, item->kind == LM_JSON_LIST ? "[" : "{");
        rc = lm_jsonread_each(l->json, item->text, list_item, l);
        add(l, item->kind == LM_JSON_LIST ? "]" : "}");
        break;
    }
    return rc;
}

static int list(const char *text, int left, listing *l, lm_err *err)
{
    int rc;

    memset(l, 0, sizeof *l);
    l->left = left;
    rc = lm_jsonread_open(text, strlen(text), err, &l->json);
    if (rc == LM_OK)
        rc = lm_jsonread_each(l->json, text, list_item, l);
    else
        assert_null(l->json);
    lm_jsonread_close(l->json);
    return rc;
}

static void lists(const char *text, const char *expected)
{
    lm_err err = {0};
    listing l;

    assert_int_equal(list(text, -1, &l, &err), LM_OK);
    assert_string_equal(l.text, expected);
    assert_int_equal(err.code, LM_OK);
}

static void refuses(const char *text, const char *why)
{
    lm_err err = {0};
    listing l;

    assert_int_equal(list(text, -1, &l, &err), LM_EUSAGE);
    assert_string_equal(lm_err_text(&err), why);
    assert_int_equal(err.line, 0);
    lm_err_clear(&err);
}

static void hands_over_what_is_there(void **state)
{
    (void)state;
    lists("{}", "");
    lists("[]", "");
    lists("[1,-2,\"x\",null,true,false]",
          "-=1 -=-2 -='x' -=?null -=?1 -=?0 ");
    lists("{\"b\":1,\"a\":{\"c\":[2,[]]},\"b\":\"\"}",
          "b=1 a={c=[-=2 -=[]]}b='' ");
    lists(" { \"a\\n\" : \"\\u00e9\\ud83d\\ude80\\\"\" } ",
          "a\n='\xC3\xA9\xF0\x9F\x9A\x80\"' ");
    lists("[-9223372036854775808,9223372036854775807]",
          "-=-9223372036854775808 -=9223372036854775807 ");
    lists("\"[1]\"", "-='[1]' ");
}

static void refuses_what_it_cannot_hand_over(void **state)
{
    (void)state;
    refuses("", "it is not JSON");
    refuses("[1,]", "it is not JSON");
    refuses("{a:1}", "it is not JSON");
    refuses("[\"\xFF\"]", "it is not JSON");
    refuses("[\"\\u0000\"]", "a text in it holds a NUL");
    refuses("[[[\"a\\u0000b\"]]]", "a text in it holds a NUL");
    refuses("[9223372036854775808]", "a number in it is too large");
    refuses("{\"a\":[-1e400]}", "a number in it is too large");
    refuses("[\"\\ud83d\"]", "a text in it is not Unicode");
    refuses("[{\"\\ude80\":1}]", "a text in it is not Unicode");
}

static void sees_a_nul_by_the_length(void **state)
{
    lm_err err = {0};
    lm_jsonread *json;

    (void)state;
    assert_int_equal(lm_jsonread_open("[]\0x", 4, &err, &json), LM_EUSAGE);
    assert_string_equal(lm_err_text(&err), "it is not JSON");
    assert_null(json);
    lm_err_clear(&err);
    lm_jsonread_close(NULL);
}

static void ends_with_what_the_caller_says(void **state)
{
    lm_err err = {0};
    listing l;

    (void)state;
    assert_int_equal(list("[1,[2,3],4]", 2, &l, &err), LM_EAHEAD);
    assert_string_equal(l.text, "-=1 -=[]");
    assert_int_equal(err.code, LM_OK);
}

/* A new connection loses its JSON functions: those that can be called, */
static int drop_functions(sqlite3 *db, const char **error, const void *api)
{
    (void)error;
    (void)api;
    return sqlite3_create_function(db, "json_valid", 1, SQLITE_UTF8, NULL,
                                   NULL, NULL, NULL);
}

/* and the tables. */
static int drop_tables(sqlite3 *db, const char **error, const void *api)
{
    (void)error;
    (void)api;
    return sqlite3_drop_modules(db, NULL);
}

typedef int (*extension)(sqlite3 *, const char **, const void *);

static void refuses_without(extension drop)
{
    lm_err err = {0};
    listing l;
    int rc;

    assert_int_equal(sqlite3_auto_extension((void (*)(void))drop), SQLITE_OK);
    rc = list("[1]", -1, &l, &err);
    sqlite3_reset_auto_extension();
    assert_int_equal(rc, LM_EUSAGE);
    assert_non_null(strstr(lm_err_text(&err), "this SQLite (3."));
    assert_non_null(strstr(lm_err_text(&err), "has no JSON functions"));
    lm_err_clear(&err);
}

static void says_that_sqlite_has_no_json(void **state)
{
    (void)state;
    refuses_without(drop_functions);
    refuses_without(drop_tables);
    lists("[1]", "-=1 ");
}

/* ---- memory runs out at the n-th call ---- */

static sqlite3_mem_methods real;
static int until;       /* 0: never */
static bool for_ever;

static bool fails_now(void)
{
    if (until > 1)
        until--;
    else if (until == 1) {
        until = for_ever ? 1 : -1;
        return true;
    }
    return false;
}

static void *lean_malloc(int n)
{
    return fails_now() ? NULL : real.xMalloc(n);
}

static void *lean_realloc(void *p, int n)
{
    return fails_now() ? NULL : real.xRealloc(p, n);
}

/* Without memory it says so, or ends as it does with it. Was there a call as
 * late as this one? */
static bool fails_at(const char *text, int n, const char *expected)
{
    lm_err err = {0};
    listing l;
    int rc;

    until = n;
    rc = list(text, -1, &l, &err);
    n = until;
    until = 0;
    if (rc == LM_ENOMEM)
        assert_int_equal(err.code, LM_ENOMEM);
    else if (expected == NULL)
        assert_int_equal(rc, LM_EUSAGE);
    else
        assert_string_equal(l.text, expected);
    assert_int_equal(rc, err.code);
    lm_err_clear(&err);
    return n == -1 || (for_ever && n == 1);
}

static void survives_lack_of_memory(void **state)
{
    int n;

    (void)state;
    do {
        for (n = 1; fails_at("{\"a\":[{\"b\":1,\"c\":\"d\"},[\"e\"]]}", n,
                             "a=[-={b=1 c='d' }-=[-='e' ]]"); n++)
            ;
        assert_true(n > 100);
        for (n = 1; fails_at("[1,]", n, NULL); n++)
            ;
        assert_true(n > 100);
        for_ever = !for_ever;
    } while (for_ever);
}

static int set_up(void **state)
{
    sqlite3_mem_methods lean;

    (void)state;
    if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real) != SQLITE_OK)
        return -1;
    lean = real;
    lean.xMalloc = lean_malloc;
    lean.xRealloc = lean_realloc;
    return sqlite3_config(SQLITE_CONFIG_MALLOC, &lean) != SQLITE_OK ||
           sqlite3_initialize() != SQLITE_OK;
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(hands_over_what_is_there),
        cmocka_unit_test(refuses_what_it_cannot_hand_over),
        cmocka_unit_test(sees_a_nul_by_the_length),
        cmocka_unit_test(ends_with_what_the_caller_says),
        cmocka_unit_test(says_that_sqlite_has_no_json),
        cmocka_unit_test(survives_lack_of_memory),
    };

    return cmocka_run_group_tests(tests, set_up, NULL);
}
