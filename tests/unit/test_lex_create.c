/* SPDX-License-Identifier: MIT */
/* Definitions are taken apart without losing a byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../runner/lex/createother.h"
#include "../../runner/lex/sqltext.h"

static lm_createtable table;
static const char *source;

static void take(const char *sql)
{
    lm_err err = {0};

    source = sql;
    if (lm_createtable_parse(sql, strlen(sql), &table, &err) != LM_OK)
        print_error("%s\nin: %s\n", lm_err_text(&err), sql);
    assert_int_equal(err.code, LM_OK);
}

static void drop(void)
{
    lm_createtable_clear(&table);
    lm_createtable_clear(&table);
}

static void refuse(const char *sql, const char *why)
{
    lm_createtable none;
    lm_err err = {0};

    if (lm_createtable_parse(sql, strlen(sql), &none, &err) == LM_OK)
        print_error("taken: %s\n", sql);
    assert_int_equal(err.code, LM_EFAILED);
    assert_string_equal(lm_err_text(&err), why);
    assert_null(none.columns);
    lm_err_clear(&err);
}

static void is(lm_span span, const char *expected)
{
    char got[512];

    snprintf(got, sizeof got, "%.*s", (int)(span.end - span.start),
             source + span.start);
    assert_string_equal(got, expected);
}

static const lm_constraint *at(size_t column, size_t constraint)
{
    assert_in_range(column + 1, 1, table.column_count);
    assert_in_range(constraint + 1, 1, table.columns[column].count);
    return &table.columns[column].constraints[constraint];
}

static void reads_names_and_types(void **state)
{
    (void)state;
    take("CREATE TABLE \"t \"\"1\" ( a, [b c] VARCHAR ( 10 , -2.5 ) , 'd''e' "
         "long varying \"character\" (+3), `f``g` x$y, key key, left INT)");
    assert_string_equal(table.name, "t \"1");
    is(table.name_span, "\"t \"\"1\"");
    assert_int_equal(table.column_count, 6);
    assert_string_equal(table.columns[0].name, "a");
    is(table.columns[0].type, "");
    assert_string_equal(table.columns[1].name, "b c");
    is(table.columns[1].type, "VARCHAR ( 10 , -2.5 )");
    assert_string_equal(table.columns[2].name, "d'e");
    is(table.columns[2].type, "long varying \"character\" (+3)");
    assert_string_equal(table.columns[3].name, "f`g");
    is(table.columns[3].type, "x$y");
    assert_string_equal(table.columns[4].name, "key");
    is(table.columns[4].type, "key");
    assert_ptr_equal(lm_createtable_column(&table, "LEFT"),
                     &table.columns[5]);
    assert_null(lm_createtable_column(&table, "lef"));
    drop();
}

static void reads_heads_and_options(void **state)
{
    (void)state;
    take("create temp table if not exists temp . x (a primary key) "
         "without /* so */ rowid , STRICT -- end");
    assert_true(table.temp);
    assert_string_equal(table.schema, "temp");
    assert_string_equal(table.name, "x");
    is(table.name_span, "x");
    is(table.body, "a primary key");
    assert_true(table.strict && table.without_rowid);
    is(table.without_span, "without /* so */ rowid");
    is(table.strict_span, "STRICT");
    is(table.options, "without /* so */ rowid , STRICT");
    drop();
    take("CREATE TABLE if(a);");
    assert_string_equal(table.name, "if");
    assert_false(table.strict || table.without_rowid || table.temp);
    drop();
}

static void reads_column_constraints(void **state)
{
    (void)state;
    take("CREATE TABLE t(a INTEGER CONSTRAINT \"p k\" PRIMARY KEY DESC ON "
         "CONFLICT FAIL AUTOINCREMENT, b TEXT NOT NULL ON CONFLICT IGNORE "
         "NULL UNIQUE ON CONFLICT REPLACE CHECK ( b <> ')' ) COLLATE "
         "\"no case\" CONSTRAINT x)");
    assert_int_equal(at(0, 0)->kind, LM_CON_PRIMARY_KEY);
    assert_string_equal(at(0, 0)->name, "p k");
    assert_true(at(0, 0)->desc && at(0, 0)->autoincrement);
    assert_int_equal(at(0, 0)->conflict, LM_CONFLICT_FAIL);
    is(at(0, 0)->conflict_span, "ON CONFLICT FAIL");
    is(at(0, 0)->autoincrement_span, "AUTOINCREMENT");
    is(at(0, 0)->core, "PRIMARY KEY DESC ON CONFLICT FAIL AUTOINCREMENT");
    is(at(0, 0)->item.span, "CONSTRAINT \"p k\" PRIMARY KEY DESC ON "
       "CONFLICT FAIL AUTOINCREMENT");
    assert_int_equal(at(1, 0)->kind, LM_CON_NOT_NULL);
    assert_int_equal(at(1, 0)->conflict, LM_CONFLICT_IGNORE);
    assert_int_equal(at(1, 1)->kind, LM_CON_NULL);
    assert_int_equal(at(1, 2)->kind, LM_CON_UNIQUE);
    assert_int_equal(at(1, 3)->kind, LM_CON_CHECK);
    is(at(1, 3)->inner, " b <> ')' ");
    assert_int_equal(at(1, 4)->kind, LM_CON_COLLATE);
    assert_string_equal(at(1, 4)->collation, "no case");
    is(at(1, 4)->inner, "\"no case\"");
    assert_int_equal(at(1, 5)->kind, LM_CON_NAME);
    assert_string_equal(at(1, 5)->name, "x");
    is(at(1, 5)->core, "");
    drop();
}

static void reads_defaults(void **state)
{
    static const char *const texts[] = {
        "1", "- 1.5e3", "+.5", "'a''b'", "x'00'", "NULL", "(1 + (2))",
        "CURRENT_TIMESTAMP", "true", "word", "\"quoted\"", "[b]",
        "0xFF", "-'x'"
    };
    char sql[100];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof texts / sizeof *texts; i++) {
        snprintf(sql, sizeof sql, "CREATE TABLE t(a DEFAULT %s NOT NULL)",
                 texts[i]);
        take(sql);
        assert_int_equal(table.columns[0].count, 2);
        assert_int_equal(at(0, 0)->kind, LM_CON_DEFAULT);
        is(at(0, 0)->inner, texts[i]);
        drop();
    }
}

static void reads_generated_columns(void **state)
{
    (void)state;
    take("CREATE TABLE t(a, b INT GENERATED ALWAYS AS ( a /* ) */ + 1) "
         "STORED, c AS (a) VIRTUAL NOT NULL, d generated, e INT GENERATED "
         "ALWAYS, f GENERATED ALWAYS x)");
    is(table.columns[1].type, "INT");
    assert_int_equal(at(1, 0)->kind, LM_CON_GENERATED);
    assert_true(at(1, 0)->stored);
    is(at(1, 0)->inner, " a /* ) */ + 1");
    is(at(1, 0)->core, "GENERATED ALWAYS AS ( a /* ) */ + 1) STORED");
    assert_false(at(2, 0)->stored);
    is(at(2, 0)->inner, "a");
    assert_int_equal(at(2, 1)->kind, LM_CON_NOT_NULL);
    is(table.columns[3].type, "generated");
    is(table.columns[4].type, "INT");
    is(table.columns[4].item.span, "e INT GENERATED ALWAYS");
    is(table.columns[5].type, "GENERATED ALWAYS x");
    drop();
}

static void reads_foreign_keys(void **state)
{
    const lm_constraint *c;

    (void)state;
    take("CREATE TABLE t(a REFERENCES \"p q\" ( \"x\" ) ON UPDATE SET NULL "
         "MATCH FULL ON DELETE CASCADE ON INSERT RESTRICT DEFERRABLE "
         "INITIALLY DEFERRED, b REFERENCES p NOT DEFERRABLE INITIALLY "
         "DEFERRED, c INT DEFERRABLE INITIALLY DEFERRED, CONSTRAINT f "
         "FOREIGN KEY(a, b) REFERENCES r(x, y) ON DELETE NO ACTION ON "
         "UPDATE SET DEFAULT DEFERRABLE INITIALLY IMMEDIATE)");
    c = at(0, 0);
    assert_int_equal(c->kind, LM_CON_FOREIGN_KEY);
    assert_string_equal(c->target, "p q");
    is(c->target_span, "\"p q\"");
    assert_int_equal(c->target_keys.count, 1);
    assert_string_equal(c->target_keys.list[0].column, "x");
    is(c->target_keys.span, "( \"x\" )");
    assert_string_equal(lm_action_name(c->on_update), "SET NULL");
    assert_string_equal(lm_action_name(c->on_delete), "CASCADE");
    assert_true(c->deferrable && c->initially_deferred);
    is(c->defer_span, "DEFERRABLE INITIALLY DEFERRED");
    assert_int_equal(at(0, 1)->kind, LM_CON_DEFER);
    /* The third column's word acts on the second column's key. */
    assert_true(at(1, 0)->deferrable && at(1, 0)->initially_deferred);
    assert_int_equal(at(1, 0)->target_keys.count, 0);
    assert_false(at(1, 1)->deferrable);
    assert_int_equal(table.constraint_count, 1);
    c = &table.constraints[0];
    assert_string_equal(c->name, "f");
    assert_int_equal(c->keys.count, 2);
    assert_string_equal(c->keys.list[1].column, "b");
    assert_string_equal(c->target_keys.list[1].column, "y");
    assert_string_equal(lm_action_name(c->on_update), "SET DEFAULT");
    assert_true(c->deferrable && !c->initially_deferred);
    drop();
}

static void reads_table_constraints(void **state)
{
    (void)state;
    take("CREATE TABLE t(a, b, CONSTRAINT x CONSTRAINT y PRIMARY KEY(a COLLATE "
         "nocase DESC, (b) ASC AUTOINCREMENT) ON CONFLICT ABORT UNIQUE(b) "
         "CHECK(a > (1)) ON CONFLICT FAIL, CONSTRAINT z)");
    assert_int_equal(table.constraint_count, 5);
    assert_int_equal(table.constraints[0].kind, LM_CON_NAME);
    assert_string_equal(table.constraints[0].name, "x");
    assert_int_equal(table.constraints[1].kind, LM_CON_PRIMARY_KEY);
    assert_string_equal(table.constraints[1].name, "y");
    assert_int_equal(table.constraints[1].keys.count, 2);
    assert_string_equal(table.constraints[1].keys.list[0].column, "a");
    assert_string_equal(table.constraints[1].keys.list[0].collation,
                        "nocase");
    assert_true(table.constraints[1].keys.list[0].desc);
    is(table.constraints[1].keys.list[0].span, "a COLLATE nocase DESC");
    assert_string_equal(table.constraints[1].keys.list[1].column, "b");
    assert_false(table.constraints[1].keys.list[1].desc);
    assert_true(table.constraints[1].autoincrement);
    assert_int_equal(table.constraints[1].conflict, LM_CONFLICT_ABORT);
    assert_int_equal(table.constraints[2].kind, LM_CON_UNIQUE);
    assert_int_equal(table.constraints[3].kind, LM_CON_CHECK);
    is(table.constraints[3].inner, "a > (1)");
    is(table.constraints[3].conflict_span, "ON CONFLICT FAIL");
    assert_int_equal(table.constraints[4].kind, LM_CON_NAME);
    drop();
}

static void gives_comments_to_columns(void **state)
{
    (void)state;
    take("CREATE TABLE t( -- the table\n"
         "  -- about a\n"
         "  a INT, -- more about a\n"
         "  b INT /* b */ , /* c */ c INT,\n"
         "  /* about d */ d /* inside */ INT, /* still d */ -- and d\n"
         "  e INT, /* about\n f */ f INT,\n"
         "  UNIQUE(a) -- unique\n"
         "  CHECK(a) -- last\n"
         ")");
    is(table.columns[0].item.lead, " -- the table\n  -- about a\n  ");
    is(table.columns[0].item.span, "a INT");
    is(table.columns[0].item.comma, ",");
    is(table.columns[0].item.post, " -- more about a");
    is(table.columns[1].item.trail, " /* b */ ");
    is(table.columns[1].item.post, "");
    is(table.columns[2].item.lead, " /* c */ ");
    is(table.columns[3].item.lead, "\n  /* about d */ ");
    is(table.columns[3].item.span, "d /* inside */ INT");
    is(table.columns[3].item.post, " /* still d */ -- and d");
    is(table.columns[5].item.lead, " /* about\n f */ ");
    is(table.constraints[0].item.trail, " -- unique");
    is(table.constraints[0].item.comma, "");
    is(table.constraints[1].item.trail, " -- last\n");
    drop();
}

static void refuses_what_is_no_definition(void **state)
{
    (void)state;
    refuse("", "the text of this CREATE TABLE ends too early");
    refuse("CREATE TABLE t(a", "the text of this CREATE TABLE ends too "
           "early");
    refuse("CREATE VIEW t AS SELECT 1", "line 1, column 8 of the CREATE "
           "TABLE: \"VIEW\" is not understood here");
    refuse("CREATE TABLE t(a,\n b FOO(x))", "line 2, column 8 of the CREATE "
           "TABLE: \"x\" is not understood here");
    refuse("CREATE TABLE t AS SELECT 1", "line 1, column 16 of the CREATE "
           "TABLE: \"AS\" is not understood here");
    refuse("CREATE TABLE t(a) WITHOUT OIDS", "line 1, column 27 of the "
           "CREATE TABLE: \"OIDS\" is not understood here");
    refuse("CREATE TABLE t(a) 'strict'", "line 1, column 19 of the CREATE "
           "TABLE: \"'strict'\" is not understood here");
    refuse("CREATE TABLE t(a CHECK(a))) ", "line 1, column 27 of the CREATE "
           "TABLE: \")\" is not understood here");
    refuse("CREATE TABLE t(a INT CHECK(a) ON CONFLICT FAIL)",
           "line 1, column 31 of the CREATE TABLE: \"ON\" is not understood "
           "here");
    refuse("CREATE TABLE t(PRIMARY KEY(a))", "line 1, column 16 of the "
           "CREATE TABLE: \"PRIMARY\" is not understood here");
    refuse("CREATE TABLE t(a, UNIQUE(a), )", "line 1, column 30 of the "
           "CREATE TABLE: \")\" is not understood here");
    refuse("CREATE TABLE t(a 'x", "line 1, column 18 of the CREATE TABLE: "
           "\"'x\" is not understood here");
    refuse("CREATE TABLE t(a ON DELETE)", "line 1, column 18 of the CREATE "
           "TABLE: \"ON\" is not understood here");
    refuse("CREATE TABLE t(a REFERENCES p ON DELETE EXPLODE)",
           "line 1, column 41 of the CREATE TABLE: \"EXPLODE\" is not "
           "understood here");
}

static void reads_indexes(void **state)
{
    lm_createindex x;
    lm_err err = {0};

    (void)state;
    source = "CREATE UNIQUE INDEX \"odd \"\"i\" ON t ( lower(a || ',') COLLATE"
             " NOCASE DESC, (b), -- b\n c ASC, \"d\" COLLATE x NULLS LAST ) "
             "WHERE b > 0 AND c <> 'where (x'";
    assert_int_equal(lm_createindex_parse(source, strlen(source), &x, &err),
                     LM_OK);
    assert_true(x.unique);
    assert_string_equal(x.name, "odd \"i");
    assert_string_equal(x.table, "t");
    assert_int_equal(x.keys.count, 4);
    is(x.keys.list[0].expr, "lower(a || ',')");
    assert_null(x.keys.list[0].column);
    assert_string_equal(x.keys.list[0].collation, "NOCASE");
    assert_true(x.keys.list[0].desc);
    assert_string_equal(x.keys.list[1].column, "b");
    assert_string_equal(x.keys.list[2].column, "c");
    is(x.keys.list[2].span, "c ASC");
    assert_string_equal(x.keys.list[3].column, "d");
    assert_string_equal(x.keys.list[3].collation, "x");
    is(x.where, "b > 0 AND c <> 'where (x'");
    lm_createindex_clear(&x);
    source = "CREATE INDEX i ON t(desc)";
    assert_int_equal(lm_createindex_parse(source, strlen(source), &x, &err),
                     LM_OK);
    assert_string_equal(x.keys.list[0].column, "desc");
    assert_false(x.keys.list[0].desc);
    is(x.where, "");
    lm_createindex_clear(&x);
}

static void reads_triggers(void **state)
{
    lm_createtrigger g;
    lm_err err = {0};

    (void)state;
    source = "CREATE TEMP TRIGGER g AFTER UPDATE OF a, \"when\" ON main.t FOR "
             "EACH ROW WHEN new.begin > (SELECT 1) AND old.b = 'BEGIN' BEGIN "
             "SELECT CASE WHEN 1 THEN 2 END; END";
    assert_int_equal(lm_createtrigger_parse(source, strlen(source), &g,
                                            &err), LM_OK);
    assert_true(g.temp);
    assert_string_equal(g.name, "g");
    assert_int_equal(g.timing, LM_AFTER);
    assert_int_equal(g.event, LM_ON_UPDATE);
    assert_int_equal(g.update_of.count, 2);
    assert_string_equal(g.update_of.list[1].column, "when");
    is(g.update_of.span, "a, \"when\"");
    assert_string_equal(g.table_schema, "main");
    assert_string_equal(g.table, "t");
    is(g.for_each, "FOR EACH ROW");
    is(g.when, "new.begin > (SELECT 1) AND old.b = 'BEGIN'");
    is(g.body, "BEGIN SELECT CASE WHEN 1 THEN 2 END; END");
    lm_createtrigger_clear(&g);
    source = "CREATE TRIGGER \"instead\" INSTEAD OF DELETE ON v BEGIN DELETE "
             "FROM t; END";
    assert_int_equal(lm_createtrigger_parse(source, strlen(source), &g,
                                            &err), LM_OK);
    assert_int_equal(g.timing, LM_INSTEAD_OF);
    assert_int_equal(g.event, LM_ON_DELETE);
    assert_null(g.table_schema);
    lm_createtrigger_clear(&g);
    source = "CREATE TRIGGER g INSERT ON t WHEN begin BEGIN SELECT 1; END";
    assert_int_equal(lm_createtrigger_parse(source, strlen(source), &g,
                                            &err), LM_OK);
    assert_int_equal(g.timing, LM_BEFORE);
    is(g.when, "begin");
    lm_createtrigger_clear(&g);
    source = "CREATE TRIGGER g INSERT ON t BEGIN SELECT 1;";
    assert_int_equal(lm_createtrigger_parse(source, strlen(source), &g,
                                            &err), LM_EFAILED);
    lm_err_clear(&err);
}

static void reads_views_and_virtual_tables(void **state)
{
    lm_createview v;
    lm_createvirtual f;
    lm_err err = {0};

    (void)state;
    source = "CREATE VIEW \"v\"(a, 'b c') AS WITH x AS (SELECT 1) SELECT 1, 2";
    assert_int_equal(lm_createview_parse(source, strlen(source), &v, &err),
                     LM_OK);
    assert_string_equal(v.name, "v");
    assert_int_equal(v.columns.count, 2);
    assert_string_equal(v.columns.list[1].column, "b c");
    is(v.select, "WITH x AS (SELECT 1) SELECT 1, 2");
    lm_createview_clear(&v);
    source = "CREATE VIRTUAL TABLE f USING fts5(a, tokenize = 'x ( y')";
    assert_int_equal(lm_createvirtual_parse(source, strlen(source), &f,
                                            &err), LM_OK);
    assert_string_equal(f.module, "fts5");
    is(f.arguments, "a, tokenize = 'x ( y'");
    lm_createvirtual_clear(&f);
    source = "CREATE VIRTUAL TABLE f USING dbstat";
    assert_int_equal(lm_createvirtual_parse(source, strlen(source), &f,
                                            &err), LM_OK);
    is(f.arguments, "");
    lm_createvirtual_clear(&f);
    source = "CREATE VIEW v AS";
    assert_int_equal(lm_createview_parse(source, strlen(source), &v, &err),
                     LM_EFAILED);
    lm_err_clear(&err);
}

static void same(const char *a, const char *b, bool expected)
{
    if (lm_sqltext_same(a, strlen(a), b, strlen(b)) != expected)
        print_error("%s and %s\n", a, b);
    assert_int_equal(lm_sqltext_same(a, strlen(a), b, strlen(b)), expected);
}

static void compares_token_by_token(void **state)
{
    (void)state;
    same("a>0", " A /* x */ > 0 -- y", true);
    same("\"a\" > [b c]", "a > \"B C\"", true);
    same("`a``b`", "\"a`b\"", true);
    same("VARCHAR(10)", "varchar ( 10 )", true);
    same("x'AB'", "X'ab'", true);
    same("'Yes'", "'yes'", false);
    same("'a'", "a", false);
    same("\"null\"", "null", false);
    same("\"current_time\"", "current_time", false);
    same("\"select\"", "SELECT", false);
    same("a b", "ab", false);
    same("a", "a b", false);
    same("\"a b\"", "a b", false);
    same("1", "1.0", false);
    same("", " /* */ ", true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_names_and_types),
        cmocka_unit_test(reads_heads_and_options),
        cmocka_unit_test(reads_column_constraints),
        cmocka_unit_test(reads_defaults),
        cmocka_unit_test(reads_generated_columns),
        cmocka_unit_test(reads_foreign_keys),
        cmocka_unit_test(reads_table_constraints),
        cmocka_unit_test(gives_comments_to_columns),
        cmocka_unit_test(refuses_what_is_no_definition),
        cmocka_unit_test(reads_indexes),
        cmocka_unit_test(reads_triggers),
        cmocka_unit_test(reads_views_and_virtual_tables),
        cmocka_unit_test(compares_token_by_token)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
