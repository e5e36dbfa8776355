/* SPDX-License-Identifier: MIT */
/*
 * notes - a program that brings its own database up to date when it starts.
 * Usage: notes DATABASE [TEXT]: adds a note, shows all of them.
 */
#include <lumigrate.h>
#include <sqlite3.h>
#include <stdio.h>

static int bring_up_to_date(const char *path)
{
    lumigrate_config config = {0};
    const lumigrate_error *error;
    lumigrate *lm;
    int rc;

    config.database = path;
    config.migrations = "migrations";
    rc = lumigrate_open(&lm, &config);
    if (rc == LUMIGRATE_OK)
        rc = lumigrate_up(lm, NULL);
    error = lumigrate_errinfo(lm);
    if (rc != LUMIGRATE_OK)
        fprintf(stderr, "notes: %s: %s\n",
                error && error->file ? error->file : path,
                lumigrate_errmsg(lm));
    lumigrate_close(lm);
    return rc;
}

static int show_note(void *user, int count, char **values, char **names)
{
    (void)user, (void)count, (void)names;
    return printf("%s  %s\n", values[0], values[1]) < 0;
}

int main(int argc, char **argv)
{
    sqlite3 *db = NULL;
    char *sql;
    int rc;

    if (argc < 2 || bring_up_to_date(argv[1]) != LUMIGRATE_OK)
        return 1;
    rc = sqlite3_open(argv[1], &db);
    sqlite3_busy_timeout(db, 5000);
    if (rc == SQLITE_OK && argc > 2) {
        sql = sqlite3_mprintf("INSERT INTO notes (text) VALUES (%Q)", argv[2]);
        rc = sql ? sqlite3_exec(db, sql, NULL, NULL, NULL) : SQLITE_NOMEM;
        sqlite3_free(sql);
    }
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(db, "SELECT written_at, text FROM notes", show_note,
                          NULL, NULL);
    if (rc != SQLITE_OK)
        fprintf(stderr, "notes: %s\n", sqlite3_errmsg(db));
    sqlite3_close(db);
    return rc != SQLITE_OK;
}
