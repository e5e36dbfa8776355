/* SPDX-License-Identifier: MIT */
/* The SQL tokenizer holds SQLite's own rules. */
#include <sqlite3.h>

#include "tokens.h"
#include "../../runner/lex/sqltok.h"

/* A letter for each kind, in the order of the enum. */
static const char kinds[] = ".scwqtbnvo;!";

/* "w6 s1 n1" for SELECT 1: kind and bytes of each token. */
static void render(const char *text, size_t len, char *out, size_t size)
{
    size_t used = 0, pos = 0;
    lm_sqltok t;
    int n;

    out[0] = '\0';
    lm_sqltok_start(&t, text, len);
    while (lm_sqltok_next(&t) != LM_TOK_END) {
        assert_int_equal(t.start, pos);
        assert_true(t.size > 0);
        pos = t.pos;
        n = snprintf(out + used, size - used, "%s%c%zu", used > 0 ? " " : "",
                     kinds[t.kind], t.size);
        used += (size_t)n;
        assert_true(used < size);
    }
    assert_int_equal(pos, len);
    assert_int_equal(lm_sqltok_next(&t), LM_TOK_END);
}

static void reads_words(void **state)
{
    (void)state;
    expect("", "");
    expect("SELECT a_1$b FROM t", "w6 s1 w5 s1 w4 s1 w1");
    expect("_x \xC3\xA9t\xC3\xA9 x", "w2 s1 w5 s1 w1");
    expect("\xC2\xA0", "w2");
    expect("xx'00'", "w2 t4");
    expect("a\xEF\xBB\xBF", "w4");
}

static void reads_blanks(void **state)
{
    (void)state;
    expect(" \t\r\n\f", "s5");
    expect(" \v ", "s3");
    expect("\v", "!1");
    expect("\xEF\xBB\xBFselect \xEF\xBB\xBF", "s3 w6 s1 s3");
    expect("\xEF\xBB", "w2");
}

static void reads_comments(void **state)
{
    (void)state;
    expect("--a\n1", "c3 s1 n1");
    expect("--a\r\n1", "c4 s1 n1");
    expect("--a\r1", "c5");
    expect("--", "c2");
    expect("/* ; ' */1", "c9 n1");
    expect("/**/1", "c4 n1");
    expect("/***/1", "c5 n1");
    expect("/*/1", "c4");
    expect("/* /* */ */", "c8 s1 o1 o1");
    expect("/* open", "c7");
    expect("/*", "o1 o1");
    expect("/", "o1");
    expect("-", "o1");
}

static void reads_quotes(void **state)
{
    (void)state;
    expect("'a''b' ''", "t6 s1 t2");
    expect("\"a\"\"b\"`c``d`", "q6 q6");
    expect("[a\"b] [a]]", "q5 s1 q3 !1");
    expect("'a;--\n/*'", "t9");
    expect("'a''", "!4");
    expect("\"a", "!2");
    expect("[a", "!2");
    expect("`", "!1");
    expect("'", "!1");
}

static void reads_blobs(void **state)
{
    (void)state;
    expect("x'' X'0aF9'", "b3 s1 b7");
    expect("x'0'", "!4");
    expect("x'0g' 1", "!5 s1 n1");
    expect("x'00", "!4");
    expect("x'", "!2");
    expect("x '00'", "w1 s1 t4");
}

static void reads_numbers(void **state)
{
    (void)state;
    expect("1 1.5 .5 5. 1e5 1.5E-10 1.e+2",
           "n1 s1 n3 s1 n2 s1 n2 s1 n3 s1 n7 s1 n5");
    expect("0x1F 0Xff", "n4 s1 n4");
    expect("0x1g", "n3 w1");
    expect("0x", "!2");
    expect("1a 1e 1e+ 12$", "!2 s1 !2 s1 !2 o1 s1 !3");
    expect("1..2", "n2 n2");
    expect("a.1", "w1 n2");
    expect("a.b", "w1 o1 w1");
    expect("-1", "o1 n1");
}

static void reads_variables(void **state)
{
    (void)state;
    expect("? ?123 ?1a", "v1 s1 v4 s1 v2 w1");
    expect(":a @a $a #a", "v2 s1 v2 s1 v2 s1 v2");
    expect("$a::b(c d", "!7 s1 w1");
    expect("$a::b(c) $a(;)", "v8 s1 v5");
    expect("$a(b", "!4");
    expect(": @ $( #", "!1 s1 !1 s1 !1 o1 s1 !1");
    expect(":a::b::", "v7");
    expect(":a:b", "v2 v2");
    expect("::", "!1 !1");
}

static void reads_operators(void **state)
{
    (void)state;
    expect("||<<>><=<>!===>=->->>", "o2 o2 o2 o2 o2 o2 o2 o2 o2 o3");
    expect("|&~+*%(),.<>", "o1 o1 o1 o1 o1 o1 o1 o1 o1 o1 o2");
    expect("=;", "o1 ;1");
    expect("!\\^{}\x7F]", "!1 !1 !1 !1 !1 !1 !1");
}

static void stops_at_nul_as_sqlite_does(void **state)
{
    (void)state;
    expect_n("a\0b", 3, "w1 !1 w1");
    expect_n("--a\0b\n", 6, "c3 !1 w1 s1");
    expect_n("/*a\0*/", 6, "c3 !1 o1 o1");
    expect_n("'a\0b'", 5, "!2 !1 w1 !1");
    expect_n("[\0", 2, "!1 !1");
}

static void stays_inside_its_text(void **state)
{
    (void)state;
    expect_n("'a'", 2, "!2");
    expect_n("--a", 1, "o1");
    expect_n("x'0'", 3, "!3");
    expect_n("0x1", 2, "!2");
    expect_n("->>", 2, "o2");
    expect_n("abc", 2, "w2");
}

static void compares_keywords(void **state)
{
    lm_sqltok t;

    (void)state;
    lm_sqltok_start(&t, "cReate \"create\" creates", 23);
    lm_sqltok_next(&t);
    assert_true(lm_sqltok_is(&t, "CREATE"));
    assert_false(lm_sqltok_is(&t, "CREAT"));
    lm_sqltok_next(&t);
    lm_sqltok_next(&t);
    assert_false(lm_sqltok_is(&t, "CREATE"));
    lm_sqltok_next(&t);
    lm_sqltok_next(&t);
    assert_false(lm_sqltok_is(&t, "CREATE"));
}

static void expect_position(const char *text, size_t offset, int line,
                            int column)
{
    int got_line, got_column;

    lm_text_position(text, offset, &got_line, &got_column);
    assert_int_equal(got_line, line);
    assert_int_equal(got_column, column);
}

static void counts_lines_and_columns(void **state)
{
    (void)state;
    expect_position("", 0, 1, 1);
    expect_position("ab\ncd", 2, 1, 3);
    expect_position("ab\ncd", 3, 2, 1);
    expect_position("ab\r\ncd", 5, 2, 2);
    expect_position("\n\n\nx", 3, 4, 1);
    expect_position("a\rb", 2, 1, 3);
    expect_position("\xC3\xA9\xE2\x82\xACx", 5, 1, 3);
    expect_position("\xFF\xFEx", 2, 1, 3);
    expect_position("\xEF\xBB\xBFx", 3, 1, 1);
    expect_position("\xEF\xBB\xBFx\ny", 5, 2, 1);
}

/* Is there a token of this text and kind at this offset? */
static bool has_token(const char *sql, size_t offset, const char *token,
                      size_t n, bool bad)
{
    lm_sqltok t;

    lm_sqltok_start(&t, sql, strlen(sql));
    while (lm_sqltok_next(&t) != LM_TOK_END && t.start < offset)
        continue;
    return t.start == offset && t.size == n && bad == (t.kind == LM_TOK_BAD) &&
           memcmp(sql + offset, token, n) == 0;
}

/* Hold the token that SQLite stumbles over against ours. */
static void compare_with_sqlite(sqlite3 *db, const char *sql)
{
    static const char bad[] = "unrecognized token: \"";
    static const char near[] = "near \"";
    sqlite3_stmt *stmt = NULL;
    const char *message, *token, *end;
    bool is_bad;

    if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK) {
        message = sqlite3_errmsg(db);
        is_bad = strncmp(message, bad, sizeof bad - 1) == 0;
        if (is_bad || strncmp(message, near, sizeof near - 1) == 0) {
            token = message + (is_bad ? sizeof bad : sizeof near) - 1;
            end = is_bad ? message + strlen(message) - 1
                         : strstr(token, "\": syntax error");
            assert_non_null(end);
            if (!has_token(sql, (size_t)sqlite3_error_offset(db), token,
                           (size_t)(end - token), is_bad))
                fail_msg("SQLite has other tokens: %s in %s", message, sql);
        }
    }
    sqlite3_finalize(stmt);
}

/* SELECT and n random pieces. */
static void make_text(uint32_t *seed, int n, char *sql, size_t size)
{
    static const char *const pieces[] = {
        "1", "a", "x", "'", "\"", "`", "[", "]", "0x", "e", "+", "-", ".",
        "--", "\n", "/*", "*/", "*", ":", "$", "@", "#", "(", ")", " ", "<",
        ">", "=", "!", "|", "\xEF\xBB\xBF", "\xC3\xA9", "?", "\v", "\\", ",",
        "00", "x'", "::", "_"
    };
    size_t used = (size_t)snprintf(sql, size, "SELECT ");

    for (; n > 0 && used < size; n--) {
        *seed = *seed * 1664525u + 1013904223u;
        used += (size_t)snprintf(sql + used, size - used, "%s",
                                 pieces[(*seed >> 16) % (sizeof pieces /
                                                         sizeof *pieces)]);
    }
}

/* 3.46 and later have other rules for numbers. */
static void agrees_with_sqlite(void **state)
{
    uint32_t seed = 1;
    char sql[256];
    sqlite3 *db;
    int i;

    (void)state;
    if (sqlite3_libversion_number() >= 3046000)
        skip();
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    for (i = 0; i < 20000; i++) {
        make_text(&seed, 3 + i % 8, sql, sizeof sql);
        compare_with_sqlite(db, sql);
    }
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_words),
        cmocka_unit_test(reads_blanks),
        cmocka_unit_test(reads_comments),
        cmocka_unit_test(reads_quotes),
        cmocka_unit_test(reads_blobs),
        cmocka_unit_test(reads_numbers),
        cmocka_unit_test(reads_variables),
        cmocka_unit_test(reads_operators),
        cmocka_unit_test(stops_at_nul_as_sqlite_does),
        cmocka_unit_test(stays_inside_its_text),
        cmocka_unit_test(compares_keywords),
        cmocka_unit_test(counts_lines_and_columns),
        cmocka_unit_test(agrees_with_sqlite)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
