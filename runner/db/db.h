/* SPDX-License-Identifier: MIT */
/*
 * db.h - one connection: opening, statements, values, functions.
 *
 * The only folder that knows SQLite is this one. Whoever stands above speaks
 * of lm_db and lm_stmt and gets LM_OK or a code of err.h, with the cause in
 * the lm_err that was given at open (lm_db_err).
 *
 * Every statement has an actor. The runner's own may do anything; a script's
 * are judged by the authorizer (authorize.c): no transaction control, no
 * ATTACH, no writing to the runner's tables, pragmas by an allow list. What
 * SQLite asks at prepare and again inside step is answered for the statement
 * that is being run, whoever called.
 *
 * The latch: a script may survive a constraint error, but not a transaction
 * that SQLite ended by itself, a full disk, an I/O error, damage, lack of
 * memory or an interrupt. After one of these every further statement of the
 * script fails with the first cause, until lm_db_script_end.
 *
 *   lm_db_open, _attach, _close       the connection
 *   lm_db_err                         where errors go
 *   lm_db_script_begin, _end          from here to there scripts may run
 *   lm_db_latched                     has something happened that cannot be
 *                                     survived?
 *   lm_db_prepare, _prepare_first     text to statement
 *   lm_stmt_…                         bind, step, read, release
 *   lm_db_changes, _last_rowid        after a statement
 *   lm_db_create_function             a C function for SQL, until script_end
 *   lm_call_…                         its arguments and its result
 *
 * Ownership: an lm_stmt belongs to the caller until lm_stmt_release, which
 * keeps it for the next lm_db_prepare of the same text. All of a script's
 * statements must be released before lm_db_script_end, all others before
 * lm_db_close. Not thread-safe.
 */
#ifndef LM_DB_DB_H
#define LM_DB_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/err.h"

struct sqlite3;

typedef struct lm_db lm_db;
typedef struct lm_stmt lm_stmt;
typedef struct lm_call lm_call;

typedef enum lm_actor { LM_RUNNER, LM_SCRIPT } lm_actor;

typedef enum lm_type {
    LM_NULL,
    LM_INTEGER,
    LM_REAL,
    LM_TEXT,
    LM_BLOB
} lm_type;

/* One SQL value. `bytes` of a TEXT is not NUL-terminated for sure. */
typedef struct lm_value {
    lm_type type;
    union {
        int64_t integer;
        double real;
        struct {
            const char *bytes;
            size_t size;
        } text;
    } as;
} lm_value;

/* What the connection needs from above; any member may be NULL. */
typedef struct lm_db_watch {
    void *user;
    /* Asked every few thousand steps of a long statement and while waiting
     * for a lock. Not LM_OK: give up with this code; err says why. */
    int (*stop)(void *user, lm_err *err);
    /* A lock is being waited for, and not only for a moment; told once. */
    void (*waiting)(void *user);
    /* A script's statement is about to run for the first time. */
    void (*statement)(void *user, const char *sql, size_t len);
} lm_db_watch;

typedef enum lm_db_mode {
    LM_DB_READ,     /* leaves nothing behind: see openfile.c */
    LM_DB_WRITE,    /* the file must be there */
    LM_DB_CREATE,   /* made when it is not there */
    LM_DB_PRIVATE   /* an empty one in a temporary file that goes when it is
                       closed; the path is not looked at */
} lm_db_mode;

typedef struct lm_db_options {
    const char *path;       /* a file's path; borrowed during open */
    lm_db_mode mode;
    double lock_timeout;    /* seconds; 0: do not wait */
    const char *own_table;  /* "schema_migrations": it, NAME_history and
                               NAME_progress are the runner's; copied */
    lm_db_watch watch;
    lm_err *err;            /* outlives the connection */
} lm_db_options;

int lm_db_open(const lm_db_options *options, lm_db **out);
/* On the caller's own connection; path and mode are not looked at. What is
 * changed on it is put back by lm_db_close, which leaves it open. */
int lm_db_attach(struct sqlite3 *handle, const lm_db_options *options,
                 lm_db **out);
void lm_db_close(lm_db *db);
lm_err *lm_db_err(lm_db *db);
/* From now on no lock is waited for any longer than this. */
void lm_db_hurry(lm_db *db, int ms);

/* `enforce`: foreign keys are enforced while the script runs. `own_txn`: the
 * script may begin and end transactions itself (TRANSACTION = false). */
int lm_db_script_begin(lm_db *db, bool enforce, bool own_txn);
/* Drops what the script left in the connection (temporary objects, pragmas,
 * functions) and opens the latch. Runs on every path; a failure here is
 * reported and means that the migration failed. */
int lm_db_script_end(lm_db *db);
/* LM_OK, or the code of what latched, with the first cause put into err
 * again if nothing is there. */
int lm_db_latched(lm_db *db);

/*
 * Exactly one statement, bound to nothing yet. Text that is left over, or
 * none at all, is an error. Statements are kept by their text.
 */
int lm_db_prepare(lm_db *db, lm_actor actor, const char *sql, size_t len,
                  lm_stmt **out);
/* The first statement of a longer text; *used says where the next begins.
 * *out is NULL when only blanks and comments were left. */
int lm_db_prepare_first(lm_db *db, lm_actor actor, const char *sql,
                        size_t len, size_t *used, lm_stmt **out);
/* Was it made from this very text? Then it can be reset and bound anew. */
bool lm_stmt_is(const lm_stmt *stmt, const char *sql, size_t len);

int lm_stmt_param_count(const lm_stmt *stmt);
/* "name" of ":name", without its first character; NULL for ? and ?NNN. */
const char *lm_stmt_param_name(const lm_stmt *stmt, int index);
int lm_stmt_bind(lm_stmt *stmt, int index, const lm_value *value);

/* One step. After the last row the statement is reset by itself. */
int lm_stmt_step(lm_stmt *stmt, bool *row);
int lm_stmt_column_count(const lm_stmt *stmt);
const char *lm_stmt_column_name(const lm_stmt *stmt, int column);
/* The current row: lm_stmt_column_count values, borrowed until the next
 * step, reset or release. NULL: out of memory. */
const lm_value *lm_stmt_row(lm_stmt *stmt);
bool lm_stmt_readonly(const lm_stmt *stmt);
/* Back to the beginning, bindings cleared. */
void lm_stmt_reset(lm_stmt *stmt);
void lm_stmt_release(lm_stmt *stmt);

/* For the runner's own SQL: bind `count` values and hand every row to `each`,
 * until it does not return LM_OK. A row is borrowed for the call. */
typedef int (*lm_row_fn)(void *user, lm_db *db, const lm_value *row);
int lm_db_each(lm_db *db, const char *sql, const lm_value *values, int count,
               lm_row_fn each, void *user);
/* A TEXT value, borrowed; NULL is NULL. */
lm_value lm_text_of(const char *s);

/* The same without rows: prepare, bind `count` values, step once, release.
 * A row is an error. */
int lm_db_run(lm_db *db, const char *sql, const lm_value *values, int count);
/* The one integer that a query of the runner's gives; `none` without row. */
int lm_db_integer(lm_db *db, const char *sql, int64_t none, int64_t *out);
/* With one text bound; 0 without row. */
int lm_db_integer_of(lm_db *db, const char *sql, const char *text,
                     int64_t *out);

/* A number that changes when another connection has committed something, and
 * only then (sqlite.org/pragma.html#pragma_data_version). */
int lm_db_data_version(lm_db *db, int64_t *out);

/* Would a foreign key act (cascade, set null, set default) on other rows, were
 * it enforced, when keys of this table change or its rows go? */
int lm_db_key_acts(lm_db *db, const char *table, bool updates, bool *out);
/* "wal", "delete", ... of the database; cut to `size`. */
int lm_db_journal_mode(lm_db *db, char *out, size_t size);

int64_t lm_db_changes(lm_db *db);
int64_t lm_db_last_rowid(lm_db *db);

typedef void (*lm_function)(void *user, lm_call *call, int argc);
/* `destroy(user)` is called when the function goes, also on failure. */
int lm_db_create_function(lm_db *db, const char *name, bool deterministic,
                          lm_function function, void *user,
                          void (*destroy)(void *user));
void lm_call_arg(lm_call *call, int index, lm_value *out);
void lm_call_result(lm_call *call, const lm_value *value);
void lm_call_error(lm_call *call, const char *message, size_t len);

/* "3.40.1" of the library in use. */
const char *lm_db_version(void);
/* Does SQL take it for a name without quotes? */
bool lm_db_is_plain(const char *name);
/* "SQLITE_CONSTRAINT_UNIQUE" for an extended code; NULL: unknown. */
const char *lm_db_code_name(int sqlite_code);

#endif
