/* SPDX-License-Identifier: MIT */
/* How the dialects cut a file, put values in, order versions and keep a
 * migration as one text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../runner/sqlfile/dialect.h"
#include "../../runner/sqlfile/explain.h"
#include "../../runner/sqlfile/flyname.h"
#include "../../runner/sqlfile/folders.h"
#include "../../runner/sqlfile/sqlkeep.h"
#include "../../runner/sqlfile/keyword.h"
#include "../../runner/sqlfile/mark.h"
#include "../../runner/sqlfile/marked.h"
#include "../../runner/sqlfile/sql_engine.h"
#include "../../runner/sqlfile/sqlway.h"
#include "../../runner/sqlfile/versioned.h"

/* The environment of these tests. */
static const char *env_of(void *user, const char *name)
{
    (void)user;
    if (strcmp(name, "A") == 0)
        return "abc";
    if (strcmp(name, "EMPTY") == 0)
        return "";
    return strcmp(name, "FLYWAY_PLACEHOLDERS_P_Q") == 0 ? "v" : NULL;
}

static lm_sql_context *new_context(void)
{
    lm_sql_options options = {NULL, "ledger", NULL, env_of};

    return lm_sql_context_new(&options);
}

static lm_source new_source(const char *kind, const char *up,
                            const char *down)
{
    lm_source s = {0};

    s.kind = lm_dialect_named(kind)->name;
    s.id = strdup("x");
    s.file = strdup("x.sql");
    s.text = strdup(up);
    s.len = strlen(up);
    if (down != NULL) {
        s.down_text = strdup(down);
        s.down_len = strlen(down);
    }
    return s;
}

static void free_source(lm_source *s)
{
    free(s->id);
    free(s->file);
    free(s->text);
    free(s->down_text);
    free(s->description);
}

/* The chunks of a way in angle brackets; "!line:column sentence" of what is
 * refused. */
static void render(const char *kind, lm_way way, const char *text, char *out,
                   size_t size)
{
    lm_sql_context *ctx = new_context();
    lm_source s = new_source(kind, text, NULL);
    lm_sqlway w;
    lm_err err = {0};
    size_t i, used = 0;

    out[0] = '\0';
    if (lm_sqlway_load(ctx, &s, way, &err, &w) != LM_OK)
        snprintf(out, size, "!%d:%d %s", err.line, err.column,
                 lm_err_text(&err));
    for (i = 0; i < w.count; i++)
        used += (size_t)snprintf(out + used, size - used, "<%.*s>",
                                 (int)w.list[i].size, w.list[i].text);
    assert_true(used < size);
    lm_sqlway_clear(&w);
    lm_sqlway_clear(&w);
    lm_err_clear(&err);
    free_source(&s);
    lm_sql_context_free(ctx);
}

static void expect(const char *kind, const char *text, const char *up,
                   const char *down)
{
    char got[1024];

    render(kind, LM_UP, text, got, sizeof got);
    assert_string_equal(got, up);
    if (down == NULL)
        return;
    render(kind, LM_DOWN, text, got, sizeof got);
    assert_string_equal(got, down);
}

static void cuts_goose(void **state)
{
    (void)state;
    expect("goose", "", "", "");
    expect("goose", "-- x\n", "", "");
    expect("goose", "-- +goose Up\na\n", "<\na\n>", "");
    expect("goose", "--+goose UP\na\n--  +goose   down \r\nb",
           "<\na\n>", "<\nb>");
    expect("goose", "-- +goose Up\na\n-- +goose StatementBegin\nb; c\n"
           "-- +goose StatementEnd\nd\n", "<\na\n><\nb; c\n><\nd\n>", "");
    expect("goose", "-- +goose Up\n'\n-- +goose Down\n'", "<\n'\n-- +goose "
           "Down\n'>", "");
    expect("goose", "-- +goose Up\n-- +goose Up", "!2:1 a second -- +goose "
           "Up stands here", NULL);
    expect("goose", "-- +goose Up\n-- +goose XX\n", "!2:1 goose knows no "
           "such annotation", NULL);
    expect("goose", "a\n-- +goose Up", "!1:1 something stands before the "
           "first -- +goose Up", NULL);
}

static void cuts_sql_migrate_and_dbmate(void **state)
{
    (void)state;
    expect("sql-migrate", "-- +migrate Up\na\n-- +migrate Down\nb\n"
           "-- +migrate Up\nc\n-- +migrate Down\nd", "<\na\n><\nc\n>",
           "<\nb\n><\nd>");
    expect("sql-migrate", "-- +migrate Up\n--  +migrate Down\n", "!2:1 "
           "sql-migrate sees no command here: it must begin its line, as "
           "-- +migrate Up", NULL);
    expect("dbmate", "-- migrate:up\na\n-- migrate:down\nb\n"
           "-- migrate:up\nc\n-- migrate:down\nd", "<\na\n><\nc\n>",
           "<\nd><\nb\n>");
    expect("dbmate", "-- migrate:up\na\n-- Migrate:Down\n", "!3:1 dbmate "
           "sees no mark here: it must begin its line, as -- migrate:up",
           NULL);
    expect("dbmate", "-- migrate:up\na\n-- migrate:upgrade\n",
           "<\na\n-- migrate:upgrade\n>", NULL);
}

static void cuts_what_is_one_way(void **state)
{
    (void)state;
    expect("sql", "a;\nb", "<a;\nb>", "");
    expect("drizzle", "a--> statement-breakpoint\nb;--> statement-breakpoint"
           " c", "<a><\nb;>< c>", "");
    expect("sql", "'--> statement-breakpoint'", "<'--> "
           "statement-breakpoint'>", "");
    expect("diesel", "a--> statement-breakpoint", "<a--> "
           "statement-breakpoint>", "");
}

static void puts_values_in(void **state)
{
    (void)state;
    expect("goose", "-- +goose Up\n$A\n-- +goose ENVSUB ON\n$A${A}$B-${B}\n"
           "-- $A\n -- $A\n-- +goose ENVSUB OFF\n$A", "<\n$A\n-- +goose "
           "ENVSUB ON\nabcabc-\n-- $A\n -- $A\n-- +goose ENVSUB OFF\n$A>",
           NULL);
    expect("goose", "-- +goose ENVSUB ON\n-- +goose Up\n${A:-x}${B:-x}"
           "${EMPTY:-x}${EMPTY-x}${B-${A}}${A:1}${A:1:1}${A:9}${B:1}$$A\\$A"
           "$1$", "<\nabcxxabcbcb$A$A$1$>", NULL);
    expect("goose", "-- +goose ENVSUB ON\n-- +goose Up\nx\n ${B?no}",
           "!4:2 a variable is not set: B?no", NULL);
    expect("goose", "-- +goose ENVSUB ON\n-- +goose Up\n${A", "!3:1 this is "
           "never closed: ${A", NULL);
    expect("goose", "-- +goose ENVSUB ON\n-- +goose Up\n${A:?x}", "!3:1 "
           "ENVSUB cannot read this: :?x", NULL);
    expect("goose", "-- +goose ENVSUB ON\n-- +goose Up\n${1}", "!3:1 ENVSUB "
           "finds no name here: 1", NULL);
    expect("flyway", "a ${p.q} '${P_Q}' ${flyway:defaultSchema} $x",
           "<a v 'v' main $x>", NULL);
    expect("flyway", "a\n ${nope}", "!2:2 the placeholder ${nope} has no "
           "value", NULL);
    expect("flyway", "${p.q", "!1:1 the placeholder that begins here is "
           "never closed", NULL);
    expect("sql", "${x}", "<${x}>", NULL);
}

/* Every byte of the result is placed where it came from. */
static void places_expanded_bytes(void **state)
{
    static const char text[] = "-- +goose ENVSUB ON\n-- +goose Up\na $A b\n"
                               "${A} c";
    lm_sql_context *ctx = new_context();
    lm_source s = new_source("goose", text, NULL);
    lm_sqlway w;
    lm_err err = {0};
    const char *at;

    (void)state;
    assert_int_equal(lm_sqlway_load(ctx, &s, LM_UP, &err, &w), LM_OK);
    at = strrchr(w.list[0].text, 'c');
    lm_sqlway_place(&w, &w.list[0], (size_t)(at - w.list[0].text), &err);
    assert_int_equal(err.line, 4);
    assert_int_equal(err.column, 6);
    lm_sqlway_clear(&w);
    free_source(&s);
    lm_sql_context_free(ctx);
}

static int cmp(const char *a, const char *b)
{
    return lm_flyway_cmp(a, strlen(a), b, strlen(b));
}

static void orders_versions(void **state)
{
    (void)state;
    assert_true(cmp("1", "1.0") == 0 && cmp("1", "01") == 0);
    assert_true(cmp("1.1", "1_1") == 0 && cmp("1.1.0.0", "1.01") == 0);
    assert_true(cmp("1.9", "1.10") < 0 && cmp("2", "10") < 0);
    assert_true(cmp("1", "1.0.1") < 0 && cmp("1.2", "1.1.9") > 0);
    assert_true(cmp("99999999999999999999", "100000000000000000000") < 0);
    assert_true(lm_claim_cmp_number("002_a", "2_b") == 0);
    assert_true(lm_claim_cmp_number("2_a", "10_b") < 0);
    assert_true(lm_claim_cmp_number("a", "1") < 0);
    assert_true(lm_claim_cmp_number("0_a", "00_b") == 0);
}

static void reads_names(void **state)
{
    lm_flyname n;

    (void)state;
    assert_true(lm_flyname_read("V1_2.3__a b.sql", &n) && n.valid);
    assert_int_equal(n.prefix, 'V');
    assert_int_equal(n.version_len, 5);
    assert_int_equal(n.words_len, 3);
    assert_false(lm_flyname_refinery(&n));
    assert_true(lm_flyname_read("V10__a_b.sql", &n) && n.valid);
    assert_true(lm_flyname_refinery(&n));
    assert_true(lm_flyname_read("R__x.SQL", &n) && n.valid);
    assert_true(lm_flyname_read("V__x.sql", &n) && !n.valid);
    assert_true(lm_flyname_read("V1x__y.sql", &n) && !n.valid);
    assert_true(lm_flyname_read("V1__.sql", &n) && n.words_len == 0);
    assert_false(lm_flyname_read("Views__x.sql", &n));
    assert_false(lm_flyname_read("R1__x.sql", &n));
    assert_false(lm_flyname_read("V1_x.sql", &n));
    assert_false(lm_flyname_read("v1__x.sql", &n));
    assert_true(lm_flyname_callback("afterMigrate.sql"));
    assert_true(lm_flyname_callback("beforeEachMigrate__x.sql"));
    assert_false(lm_flyname_callback("afterMigrateX.sql"));
}

static void reads_toml(void **state)
{
    const char *value;
    size_t n;

    (void)state;
    assert_true(lm_toml_value("a = 1\nb = \"x # y\"\r\n[t]\nc = 2\n", "b",
                              &value, &n));
    assert_true(n == 7 && memcmp(value, "\"x # y\"", 7) == 0);
    assert_true(lm_toml_value("a=false # no\n", "a", &value, &n));
    assert_true(n == 5 && memcmp(value, "false", 5) == 0);
    assert_true(lm_toml_value("[t]\na = 1", "a", &value, &n));
    assert_null(value);
    assert_true(lm_toml_value("", "a", &value, &n));
    assert_false(lm_toml_value("no toml", "a", &value, &n));
    assert_false(lm_toml_value("a =", "a", &value, &n));
}

static bool acts(const char *sql)
{
    lm_act act;

    return lm_may_act(sql, strlen(sql), &act) &&
           lm_word_is(&act.table, "t");
}

static void knows_statements(void **state)
{
    lm_word w;
    lm_pragma p;
    bool takes;

    (void)state;
    assert_true(acts("DELETE FROM t") && acts("REPLACE INTO t VALUES (1)"));
    assert_true(acts("INSERT OR REPLACE INTO t VALUES (1)"));
    assert_true(acts("WITH w AS (SELECT 1) UPDATE t SET x = 1"));
    assert_true(acts("DROP TABLE IF EXISTS t"));
    assert_true(acts("UPDATE OR IGNORE main.\"t\" SET x = 1"));
    assert_false(acts("DROP INDEX i") || acts("ALTER TABLE t DROP COLUMN c"));
    assert_false(acts("INSERT INTO t SELECT replace(x, 1, 2) FROM u"));
    assert_false(acts("INSERT INTO t VALUES (1) ON CONFLICT DO UPDATE SET "
                      "x = 1"));
    assert_true(lm_drops("DROP TABLE IF EXISTS main.\"a b\"", 32, &w));
    assert_true(lm_word_is(&w, "A B"));
    assert_true(lm_renames_to("ALTER TABLE x RENAME TO [y]", 27, &w));
    assert_true(lm_word_is(&w, "y"));
    assert_false(lm_renames_to("ALTER TABLE x RENAME c TO y", 27, &w));
    assert_true(lm_pragma_read("PRAGMA main.a_b = 'on';", 23, &p));
    assert_true(lm_word_is(&p.name, "a_b") && lm_pragma_is_on(&p));
    assert_true(lm_pragma_read("PRAGMA x(-2000)", 15, &p));
    assert_true(lm_word_is(&p.value, "2000"));
    assert_true(lm_pragma_read("PRAGMA x;", 9, &p) && p.value.n == 0);
    assert_true(lm_writes_table("CREATE UNIQUE INDEX IF NOT EXISTS i ON t (x)",
                                44, &w, &takes));
    assert_true(lm_word_is(&w, "t") && !takes);
    assert_true(lm_writes_table("INSERT OR IGNORE INTO main.t VALUES (1)",
                                39, &w, &takes));
    assert_true(lm_word_is(&w, "t"));
    assert_true(lm_writes_table("DELETE FROM t", 13, &w, &takes) && takes);
    assert_false(lm_writes_table("SELECT * FROM t", 15, &w, &takes));
}

static unsigned marks(const char *text)
{
    size_t at = 0;

    return lm_marks_of(text, strlen(text), &at);
}

static void finds_marks(void **state)
{
    (void)state;
    assert_int_equal(marks("SELECT '-- +goose Up'; -- a: +b"), 0);
    assert_int_equal(marks("/*\n-- +goose Up\n*/"), 0);
    assert_int_equal(marks("x;-- +GOOSE Up"), LM_MARKS_GOOSE);
    assert_int_equal(marks("\xEF\xBB\xBF--+migrate Up"),
                     LM_MARKS_SQL_MIGRATE);
    assert_int_equal(marks("  -- migrate:DOWN x"), LM_MARKS_DBMATE);
    assert_int_equal(marks("-- see migrate:up"), 0);
    assert_int_equal(marks("-- migrate:upgrade"), 0);
}

/* What the history keeps makes the same migration again, without a file. */
static void comes_back(const char *kind, const char *up, const char *down,
                       bool opted)
{
    lm_sql_context *ctx = new_context();
    lm_source s = new_source(kind, up, down), r = {0};
    lm_err err = {0};
    char *kept;
    size_t len;
    bool mine;

    if (opted)
        s.txn = s.down_txn = LM_TXN_NONE;
    assert_int_equal(lm_sql_engine.identify(ctx, &s, &err), LM_OK);
    assert_int_equal(lm_sql_engine.keep(ctx, &s, &err, &kept, &len), LM_OK);
    r.kind = "?";
    r.id = strdup("x");
    r.file = strdup("x");
    r.text = kept != NULL ? kept : strdup(s.text);
    r.len = kept != NULL ? len : s.len;
    memcpy(r.checksum, s.checksum, sizeof r.checksum);
    assert_int_equal(lm_sql_engine.revive(ctx, &r, &mine, &err), LM_OK);
    assert_true(mine);
    assert_string_equal(r.text, s.text);
    if (kept != NULL)
        assert_string_equal(r.kind, s.kind);
    assert_int_equal(r.down_text == NULL, s.down_text == NULL);
    if (r.down_text != NULL)
        assert_string_equal(r.down_text, s.down_text);
    assert_int_equal(r.has_down, s.has_down);
    if (r.has_down)
        assert_string_equal(r.kind, s.kind);
    assert_int_equal(r.txn, s.txn);
    assert_int_equal(r.down_txn, s.down_txn);
    assert_string_equal(r.description, s.description);
    free_source(&s);
    free_source(&r);
    lm_sql_context_free(ctx);
}

static void keeps_both_ways(void **state)
{
    static const char *const pairs[] = {
        "golang-migrate", "pairs", "sqlx", "diesel", "flyway", "yoyo"
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        comes_back(pairs[i], "-- A.\nCREATE TABLE a (x);\n", "DROP TABLE a;",
                   false);
        comes_back(pairs[i], "\xEF\xBB\xBF" "a;\r\n", "", false);
        comes_back(pairs[i], "", "\n-- lumigrate: down\nx\n", false);
        comes_back(pairs[i], "a", NULL, false);
    }
    comes_back("diesel", "VACUUM", "VACUUM;\n", true);
    comes_back("sqlx", "-- no-transaction\nx", "y", false);
    comes_back("sqlx", "x", "-- no-transaction\ny", false);
    comes_back("yoyo", "-- transactional: false\nx", "y", false);
    comes_back("flyway", "CREATE TABLE ${p.q} (x)", "DROP TABLE ${p.q}",
               false);
    comes_back("goose", "-- +goose NO TRANSACTION\n-- +goose Up\na;\n"
               "-- +goose Down\nb;\n", NULL, false);
    comes_back("sql-migrate", "-- +migrate Up\na;\n-- +migrate Down "
               "notransaction\nb;\n", NULL, false);
    comes_back("dbmate", "-- migrate:up\na;\n-- migrate:down\nb;\n", NULL,
               false);
    comes_back("drizzle", "a;--> statement-breakpoint\nb;", NULL, false);
    comes_back("prisma", "-- CreateTable\na;", NULL, false);
    comes_back("sql", "-- no-transaction\na;", NULL, false);
}

/* What is kept of a file that is all of its migration. */
static void is_kept(const char *kind, const char *text, const char *expected)
{
    lm_sql_context *ctx = new_context();
    lm_source s = new_source(kind, text, NULL);
    lm_err err = {0};
    char *kept;
    size_t len;

    assert_int_equal(lm_sql_engine.identify(ctx, &s, &err), LM_OK);
    assert_int_equal(lm_sql_engine.keep(ctx, &s, &err, &kept, &len), LM_OK);
    if (expected == NULL)
        assert_null(kept);
    else {
        assert_string_equal(kept, expected);
        assert_int_equal(len, strlen(expected));
    }
    free(kept);
    free_source(&s);
    lm_sql_context_free(ctx);
    comes_back(kind, text, NULL, false);
}

static void keeps_whose_it_is(void **state)
{
    (void)state;
    is_kept("flyway", "SELECT 1;", NULL);
    is_kept("flyway", "SELECT '${p.q}';\n", "-- lumigrate: flyway, up 17 "
            "bytes\nSELECT '${p.q}';\n");
    is_kept("flyway", "a --> statement-breakpoint", "-- lumigrate: flyway, "
            "up 26 bytes\na --> statement-breakpoint");
    is_kept("golang-migrate", "DELETE FROM a;", NULL);
    is_kept("golang-migrate", "PRAGMA Foreign_Keys = 1;", "-- lumigrate: "
            "golang-migrate, up 24 bytes\nPRAGMA Foreign_Keys = 1;");
    is_kept("dbmate", "-- migrate:up +goose\na;", "-- lumigrate: dbmate, "
            "up 23 bytes\n-- migrate:up +goose\na;");
}

static void refuses_what_was_tampered_with(void **state)
{
    static const char *const texts[] = {
        "", "a;", "-- lumigrate: diesel, up 1 bytes, down 1 bytes\n",
        "-- lumigrate: diesel, up 99 bytes, down 1 bytes\na\n-- lumigrate: "
        "down\nb", "-- lumigrate: diesel, up 18446744073709551615 bytes, "
        "down 9 bytes\na\n-- lumigrate: down\nb",
        "-- lumigrate: nobody, up 1 bytes, down 1 bytes\na\n-- lumigrate: "
        "down\nb", "-- lumigrate: diesel, up 1 bytes, down 1 bytes\nb\n"
        "-- lumigrate: down\na", "-- lumigrate: flyway, up 2 bytes\na",
        "-- lumigrate: flyway, up 1 bytes\na"
    };
    lm_sql_context *ctx = new_context();
    lm_err err = {0};
    size_t i;
    bool mine;

    (void)state;
    for (i = 0; i < sizeof texts / sizeof *texts; i++) {
        lm_source s = new_source("sql", texts[i], NULL);

        memcpy(s.checksum, "t1:00", 6);
        assert_int_equal(lm_sql_engine.revive(ctx, &s, &mine, &err), LM_OK);
        assert_false(mine);
        assert_string_equal(s.text, texts[i]);
        assert_null(s.down_text);
        free_source(&s);
    }
    lm_sql_context_free(ctx);
}

static void explains(void **state)
{
    lm_err err = {0};

    (void)state;
    lm_err_set(&err, LM_EFAILED, "near \"GO\": syntax error");
    lm_explain(&err, "GO\nSELECT 1", 11);
    assert_string_equal(err.hint, "this is what divides statements in "
                        "another program, which SQLite does not know");
    lm_err_clear(&err);
    lm_err_set(&err, LM_EFAILED, "no such table: x");
    lm_explain(&err, "SELECT * FROM x", 15);
    assert_null(err.hint);
    lm_err_clear(&err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cuts_goose),
        cmocka_unit_test(cuts_sql_migrate_and_dbmate),
        cmocka_unit_test(cuts_what_is_one_way),
        cmocka_unit_test(puts_values_in),
        cmocka_unit_test(places_expanded_bytes),
        cmocka_unit_test(orders_versions),
        cmocka_unit_test(reads_names),
        cmocka_unit_test(reads_toml),
        cmocka_unit_test(knows_statements),
        cmocka_unit_test(finds_marks),
        cmocka_unit_test(keeps_both_ways),
        cmocka_unit_test(keeps_whose_it_is),
        cmocka_unit_test(refuses_what_was_tampered_with),
        cmocka_unit_test(explains)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
