/* SPDX-License-Identifier: MIT */
/*
 * box.h - a sandbox for a C test: a folder of its own with migrations/ and an
 * absent database app.db.
 *
 *   box_setup, box_teardown   for cmocka; *state is the box
 *   BOX_TEST                  a test with a box of its own, for cmocka's list
 *   box_write                 a file in the folder, by relative path
 *   box_migration             migrations/ID.lua: `body` is that of upgrade,
 *                             from line 1 on
 *   box_reversible            one that makes a table, and takes it away again
 *   box_config                a configuration for database and folder
 *   box_open                  a connection to the database at a path
 *   box_ask                   what a query gives on a connection
 *   box_integer, box_text     what one gives on a connection of its own; -1
 *                             and "" without a row
 *   box_exec                  SQL on a connection of its own
 *
 * Ownership: what box_ask and box_text return belongs to the box until its next call.
 */
#ifndef LM_TEST_BOX_H
#define LM_TEST_BOX_H

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "../../runner/lumigrate.h"

#define BOX_TEST(f) \
    cmocka_unit_test_setup_teardown(f, box_setup, box_teardown)

typedef struct box {
    char dir[64], database[96], migrations[96];
    char text[1024];
} box;

static inline void box_write(box *b, const char *name, const char *text)
{
    char path[400];
    FILE *f;

    snprintf(path, sizeof path, "%s/%s", b->dir, name);
    f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static inline void box_migration(box *b, const char *id, const char *body)
{
    char name[300], text[4096];

    snprintf(name, sizeof name, "migrations/%s.lua", id);
    snprintf(text, sizeof text, "MIGRATION_ID = \"%s\" function upgrade(conn,"
             " column_exists, table_exists) %s\nend\n", id, body);
    box_write(b, name, text);
}

static inline void box_reversible(box *b, const char *id, const char *table)
{
    char name[64], text[512];

    snprintf(name, sizeof name, "migrations/%s.lua", id);
    snprintf(text, sizeof text, "MIGRATION_ID = \"%s\"\n"
             "function upgrade(conn) conn:execute(\"CREATE TABLE %s (x)\") "
             "end\nfunction downgrade(conn)\n"
             "conn:execute(\"DROP TABLE %s\") end\n", id, table, table);
    box_write(b, name, text);
}

static inline int box_setup(void **state)
{
    box *b = calloc(1, sizeof *b);

    if (b == NULL)
        return -1;
    snprintf(b->dir, sizeof b->dir, "/tmp/lumigrate-test-XXXXXX");
    if (mkdtemp(b->dir) == NULL)
        return -1;
    snprintf(b->database, sizeof b->database, "%s/app.db", b->dir);
    snprintf(b->migrations, sizeof b->migrations, "%s/migrations", b->dir);
    *state = b;
    return mkdir(b->migrations, 0777);
}

static inline int box_remove(const char *path, const struct stat *st,
                             int flag, struct FTW *where)
{
    (void)st;
    (void)flag;
    (void)where;
    return remove(path);
}

static inline int box_teardown(void **state)
{
    box *b = *state;
    int rc = nftw(b->dir, box_remove, 8, FTW_DEPTH | FTW_PHYS);

    free(b);
    return rc;
}

static inline lumigrate_config box_config(const box *b)
{
    lumigrate_config c;

    memset(&c, 0, sizeof c);
    c.database = b->database;
    c.migrations = b->migrations;
    return c;
}

static inline sqlite3 *box_open(const char *path)
{
    sqlite3 *db = NULL;

    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_busy_timeout(db, 20000), SQLITE_OK);
    return db;
}

static inline void box_exec(box *b, const char *sql)
{
    sqlite3 *db = box_open(b->database);

    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static inline const char *box_ask(box *b, sqlite3 *db, const char *sql)
{
    sqlite3_stmt *s = NULL;
    const unsigned char *text;

    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &s, NULL), SQLITE_OK);
    b->text[0] = '\0';
    if (sqlite3_step(s) == SQLITE_ROW) {
        text = sqlite3_column_text(s, 0);
        snprintf(b->text, sizeof b->text, "%s",
                 text == NULL ? "NULL" : (const char *)text);
    }
    assert_int_equal(sqlite3_finalize(s), SQLITE_OK);
    return b->text;
}

static inline const char *box_text(box *b, const char *sql)
{
    sqlite3 *db = box_open(b->database);

    box_ask(b, db, sql);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    return b->text;
}

static inline long box_integer(box *b, const char *sql)
{
    const char *text = box_text(b, sql);

    return text[0] == '\0' ? -1 : strtol(text, NULL, 10);
}

#endif
