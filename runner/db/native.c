/* SPDX-License-Identifier: MIT */
#include "native.h"

#include <stdlib.h>
#include <string.h>

#include "../base/list.h"
#include "../base/text.h"
#include "internal.h"
#include "txn.h"

/* The statements that there are, before the host's function makes its own. */
typedef struct known {
    sqlite3_stmt **list;
    size_t count, size;
} known;

static int note_statements(lm_db *db, known *k)
{
    sqlite3_stmt *s = NULL, **grown;

    while ((s = sqlite3_next_stmt(db->handle, s)) != NULL) {
        grown = lm_list_grow(k->list, k->count, &k->size, sizeof *grown);
        if (grown == NULL)
            return lm_err_nomem(db->err);
        k->list = grown;
        grown[k->count++] = s;
    }
    return LM_OK;
}

static bool is_known(const known *k, const sqlite3_stmt *s)
{
    size_t i;

    for (i = 0; i < k->count; i++)
        if (k->list[i] == s)
            return true;
    return false;
}

/* Not by a statement that is kept: it would be a new one. What cannot be told
 * has some. */
static bool has_virtual(lm_db *db)
{
    sqlite3_stmt *s = NULL;
    bool none;

    none = sqlite3_prepare_v2(db->handle, "SELECT 1 FROM pragma_table_list "
                              "WHERE type = 'virtual'", -1, &s, NULL) ==
           SQLITE_OK && sqlite3_step(s) == SQLITE_DONE;
    sqlite3_finalize(s);
    return !none;
}

/* Whatever is left would keep the connection from being closed. Virtual
 * tables keep statements of their own (FTS5, R*Tree), which nothing tells from
 * the function's, but that they never run on. */
static int end_statements(lm_db *db, const known *k)
{
    sqlite3_stmt *s = NULL, *following;
    bool shared = has_virtual(db);
    size_t left = 0;

    for (s = sqlite3_next_stmt(db->handle, NULL); s != NULL; s = following) {
        following = sqlite3_next_stmt(db->handle, s);
        if (is_known(k, s) || (shared && !(sqlite3_stmt_busy(s) &&
                                           sqlite3_sql(s) != NULL)))
            continue;
        sqlite3_finalize(s);
        left++;
    }
    if (left == 0)
        return LM_OK;
    lm_err_set(db->err, LM_EFAILED, "the function left %zu statement%s "
               "behind", left, left == 1 ? "" : "s");
    lm_err_hint(db->err, "call sqlite3_finalize for each one before the "
                "function returns");
    return LM_EFAILED;
}

/* As if its first statement wrote to every table: what it will do is not
 * known before it does it. */
static int look_before(lm_db *db)
{
    lm_track *t = &db->track;
    size_t i;
    int rc = LM_OK;

    for (i = 0; i < db->link_count && rc == LM_OK; i++) {
        rc = lm_names_add(&t->touched, db->links[i].child, db->err);
        if (rc == LM_OK)
            rc = lm_names_add(&t->touched, db->links[i].parent, db->err);
    }
    if (rc == LM_OK && t->seen < t->touched.count)
        rc = lm_foreign_before(db);
    if (rc == LM_OK && db->has_code)
        rc = lm_code_before(db);
    t->referring = t->altered = t->made_temp = t->coded = true;
    return rc == LM_OK ? lm_pragma_keep_all(db) : rc;
}

/* The host's own words, or SQLite's where the code is that of SQLite's last
 * error. */
static int blame(lm_db *db, int code, const char *error)
{
    bool sqlite = sqlite3_extended_errcode(db->handle) == code ||
                  sqlite3_errcode(db->handle) == code;

    if (db->err->code != LM_OK)
        return db->err->code;
    if (error[0] != '\0') {
        lm_err_set(db->err, sqlite ? lm_db_class(code) : LM_EFAILED, "%s",
                   error);
        if (sqlite)
            lm_err_sql(db->err, NULL, 0, -1, code);
        return db->err->code;
    }
    if (sqlite)
        return lm_db_fail(db, code, NULL, 0);
    if (lm_db_code_name(code) == NULL)
        return lm_err_set(db->err, LM_EFAILED, "the function returned %d",
                          code);
    return lm_err_set(db->err, LM_EFAILED, "the function returned %d, which "
                      "is %s in SQLite", code, lm_db_code_name(code));
}

static int call(lm_db *db, lm_native_fn function, void *user)
{
    char error[LM_NATIVE_ERROR] = "";
    int64_t before = sqlite3_total_changes64(db->handle);
    int code;

    db->actor = LM_SCRIPT;
    db->native = true;
    db->refusal[0] = '\0';
    code = function(db->handle, user, error);
    db->native = false;
    db->actor = LM_RUNNER;
    error[LM_NATIVE_ERROR - 1] = '\0';
    db->track.rows += sqlite3_total_changes64(db->handle) - before;
    return code == 0 ? LM_OK : blame(db, code, error);
}

int lm_native_call(lm_db *db, lm_native_fn function, void *user)
{
    known k = {0};
    int rc = lm_db_latched(db), ended;

    if (rc == LM_OK)
        rc = look_before(db);
    if (rc == LM_OK)
        rc = note_statements(db, &k);
    if (rc == LM_OK) {
        rc = call(db, function, user);
        ended = end_statements(db, &k);
        if (rc == LM_OK)
            rc = ended;
    }
    if (rc == LM_OK)
        rc = lm_txn_check(db);
    if (rc != LM_OK)
        lm_db_latch(db);
    free(k.list);
    return rc;
}
