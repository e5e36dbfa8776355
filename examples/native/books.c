/* SPDX-License-Identifier: MIT */
/*
 * books - a program that carries all of its migrations: SQL and Lua, bundled
 * into migrations.c, and a C function of its own. At run time there is no
 * folder. Usage: books DATABASE [TITLE]: adds a book, shows all of them.
 */
#include <lumigrate.h>
#include <sqlite3.h>
#include <stdio.h>

int add_migrations(lumigrate *lm);      /* migrations.c */

/* The key by which titles are told apart: FNV-1a over letters and digits,
 * case aside. SQL cannot say this, and the program has it anyway. */
static sqlite3_int64 key_of(const unsigned char *title)
{
    unsigned long long key = 14695981039346656037ULL;

    for (; title != NULL && *title != '\0'; title++) {
        unsigned char c = *title | (*title >= 'A' && *title <= 'Z' ? 32 : 0);

        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c >= 128)
            key = (key ^ c) * 1099511628211ULL;
    }
    return (sqlite3_int64)(key >> 1);
}

/* Every statement is finalized on every path: the runner insists. Before that
 * is the time to say why something failed. */
static int fill_keys(sqlite3 *db, char *error)
{
    sqlite3_stmt *read = NULL, *write = NULL;
    int rc = sqlite3_prepare_v2(db, "SELECT id, title FROM books", -1, &read,
                                NULL);

    if (rc == SQLITE_OK)
        rc = sqlite3_prepare_v2(db, "UPDATE books SET key = ? WHERE id = ?",
                                -1, &write, NULL);
    while (rc == SQLITE_OK && (rc = sqlite3_step(read)) == SQLITE_ROW) {
        sqlite3_bind_int64(write, 1, key_of(sqlite3_column_text(read, 1)));
        sqlite3_bind_int64(write, 2, sqlite3_column_int64(read, 0));
        sqlite3_step(write);
        rc = sqlite3_reset(write);
    }
    if (rc != SQLITE_OK && rc != SQLITE_DONE)
        snprintf(error, LUMIGRATE_ERROR_SIZE, "%s", sqlite3_errmsg(db));
    sqlite3_finalize(read);
    sqlite3_finalize(write);
    return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

static int add_keys(sqlite3 *db, void *user, char *error)
{
    int rc = sqlite3_exec(db, "ALTER TABLE books ADD COLUMN key INTEGER",
                          NULL, NULL, NULL);

    (void)user;
    return rc == SQLITE_OK ? fill_keys(db, error) : rc;
}

static int drop_keys(sqlite3 *db, void *user, char *error)
{
    (void)user, (void)error;
    return sqlite3_exec(db, "ALTER TABLE books DROP COLUMN key", NULL, NULL,
                        NULL);
}

static int bring_up_to_date(const char *path)
{
    lumigrate_config config = {0};
    lumigrate_migration keys = {0};
    lumigrate *lm;
    int rc;

    config.database = path;
    config.no_folder = 1;
    keys.id = "2026_01_15_keys";
    keys.description = "A key for each title.";
    keys.up = add_keys;
    keys.down = drop_keys;
    rc = lumigrate_open(&lm, &config);
    if (rc == LUMIGRATE_OK)
        rc = add_migrations(lm);
    if (rc == LUMIGRATE_OK)
        rc = lumigrate_add(lm, &keys);
    if (rc == LUMIGRATE_OK)
        rc = lumigrate_up(lm, NULL);
    if (rc != LUMIGRATE_OK)
        fprintf(stderr, "books: %s: %s\n", path, lumigrate_errmsg(lm));
    lumigrate_close(lm);
    return rc;
}

static int add_book(sqlite3 *db, const char *title)
{
    sqlite3_stmt *s = NULL;
    int rc = sqlite3_prepare_v2(db, "INSERT INTO books (title, key) VALUES "
                                "(?, ?)", -1, &s, NULL);

    if (rc == SQLITE_OK) {
        sqlite3_bind_text(s, 1, title, -1, SQLITE_STATIC);
        sqlite3_bind_int64(s, 2, key_of((const unsigned char *)title));
        sqlite3_step(s);
    }
    return sqlite3_finalize(s);
}

static int show_book(void *user, int count, char **values, char **names)
{
    (void)user, (void)count, (void)names;
    return printf("%s  %s\n", values[0], values[1]) < 0;
}

int main(int argc, char **argv)
{
    sqlite3 *db = NULL;
    int rc;

    if (argc < 2 || bring_up_to_date(argv[1]) != LUMIGRATE_OK)
        return 1;
    rc = sqlite3_open(argv[1], &db);
    sqlite3_busy_timeout(db, 5000);
    if (rc == SQLITE_OK && argc > 2)
        rc = add_book(db, argv[2]);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(db, "SELECT printf('%016x', key), title FROM books "
                          "ORDER BY id", show_book, NULL, NULL);
    if (rc != SQLITE_OK)
        fprintf(stderr, "books: %s\n", sqlite3_errmsg(db));
    sqlite3_close(db);
    return rc != SQLITE_OK;
}
