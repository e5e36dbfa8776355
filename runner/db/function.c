/* SPDX-License-Identifier: MIT */
/* Functions that a script makes for SQL. They go when the script ends. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

struct lm_call {
    sqlite3_context *context;
    sqlite3_value **argv;
};

typedef struct function {
    lm_function call;
    void *user;
    void (*destroy)(void *user);
} function;

static void run_function(sqlite3_context *context, int argc,
                         sqlite3_value **argv)
{
    function *f = sqlite3_user_data(context);
    lm_call call = {context, argv};

    f->call(f->user, &call, argc);
}

static void free_function(void *p)
{
    function *f = p;

    f->destroy(f->user);
    free(f);
}

static int refuse_name(lm_db *db)
{
    return lm_err_set(db->err, LM_EFAILED, "a function's name is 1 to 255 "
                      "bytes");
}

/* One that is deleted does not uncover what it had replaced: SQLite's own
 * function, or the host's, would be lost to the connection for good. */
static int check_free(lm_db *db, const char *name)
{
    static const char sql[] = "SELECT 1 FROM pragma_function_list "
                              "WHERE name = ?1 COLLATE NOCASE LIMIT 1";
    lm_value v = lm_text_value(name, strlen(name));
    lm_stmt *stmt;
    bool taken = false;
    int rc;

    if (*name == '\0')
        return refuse_name(db);
    if (lm_names_has(&db->functions, name))
        return LM_OK;
    rc = lm_db_prepare(db, LM_RUNNER, sql, sizeof sql - 1, &stmt);
    if (rc == LM_OK)
        rc = lm_stmt_bind(stmt, 1, &v);
    if (rc == LM_OK)
        rc = lm_stmt_step(stmt, &taken);
    lm_stmt_release(stmt);
    if (rc == LM_OK && taken)
        rc = lm_err_set(db->err, LM_EFAILED, "there is a function %s() "
                        "already: choose another name", name);
    return rc;
}

/* From the moment that SQLite is asked it owns `user`: it calls the
 * destructor also when it fails (sqlite.org/c3ref/create_function.html). */
int lm_db_create_function(lm_db *db, const char *name, bool deterministic,
                          lm_function call, void *user,
                          void (*destroy)(void *user))
{
    int flags = SQLITE_UTF8 | (deterministic ? SQLITE_DETERMINISTIC : 0);
    int rc = check_free(db, name);
    function *f = rc == LM_OK ? malloc(sizeof *f) : NULL;

    if (rc == LM_OK && f == NULL)
        rc = lm_err_nomem(db->err);
    if (rc == LM_OK)
        rc = lm_names_add(&db->functions, name, db->err);
    if (rc != LM_OK) {
        free(f);
        destroy(user);
        return rc;
    }
    f->call = call;
    f->user = user;
    f->destroy = destroy;
    rc = sqlite3_create_function_v2(db->handle, name, -1, flags, f,
                                    run_function, NULL, NULL, free_function);
    if (rc == SQLITE_OK)
        return LM_OK;
    if (rc == SQLITE_MISUSE)
        return refuse_name(db);
    return lm_db_fail(db, rc, NULL, 0);
}

void lm_functions_clear(lm_db *db)
{
    size_t i;

    for (i = 0; i < db->functions.count; i++)
        sqlite3_create_function_v2(db->handle, db->functions.list[i], -1,
                                   SQLITE_UTF8, NULL, NULL, NULL, NULL,
                                   NULL);
    lm_names_clear(&db->functions);
}

void lm_call_arg(lm_call *call, int index, lm_value *out)
{
    lm_value_load(call->argv[index], out);
}

void lm_call_result(lm_call *call, const lm_value *v)
{
    sqlite3_context *c = call->context;

    switch (v->type) {
    case LM_INTEGER:
        sqlite3_result_int64(c, v->as.integer);
        break;
    case LM_REAL:
        sqlite3_result_double(c, v->as.real);
        break;
    case LM_TEXT:
        sqlite3_result_text64(c, v->as.text.bytes, v->as.text.size,
                              SQLITE_TRANSIENT, SQLITE_UTF8);
        break;
    case LM_BLOB:
        sqlite3_result_blob64(c, v->as.text.size == 0 ? "" :
                              v->as.text.bytes, v->as.text.size,
                              SQLITE_TRANSIENT);
        break;
    default:
        sqlite3_result_null(c);
        break;
    }
}

void lm_call_error(lm_call *call, const char *message, size_t len)
{
    sqlite3_result_error(call->context, message,
                         len > INT_MAX ? INT_MAX : (int)len);
}
