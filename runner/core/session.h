/* SPDX-License-Identifier: MIT */
/*
 * session.h - what one handle works with: where the database and the folder
 * are, the engines, the rules, who listens.
 *
 *   lm_session_open    open the database for this purpose; *found is false
 *                      (and session->db NULL) when it is not there and is
 *                      not to be made
 *   lm_session_private another database of this process alone: empty, or a
 *                      copy of the open one; the caller closes it
 *   lm_session_beside  open another database file; the caller closes it
 *   lm_session_shut    close the database for now, unless it is the host's
 *   lm_session_close   close what lm_session_open opened; may be called twice
 *   lm_session_emit    tell the listener; a listener who wants the run to end
 *                      sets session->stop
 *   lm_session_warn    an LM_EVENT_WARNING
 *   lm_session_refuse_empty  the folder has no migration: most often its
 *                      path is wrong
 *
 * Ownership: lumigrate.c fills and frees a session; what lm_session_open
 * makes (db, ledger) is freed by lm_session_close.
 */
#ifndef LM_CORE_SESSION_H
#define LM_CORE_SESSION_H

#include "folder.h"
#include "ledger.h"
#include "schedule.h"
#include "stop.h"

/* What all of core/ asks for stands first: it is reached in fewer bytes. */
typedef struct lm_session {
    lm_err *err;
    lm_db *db;                  /* while a function runs */
    lm_ledger *ledger;
    const lm_sink *sink;
    char *path;                 /* of the database; NULL when attached */
    struct sqlite3 *host;       /* the host's connection, or NULL */
    char *folder, *table;
    bool one_transaction;       /* for the whole run */
    bool no_create;
    bool must_ask;              /* nobody wakes a script when its time is up */
    bool lock_held;             /* for the whole run */
    bool keep_open;             /* db is a private one: never shut */
    int lock_fd;                /* of the database's folder */
    const lm_source *running;   /* the migration that runs now, */
    lm_way way;                 /* and which way */
    char *backup;               /* NULL: none before a run; a folder, "": the
                                   database's own */
    size_t backup_keep;
    double lock_timeout;        /* seconds */
    double waited_ms;           /* for locks, so far */
    int64_t last_attempt;       /* in the history, before what is applied
                                   runs again; -1: nothing does */
    long memory_limit;          /* bytes */
    void *env_user;
    const char *(*getenv)(void *env_user, const char *name);
    lm_stop stop;
    lm_rules rules;
    lm_engines engines;
} lm_session;

int lm_session_open(lm_session *s, lm_db_mode mode, bool *found);
int lm_session_private(lm_session *s, bool copy, lm_db **out);
int lm_session_beside(lm_session *s, const char *path, lm_db_mode mode,
                      lm_db **out);
void lm_session_shut(lm_session *s);
void lm_session_close(lm_session *s);
void lm_session_emit(lm_session *s, lm_event *event);
/* Tell that a lock is waited for; for lm_db_watch and lm_patience. */
void lm_session_waits(void *session);
void lm_session_warn(lm_session *s, const lm_source *source,
                     const char *text);
int lm_session_refuse_empty(const lm_session *s, const lm_folder *folder);

#endif
