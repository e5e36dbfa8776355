/* SPDX-License-Identifier: MIT */
/*
 * source.h - one migration as it stands in the folder, read and identified
 * but not run.
 *
 * Ownership: a source owns its strings; core/folder frees them.
 */
#ifndef LM_ENGINE_SOURCE_H
#define LM_ENGINE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

struct lm_engine;

typedef enum lm_txn_mode {
    LM_TXN_ONE,     /* one transaction around it all */
    LM_TXN_NONE,    /* TRANSACTION = false */
    LM_TXN_BATCH    /* TRANSACTION = "batch" */
} lm_txn_mode;

typedef enum lm_run_mode { LM_RUN_ONCE, LM_RUN_ON_CHANGE, LM_RUN_ALWAYS }
    lm_run_mode;

typedef struct lm_source {
    const struct lm_engine *engine;
    void *context;          /* the engine's own, as it was registered */
    const char *kind;       /* "lua", "sql", "goose", …: static */
    char *id;
    char *file;             /* its name in the folder */
    char *path;             /* folder and name, as messages show it */
    char *description;      /* one line, "" when there is none */
    char *text;             /* what will run; NUL-terminated */
    size_t len;
    char *down_file;        /* the way down, where it is a file of its own; */
    char *down_path;        /* NULL: it is in text, or there is none */
    char *down_text;
    size_t down_len;
    bool has_down;          /* it can be reverted */
    char *key;              /* how its tool's own ledger names it where the
                               file's name does not say (drizzle: `when`);
                               NULL otherwise */
    size_t rank;            /* its place among the files of its tool, from 1;
                               0: natural order of the names */
    lm_txn_mode txn;
    lm_txn_mode down_txn;   /* the same for the way down */
    lm_run_mode run;
    bool foreign_keys;      /* enforced while it runs */
    char checksum[72];      /* "t1:…" */
} lm_source;

#endif
