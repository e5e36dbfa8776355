/* SPDX-License-Identifier: MIT */
/* conn:alter on tables of databases that the host has attached, with the same
 * names in main, temp and another one. */
#include "box.h"

static void exec(sqlite3 *db, const char *sql)
{
    char *message = NULL;

    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK)
        fail_msg("%s: %s", sql, message);
}

/* The host's connection, and two databases attached to it. */
static sqlite3 *open_all(void)
{
    sqlite3 *db = box_open(":memory:");

    exec(db, "ATTACH ':memory:' AS other; ATTACH ':memory:' AS \"my aux\"; "
         "CREATE TABLE main.said (x)");
    return db;
}

/* `sql` with %s for each of the schemas. */
static void in_each(sqlite3 *db, const char *sql)
{
    static const char *const schemas[] = {"main", "other", "\"my aux\""};
    char text[2048];
    size_t i;

    for (i = 0; i < 3; i++) {
        snprintf(text, sizeof text, sql, schemas[i], schemas[i], schemas[i],
                 schemas[i], schemas[i], schemas[i]);
        exec(db, text);
    }
}

/* say(...) keeps a line in main.said; alter(table, function) is conn:alter
 * in the schema "my aux", refused or not. */
static const char prelude[] =
    "local function say(...) local t = {...} for i = 1, #t do t[i] = "
    "tostring(t[i]) end conn:execute(\"INSERT INTO main.said VALUES (?)\", "
    "{table.concat(t, \" \")}) end\n"
    "local function alter(name, f) local ok, e = pcall(conn.alter, conn, "
    "name, {schema = \"MY AUX\"}, f) say(ok and e.strategy or "
    "(e.code .. \": \" .. e.message)) return e end\n";

static void migrate(box *b, sqlite3 *db, const char *body)
{
    lumigrate_config config = box_config(b);
    char text[3000];
    lumigrate *lm;

    snprintf(text, sizeof text, "%s%s", prelude, body);
    box_migration(b, "1", text);
    config.database = NULL;
    assert_int_equal(lumigrate_attach(&lm, db, &config), LUMIGRATE_OK);
    if (lumigrate_up(lm, NULL) != LUMIGRATE_OK)
        fail_msg("%s", lumigrate_errmsg(lm));
    lumigrate_close(lm);
}

static void gives(box *b, sqlite3 *db, const char *sql, const char *want)
{
    assert_string_equal(box_ask(b, db, sql), want);
}

static const char said[] = "SELECT group_concat(x, char(10)) FROM main.said";

/* What is defined in all schemas but "my aux". */
static const char elsewhere[] =
    "SELECT group_concat(sql, char(10)) FROM (SELECT sql FROM "
    "main.sqlite_schema WHERE tbl_name IN ('t', 'v') UNION ALL SELECT sql "
    "FROM other.sqlite_schema UNION ALL SELECT sql FROM temp.sqlite_schema "
    "ORDER BY 1)";

static void keeps(box *b, sqlite3 *db, const char *before)
{
    gives(b, db, elsewhere, before);
}

static const char same_names[] =
    "CREATE TABLE %s.t (id INTEGER PRIMARY KEY, x TEXT, y TEXT, "
    "CHECK (x <> 'no')); CREATE INDEX %s.i ON t (x); "
    "CREATE VIEW %s.v AS SELECT x FROM t; CREATE TRIGGER %s.g AFTER UPDATE "
    "OF x ON t BEGIN SELECT new.x; END; INSERT INTO %s.t VALUES "
    "(1, 'a', 'b')";

static const char same_temp[] =
    "CREATE TEMP TABLE t (id INTEGER PRIMARY KEY, x TEXT, y TEXT); "
    "CREATE INDEX temp.i ON t (x); CREATE TRIGGER temp.g AFTER UPDATE OF x "
    "ON temp.t BEGIN SELECT new.x; END; INSERT INTO temp.t VALUES "
    "(1, 'a', 'b'); CREATE TEMP VIEW m AS SELECT x FROM main.t; "
    "CREATE TEMP VIEW o AS SELECT a.x FROM main.t AS a JOIN other.t USING "
    "(x); CREATE TEMP TRIGGER gm AFTER UPDATE OF x ON main.t BEGIN SELECT "
    "new.x; END;";

static const char on_aux[] =
    "CREATE TEMP VIEW v AS SELECT x FROM \"my aux\".t; "
    "CREATE TEMP VIEW j AS SELECT a.y FROM \"my aux\".t AS a JOIN other.t "
    "USING (x); CREATE TEMP TRIGGER ga AFTER UPDATE OF x ON \"my aux\".t "
    "BEGIN SELECT new.x; END; CREATE TEMP TRIGGER gr AFTER INSERT ON main.t "
    "BEGIN SELECT x FROM \"my aux\".t; END;";

static void cascade_drops_what_hangs_there_alone(void **state)
{
    box *b = *state;
    sqlite3 *db = open_all();
    char before[1024];

    in_each(db, same_names);
    exec(db, same_temp);
    snprintf(before, sizeof before, "%s", box_ask(b, db, elsewhere));
    exec(db, on_aux);
    migrate(b, db, "alter(\"t\", function(t) t:drop_column(\"x\", {cascade = "
            "{\"indexes\", \"triggers\", \"views\", \"constraints\"}}) end)");
    gives(b, db, said, "rebuild");
    keeps(b, db, before);
    gives(b, db, "SELECT group_concat(sql) FROM \"my aux\".sqlite_schema",
          "CREATE TABLE t (id INTEGER PRIMARY KEY, y TEXT)");
    gives(b, db, "SELECT id || y FROM \"my aux\".t", "1b");
    gives(b, db, "SELECT x || (SELECT x FROM other.t) || (SELECT x FROM "
          "temp.t) FROM main.t", "aaa");
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void cascade_drops_only_the_kinds_it_lists(void **state)
{
    box *b = *state;
    sqlite3 *db = open_all();
    char before[1024];

    in_each(db, same_names);
    exec(db, same_temp);
    exec(db, on_aux);
    snprintf(before, sizeof before, "%s", box_ask(b, db, elsewhere));
    migrate(b, db, "local e = alter(\"t\", function(t) t:drop_column(\"x\", "
            "{cascade = {\"indexes\", \"triggers\"}}) end) "
            "for _, d in ipairs(e.dependents) do say(d.kind, d.schema, "
            "d.name) end");
    gives(b, db, said, "alter_refused: alter t: drop_column: the column x is "
          "used by CHECK (x <> 'no'), the view v, the view v, the view j\n"
          "check my aux\nindex my aux i\ntrigger my aux g\n"
          "trigger temp ga\nview my aux v\nview temp v\nview temp j\n"
          "trigger temp gr");
    keeps(b, db, before);
    gives(b, db, "SELECT count(*) FROM \"my aux\".sqlite_schema", "4");
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void drops_one_kind_and_leaves_others(void **state)
{
    box *b = *state;
    sqlite3 *db = open_all();

    in_each(db, "CREATE TABLE %s.t (x, y); CREATE INDEX %s.i ON t (x)");
    exec(db, "CREATE VIEW \"my aux\".v AS SELECT y FROM t; "
         "CREATE TEMP VIEW v AS SELECT y FROM \"my aux\".t");
    migrate(b, db, "alter(\"t\", function(t) t:drop_column(\"x\", "
            "{cascade = {\"indexes\"}}) end)");
    gives(b, db, said, "native");
    gives(b, db, "SELECT group_concat(name) FROM \"my aux\".sqlite_schema",
          "t,v");
    gives(b, db, "SELECT count(*) FROM temp.v", "0");
    gives(b, db, "SELECT group_concat(name) FROM other.sqlite_schema",
          "t,i");
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* The view in main is not one of the table's, though it calls it so. */
static void leaves_main_to_itself(void **state)
{
    box *b = *state;
    sqlite3 *db = open_all();

    exec(db, "CREATE TABLE t (x, y); CREATE TABLE \"my aux\".t (x, y); "
         "CREATE VIEW v AS SELECT x FROM t; CREATE TEMP VIEW w AS SELECT x "
         "FROM t; CREATE TEMP VIEW a AS SELECT x FROM \"my aux\".t");
    migrate(b, db, "alter(\"t\", function(t) t:drop_column(\"y\") end) "
            "conn:alter(\"t\", function(t) t:drop_column(\"y\") end) "
            "say(pcall(conn.alter, conn, \"t\", {schema = \"main\"}, "
            "function(t) t:drop_column(\"x\") end))");
    gives(b, db, "SELECT x LIKE '%: the column x is used by the view v, the "
          "view w' OR x LIKE '%x is the only column%' FROM said WHERE x LIKE "
          "'false%'", "1");
    gives(b, db, "SELECT group_concat(sql) FROM temp.sqlite_schema",
          "CREATE VIEW w AS SELECT x FROM t,"
          "CREATE VIEW a AS SELECT x FROM \"my aux\".t");
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* Those of the same names in other schemas have nothing to do with it. */
static void sees_what_breaks_beside_what_was_broken(void **state)
{
    static const char names[] =
        "CREATE TABLE %s.t (id INTEGER PRIMARY KEY, x); "
        "CREATE TABLE %s.u (id INTEGER PRIMARY KEY, n); "
        "CREATE TRIGGER %s.g AFTER UPDATE OF id ON t BEGIN SELECT n FROM u a "
        "JOIN t b USING (id); END; CREATE TRIGGER %s.stale AFTER UPDATE OF x "
        "ON t BEGIN SELECT nope FROM t; END";
    box *b = *state;
    sqlite3 *db = open_all();
    char before[2048];

    in_each(db, names);
    exec(db, "CREATE TEMP TRIGGER stale AFTER UPDATE ON \"my aux\".t BEGIN "
         "SELECT nope; END");
    snprintf(before, sizeof before, "%s", box_ask(b, db, elsewhere));
    migrate(b, db, "local e = alter(\"t\", function(t) t:add_column(\"n\", "
            "\"INT\") end) for _, d in ipairs(e.dependents) do say(d.kind, "
            "d.schema, d.name) end alter(\"t\", function(t) "
            "t:add_column(\"z\", \"INT\") end)");
    gives(b, db, said, "alter_refused: alter t: it breaks the trigger g on t: "
          "ambiguous column name: n\ntrigger my aux g\nnative");
    keeps(b, db, before);
    gives(b, db, "SELECT group_concat(type || name) FROM "
          "\"my aux\".sqlite_schema", "tablet,tableu,triggerg,triggerstale");
    exec(db, "DROP TRIGGER temp.stale; DROP TRIGGER \"my aux\".stale; "
         "UPDATE \"my aux\".t SET id = 1, x = 2");
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void rebuilds_with_its_own_numbers(void **state)
{
    static const char numbered[] =
        "CREATE TABLE %s.t (id INTEGER PRIMARY KEY AUTOINCREMENT, x TEXT, y "
        "UNIQUE); CREATE INDEX %s.i ON t (x); INSERT INTO %s.t VALUES "
        "(1, 'a', 2), (50, 'b', 3); DELETE FROM %s.t WHERE id = 50; "
        "ANALYZE %s";
    box *b = *state;
    sqlite3 *db = open_all();
    char before[1024];

    in_each(db, numbered);
    exec(db, "UPDATE main.sqlite_sequence SET seq = 60; UPDATE "
         "other.sqlite_sequence SET seq = 70; UPDATE main.sqlite_stat1 SET "
         "stat = '8 8'; UPDATE other.sqlite_stat1 SET stat = '9 9'");
    exec(db, "CREATE TEMP TABLE t (x); CREATE TEMP TABLE hits (n); "
         "CREATE TEMP TRIGGER ga AFTER INSERT ON \"my aux\".t BEGIN INSERT "
         "INTO hits VALUES (new.id); END; CREATE TEMP TRIGGER gm AFTER "
         "INSERT ON main.t BEGIN INSERT INTO hits VALUES ('main'); END");
    snprintf(before, sizeof before, "%s", box_ask(b, db, elsewhere));
    migrate(b, db, "alter(\"t\", function(t) t:rebuild() end) "
            "alter(\"t\", function(t) t:set_type(\"x\", \"BLOB\") end) "
            "alter(\"t\", function(t) t:add_check(\"x <> ''\") end)");
    gives(b, db, said, "rebuild\nrebuild\nedit");
    gives(b, db, "SELECT seq || (SELECT seq FROM other.sqlite_sequence) || "
          "(SELECT seq FROM main.sqlite_sequence) FROM "
          "\"my aux\".sqlite_sequence", "507060");
    gives(b, db, "SELECT group_concat(idx || ' ' || stat) FROM (SELECT * FROM "
          "\"my aux\".sqlite_stat1 ORDER BY idx)",
          "i 1 1,sqlite_autoindex_t_1 1 1");
    gives(b, db, "SELECT group_concat(DISTINCT stat) FROM (SELECT stat FROM "
          "main.sqlite_stat1 UNION SELECT stat FROM other.sqlite_stat1)",
          "8 8,9 9");
    exec(db, "INSERT INTO \"my aux\".t (x) VALUES ('c')");
    gives(b, db, "SELECT group_concat(n) FROM hits", "51");
    keeps(b, db, before);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void rebuilds_what_a_temporary_table_hides(void **state)
{
    box *b = *state;
    sqlite3 *db = open_all();

    exec(db, "CREATE TABLE t (x, y); CREATE INDEX i ON t (x); CREATE TRIGGER "
         "g AFTER INSERT ON t BEGIN INSERT INTO said VALUES (new.x); END; "
         "CREATE TEMP TABLE t (x, y)");
    migrate(b, db, "say(conn:alter(\"t\", {schema = \"main\"}, function(t) "
            "t:rebuild() end).strategy) say(select(2, pcall(conn.alter, conn, "
            "\"t\", {schema = \"main\"}, function(t) t:rename_column(\"x\", "
            "\"z\") end)).code)");
    exec(db, "INSERT INTO main.t VALUES (1, 2); INSERT INTO temp.t VALUES "
         "(3, 4)");
    gives(b, db, said, "rebuild\nalter_refused\n1");
    gives(b, db, "SELECT group_concat(name) FROM temp.sqlite_schema", "t");
    gives(b, db, "SELECT group_concat(sql) FROM main.sqlite_schema WHERE "
          "type = 'index' AND tbl_name = 't'", "CREATE INDEX i ON t (x)");
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void renames_with_what_means_it(void **state)
{
    box *b = *state;
    sqlite3 *db = open_all();
    char before[1024];

    in_each(db, "CREATE TABLE %s.t (x, y); CREATE VIEW %s.v AS SELECT x FROM "
            "t");
    exec(db, "CREATE TEMP VIEW m AS SELECT x FROM t");
    snprintf(before, sizeof before, "%s", box_ask(b, db, elsewhere));
    exec(db, "CREATE TEMP VIEW a AS SELECT x FROM \"my aux\".t; "
         "CREATE TABLE \"my aux\".child (r REFERENCES t (x)); "
         "CREATE TABLE child (r REFERENCES t (x))");
    migrate(b, db, "alter(\"t\", function(t) t:rename_column(\"x\", \"z\") "
            "t:rename_to(\"u\") end)");
    gives(b, db, said, "native");
    gives(b, db, "SELECT sql FROM temp.sqlite_schema WHERE name = 'a'",
          "CREATE VIEW a AS SELECT z FROM \"my aux\".\"u\"");
    gives(b, db, "SELECT sql FROM \"my aux\".sqlite_schema WHERE name = "
          "'child'", "CREATE TABLE child (r REFERENCES \"u\" (z))");
    gives(b, db, "SELECT sql FROM main.sqlite_schema WHERE name = 'child'",
          "CREATE TABLE child (r REFERENCES t (x))");
    exec(db, "DROP VIEW a");
    keeps(b, db, before);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* What joins tables of two databases joins by the same columns afterwards. */
static void keeps_joins_across_databases(void **state)
{
    box *b = *state;
    sqlite3 *db = open_all();

    exec(db, "CREATE TABLE \"my aux\".t (x, y); CREATE TABLE u (x, w); "
         "CREATE TEMP VIEW j AS SELECT w FROM \"my aux\".t NATURAL JOIN "
         "main.u");
    migrate(b, db, "alter(\"t\", function(t) t:rename_column(\"x\", \"z\") "
            "end) alter(\"t\", function(t) t:add_column(\"w\", \"INT\") end) "
            "alter(\"t\", function(t) t:drop_column(\"x\") end) "
            "alter(\"t\", function(t) t:rename_column(\"y\", \"z\") end)");
    gives(b, db, said, "alter_refused: alter t: it breaks the view j: its "
          "NATURAL JOIN would join by other columns (x)\n"
          "alter_refused: alter t: it breaks the view j: a name in it would "
          "mean another column than before\n"
          "alter_refused: alter t: drop_column: the column x is used by the "
          "view j\nnative");
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* Temporary triggers may stand on what no other schema has. */
static void finds_what_only_it_has(void **state)
{
    box *b = *state;
    sqlite3 *db = open_all();

    exec(db, "CREATE TABLE \"my aux\".lone (x, y); CREATE TEMP TABLE hits "
         "(n); CREATE TEMP TRIGGER g AFTER INSERT ON lone BEGIN INSERT INTO "
         "hits VALUES (new.y); END; CREATE TABLE t (x, y); CREATE TEMP "
         "TRIGGER h AFTER INSERT ON lone BEGIN SELECT x FROM t; END");
    migrate(b, db, "alter(\"lone\", function(t) t:drop_column(\"y\") end) "
            "alter(\"lone\", function(t) t:rebuild() end) "
            "say(select(2, pcall(conn.alter, conn, \"t\", function(t) "
            "t:drop_column(\"x\") end)).dependents[1].name)");
    gives(b, db, said, "alter_refused: alter lone: drop_column: the column y "
          "is used by the trigger g on lone\nrebuild\nh");
    exec(db, "INSERT INTO lone VALUES (1, 2)");
    gives(b, db, "SELECT group_concat(n) FROM hits", "2");
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static const char family[] =
    "CREATE TABLE %s.p (id INTEGER PRIMARY KEY); CREATE TABLE %s.c (k INT "
    "PRIMARY KEY, pid INT REFERENCES p) WITHOUT ROWID; INSERT INTO %s.p "
    "VALUES (1), (2); INSERT INTO %s.c VALUES (1, 1), (2, 99)";

static void checks_the_foreign_keys_of_its_schema(void **state)
{
    box *b = *state;
    sqlite3 *db = open_all();

    in_each(db, family);
    exec(db, "DELETE FROM main.p; DELETE FROM other.p; INSERT INTO main.p "
         "VALUES (77); PRAGMA foreign_keys = ON");
    migrate(b, db, "local function using(name, column, text) alter(name, "
            "function(t) t:set_type(column, \"INT\", {using = text}) end) "
            "end\nusing(\"c\", \"pid\", \"CASE pid WHEN 99 THEN 1 ELSE 99 "
            "END\") using(\"c\", \"pid\", \"CASE pid WHEN 99 THEN 98 ELSE 2 "
            "END\") using(\"p\", \"id\", \"CASE id WHEN 2 THEN 98 ELSE id "
            "END\") alter(\"c\", function(t) t:set_without_rowid(false) "
            "t:set_primary_key{\"pid\"} t:set_type(\"pid\", \"TEXT\") end)"
            " using(\"c\", \"pid\", \"77\")");
    gives(b, db, said, "alter_refused: alter c: set_type: rows of c point to "
          "no row of p\nrebuild\n"
          "alter_refused: alter p: set_type: rows of c point to no row of "
          "p\nrebuild\n"
          "alter_refused: alter c: set_type: UNIQUE constraint failed: c.pid "
          "(rowid 2)");
    gives(b, db, "SELECT group_concat(quote(pid)) FROM \"my aux\".c",
          "'2','98'");
    gives(b, db, "SELECT group_concat(pid) FROM main.c", "1,99");
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOX_TEST(cascade_drops_what_hangs_there_alone),
        BOX_TEST(cascade_drops_only_the_kinds_it_lists),
        BOX_TEST(drops_one_kind_and_leaves_others),
        BOX_TEST(leaves_main_to_itself),
        BOX_TEST(sees_what_breaks_beside_what_was_broken),
        BOX_TEST(rebuilds_with_its_own_numbers),
        BOX_TEST(rebuilds_what_a_temporary_table_hides),
        BOX_TEST(renames_with_what_means_it),
        BOX_TEST(keeps_joins_across_databases),
        BOX_TEST(finds_what_only_it_has),
        BOX_TEST(checks_the_foreign_keys_of_its_schema),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
