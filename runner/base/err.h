/* SPDX-License-Identifier: MIT */
/*
 * err.h - what went wrong: a code, one sentence, and where it happened.
 *
 * One lm_err lives in the handle and everybody below writes into it. The
 * sentence is written once, where the cause is known; whoever stands higher
 * may only add context (migration, file, statement). The first error wins:
 * lm_err_set on an error that is already set changes nothing.
 *
 *   lm_err_set        record a failure; returns its code
 *   lm_err_nomem      record that memory ran out; needs no memory
 *   lm_err_hint       add what the user can do now
 *   lm_err_migration  add the migration's ID and file
 *   lm_err_line       add the line (and column) in that file
 *   lm_err_sql        add the statement, the byte at fault and SQLite's code
 *   lm_err_traceback  add a script's traceback
 *   lm_err_move       hand an error over to another lm_err
 *   lm_err_clear      forget it and free it; may be called twice
 *
 * Ownership: an lm_err owns its strings; what is passed in is copied. A copy
 * that fails for want of memory loses that detail, never the code.
 */
#ifndef LM_BASE_ERR_H
#define LM_BASE_ERR_H

#include <stddef.h>

/* Exit classes. LM_OK .. LM_EDATA are the exit statuses of the program. */
enum {
    LM_OK = 0,
    LM_EFAILED = 1,     /* a migration failed and was rolled back */
    LM_EUSAGE = 2,      /* usage or configuration; nothing was touched */
    LM_EPENDING = 3,    /* a check found pending migrations */
    LM_EHISTORY = 4,    /* edited, missing, or another tool's ledger */
    LM_EBUSY = 5,       /* waited for a lock for longer than allowed */
    LM_EAHEAD = 6,      /* a newer release has been here */
    LM_EDATA = 7,       /* refused because data could be lost */
    LM_EINTERRUPT = 8,  /* stopped from outside, rolled back */
    LM_ENOMEM = 9       /* out of memory, rolled back */
};

typedef struct lm_err {
    int code;           /* LM_OK: nothing happened */
    char *message;      /* one line; NULL when there was no memory for it */
    char *hint;         /* what to do now, or NULL */
    char *migration;    /* ID, or NULL */
    char *file;         /* path of the migration's file, or NULL */
    int line, column;   /* 1-based; 0: unknown */
    char *sql;          /* the statement, or NULL */
    long sql_offset;    /* byte at fault in sql, -1: unknown */
    int sqlite_code;    /* extended result code, 0: none */
    char *traceback;    /* of a script, or NULL */
} lm_err;

int lm_err_set(lm_err *err, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
int lm_err_nomem(lm_err *err);
void lm_err_hint(lm_err *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void lm_err_migration(lm_err *err, const char *id, const char *file);
void lm_err_line(lm_err *err, int line, int column);
void lm_err_sql(lm_err *err, const char *sql, size_t len, long offset,
                int sqlite_code);
void lm_err_traceback(lm_err *err, const char *text);
void lm_err_move(lm_err *to, lm_err *from);
void lm_err_clear(lm_err *err);

/* The sentence to show: never NULL. */
const char *lm_err_text(const lm_err *err);

#endif
