/* SPDX-License-Identifier: MIT */
/*
 * alter.h - changing one table, all of it or nothing, and nothing else.
 *
 *   lm_alter               plan and run a list of operations
 *   lm_alter_result_clear  free what it found; may be called twice
 *   lm_alter_reason        "dependents", "rows", … as scripts see it
 *   lm_alter_strategy      "none", "native", "edit", "rebuild"
 *
 * The operations apply in the order given; later ones use the names that
 * earlier ones gave. Which way is taken follows from the definitions alone,
 * never from the rows:
 *
 *   none      all of it is there already: not one statement is run
 *   native    SQLite's own ALTER TABLE, where it does exactly what is asked
 *   edit      the stored text is changed in place, where no row changes
 *   rebuild   a new table, all rows copied, under the old one's name
 *
 * All of it happens inside a savepoint. What must not be lost is a refusal:
 * LM_EFAILED with result.refused, and content and schema as they were. Other
 * failures (a full disk, an interrupt) are as anywhere in db/.
 *
 * Ownership: the request and its strings are the caller's, and are needed
 * only during the call. The result owns what it points to.
 */
#ifndef LM_DB_ALTER_H
#define LM_DB_ALTER_H

#include "../base/arena.h"
#include "db.h"

typedef enum lm_op_kind {
    LM_OP_ADD_COLUMN,       /* column, text; after or before, fill */
    LM_OP_DROP_COLUMN,      /* column; cascade */
    LM_OP_RENAME_TO,        /* text */
    LM_OP_RENAME_COLUMNS,   /* columns to others, all at once */
    LM_OP_SET_TYPE,         /* column, text; fill: the value */
    LM_OP_SET_NOT_NULL,     /* column, value; fill */
    LM_OP_SET_DEFAULT,      /* column, text or NULL */
    LM_OP_SET_COLLATE,      /* column, text or NULL */
    LM_OP_ADD_CHECK,        /* text; name */
    LM_OP_DROP_CHECK,       /* name or text */
    LM_OP_ADD_UNIQUE,       /* columns; name */
    LM_OP_DROP_UNIQUE,      /* columns, or none of them and name */
    LM_OP_ADD_FOREIGN_KEY,  /* columns, text: the parent, others: its columns
                               (none: its key); on_…, deferrable, name */
    LM_OP_DROP_FOREIGN_KEY, /* columns, or none of them and name */
    LM_OP_SET_PRIMARY_KEY,  /* columns; name */
    LM_OP_SET_AUTOINCREMENT,    /* value */
    LM_OP_SET_STRICT,       /* value */
    LM_OP_SET_WITHOUT_ROWID,    /* value */
    LM_OP_REORDER,          /* columns */
    LM_OP_DEFINE,           /* text: all columns and constraints; columns and
                               others: fill; lose, or value: all may go */
    LM_OP_REBUILD
} lm_op_kind;

enum {
    LM_CASCADE_INDEXES = 1,
    LM_CASCADE_TRIGGERS = 2,
    LM_CASCADE_VIEWS = 4,
    LM_CASCADE_CONSTRAINTS = 8,
    LM_CASCADE_GENERATED = 16   /* define's own: it writes them anew */
};

typedef struct lm_op {
    lm_op_kind kind;
    const char *shown;          /* its method, for messages: "drop_column" */
    const char *nul;            /* which of its texts holds a NUL byte: it is
                                   refused; NULL: none */
    const char *column;
    const char *text;
    const char *name;
    const char *after, *before, *fill;
    const char **columns, **others;
    size_t column_count, other_count;
    const char *on_delete, *on_update, *deferrable;
    bool value;
    unsigned cascade;
    const char **lose;
    size_t lose_count;
} lm_op;

typedef enum lm_strategy {
    LM_STRATEGY_NONE,           /* asked for: whichever is right */
    LM_STRATEGY_NATIVE,
    LM_STRATEGY_EDIT,
    LM_STRATEGY_REBUILD
} lm_strategy;

/* A statement that a cursor still reads, and where it was opened. */
typedef struct lm_held {
    const lm_stmt *stmt;
    int line;                   /* 0: not known */
} lm_held;

typedef struct lm_alter_request {
    const char *schema;         /* NULL: temp first, as SQLite looks */
    const char *table;
    const lm_op *ops;
    size_t count;
    lm_strategy strategy;
    bool full;                  /* check = "full" */
    bool dry_run;
    const lm_held *held;        /* cursors that have rows left */
    size_t held_count;
    /* Close what nobody refers to any more, or NULL. */
    void (*sweep)(void *user);
    void *sweep_user;
} lm_alter_request;

typedef enum lm_reason {
    LM_REASON_NONE,
    LM_REASON_TABLE,            /* not there, or none that can be changed */
    LM_REASON_COLUMN,           /* not there, or there already */
    LM_REASON_DEFINITION,       /* SQLite, or we, do not understand it */
    LM_REASON_CONTRADICTION,    /* of two operations */
    LM_REASON_DEPENDENTS,
    LM_REASON_ROWS,
    LM_REASON_FOREIGN_KEY,
    LM_REASON_STRATEGY,
    LM_REASON_BUSY_CURSOR
} lm_reason;

/* What hangs on the table or one of its columns. */
typedef struct lm_hanger {
    const char *kind;           /* "view", "trigger", "index", "check",
                                   "unique", "primary_key", "foreign_key",
                                   "generated", "fts5" */
    const char *schema;
    const char *name;           /* or NULL */
    const char *column;         /* of the table; NULL: the table */
    const char *how;            /* "read" or "write" */
    const char *table;          /* where it stands: of a foreign key the one
                                   that refers; NULL: a view or fts5 */
} lm_hanger;

typedef struct lm_misfit {
    bool has_row;
    int64_t row;                /* its rowid */
    lm_value value;             /* what does not fit, where that is known */
    bool has_value;
} lm_misfit;

enum { LM_MISFITS = 5 };

typedef struct lm_alter_result {
    bool changed;
    lm_strategy strategy;
    int64_t rows;               /* copied */
    double seconds;
    const char **steps;
    size_t step_count, step_size;
    lm_hanger *hangers;         /* refused, or dry_run */
    size_t hanger_count, hanger_size;

    lm_reason refused;
    const char *op;             /* the operation at fault, or NULL */
    lm_misfit misfits[LM_MISFITS];
    size_t misfit_count;
    int sqlite_code;
    lm_arena arena;
} lm_alter_result;

int lm_alter(lm_db *db, const lm_alter_request *request,
             lm_alter_result *out);
void lm_alter_result_clear(lm_alter_result *result);
const char *lm_alter_reason(lm_reason reason);
const char *lm_alter_strategy(lm_strategy strategy);

#endif
