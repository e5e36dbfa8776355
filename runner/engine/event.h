/* SPDX-License-Identifier: MIT */
/*
 * event.h - what happens, told to whoever listens. Nothing below the front
 * door prints; the front door turns events into words or JSON.
 *
 * An event and all it points to are borrowed for the length of the call.
 */
#ifndef LM_ENGINE_EVENT_H
#define LM_ENGINE_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/err.h"
#include "source.h"

typedef enum lm_event_type {
    LM_EVENT_CREATED,       /* text: the folder or database that was made */
    LM_EVENT_LEDGER,        /* the ledger is ready; text: what was done to it
                               ("created", "upgraded", …) or NULL */
    LM_EVENT_DISCOVERED,    /* found, applied, pending; text: the
                               widest ID that will stand before a
                               description, or NULL */
    LM_EVENT_PENDING,       /* there is something to do: all of it is read
                               and compiled, nothing is written yet, and the
                               database is closed */
    LM_EVENT_BACKUP,        /* text: the file that was made */
    LM_EVENT_WARNING,       /* text; source may be NULL */
    LM_EVENT_WAITING,       /* for another process's lock */
    LM_EVENT_START,         /* source */
    LM_EVENT_STATEMENT,     /* text, len: a script's SQL */
    LM_EVENT_GUARD,         /* text: column_exists("t", "c"); answer */
    LM_EVENT_PRINT,         /* text, len: of print(…) */
    LM_EVENT_LOG,           /* the same, level "info" or "warn" */
    LM_EVENT_PROGRESS,      /* text: label; done, total (< 0: unknown) */
    LM_EVENT_ENDING,        /* the script is over; commit or rollback, which
                               nothing can hurry, come next */
    LM_EVENT_APPLIED,       /* source, duration_ms, changed, rows */
    LM_EVENT_FAILED,        /* source, err, duration_ms */
    LM_EVENT_DONE,          /* applied, reverted, pending, duration_ms,
                               waited_ms; text: why there was nothing to do,
                               where that is worth a word */
    LM_EVENT_CHOSEN,        /* source: it is going to be reverted. Before
                               PENDING, in the order in which it will be;
                               text: as of DISCOVERED */
    LM_EVENT_REVERTED,      /* source, duration_ms, changed, rows */
    LM_EVENT_SKIPPED        /* source: another process has reverted it */
} lm_event_type;

typedef struct lm_event {
    lm_event_type type;
    const lm_source *source;
    const char *text;
    size_t len;
    const char *level;
    bool answer, changed;
    bool down;              /* its way down runs */
    double done, total;
    size_t found, applied, reverted, pending;
    int64_t rows;
    double duration_ms, waited_ms;
    const lm_err *err;
} lm_event;

typedef struct lm_sink {
    void *user;
    /* Not 0: the listener wants the run to end; the running migration is
     * rolled back at the next opportunity. */
    int (*emit)(void *user, const lm_event *event);
} lm_sink;

#endif
