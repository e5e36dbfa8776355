/* SPDX-License-Identifier: MIT */
/*
 * ledger.h - the tables schema_migrations and schema_migrations_history: what
 * is applied now, and every attempt ever made.
 *
 * The ledger is the only code that names these tables; callers speak of IDs
 * and never write SQL.
 *
 *   lm_ledger_new      for a table's name; NULL: no memory
 *   lm_ledger_free     accepts NULL
 *   lm_ledger_look     is it there, whose is it, what is in it? Reads only
 *   lm_ledger_look_closer  the last attempt of each ID that is not applied:
 *                      did it fail, is it partial?
 *   lm_ledger_prepare  make it, or complete a home-made one; a transaction of
 *                      its own, a no-op when all is there
 *   lm_ledger_make     the same inside a transaction that is open already
 *   lm_ledger_find     the applied row with this ID, or NULL
 *   lm_ledger_renew    under the write lock: look again if anybody else has
 *                      written to the database since
 *   lm_ledger_insert   record one ID as applied; inside the migration's own
 *                      transaction, so that row and change commit together
 *   lm_ledger_replace  the same for one that has run again: its row keeps its
 *                      position
 *   lm_ledger_revert   the other way, inside the transaction of its way down
 *   lm_ledger_forget   it is applied no longer; inside a transaction
 *   lm_ledger_accept   its text is the file's of today from now on; likewise
 *   lm_history_add     record an attempt
 *   lm_history_start   record that one has begun outside a transaction
 *   lm_history_fail    record a failure, in a transaction of its own; the
 *                      same failure of the same text again is counted
 *   lm_history_last    the last attempt's number; 0: none
 *   lm_history_done    has this ID been done since that attempt?
 *   lm_history_read    every attempt, oldest first
 *   lm_history_text    the text of one ID
 *   lm_history_texts   the texts that were applied
 *   lm_history_halves  which ways down were begun and not finished
 *
 * Ownership: what look and read filled belongs to the ledger until the next
 * look, renew, read or free. Every function that can fail returns LM_OK or a
 * code, with the cause in lm_db_err(db).
 */
#ifndef LM_CORE_LEDGER_H
#define LM_CORE_LEDGER_H

#include "../base/arena.h"
#include "../db/db.h"
#include "../engine/source.h"
#include "origin.h"

typedef struct lm_applied {
    const char *id, *description, *checksum, *effect, *applied_at;
    int64_t position;
    double duration_ms;
} lm_applied;

/* The last attempt of an ID that is not applied. */
typedef struct lm_last {
    const char *id, *outcome;
} lm_last;

typedef struct lm_attempt {
    int64_t seq, repeats;
    const char *id, *action, *outcome, *error, *checksum, *started_at,
        *runner, *sqlite, *host, *user, *run_id, *last_at;
    double duration_ms;
} lm_attempt;

typedef struct lm_ledger {
    char *table;            /* as given: "schema_migrations" */
    char *quoted, *history; /* as they stand in SQL */
    char *insert_sql, *history_sql;     /* built once */
    int64_t version;        /* of the database's data when it was looked at */
    int64_t last_position;
    bool exists;            /* ours, or a home-made one to complete */
    bool incomplete;        /* home-made: lm_ledger_prepare rebuilds it */
    bool has_history;
    bool closer;            /* every look is a closer one from now on */
    lm_arena strings;
    lm_applied *rows;       /* sorted by ID */
    size_t count, size;
    lm_last *last;          /* sorted by ID */
    size_t last_count, last_size;
    lm_arena attempt_strings;
    lm_attempt *attempts;
    size_t attempt_count, attempt_size;
} lm_ledger;

typedef struct lm_record {
    const lm_source *source;
    const lm_origin *origin;
    const char *action, *outcome;
    const char *error;      /* NULL: none */
    const char *effect;     /* for insert */
    const char *started_at;
    double duration_ms;
    int64_t marker;         /* of lm_history_start; 0: none */
} lm_record;

lm_ledger *lm_ledger_new(const char *table);
void lm_ledger_free(lm_ledger *ledger);

/* LM_EHISTORY when the table is another tool's or its rows are not what they
 * should be. */
int lm_ledger_look(lm_ledger *ledger, lm_db *db);
int lm_ledger_look_closer(lm_ledger *ledger, lm_db *db);
/* *what is "created", "rebuilt" or NULL, static. */
int lm_ledger_prepare(lm_ledger *ledger, lm_db *db, const char **what);
int lm_ledger_make(lm_ledger *ledger, lm_db *db, const char **what);
const lm_applied *lm_ledger_find(const lm_ledger *ledger, const char *id);
const char *lm_ledger_last_outcome(const lm_ledger *ledger, const char *id);

int lm_ledger_renew(lm_ledger *ledger, lm_db *db);
int lm_ledger_insert(lm_ledger *ledger, lm_db *db, const lm_record *record);
int lm_ledger_replace(lm_ledger *ledger, lm_db *db, const lm_record *record);
int lm_ledger_forget(lm_ledger *ledger, lm_db *db, const char *id);
int lm_ledger_accept(lm_ledger *ledger, lm_db *db, const lm_source *source);
/* A statement built for this (NULL: no memory), which is freed. */
int lm_ledger_run(lm_db *db, char *sql, const lm_value *values, int count);
/* Add the hint to the error that a row did not change: RAISE(IGNORE) in a
 * trigger keeps one as it is without an error. */
int lm_ledger_blame_trigger(lm_db *db);
int lm_history_add(lm_ledger *ledger, lm_db *db, const lm_record *record);
/* *marker: the row that was added for it, 0 when another one is counted. */
int lm_history_start(lm_ledger *ledger, lm_db *db, const lm_record *record,
                     int64_t *marker);
int lm_history_fail(lm_ledger *ledger, lm_db *db, const lm_record *record);
int lm_history_last(lm_ledger *ledger, lm_db *db, int64_t *seq);
int lm_history_done(lm_ledger *ledger, lm_db *db, const char *id,
                    int64_t since, bool *done);
int lm_history_read(lm_ledger *ledger, lm_db *db);

/* `row` is a copy of the one to remove: its ID and position count. */
int lm_ledger_revert(lm_ledger *ledger, lm_db *db, const lm_applied *row);
/* Hands the text of the ledger's row, else of the last attempt that was done,
 * else of the last one, to `each`: NULL when that is not kept; not at all when
 * there was no attempt. */
int lm_history_text(lm_ledger *ledger, lm_db *db, const char *id,
                    lm_row_fn each, void *user);
/* For the rows of the ledger from this position on: hands id and text of what
 * the history keeps under the row's checksum to `each`. */
int lm_history_texts(lm_ledger *ledger, lm_db *db, int64_t from,
                     lm_row_fn each, void *user);
/* Hands id and outcome of each ID whose last attempt was a way down that was
 * killed or interrupted to `each`. */
int lm_history_halves(lm_ledger *ledger, lm_db *db, lm_row_fn each,
                      void *user);

#endif
