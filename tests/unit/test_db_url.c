/* SPDX-License-Identifier: MIT */
/* What people write for a database, as a path. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../runner/db/url.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static void reads_what_means_a_file(void **state)
{
    static const struct {
        const char *name, *path;
    } cases[] = {
        {"app.db", "app.db"},
        {"data/app.db", "data/app.db"},
        {"/var/lib/app.db", "/var/lib/app.db"},
        {"./x:y", "./x:y"},
        {"./:memory:", "./:memory:"},
        {"a b?c#d%20.db", "a b?c#d%20.db"},
        {"\xC3\xA9.db", "\xC3\xA9.db"},
        {"c:app.db", "c:app.db"},
        {"sqlite:app.db", "app.db"},
        {"SQLite:app.db", "app.db"},
        {"sqlite:/nowhere/app.db", "/nowhere/app.db"},
        {"sqlite:///nowhere/app.db", "/nowhere/app.db"},
        {"sqlite3:app.db", "app.db"},
        {"sqlite3:///nowhere/app.db", "/nowhere/app.db"},
        {"sqlite://localhost/nowhere/app.db", "/nowhere/app.db"},
        {"file:app.db", "app.db"},
        {"file:/nowhere/app.db", "/nowhere/app.db"},
        {"file:///nowhere/app.db", "/nowhere/app.db"},
        {"file://localhost/nowhere/app.db", "/nowhere/app.db"},
        {"file:a%20b%2fc.db", "a b/c.db"},
        {"file:app.db?mode=rwc", "app.db"},
        {"file:app.db?cache=private&mode=rw", "app.db"},
        {"file:app.db#part", "app.db"},
        {"sqlite:app.db?_pragma=foreign_keys(1)", "app.db"},
    };
    lm_err err = {0};
    char *path;
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        if (lm_db_path(cases[i].name, &err, &path) != LM_OK)
            fail_msg("%s: %s", cases[i].name, lm_err_text(&err));
        assert_string_equal(path, cases[i].path);
        free(path);
    }
}

static void refuses_what_would_not_be_kept_or_safe(void **state)
{
    static const struct {
        const char *name, *words;
    } cases[] = {
        {"", "empty"},
        {"sqlite:", "empty"},
        {"file:", "empty"},
        {"file:?mode=rw", "empty"},
        {":memory:", "in memory"},
        {"sqlite::memory:", "in memory"},
        {"sqlite://:memory:", "in memory"},
        {"file::memory:", "in memory"},
        {"file::memory:?cache=shared", "in memory"},
        {"file:%3amemory:", "in memory"},
        {"file:x?mode=memory", "in memory"},
        {"file:x?cache=shared&mode=memory", "in memory"},
        {"file:x?immutable=1", "immutable"},
        {"file:x?nolock=1", "nolock"},
        {"file:x?vfs=unix-none", "vfs"},
        {"file:x?mode=rw&vfs=unix-none", "vfs"},
        {"sqlite:x?mode=memory", "in memory"},
        {"file:a%00b", "escape"},
        {"file:a%2", "escape"},
        {"file:a%zz", "escape"},
        {"sqlite://server/app.db", "host"},
        {"file://server/app.db", "host"},
        {"postgres://u:secret@h/db", "postgres is not supported"},
        {"postgresql://h/db", "postgresql is not supported"},
        {"mysql://h/db", "mysql is not supported"},
        {"libsql://h", "libsql is not supported"},
        {"jdbc:sqlite:app.db", "jdbc is not supported"},
        {"sqlite+aiosqlite:///app.db", "sqlite+aiosqlite is not supported"},
    };
    lm_err err = {0};
    char *path;
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        if (lm_db_path(cases[i].name, &err, &path) != LM_EUSAGE)
            fail_msg("%s is not refused", cases[i].name);
        assert_null(path);
        if (strstr(lm_err_text(&err), cases[i].words) == NULL)
            fail_msg("%s: %s", cases[i].name, lm_err_text(&err));
        lm_err_clear(&err);
    }
}

static void never_shows_a_password(void **state)
{
    static const char *const names[] = {
        "postgres://u:secret@h/db", "sqlite://u:secret@h/db",
        "file://u:secret@h/db", "file:x?mode=memory&key=secret",
        "file:x?key=secret&vfs=z", "file:x%?key=secret",
    };
    lm_err err = {0};
    char *path;
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(names); i++) {
        assert_int_equal(lm_db_path(names[i], &err, &path), LM_EUSAGE);
        if (strstr(lm_err_text(&err), "secret") != NULL ||
            (err.hint != NULL && strstr(err.hint, "secret") != NULL))
            fail_msg("%s", lm_err_text(&err));
        lm_err_clear(&err);
    }
}

/* sqlite:///data/app.db where sqlite:data/app.db is meant. */
static void shows_both_of_two_paths(void **state)
{
    char here[4096];
    lm_err err = {0};
    char *path;

    (void)state;
    assert_non_null(getcwd(here, sizeof here));
    assert_int_equal(chdir("/etc"), 0);
    assert_int_equal(lm_db_path("sqlite:///passwd", &err, &path), LM_EUSAGE);
    assert_int_equal(chdir(here), 0);
    assert_non_null(strstr(lm_err_text(&err), "the absolute path /passwd"));
    assert_non_null(strstr(lm_err_text(&err), "; passwd is"));
    assert_non_null(strstr(err.hint, "sqlite:passwd"));
    lm_err_clear(&err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_means_a_file),
        cmocka_unit_test(refuses_what_would_not_be_kept_or_safe),
        cmocka_unit_test(never_shows_a_password),
        cmocka_unit_test(shows_both_of_two_paths),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
