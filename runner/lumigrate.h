/* SPDX-License-Identifier: MIT */
/*
 * lumigrate.h - migrations for SQLite: the library.
 *
 * A folder of migrations (dated Lua scripts, SQL files) is brought into a
 * database, each migration whole or not at all, each exactly once, however
 * many programs try at the same time.
 *
 * Life cycle
 *   1. fill a lumigrate_config; all zero is a good beginning
 *   2. lumigrate_open, or lumigrate_attach for a connection of your own
 *   3. lumigrate_up; lumigrate_down or lumigrate_redo to go back; or
 *      lumigrate_check, lumigrate_status, lumigrate_history and
 *      lumigrate_doctor to look only
 *   4. when one of them fails: lumigrate_errmsg, lumigrate_errinfo
 *   5. lumigrate_close, also when opening failed
 *
 *     lumigrate_config config = {0};
 *     lumigrate *lm;
 *     int rc;
 *
 *     config.database = "data/app.db";
 *     config.migrations = "migrations";
 *     rc = lumigrate_open(&lm, &config);
 *     if (rc == LUMIGRATE_OK)
 *         rc = lumigrate_up(lm, NULL);
 *     if (rc != LUMIGRATE_OK)
 *         fprintf(stderr, "%s\n", lumigrate_errmsg(lm));
 *     lumigrate_close(lm);
 *
 * The library never prints, never ends the process, has no global state and
 * installs no signal handlers. Two handles work side by side in two threads;
 * one handle belongs to one thread at a time, but for lumigrate_interrupt.
 *
 * Strings that go in are copied unless it is said otherwise. Strings that
 * come out belong to the handle or the report they came from.
 */
#ifndef LUMIGRATE_H
#define LUMIGRATE_H

#ifdef __cplusplus
extern "C" {
#endif

#define LUMIGRATE_VERSION "0.1.0"

struct sqlite3;
typedef struct lumigrate lumigrate;

/* What every function returns; 0 to 7 are the program's exit statuses. */
enum {
    LUMIGRATE_OK = 0,           /* done, or nothing to do */
    LUMIGRATE_FAILED = 1,       /* a migration failed and was rolled back */
    LUMIGRATE_USAGE = 2,        /* usage or configuration; the database is
                                   as it was */
    LUMIGRATE_PENDING = 3,      /* for checks: something is pending */
    LUMIGRATE_MISMATCH = 4,     /* edited, missing or out of order where that
                                   is an error; another tool's ledger */
    LUMIGRATE_LOCKED = 5,       /* waited for a lock for too long */
    LUMIGRATE_AHEAD = 6,        /* a newer release has been here */
    LUMIGRATE_REFUSED = 7,      /* refused because data could be lost: not a
                                   database, damaged, disk full */
    LUMIGRATE_INTERRUPTED = 8,  /* by lumigrate_interrupt or the callback;
                                   the running migration was rolled back */
    LUMIGRATE_NOMEM = 9         /* out of memory; the same */
};

/* What is known of the last failure. Unknown strings are NULL. */
typedef struct lumigrate_error {
    int code;                   /* LUMIGRATE_... */
    const char *message;        /* what is wrong, one line; never NULL */
    const char *hint;           /* what to do now */
    const char *state;          /* what state the database is in */
    const char *id;             /* of the migration */
    const char *file;           /* its path */
    int line, column;           /* in it, from 1; 0: unknown */
    const char *sql;            /* the statement */
    long sql_offset;            /* the byte in it at fault; -1: unknown */
    int sqlite_code;            /* SQLite's extended result code; 0: none */
    const char *sqlite_name;    /* as "SQLITE_CONSTRAINT_UNIQUE" */
    const char *traceback;      /* of a script */
    int rolled_back;            /* 1: what the migration had done is undone;
                                   0: it ran outside a transaction */
} lumigrate_error;

/* What happens while a function runs. Fields that do not belong to the
 * event's type are 0 or NULL. */
enum {
    LUMIGRATE_EVENT_CREATED = 1,    /* text: a folder or database was made */
    LUMIGRATE_EVENT_LEDGER,         /* the ledger is ready; text: "created",
                                       "rebuilt" or NULL */
    LUMIGRATE_EVENT_DISCOVERED,     /* found, applied, pending; text: the
                                       widest ID of those that are to run and
                                       have a description, or NULL */
    LUMIGRATE_EVENT_WARNING,        /* text; id when it is about one */
    LUMIGRATE_EVENT_WAITING,        /* another process holds the lock; of
                                       lumigrate_wait, text: for what */
    LUMIGRATE_EVENT_START,          /* id, file, description */
    LUMIGRATE_EVENT_STATEMENT,      /* id, text: SQL that a script runs */
    LUMIGRATE_EVENT_GUARD,          /* id, text: the call; answer */
    LUMIGRATE_EVENT_PRINT,          /* id, text: of print() */
    LUMIGRATE_EVENT_LOG,            /* id, text, level: "info" or "warn" */
    LUMIGRATE_EVENT_PROGRESS,       /* id, text: label; done, total (< 0:
                                       unknown) */
    LUMIGRATE_EVENT_APPLIED,        /* id, duration_ms, effect, rows */
    LUMIGRATE_EVENT_FAILED,         /* id, duration_ms, error */
    LUMIGRATE_EVENT_DONE,           /* applied, reverted, pending,
                                       duration_ms, waited_ms; text: why
                                       there was nothing to revert */
    LUMIGRATE_EVENT_PENDING,        /* there is something to do: all of it is
                                       read and compiled, nothing is written,
                                       and the database is closed again, so
                                       that a program may fork here and go on
                                       in its child */
    LUMIGRATE_EVENT_ENDING,         /* id: the script is over; checks, commit
                                       or rollback come next, which nothing
                                       can hurry */
    LUMIGRATE_EVENT_CHOSEN,         /* id, file, description: it is going to
                                       be reverted. Told of all of them, in
                                       order, before PENDING; text: the
                                       widest of their IDs, as above */
    LUMIGRATE_EVENT_REVERTED,       /* id, duration_ms, effect, rows */
    LUMIGRATE_EVENT_SKIPPED,        /* id: another process has reverted it */
    LUMIGRATE_EVENT_BACKUP          /* text: the file of a backup that was
                                       made before anything was changed */
};

typedef struct lumigrate_event {
    int type;
    const char *id, *file, *description;
    const char *text;           /* NUL-terminated; may hold any bytes */
    unsigned long text_len;
    const char *level;
    int outside;                /* START: it runs outside a transaction */
    int down;                   /* its way down runs */
    int answer;
    double done, total;
    long found, applied, reverted, pending;
    long rows;
    const char *effect;         /* "changed" or "no_op" */
    double duration_ms, waited_ms;
    const lumigrate_error *error;
} lumigrate_event;

/* Called on the thread that runs. Not 0: stop; the running migration is
 * rolled back and LUMIGRATE_INTERRUPTED returned. Must not use the handle but
 * for lumigrate_interrupt. */
typedef int (*lumigrate_event_fn)(void *user, const lumigrate_event *event);

/* lumigrate_config.transaction */
enum {
    LUMIGRATE_TRANSACTION_EACH = 0, /* one for each migration */
    LUMIGRATE_TRANSACTION_ALL = 1   /* one for the whole run */
};

/* lumigrate_config.out_of_order, and without APPLY .if_ahead */
enum {
    LUMIGRATE_DEFAULT = 0,          /* warn; error with strict */
    LUMIGRATE_APPLY = 1,            /* say nothing */
    LUMIGRATE_WARN = 2,
    LUMIGRATE_ERROR = 3
};

/* All zero is the default. */
typedef struct lumigrate_config {
    const char *database;       /* a path, sqlite:path, sqlite:///abs/path,
                                   sqlite3:..., or a file: URI; required, but
                                   for lumigrate_attach */
    const char *migrations;     /* the folder; NULL: "migrations" */
    int no_folder;              /* 1: there is no folder; all migrations are
                                   those of lumigrate_add */
    const char *table;          /* the ledger; NULL: "schema_migrations" */
    double lock_timeout;        /* seconds to wait for a lock; 0: 60;
                                   negative: not at all */
    double timeout;             /* seconds that a migration may take; 0: no
                                   limit */
    long memory_limit;          /* MiB that a script may take; 0: 512 */
    int transaction;            /* LUMIGRATE_TRANSACTION_... */
    int strict;                 /* 1: a changed, missing or out-of-order
                                   migration, and a name that differs from
                                   the ID, are errors */
    int out_of_order;           /* LUMIGRATE_DEFAULT, APPLY, WARN or ERROR */
    int if_ahead;               /* a newer release has been here: DEFAULT, as
                                   for any missing migration; WARN, go on,
                                   strict or not; ERROR, LUMIGRATE_AHEAD */
    int deep;                   /* 1: lumigrate_check reads all of the
                                   database, too */
    const char *dialect;        /* whose SQL files the folder holds: "plain",
                                   "goose", ...; NULL or "auto": found out */
    int no_create;              /* 1: a database that is not there is an
                                   error, never made */
    const char *backup;         /* a folder for a copy of the database that
                                   is made before a run changes it; "": the
                                   database's own; NULL: none. A copy that
                                   cannot be made stops the run:
                                   LUMIGRATE_REFUSED */
    long keep;                  /* so many of these copies stay; 0: all */
    lumigrate_event_fn on_event;    /* NULL: nobody listens */
    void *user;                 /* handed to on_event */
    /* What os.getenv answers in scripts; NULL: the process's environment.
     * The strings must live as long as the handle. */
    const char *(*getenv)(void *user, const char *name);
} lumigrate_config;

enum { LUMIGRATE_ERROR_SIZE = 256 };

/*
 * A C function as a migration. It works on the connection itself, inside the
 * runner's transaction: its changes and its row in the ledger commit
 * together. Not 0: it failed, and all of it is rolled back; `error`, of
 * LUMIGRATE_ERROR_SIZE bytes, may then say why (otherwise SQLite's message is
 * taken, when the code is SQLite's).
 *
 * What it prepares is judged like a script's SQL: no BEGIN, COMMIT or
 * ROLLBACK (savepoints are its own business), no ATTACH, no writing to the
 * runner's tables, and of the pragmas those of scripts. It must not close the
 * connection, change its configuration or its authorizer, busy, progress,
 * commit and rollback handlers, use a blob handle or a statement that was
 * prepared before it, or call the handle (but for lumigrate_interrupt). Every
 * statement must be finalized when it returns; one that is not is finalized
 * for it, and the migration fails. Functions and collations that it registers
 * stay. A time limit ends its SQL with SQLITE_INTERRUPT, but not the function
 * itself; no memory limit holds.
 */
typedef int (*lumigrate_function)(struct sqlite3 *connection, void *user,
                                  char *error);

/* What lumigrate_add takes: a function (`id` and `up`) or a text (`file` and
 * `text`). What does not belong to it is 0 or NULL. */
typedef struct lumigrate_migration {
    const char *id;             /* a function's, and its place in the order */
    const char *description;    /* a function's; NULL: none */
    lumigrate_function up;
    lumigrate_function down;    /* NULL: it cannot be reverted */
    void *user;                 /* handed to both */
    const char *version;        /* a text that changes when the functions do,
                                   so that an edit is seen; NULL: "" */
    int outside;                /* 1: a function's runs outside a transaction,
                                   as TRANSACTION = false */
    int foreign_keys;           /* 1: enforced while a function runs */
    const char *file;           /* a text's name, as in a folder:
                                   "2026_01_28_users.lua", "…sql"; with
                                   "lib/slug.lua" scripts may require it */
    const char *text;
    unsigned long text_len;     /* 0: up to its NUL */
    const char *checksum;       /* with id: a text as lumigrate_bundle writes
                                   it; NULL otherwise */
    long order;                 /* of such a text: its place among the files
                                   of its tool; 0: that of its name */
} lumigrate_migration;

/* How far lumigrate_up and lumigrate_down go. All zero: up everything that is
 * pending, down the one that was applied last. Of count, to, before and all
 * only one may be set. */
typedef struct lumigrate_target {
    long count;                 /* at most so many; 0: no limit, down: 1 */
    const char *to;             /* up to this ID, included; down to it, which
                                   stays applied */
    const char *before;         /* up to this ID, not included; not down */
    int reapply_changed;        /* of up, 1: what was edited since it was
                                   applied runs again */
    /* The others are of lumigrate_down alone. */
    int all;                    /* 1: everything that is applied */
    int from_file;              /* 1: by the files as they are now, not by
                                   the texts that were applied */
    int dry_run;                /* 1: only tell, by CHOSEN events */
} lumigrate_target;

/* lumigrate_item.status */
enum {
    LUMIGRATE_ITEM_APPLIED = 1,
    LUMIGRATE_ITEM_PENDING,         /* or RUN = "on_change", and changed */
    LUMIGRATE_ITEM_EDITED,          /* applied, and the file is another now */
    LUMIGRATE_ITEM_MISSING,         /* applied, and the file is gone */
    LUMIGRATE_ITEM_OUT_OF_ORDER,    /* pending, sorted before an applied one */
    LUMIGRATE_ITEM_FAILED,          /* pending, and its last attempt failed */
    LUMIGRATE_ITEM_PARTIAL          /* begun outside a transaction and not
                                       finished */
};

typedef struct lumigrate_item {
    const char *id;
    int status;                 /* LUMIGRATE_ITEM_... */
    const char *file;           /* NULL when it is missing */
    const char *kind;           /* "lua", "sql", or the tool whose files
                                   they are: "goose"; NULL: unknown */
    const char *description;
    const char *checksum;
    const char *applied_at;     /* NULL when it is not applied */
    const char *effect;         /* "changed", "no_op", "unknown" or NULL */
    double duration_ms;         /* -1 when it is not applied */
} lumigrate_item;

/* lumigrate_report.state */
enum {
    LUMIGRATE_STATE_CURRENT = 0,    /* nothing to do */
    LUMIGRATE_STATE_PENDING = 1,
    LUMIGRATE_STATE_MISMATCH = 2,   /* edited, missing or partial ones */
    LUMIGRATE_STATE_AHEAD = 3       /* missing ones, all of them after the
                                       last in the folder */
};

typedef struct lumigrate_report {
    const char *database;       /* path, without any password */
    int exists;                 /* 0: there is no such database yet */
    int state;                  /* LUMIGRATE_STATE_... */
    long applied, pending, count;
    const lumigrate_item *items;    /* in the order of the folder; missing
                                       ones where they would stand */
    const char *current;        /* ID applied last, NULL: none */
    long warning_count;
    const char *const *warnings;
    /* Of lumigrate_check and lumigrate_wait; otherwise NULL, -1 and 0: */
    const char *status;         /* "ready", "pending" or "error" */
    const char *latest;         /* ID that comes last in the folder */
    int schema_valid;           /* 0: `problems` says why */
    long problem_count;
    const char *const *problems;    /* a sentence for each view or trigger
                                       that does not compile; of a deep look
                                       also for what is damaged, rows that
                                       break a rule, keys that point to no
                                       row */
} lumigrate_report;

/* One attempt. */
typedef struct lumigrate_attempt {
    long seq;
    const char *id;
    const char *action;         /* "up", "down", "reapply", "baseline", ... */
    const char *outcome;        /* "done", "failed", "started", ... */
    const char *error;          /* NULL: none */
    const char *checksum;
    const char *started_at;     /* UTC */
    double duration_ms;
    const char *runner, *sqlite, *host, *user, *run_id;
    long repeats;               /* how often the same failure came again */
    const char *last_at;        /* and when it came last; NULL: never */
} lumigrate_attempt;

typedef struct lumigrate_log {
    long count;
    const lumigrate_attempt *attempts;  /* newest last */
} lumigrate_log;

/* lumigrate_finding.level */
enum {
    LUMIGRATE_FINDING_FINE = 0,
    LUMIGRATE_FINDING_DOUBT = 1,    /* it works, but look at it */
    LUMIGRATE_FINDING_FAULT = 2     /* it will not work */
};

typedef struct lumigrate_finding {
    const char *subject;        /* "database", "ledger", "migrations",
                                   "space", "temporary", "limits", "clock",
                                   "versions" */
    int level;                  /* LUMIGRATE_FINDING_... */
    int code;                   /* of a fault: what a run would return */
    const char *message;        /* one line */
    const char *hint;           /* the remedy; NULL: none is needed */
} lumigrate_finding;

typedef struct lumigrate_checkup {
    int code;                   /* LUMIGRATE_OK, or the highest code of a
                                   fault */
    long count;
    const lumigrate_finding *findings;
} lumigrate_checkup;

/* lumigrate_baseline */
enum {
    LUMIGRATE_BASELINE_UP_TO = 1,   /* the ID and all sorted before it */
    LUMIGRATE_BASELINE_ALL,         /* the whole folder; id is not used */
    LUMIGRATE_BASELINE_ONLY,        /* the ID alone */
    LUMIGRATE_BASELINE_UNDO         /* the ID alone is applied no longer */
};

/* lumigrate_repair */
enum {
    LUMIGRATE_REPAIR_ACCEPT = 1,    /* edited: the file is right as it is */
    LUMIGRATE_REPAIR_FORGET,        /* missing: it is applied no longer */
    LUMIGRATE_REPAIR_RESTART        /* partial: it was never begun */
};

typedef struct lumigrate_change {
    const char *id;
    const char *what;           /* "recorded", "removed", "accepted",
                                   "forgotten", "restarted"; "already": it
                                   was so before */
} lumigrate_change;

typedef struct lumigrate_changes {
    long written;               /* so many records were changed */
    long count;
    const lumigrate_change *changes;
} lumigrate_changes;

/* lumigrate_adopted.status */
enum {
    LUMIGRATE_ADOPT_APPLIED = 1,    /* the other tool applied it */
    LUMIGRATE_ADOPT_KNOWN,          /* recorded before */
    LUMIGRATE_ADOPT_PENDING,        /* for lumigrate_up to apply */
    LUMIGRATE_ADOPT_SATISFIED,      /* without a ledger: it is there */
    LUMIGRATE_ADOPT_NEEDED,         /* it runs and changes something */
    LUMIGRATE_ADOPT_CONFLICT        /* neither: see reason */
};

/* All zero: find the ledger and record what it says. */
typedef struct lumigrate_takeover {
    const char *from;           /* "goose", ...: whose ledger, or the name of
                                   its table; NULL: look */
    int dry_run;                /* 1: only say what would be recorded */
    int rename;                 /* 1: another tool's table that has our
                                   ledger's name becomes NAME_TOOL */
    int satisfied;              /* 1: without a ledger, record what is
                                   satisfied */
} lumigrate_takeover;

typedef struct lumigrate_adopted {
    const char *id;
    const char *file;           /* NULL: it is gone */
    int status;                 /* LUMIGRATE_ADOPT_... */
    const char *applied_at;     /* by the other ledger; NULL: it has no time,
                                   or it is not applied */
    double duration_ms;         /* 0: not known */
    const char *reason;         /* of a conflict; NULL */
} lumigrate_adopted;

typedef struct lumigrate_adoption {
    const char *tool;           /* as `from` takes it; NULL: there is no other
                                   tool's ledger, and what is pending was
                                   tried on a copy */
    const char *tool_name;      /* as people write it; NULL likewise */
    const char *table;          /* its ledger; NULL likewise */
    const char *renamed_to;     /* NULL: it was left as it is */
    long recorded;              /* rows written; dry run: to be written */
    long count;
    const lumigrate_adopted *migrations;    /* in the order of the folder */
} lumigrate_adoption;

/*
 * Prepare a run. Nothing is opened yet: a database that cannot be opened is
 * found by the first function that needs it, a configuration that cannot be
 * is LUMIGRATE_USAGE here. *out is set even then (to NULL only when there is
 * no memory at all), so that lumigrate_errmsg can be asked.
 */
int lumigrate_open(lumigrate **out, const lumigrate_config *config);

/*
 * The same on a connection of your own, which must have no transaction open
 * and no statement running (LUMIGRATE_USAGE otherwise, as for NULL). Its
 * authorizer, progress handler and busy handler are taken and given back
 * cleared, because SQLite cannot hand back the old ones; the busy timeout,
 * foreign-key enforcement, limits and pragmas are afterwards as before.
 */
int lumigrate_attach(lumigrate **out, struct sqlite3 *connection,
                     const lumigrate_config *config);

/*
 * One more migration, besides those in the folder or (lumigrate_config.
 * no_folder) instead: between open and up. All run in natural order of their
 * names and IDs. Everything is copied but for `user`. A text is identified
 * when it is first needed: what is wrong with it is found then.
 */
int lumigrate_add(lumigrate *lm, const lumigrate_migration *migration);

/* The folder as the text of a C file with a function `name` (NULL:
 * "add_migrations") that calls lumigrate_add for each migration and for what
 * lies in lib/. The caller frees *text (free). */
int lumigrate_bundle(lumigrate *lm, const char *name, char **text,
                     unsigned long *len);

/* Apply what is pending, in order. `target` may be NULL. */
int lumigrate_up(lumigrate *lm, const lumigrate_target *target);

/*
 * Take back what is applied, newest first by the order of application. Each
 * migration's way down (downgrade of a script, the down part of a SQL file)
 * and its record are one transaction, as on the way up. The text that was
 * applied counts: where the file was edited or deleted since, it comes from
 * the history, and a WARNING event says so.
 *
 * Nothing is touched, and LUMIGRATE_USAGE returned, when one of them has no
 * way down, its text is nowhere to be found, or target->to is not applied.
 * What is reverted is decided once, at the start: what another process has
 * reverted since is passed over (SKIPPED), and LUMIGRATE_MISMATCH returned
 * where another process has applied one on top. `target` may be NULL.
 */
int lumigrate_down(lumigrate *lm, const lumigrate_target *target);

/* Revert one migration by the text that was applied, and apply its file as it
 * is now: two transactions, unless the run is one. It is the last one in the
 * order of application then. `id` may be NULL: the one applied last. */
int lumigrate_redo(lumigrate *lm, const char *id);

/* What is applied and what is not. Creates and changes nothing; a database
 * that is not there has everything pending. */
int lumigrate_status(lumigrate *lm, lumigrate_report **out);
void lumigrate_report_free(lumigrate_report *report);

/*
 * May the program that needs this database start? For deployments and health
 * endpoints: it reads only, never asks for a write lock, waits for a lock no
 * longer than config.lock_timeout (negative: not at all, right for a probe),
 * and takes about as long as reading the folder does; a deep look reads the
 * whole database. It works on a read-only volume, and while another process
 * migrates.
 *
 *     lumigrate_report *report;
 *     int rc = lumigrate_check(lm, &report);
 *
 *     answer(rc == LUMIGRATE_OK ? 200 : 503,
 *            report != NULL ? report->status : lumigrate_errmsg(lm));
 *     lumigrate_report_free(report);
 *
 * LUMIGRATE_OK        ready: nothing is pending, every view and trigger
 *                     compiles; report->warnings may tell of edited and
 *                     missing migrations
 * LUMIGRATE_PENDING   something is pending, or the database is not there
 * LUMIGRATE_MISMATCH  two files with one ID, another tool's ledger, a view
 *                     or trigger that does not compile, or what config makes
 *                     an error; LUMIGRATE_AHEAD likewise
 * LUMIGRATE_LOCKED    a writer kept readers out for too long
 * LUMIGRATE_REFUSED   damaged, or not a database
 * LUMIGRATE_USAGE     folder or database cannot be read
 *
 * lumigrate_errmsg says why it is not ready. *out is a report whenever folder
 * and database could be compared, and NULL otherwise; the caller frees it.
 */
int lumigrate_check(lumigrate *lm, lumigrate_report **out);

/*
 * The same again and again until it is ready. What waiting can mend is waited
 * for: pending migrations, a database or a folder that is not there or empty,
 * a lock. Anything else is returned at once. LUMIGRATE_LOCKED after so many
 * seconds (0: never). Tells LUMIGRATE_EVENT_WAITING; ends soon after
 * lumigrate_interrupt.
 */
int lumigrate_wait(lumigrate *lm, double seconds, lumigrate_report **out);

/* What in this environment will not work, and the remedy. Changes nothing,
 * leaves nothing behind, waits for no lock. LUMIGRATE_OK when it could be
 * looked at, however bad it is. The process should have no other connection
 * to the database: looking at a file drops the locks that a process holds on
 * it. */
int lumigrate_doctor(lumigrate *lm, lumigrate_checkup **out);
void lumigrate_checkup_free(lumigrate_checkup *checkup);

/* Every attempt that was ever made, failures too. */
int lumigrate_history(lumigrate *lm, lumigrate_log **out);
void lumigrate_log_free(lumigrate_log *log);

/*
 * The text of this migration as it was applied last (where it never was, as
 * it was tried last): *len bytes and a NUL behind them. LUMIGRATE_USAGE when
 * the history has none. The caller frees it.
 */
int lumigrate_text(lumigrate *lm, const char *id, char **out,
                   unsigned long *len);

/*
 * What the file of a migration says other than the text that was applied, a
 * line each: "- " only what was applied has, "+ " only the file, two blanks
 * both, "@@ 12" where it is in the file. Not all of a long one. "" when only
 * line ends differ; NULL when it is not applied, has no file any more or its
 * text is not known. The caller frees it.
 */
int lumigrate_difference(lumigrate *lm, const char *id, char **out);

/*
 * Record migrations as applied without running them, or take such a record
 * back: LUMIGRATE_BASELINE_... One transaction; the database and the ledger
 * are made where they are not there. LUMIGRATE_USAGE for an ID that the
 * folder does not have. `out` may be NULL.
 */
int lumigrate_baseline(lumigrate *lm, int how, const char *id,
                       lumigrate_changes **out);

/*
 * Put the record of one migration right: LUMIGRATE_REPAIR_... No migration
 * runs. LUMIGRATE_USAGE, and nothing changed, when it is not edited (missing,
 * partial). `out` may be NULL.
 */
int lumigrate_repair(lumigrate *lm, int what, const char *id,
                     lumigrate_changes **out);
void lumigrate_changes_free(lumigrate_changes *changes);

/*
 * Take over a database that another tool has managed: what its ledger calls
 * applied is recorded in ours, with its times, in one transaction. Without
 * such a ledger, each pending migration is tried on a private copy. The other
 * tool's table is never written to. LUMIGRATE_MISMATCH, and nothing changed,
 * when the ledger is marked as broken or cannot be mapped with certainty.
 * `options` may be NULL; a second time changes nothing.
 */
int lumigrate_adopt(lumigrate *lm, const lumigrate_takeover *options,
                    lumigrate_adoption **out);
void lumigrate_adoption_free(lumigrate_adoption *adoption);

/*
 * A verified copy of the database while others use it, through SQLite's
 * backup API. `to`: a file that is not there yet (`replace`: or is replaced);
 * a folder, if it is there or ends in a slash, in which the copy is named by
 * the time and so many of this database's copies stay (`keep`; 0: all); or
 * NULL, the database's own folder. *made (which may be NULL) is its path, the
 * handle's until the next call. A copy that cannot be made leaves nothing.
 */
typedef struct lumigrate_copy {
    const char *to;
    long keep;
    int replace;
} lumigrate_copy;

int lumigrate_backup(lumigrate *lm, const lumigrate_copy *copy,
                     const char **made);

/*
 * The way back: all of the file's content in the place of the database's, as
 * one transaction. LUMIGRATE_REFUSED when the file is damaged or no database,
 * and when it seems to be another database's (`force`: take it anyway): they
 * have different application_ids, or none of the migrations that both have
 * applied was applied at the same time, or no table in common.
 * LUMIGRATE_LOCKED while anybody else uses the database; the message says
 * who. A database that is damaged is not overwritten but put aside; *aside
 * (which may be NULL) is where, the handle's until the next call, or NULL.
 * The process should have no connection of its own to the database.
 */
int lumigrate_restore(lumigrate *lm, const char *file, int force,
                      const char **aside);

/*
 * The schema as SQL text in the order in which it can be made again, with the
 * ledger's rows; the same database gives the same text, which the sqlite3
 * shell takes as well. The caller frees *text (free), which has a NUL behind
 * its *len bytes.
 */
int lumigrate_dump(lumigrate *lm, char **text, unsigned long *len);

/*
 * A dump into a database that is empty or not there: all of it, or nothing.
 * LUMIGRATE_REFUSED when it was cut off, LUMIGRATE_USAGE when it is no dump
 * or the database is not empty. Each migration of its ledger gets a row in
 * the history. *objects and *migrations (which may be NULL) count what was
 * made and recorded.
 */
int lumigrate_load(lumigrate *lm, const char *text, unsigned long len,
                   long *objects, long *migrations);

/* lumigrate_contrast.change */
enum {
    LUMIGRATE_ONLY_A = 1,
    LUMIGRATE_ONLY_B = 2,
    LUMIGRATE_DIFFERENT = 3
};

typedef struct lumigrate_contrast {
    const char *kind;           /* "table", "virtual table", "view", "index",
                                   "trigger" */
    const char *name;
    int change;                 /* LUMIGRATE_ONLY_A, ... */
    const char *a_sql, *b_sql;  /* the definitions; NULL where it is not */
    long detail_count;
    const char *const *details; /* what is different, in sentences */
} lumigrate_contrast;

typedef struct lumigrate_comparison {
    long count;                 /* 0: the schemas are the same */
    const lumigrate_contrast *differences;
} lumigrate_comparison;

/*
 * Two schemas compared, object by object, however they are written. `a` and
 * `b`: a database (a path or URL), a file that holds a dump, or a folder of
 * migrations, which is run on an empty private database. The handle's own
 * database is not touched. LUMIGRATE_OK when they could be compared.
 */
int lumigrate_diff(lumigrate *lm, const char *a, const char *b,
                   lumigrate_comparison **out);
void lumigrate_comparison_free(lumigrate_comparison *comparison);

/* What a process was at when it was killed, from its last START event. */
typedef struct lumigrate_loss {
    const char *id;             /* "": it had begun none */
    const char *reason;         /* why it was killed, for the history */
    int interrupted;            /* 1: somebody asked for it */
    int down;                   /* as in the event */
    int from_file;              /* as in the target of lumigrate_down */
} lumigrate_loss;

/*
 * After the process that ran lumigrate_up, _down or _redo was killed in the
 * middle of a migration: rolls back what it left, and records the failure.
 * *committed is 1 when the migration, or its way down, had been committed
 * after all; then nothing is recorded.
 */
int lumigrate_recover(lumigrate *lm, const lumigrate_loss *loss,
                      int *committed);

/* From another thread or a signal handler: what runs now ends, the running
 * migration is rolled back. */
void lumigrate_interrupt(lumigrate *lm);

/* Of the last function that was called on the handle. lm may be NULL (out of
 * memory). The strings live until the next call on the handle. */
int lumigrate_errcode(const lumigrate *lm);
const char *lumigrate_errmsg(const lumigrate *lm);
const lumigrate_error *lumigrate_errinfo(const lumigrate *lm);

/* May be called with NULL. */
void lumigrate_close(lumigrate *lm);

/*
 * For a program that does nothing but migrate, in one thread: SQLite without
 * its mutexes, at most so many MiB of memory for it (0: no limit), and its
 * temporary files in the database's folder where the system has none for
 * them. It is the process's SQLite that is set up, so a host of its own
 * connections must not call this. Once, before anything else; LUMIGRATE_USAGE
 * when it is too late.
 */
int lumigrate_dedicate(long memory_limit);

/* A name as it stands in SQL: in double quotes where SQLite needs them. The
 * caller frees it; NULL: out of memory. */
char *lumigrate_quote_ident(const char *name);

/* The order of files in a folder of migrations: < 0 when a runs before b. */
int lumigrate_compare(const char *a, const char *b);

/* "3.40.1": the SQLite in use; "Lua 5.4.4": the Lua that scripts run in. */
const char *lumigrate_sqlite_version(void);
const char *lumigrate_lua_version(void);

#ifdef __cplusplus
}
#endif

#endif
