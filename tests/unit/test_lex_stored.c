/* SPDX-License-Identifier: MIT */
/*
 * What SQLite stores, the parser takes, and finds in it what SQLite does.
 *
 * Definitions are made at random out of everything that the grammar has, and
 * given to SQLite; those that it takes are read back. LUMIGRATE_TEST_STORED=N makes
 * N of them instead of a few hundred.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "../../runner/base/buf.h"
#include "../../runner/base/text.h"
#include "../../runner/lex/createtable.h"
#include "../../runner/lex/sqltext.h"

static uint32_t seed = 1;

static unsigned roll(unsigned sides)
{
    seed = seed * 1664525u + 1013904223u;
    return (unsigned)(((uint64_t)seed * sides) >> 32);
}

static const char *one_of(const char *const *list, unsigned count)
{
    return list[roll(count)];
}

#define PICK(list) one_of(list, sizeof(list) / sizeof *(list))

static void gap(lm_buf *b)
{
    static const char *const gaps[] = {
        " ", " ", " ", " ", "\n", "\t", "  \n  ", " /* c */ ", " -- c ) ,\n",
        "/**/", " /* , ( ' */ ", "\n-- it's \"\n", "\f", "\r\n"
    };

    lm_buf_puts(b, PICK(gaps));
}

static void word(lm_buf *b, const char *s)
{
    for (; *s != '\0'; s++) {
        if (*s == ' ')
            gap(b);
        else
            lm_buf_putc(b, roll(3) == 0 ? (char)lm_fold(*s) : *s);
    }
}

/* One of the columns, in some spelling. */
static void column_name(lm_buf *b, unsigned i)
{
    static const char *const spelled[8][4] = {
        {"a", "\"a\"", "[A]", "`a`"},
        {"key", "\"KEY\"", "[key]", "'key'"},
        {"\"b \"\"c\"", "[b \"c]", "`b \"c`", "'B \"c'"},
        {"\xC3\xA9t\xC3\xA9", "\"\xC3\xA9t\xC3\xA9\"", "[\xC3\xA9t\xC3\xA9]",
         "`\xC3\xA9t\xC3\xA9`"},
        {"_x$1", "\"_x$1\"", "_X$1", "'_x$1'"},
        {"\"select\"", "[SELECT]", "`select`", "'select'"},
        {"\")\"", "[)]", "`)`", "')'"},
        {"left", "generated", "\"--\"", "'/*'"}
    };

    lm_buf_puts(b, spelled[i % 8][i % 8 == 7 ? 0 : roll(4)]);
}

static void expression(lm_buf *b)
{
    static const char *const texts[] = {
        "1", "a IS NOT NULL", "(a)", "length(a) < 10", "a <> ')'",
        "a IN (1,2, ', (')", "CASE WHEN a THEN 1 ELSE (2) END",
        "a /* ) */ = 1", "a -- )\n > 0", "\"a\" <> [a]", "a COLLATE nocase",
        "x'00' <> a", "coalesce(a, (1 + (2)), 'it''s')", "a LIKE '%(%'",
        "CAST(a AS INTEGER) >= -1e3", "a NOT BETWEEN 1 AND 2", "t.a > 0"
    };

    lm_buf_putc(b, '(');
    if (roll(3) == 0)
        gap(b);
    lm_buf_puts(b, PICK(texts));
    if (roll(3) == 0)
        gap(b);
    lm_buf_putc(b, ')');
}

static void conflict(lm_buf *b)
{
    static const char *const what[] = {
        "ROLLBACK", "ABORT", "FAIL", "IGNORE", "REPLACE"
    };

    if (roll(4) != 0)
        return;
    gap(b);
    word(b, "ON CONFLICT ");
    word(b, PICK(what));
}

static void defer(lm_buf *b)
{
    if (roll(2) == 0)
        word(b, "NOT ");
    word(b, "DEFERRABLE");
    if (roll(2) == 0)
        word(b, roll(2) == 0 ? " INITIALLY DEFERRED"
                             : " INITIALLY IMMEDIATE");
}

static void references(lm_buf *b, unsigned columns)
{
    static const char *const parents[] = {"p", "\"p\"", "t", "[no such]",
                                          "'P'"};
    static const char *const extra[] = {
        " ON DELETE CASCADE", " ON UPDATE SET NULL", " ON DELETE SET DEFAULT",
        " ON UPDATE RESTRICT", " ON DELETE NO ACTION", " MATCH FULL",
        " MATCH \"x\"", " ON INSERT CASCADE"
    };
    unsigned i;

    word(b, "REFERENCES ");
    lm_buf_puts(b, PICK(parents));
    if (roll(2) == 0) {
        gap(b);
        lm_buf_puts(b, "(x");
        for (i = 1; i < columns; i++)
            lm_buf_puts(b, " , \"y\"");
        lm_buf_puts(b, ")");
    }
    for (i = roll(4); i > 0; i--)
        word(b, PICK(extra));
}

static void column_constraint(lm_buf *b)
{
    static const char *const defaults[] = {
        "1", "-2", "+ 3.5", "'x''y'", "NULL", "x'0aF0'", "CURRENT_DATE",
        "true", "word", "\"q\"", "(1+2)", "( 'a' || ( 'b' ) )", "0xff",
        "-1e-3", "[k]", "abort"
    };
    static const char *const names[] = {"c1", "\"c 2\"", "[c3]", "'c4'",
                                        "check_5"};

    gap(b);
    if (roll(4) == 0) {
        word(b, "CONSTRAINT ");
        lm_buf_puts(b, PICK(names));
        gap(b);
        if (roll(4) == 0)
            return;
    }
    switch (roll(10)) {
    case 0: word(b, "NOT NULL"); conflict(b); break;
    case 1: word(b, "NULL"); conflict(b); break;
    case 2: word(b, "UNIQUE"); conflict(b); break;
    case 3: word(b, "CHECK"); expression(b); break;
    case 4:
    case 5: word(b, "DEFAULT "); lm_buf_puts(b, PICK(defaults)); break;
    case 6: word(b, roll(2) == 0 ? "COLLATE nocase" : "COLLATE \"RTRIM\"");
        break;
    case 7: references(b, 1); break;
    case 8: defer(b); break;
    default: word(b, "NOT NULL"); break;
    }
}

static void generated(lm_buf *b)
{
    gap(b);
    word(b, roll(2) == 0 ? "GENERATED ALWAYS AS " : "AS");
    expression(b);
    if (roll(2) == 0)
        word(b, roll(2) == 0 ? " STORED" : " VIRTUAL");
}

static void key_list(lm_buf *b, unsigned columns)
{
    unsigned i, n = 1 + roll(3);

    lm_buf_puts(b, "(");
    for (i = 0; i < n; i++) {
        if (i > 0)
            lm_buf_puts(b, ",");
        if (roll(4) == 0)
            gap(b);
        column_name(b, (i + roll(2)) % columns);
        if (roll(4) == 0)
            word(b, " COLLATE NOCASE");
        if (roll(3) == 0)
            word(b, roll(2) == 0 ? " ASC" : " DESC");
    }
    lm_buf_puts(b, ")");
}

static void table_constraint(lm_buf *b, unsigned columns, bool *has_key)
{
    if (roll(3) == 0) {
        word(b, "CONSTRAINT ");
        lm_buf_puts(b, roll(2) == 0 ? "tc" : "\"t c\"");
        gap(b);
        if (roll(6) == 0)
            return;
    }
    switch (roll(4)) {
    case 0:
        if (!*has_key) {
            word(b, "PRIMARY KEY ");
            key_list(b, columns);
            conflict(b);
            *has_key = true;
            break;
        }
        /* fall through */
    case 1: word(b, "UNIQUE"); key_list(b, columns); conflict(b); break;
    case 2: word(b, "CHECK"); expression(b); conflict(b); break;
    default:
        word(b, "FOREIGN KEY (");
        column_name(b, 0);
        lm_buf_puts(b, ")");
        gap(b);
        references(b, 1);
        if (roll(2) == 0) {
            gap(b);
            defer(b);
        }
    }
}

static void column(lm_buf *b, unsigned i, bool strict, bool *has_key)
{
    static const char *const types[] = {
        "INTEGER", "INT", "TEXT", "VARCHAR(10)", "DECIMAL ( 10 , -2 )",
        "LONG VARCHAR", "\"my type\"", "'s'", "key", "UNSIGNED BIG INT",
        "GENERATED ALWAYS", "[x y] z", "double precision", "blob(+5)", "any"
    };
    static const char *const strict_types[] = {"INT", "INTEGER", "REAL",
                                               "TEXT", "BLOB", "ANY"};
    unsigned n;

    column_name(b, i);
    if (strict || roll(4) != 0) {
        gap(b);
        lm_buf_puts(b, strict ? PICK(strict_types) : PICK(types));
    }
    if (!*has_key && roll(4) == 0) {
        word(b, " PRIMARY KEY");
        if (roll(3) == 0)
            word(b, roll(2) == 0 ? " DESC" : " ASC");
        conflict(b);
        *has_key = true;
    } else if (i > 0 && roll(6) == 0) {
        generated(b);
        return;
    }
    for (n = roll(4); n > 0; n--)
        column_constraint(b);
}

static void make_table(lm_buf *b)
{
    static const char *const names[] = {"t", "\"t\"", "[t]", "`T`", "'t'"};
    unsigned columns = 1 + roll(8), i;
    bool strict = roll(6) == 0, has_key = false, comma;

    word(b, "CREATE TABLE ");
    if (roll(8) == 0)
        word(b, "IF NOT EXISTS ");
    if (roll(8) == 0)
        lm_buf_puts(b, "main . ");
    lm_buf_puts(b, PICK(names));
    gap(b);
    lm_buf_puts(b, "(");
    for (i = 0; i < columns; i++) {
        if (i > 0)
            lm_buf_puts(b, ",");
        if (i > 0 || roll(2) == 0)
            gap(b);
        column(b, i, strict, &has_key);
    }
    comma = true;
    for (i = roll(4); i > 0; i--, comma = roll(3) != 0) {
        lm_buf_puts(b, comma ? "," : "");
        gap(b);
        table_constraint(b, columns, &has_key);
    }
    if (roll(2) == 0)
        gap(b);
    lm_buf_puts(b, ")");
    if (has_key && roll(4) == 0)
        word(b, strict ? " WITHOUT ROWID , STRICT" : " WITHOUT ROWID");
    else if (strict)
        word(b, " STRICT");
    if (roll(4) == 0)
        gap(b);
}

/* What the query gives on the database, in one line. */
static char *ask(sqlite3 *db, const char *sql)
{
    lm_buf b = {0};
    sqlite3_stmt *stmt;
    int i, n;

    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL),
                     SQLITE_OK);
    n = sqlite3_column_count(stmt);
    while (sqlite3_step(stmt) == SQLITE_ROW)
        for (i = 0; i < n; i++) {
            lm_buf_puts(&b, sqlite3_column_type(stmt, i) == SQLITE_NULL
                ? "-" : (const char *)sqlite3_column_text(stmt, i));
            lm_buf_putc(&b, i < n - 1 ? '|' : '\n');
        }
    assert_int_equal(sqlite3_finalize(stmt), SQLITE_OK);
    return lm_buf_take(&b);
}

static void add_span(lm_buf *b, const lm_createtable *t, lm_span span)
{
    lm_buf_add(b, t->text + span.start, span.end - span.start);
}

/* All of the text out of its spans. */
static char *put_together(const lm_createtable *t)
{
    size_t i, n = t->column_count + t->constraint_count;
    const lm_item *item;
    lm_buf b = {0};

    lm_buf_add(&b, t->text, t->body.start);
    for (i = 0; i < n; i++) {
        item = i < t->column_count
            ? &t->columns[i].item
            : &t->constraints[i - t->column_count].item;
        add_span(&b, t, item->lead);
        add_span(&b, t, item->span);
        add_span(&b, t, item->trail);
        add_span(&b, t, item->comma);
        add_span(&b, t, item->post);
    }
    lm_buf_add(&b, t->text + t->body.end, t->len - t->body.end);
    return lm_buf_take(&b);
}

static const lm_constraint *last_of(const lm_column *c, lm_conkind kind)
{
    size_t i = c->count;

    while (i > 0)
        if (c->constraints[--i].kind == kind)
            return &c->constraints[i];
    return NULL;
}

static const lm_keys *key_of(const lm_createtable *t)
{
    size_t i;

    for (i = 0; i < t->constraint_count; i++)
        if (t->constraints[i].kind == LM_CON_PRIMARY_KEY)
            return &t->constraints[i].keys;
    return NULL;
}

static bool is_in_key(const lm_createtable *t, const lm_column *c)
{
    const lm_keys *keys = key_of(t);
    size_t i;

    if (last_of(c, LM_CON_PRIMARY_KEY) != NULL)
        return true;
    for (i = 0; keys != NULL && i < keys->count; i++)
        if (lm_same_name(keys->list[i].column, c->name))
            return true;
    return false;
}

/* INTEGER PRIMARY KEY, the name of the rowid. */
static bool is_alias(const lm_createtable *t, const lm_column *c)
{
    const lm_constraint *own = last_of(c, LM_CON_PRIMARY_KEY);
    size_t n = c->type.end - c->type.start;

    if (t->without_rowid || (own != NULL && own->desc) ||
        (own == NULL && (key_of(t) == NULL || key_of(t)->count > 1)))
        return false;
    return lm_same_name_n(t->text + c->type.start, n, "INTEGER", 7);
}

/* A key of a WITHOUT ROWID or STRICT table cannot be null. */
static bool is_not_null(const lm_createtable *t, const lm_column *c)
{
    return last_of(c, LM_CON_NOT_NULL) != NULL ||
           ((t->without_rowid || t->strict) && is_in_key(t, c) &&
            !is_alias(t, c));
}

static void add_default(lm_buf *b, const lm_createtable *t,
                        const lm_column *c)
{
    const lm_constraint *con = last_of(c, LM_CON_DEFAULT);
    lm_span span;

    if (con == NULL) {
        lm_buf_puts(b, "-");
        return;
    }
    span = con->inner;
    if (t->text[span.start] == '(') {
        span.start++;
        span.end--;
    }
    add_span(b, t, lm_sqltext_trim(t->text, span));
}

/* name|not null|default|pk|generated as the parser sees it. */
static char *describe(const lm_createtable *t)
{
    const lm_constraint *con;
    const lm_column *c;
    lm_buf b = {0};
    size_t i;

    for (i = 0; i < t->column_count; i++) {
        c = &t->columns[i];
        con = last_of(c, LM_CON_GENERATED);
        lm_buf_printf(&b, "%s|%d|", c->name, is_not_null(t, c));
        if (con == NULL)
            add_default(&b, t, c);
        else
            lm_buf_puts(&b, "*");
        lm_buf_printf(&b, "|%d|%d\n", is_in_key(t, c),
                      con == NULL ? 0 : con->stored ? 3 : 2);
    }
    return lm_buf_take(&b);
}

static void add_foreign(lm_buf *b, const lm_constraint *c, const char *from)
{
    lm_buf_printf(b, "%s|%s|%s|%s|%s\n", c->target, from,
                  c->target_keys.count == 0 ? "-"
                      : c->target_keys.list[0].column,
                  lm_action_name(c->on_update), lm_action_name(c->on_delete));
}

static char *list_foreign(const lm_createtable *t)
{
    const lm_column *c;
    lm_buf b = {0};
    size_t i, k;

    for (i = 0; i < t->column_count; i++) {
        c = &t->columns[i];
        for (k = 0; k < c->count; k++)
            if (c->constraints[k].kind == LM_CON_FOREIGN_KEY)
                add_foreign(&b, &c->constraints[k], c->name);
    }
    for (i = 0; i < t->constraint_count; i++)
        if (t->constraints[i].kind == LM_CON_FOREIGN_KEY)
            add_foreign(&b, &t->constraints[i], t->columns[0].name);
    return lm_buf_take(&b);
}

static void expect(const char *sql, char *got, char *expected)
{
    if (strcmp(got, expected) != 0)
        print_error("in: %s\nSQLite has: %s\n", sql, expected);
    assert_string_equal(got, expected);
    free(got);
    free(expected);
}

/*
 * SQLite's text of a type is the one in the definition, but for the case of
 * the types of STRICT tables; that of a type which begins with a quote it spoils, and a comment between the type and
 * GENERATED ALWAYS, or between these two, it takes for a part of it.
 */
static void compare_types(sqlite3 *db, const lm_createtable *t)
{
    lm_span span, rest;
    sqlite3_stmt *stmt;
    const char *type;
    size_t n, i;

    assert_int_equal(sqlite3_prepare_v2(db, "SELECT type FROM "
        "pragma_table_xinfo('t') ORDER BY cid", -1, &stmt, NULL), SQLITE_OK);
    for (i = 0; i < t->column_count; i++) {
        assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
        type = (const char *)sqlite3_column_text(stmt, 0);
        span = t->columns[i].type;
        n = span.end - span.start;
        if (n > 0 && strchr("\"'[`", t->text[span.start]) != NULL)
            continue;
        assert_true(strlen(type) >= n);
        assert_true(lm_same_name_n(type, n, t->text + span.start, n));
        rest.start = n;
        rest.end = strlen(type);
        rest = lm_sqltext_trim(type, rest);
        if (rest.end > rest.start)
            assert_true(lm_same_name_n(type + rest.start,
                rest.end - rest.start, "generated", 9));
    }
    assert_int_equal(sqlite3_finalize(stmt), SQLITE_OK);
}

static void compare(sqlite3 *db, const char *sql)
{
    lm_createtable t;
    lm_err err = {0};

    if (lm_createtable_parse(sql, strlen(sql), &t, &err) != LM_OK)
        print_error("%s\nin: %s\n", lm_err_text(&err), sql);
    assert_int_equal(err.code, LM_OK);
    expect(sql, put_together(&t), lm_strdup(sql));
    compare_types(db, &t);
    expect(sql, describe(&t), ask(db, "SELECT name, \"notnull\", "
           "CASE WHEN hidden THEN '*' ELSE dflt_value END, pk > 0, hidden "
           "FROM pragma_table_xinfo('t') ORDER BY cid"));
    expect(sql, list_foreign(&t), ask(db, "SELECT \"table\", \"from\", "
           "\"to\", on_update, on_delete FROM pragma_foreign_key_list('t') "
           "ORDER BY id DESC"));
    expect(sql, lm_format("%d|%d\n", t.without_rowid, t.strict),
           ask(db, "SELECT wr, strict FROM pragma_table_list('t')"));
    lm_createtable_clear(&t);
}

/* ALTER TABLE edits the text, too; where it refuses, all stays. */
static void alter_table(sqlite3 *db)
{
    static const char *const changes[] = {
        "ALTER TABLE t ADD COLUMN zz VARCHAR(3) NOT NULL DEFAULT (1) /* z */",
        "ALTER TABLE t ADD zz REFERENCES p(x) DEFERRABLE ;",
        "ALTER TABLE t ADD COLUMN \"z z\"",
        "ALTER TABLE t RENAME COLUMN a TO \"new, name\"",
        "ALTER TABLE t RENAME COLUMN key TO k2",
        "ALTER TABLE t DROP COLUMN key",
        "ALTER TABLE t RENAME TO x; ALTER TABLE x RENAME TO \"t\""
    };
    unsigned n;

    for (n = roll(4); n > 0; n--)
        sqlite3_exec(db, PICK(changes), NULL, NULL, NULL);
}

static void takes_what_sqlite_stores(void **state)
{
    const char *wanted = getenv("LUMIGRATE_TEST_STORED");
    long count = wanted == NULL ? 600 : strtol(wanted, NULL, 10), i;
    long taken = 0;
    sqlite3 *db;
    lm_buf b = {0};
    char *sql;

    (void)state;
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    for (i = 0; i < count; i++) {
        make_table(&b);
        if (sqlite3_exec(db, lm_buf_text(&b), NULL, NULL, NULL) ==
            SQLITE_OK) {
            if (roll(2) == 0)
                alter_table(db);
            sql = ask(db, "SELECT sql FROM sqlite_schema WHERE name = 't' "
                      "COLLATE NOCASE AND type = 'table'");
            sql[strlen(sql) - 1] = '\0';
            compare(db, sql);
            taken++;
            free(sql);
            assert_int_equal(sqlite3_exec(db, "DROP TABLE t", NULL, NULL,
                                          NULL), SQLITE_OK);
        }
        lm_buf_clear(&b);
    }
    /* Otherwise nothing was tried. */
    if (taken * 2 < count)
        print_error("SQLite took only %ld of %ld\n", taken, count);
    assert_true(taken * 2 >= count);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* The words that cannot be names without quotes are those of the library. */
static void knows_the_reserved_words(void **state)
{
    const char *word_at;
    char sql[200];
    sqlite3 *db;
    int i, n;

    (void)state;
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    for (i = 0; i < sqlite3_keyword_count(); i++) {
        assert_int_equal(sqlite3_keyword_name(i, &word_at, &n), SQLITE_OK);
        snprintf(sql, sizeof sql, "CREATE TABLE t(%.*s); DROP TABLE t", n,
                 word_at);
        if (lm_sqltext_is_reserved(word_at, (size_t)n) ==
            (sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK))
            print_error("%s\n", sql);
        assert_int_not_equal(lm_sqltext_is_reserved(word_at, (size_t)n),
            sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK);
    }
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_what_sqlite_stores),
        cmocka_unit_test(knows_the_reserved_words)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
