/* SPDX-License-Identifier: MIT */
/* SQL text is cut into the statements that SQLite itself would see. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "../../runner/lex/sqlsplit.h"

/* The statements, each in angle brackets; then what ended the list. */
static void render(const char *text, char *out, size_t size)
{
    static const char *const ends[] = {"", "", " open quote", " open trigger"};
    lm_sqlsplit s;
    lm_split found;
    size_t used = 0;

    out[0] = '\0';
    lm_sqlsplit_start(&s, text, strlen(text));
    while ((found = lm_sqlsplit_next(&s)) == LM_SPLIT_STATEMENT) {
        used += (size_t)snprintf(out + used, size - used, "<%.*s>",
                                 (int)s.size, text + s.start);
        assert_true(used < size);
    }
    if (found != LM_SPLIT_DONE)
        used += (size_t)snprintf(out + used, size - used, "%s at %zu",
                                 ends[found], s.start);
    assert_true(used < size);
    assert_int_equal(lm_sqlsplit_next(&s), LM_SPLIT_DONE);
}

static void expect(const char *text, const char *statements)
{
    char got[1024];

    render(text, got, sizeof got);
    assert_string_equal(got, statements);
}

static void cuts_at_semicolons(void **state)
{
    (void)state;
    expect("", "");
    expect(" -- nothing\n/* at all */ ", "");
    expect(";; ;", "");
    expect("a;b ; c", "<a;><b ;><c>");
    expect("\xEF\xBB\xBF" "a;\r\nb;\r\n", "<a;><b;>");
    expect("-- one\na; -- two\n;b /* in */ c -- behind\n",
           "<a;><b /* in */ c>");
    expect("/* open", "");
    expect("a /* open", "<a>");
}

static void keeps_quoted_semicolons(void **state)
{
    (void)state;
    expect("a ';' b;c", "<a ';' b;><c>");
    expect("a \";\" [;] `;`;c", "<a \";\" [;] `;`;><c>");
    expect("a 'it''s;';c", "<a 'it''s;';><c>");
    expect("a -- ;\n;c", "<a -- ;\n;><c>");
    expect("a /* ; */;c", "<a /* ; */;><c>");
    expect("a $x(;);c", "<a $x(;);><c>");
}

static void keeps_triggers_whole(void **state)
{
    (void)state;
    expect("CREATE TRIGGER t BEGIN a; b; END; c",
           "<CREATE TRIGGER t BEGIN a; b; END;><c>");
    expect("create/**/temp trigger t begin a; end ; c",
           "<create/**/temp trigger t begin a; end ;><c>");
    expect("CREATE TEMPORARY TRIGGER t BEGIN a;-- x\n/* ; */END",
           "<CREATE TEMPORARY TRIGGER t BEGIN a;-- x\n/* ; */END>");
    expect("EXPLAIN CREATE TRIGGER t BEGIN a; END;b",
           "<EXPLAIN CREATE TRIGGER t BEGIN a; END;><b>");
    expect("EXPLAIN QUERY PLAN CREATE TRIGGER t BEGIN a; END;b",
           "<EXPLAIN QUERY PLAN CREATE TRIGGER t BEGIN a; END;><b>");
    expect("CREATE TRIGGER t BEGIN SELECT CASE WHEN 1 THEN 2 END; END; b",
           "<CREATE TRIGGER t BEGIN SELECT CASE WHEN 1 THEN 2 END; END;><b>");
    expect("CREATE TRIGGER t BEGIN a; end x; END; b",
           "<CREATE TRIGGER t BEGIN a; end x; END;><b>");
    expect("CREATE TRIGGER t BEGIN a; \"end\"; END; b",
           "<CREATE TRIGGER t BEGIN a; \"end\"; END;><b>");
}

static void cares_for_first_words_only(void **state)
{
    (void)state;
    expect("CREATE TABLE trigger(begin, end);b",
           "<CREATE TABLE trigger(begin, end);><b>");
    expect("BEGIN; a; END; b", "<BEGIN;><a;><END;><b>");
    expect("SELECT create trigger; b", "<SELECT create trigger;><b>");
    expect("CREATE \"TRIGGER\" x;b", "<CREATE \"TRIGGER\" x;><b>");
    expect("CREATE;TRIGGER;b", "<CREATE;><TRIGGER;><b>");
}

static void says_what_is_open(void **state)
{
    (void)state;
    expect("a; b 'c; d", "<a;> open quote at 5");
    expect("a \"b", " open quote at 2");
    expect("[", " open quote at 0");
    expect("a; x'00", "<a;> open quote at 3");
    expect("a x'", " open quote at 2");
    expect("a x'0'; b", "<a x'0';><b>");
    expect("a; CREATE TRIGGER t BEGIN b;", "<a;> open trigger at 3");
    expect("CREATE TRIGGER t BEGIN b; END x", " open trigger at 0");
    expect("CREATE TRIGGER t BEGIN b; 'x", " open quote at 26");
}

static void finds_words(void **state)
{
    static const char sql[] = "/* a */ pragma -- b\n foreign_keys = on";
    size_t n = sizeof sql - 1;

    (void)state;
    assert_true(lm_sql_word_is(sql, n, 0, "PRAGMA"));
    assert_true(lm_sql_word_is(sql, n, 1, "Foreign_Keys"));
    assert_false(lm_sql_word_is(sql, n, 1, "foreign"));
    assert_false(lm_sql_word_is(sql, n, 2, "on"));
    assert_false(lm_sql_word_is("", 0, 0, "on"));
    assert_false(lm_sql_word_is("\"begin\"", 7, 0, "begin"));
}

/* Everything here runs, so that prepare can show where it would cut. */
static const char *const scripts[] = {
    "CREATE TABLE t(a, \"b;\", [c;], `d;` DEFAULT ';');\r\n"
    "INSERT INTO t VALUES(1, 'it''s;', x'3b', ';--') ;; /* ; */\r\n"
    "SELECT * FROM t; -- ; end\r\nSELECT 1",
    "\xEF\xBB\xBF" "CREATE TABLE trigger(\"end\", \"begin\");\n"
    "CREATE TRIGGER begin AFTER INSERT ON trigger BEGIN\n"
    "  SELECT CASE new.end WHEN 1 THEN ';' END;\n"
    "  UPDATE trigger SET end = 2; -- END;\n"
    "  DELETE FROM trigger WHERE end = ' ;END; ';\n"
    "END;\nINSERT INTO trigger VALUES(1, 2);",
    "BEGIN; CREATE TABLE a(x); SAVEPOINT s; RELEASE s; END; SELECT 2;",
    "CREATE TABLE a(x);CREATE TEMP TRIGGER t INSERT ON a BEGIN SELECT 1;\n"
    "END /* x */ ; EXPLAIN QUERY PLAN SELECT 1; EXPLAIN CREATE TRIGGER u\n"
    "DELETE ON a BEGIN SELECT 1; SELECT 2; END; SELECT 1 ;;;",
    "SELECT 1 AS \"a;\"/*;*/, $x(;), 0x3b, '/*'; SELECT '*/'; --"
};

/* Run the statement at the start of our split and compare its end. */
static void run_statement(sqlite3 *db, const char *text, const lm_sqlsplit *s)
{
    sqlite3_stmt *stmt;
    const char *tail;
    int rc;

    rc = sqlite3_prepare_v2(db, text + s->start, -1, &stmt, &tail);
    if (rc != SQLITE_OK)
        fail_msg("%s in %s", sqlite3_errmsg(db), text + s->start);
    assert_non_null(stmt);
    assert_ptr_equal(tail, text + s->start + s->size);
    while ((rc = sqlite3_step(stmt)) == SQLITE_ROW)
        continue;
    assert_int_equal(rc, SQLITE_DONE);
    assert_int_equal(sqlite3_finalize(stmt), SQLITE_OK);
}

static void cuts_where_prepare_does(void **state)
{
    size_t i;
    sqlite3 *db;
    lm_sqlsplit s;
    lm_split found;

    (void)state;
    for (i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
        lm_sqlsplit_start(&s, scripts[i], strlen(scripts[i]));
        while ((found = lm_sqlsplit_next(&s)) == LM_SPLIT_STATEMENT)
            run_statement(db, scripts[i], &s);
        assert_int_equal(found, LM_SPLIT_DONE);
        assert_int_equal(sqlite3_close(db), SQLITE_OK);
    }
}

/* sqlite3_complete of the first n bytes of s. */
static bool is_complete(const char *s, size_t n)
{
    char copy[512];

    assert_true(n < sizeof copy);
    memcpy(copy, s, n);
    copy[n] = '\0';
    return sqlite3_complete(copy) != 0;
}

/* Each statement is complete, and at no semicolon before its last one. */
static void compare_with_complete(const char *text)
{
    lm_sqlsplit s;
    lm_sqltok t;
    const char *at;
    bool last;

    lm_sqlsplit_start(&s, text, strlen(text));
    while (lm_sqlsplit_next(&s) == LM_SPLIT_STATEMENT) {
        at = text + s.start;
        lm_sqltok_start(&t, at, s.size);
        while (lm_sqltok_next(&t) != LM_TOK_END) {
            last = t.kind == LM_TOK_SEMI && t.pos == s.size;
            if (t.kind == LM_TOK_SEMI && is_complete(at, t.pos) != last)
                fail_msg("sqlite3_complete has another end: %s", at);
        }
    }
}

static void agrees_with_complete(void **state)
{
    static const char *const pieces[] = {
        ";", ";", ";", "end", "END", "create", "create", "trigger",
        "trigger", "temp", "temporary", "x", "1", "'a;'", "\"end\"",
        "/*;*/", "--;\n", "[;]", "(", "begin", "case"
    };
    size_t count = sizeof pieces / sizeof *pieces, used;
    uint32_t seed = 7;
    char text[512];
    int i, n;

    (void)state;
    for (i = 0; i < 20000; i++) {
        used = (size_t)snprintf(text, sizeof text, "%s",
                                i % 2 ? "create trigger " : "");
        for (n = 0; n < 20; n++) {
            seed = seed * 1664525u + 1013904223u;
            used += (size_t)snprintf(text + used, sizeof text - used, "%s ",
                                     pieces[(seed >> 16) % count]);
        }
        compare_with_complete(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cuts_at_semicolons),
        cmocka_unit_test(keeps_quoted_semicolons),
        cmocka_unit_test(keeps_triggers_whole),
        cmocka_unit_test(cares_for_first_words_only),
        cmocka_unit_test(says_what_is_open),
        cmocka_unit_test(finds_words),
        cmocka_unit_test(cuts_where_prepare_does),
        cmocka_unit_test(agrees_with_complete)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
