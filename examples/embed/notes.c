/* SPDX-License-Identifier: MIT */
/*
 * notes - a service that looks after its own database.
 *
 *   notes DATABASE [TEXT]      bring the database up to date; when it is
 *                              ready, add a note and show all of them
 *   notes -n DATABASE [TEXT]   somebody else migrates: start only when ready
 *   notes -r ID DATABASE       in an emergency: take back everything that was
 *                              applied after ID, by what was applied then
 */
#include <lumigrate.h>
#include <sqlite3.h>
#include <stdio.h>
#include <unistd.h>

/* 0, or why the service must not start. */
static int prepare(const char *path, int migrate, const char *back_to)
{
    lumigrate_config config = {
        .database = path,
        .migrations = "migrations",
        .if_ahead = LUMIGRATE_ERROR     /* a newer release has been here */
    };
    lumigrate_target target = {.to = back_to};
    lumigrate_report *report = NULL;
    const lumigrate_error *error;
    lumigrate *lm;
    int rc = lumigrate_open(&lm, &config);

    if (rc == LUMIGRATE_OK && back_to != NULL)
        rc = lumigrate_down(lm, &target);
    else if (rc == LUMIGRATE_OK && migrate)
        rc = lumigrate_up(lm, NULL);
    if (rc == LUMIGRATE_OK && back_to == NULL)
        rc = lumigrate_check(lm, &report);
    error = lumigrate_errinfo(lm);
    if (rc != LUMIGRATE_OK)
        fprintf(stderr, "notes: %s: %s\n", error && error->file ? error->file
                : path, lumigrate_errmsg(lm));
    lumigrate_report_free(report);
    lumigrate_close(lm);
    return rc;
}

static int show_note(void *user, int count, char **values, char **names)
{
    (void)user, (void)count, (void)names;
    return printf("%s  %s\n", values[0], values[1]) < 0;
}

static int serve(const char *path, const char *text)
{
    sqlite3 *db = NULL;
    int rc = sqlite3_open(path, &db);
    char *sql;

    sqlite3_busy_timeout(db, 5000);
    if (rc == SQLITE_OK && text != NULL) {
        sql = sqlite3_mprintf("INSERT INTO notes (text) VALUES (%Q)", text);
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

int main(int argc, char **argv)
{
    const char *back_to = NULL;
    int letter, migrate = 1;

    while ((letter = getopt(argc, argv, "nr:")) != -1)
        if (letter == 'n')
            migrate = 0;
        else if (letter == 'r')
            back_to = optarg;
        else
            return 2;
    argv += optind;
    if (*argv == NULL || prepare(*argv, migrate, back_to) != LUMIGRATE_OK)
        return 1;
    return back_to != NULL ? 0 : serve(argv[0], argv[1]);
}
