/* SPDX-License-Identifier: MIT */
/*
 * internal.h - what the files of db/ share and nobody else sees.
 *
 *   struct lm_db, lm_stmt   the connection and its statements
 *   lm_db_fail, _fail_at    turn SQLite's last error into ours
 *   lm_authorize            the authorizer (authorize.c)
 *   lm_pragma_verdict       may a script use this pragma? (pragma.c)
 *   lm_text_judge           may a script run a statement with this text?
 *                           *vacuum: it is a VACUUM (judge.c)
 *   lm_track_…              what a script touches (track.c)
 *   lm_point_…              the stack of savepoints (txn.c)
 */
#ifndef LM_DB_INTERNAL_H
#define LM_DB_INTERNAL_H

#include <sqlite3.h>

#include "../base/buf.h"
#include "db.h"

/* A growing set of names, ASCII case aside. */
typedef struct lm_names {
    char **list;
    size_t count, size;
} lm_names;

typedef enum lm_point_kind {
    LM_POINT_NONE,
    LM_POINT_OPEN,
    LM_POINT_RELEASE,
    LM_POINT_UNDO
} lm_point_kind;

/* What the authorizer learns about one statement while it is prepared. */
typedef struct lm_trait {
    bool writes;        /* INSERT, UPDATE, DELETE of rows outside temp */
    bool fires;         /* a trigger of it writes rows outside temp */
    bool defines;       /* changes the schema */
    lm_point_kind point;
    char *point_name;
} lm_trait;

struct lm_stmt {
    lm_db *db;
    sqlite3_stmt *handle;
    char *sql;          /* the text it was asked for by; NUL-terminated */
    size_t len;
    lm_actor actor;
    lm_trait trait;
    bool stepping;      /* between the first step and the end */
    bool begun;         /* stepped since it was prepared: watched already */
    bool vacuum;
    int columns;
    lm_value *row;      /* `room` values */
    int room;
    lm_stmt *next;      /* in the list of idle statements */
    int64_t total_before, undos_before;     /* when it began */
    size_t depth_before;
};

typedef struct lm_point {
    char *name;
    int64_t rows;       /* what the effect counted when it was opened */
    bool fired;
    bool ours;          /* opened by lm_txn_savepoint */
    int64_t writes;     /* lm_db.writes then */
    size_t swaps;       /* the track had so many (allowed.h) */
} lm_point;

/* A foreign key that was violated before, and rows with one value that did
 * so (violation.h). */
typedef struct lm_broken {
    uint64_t link;
    bool there;         /* and is there now */
    bool counted;       /* something is known of it, with what still holds */
} lm_broken;

typedef struct lm_astray {
    size_t broken;      /* index into lm_track.broken */
    uint64_t value;
    int64_t count;
} lm_astray;

/* One foreign key: a table and the table that it points to. */
typedef struct lm_link {
    char *child, *parent;
} lm_link;

/* What one migration does to the database, as far as db/ can see it. */
typedef struct lm_track {
    lm_names touched;   /* tables written or changed, outside temp */
    size_t seen;        /* so many of them have been looked at before */
    lm_names looked;    /* tables whose violations before are known */
    lm_names linked;    /* children of foreign keys before, if read anew */
    lm_names mismatched;    /* of those: keys that could not be checked */
    lm_broken *broken;
    size_t broken_count, broken_size;
    lm_astray *before;
    size_t before_count, before_size;
    lm_astray *swaps;   /* what was converted since: taken out and put in */
    size_t swap_count, swap_size;
    lm_names sound;     /* views and triggers that compiled before */
    lm_names unsound;   /* and those that did not */
    bool had_code;      /* there were any */
    bool compiled;      /* both are known */
    bool altered;       /* an ALTER TABLE was prepared */
    bool relinked;      /* linked holds all children before */
    bool referring;     /* a definition with REFERENCES in it was */
    bool coded;         /* a view or trigger was made or dropped */
    bool made_temp;     /* a temporary object was made */
    bool fired;         /* a trigger changed rows outside temp */
    int64_t rows;
    int64_t schema, user_version, application_id;   /* at the beginning */
} lm_track;

/* Pragmas of the connection that scripts may set, and what they were. */
enum { LM_PRAGMA_KEPT = 4 };

/* What is asked for all the time stands first: it is reached in fewer bytes.
 */
struct lm_db {
    sqlite3 *handle;
    lm_err *err;
    struct lm_catalog *catalog;     /* what catalog.h has found out, or NULL */
    lm_stmt *running;   /* being stepped; NULL while preparing */
    lm_trait *learning; /* filled by the authorizer while preparing */
    lm_actor actor;     /* of the statement being prepared or stepped */
    bool attached;      /* the handle is the host's */
    bool looks;         /* opened to read a file in WAL mode that we could
                           write (openfile.c) */
    bool may_wait;      /* for locks */
    bool told_waiting;
    bool in_txn;        /* the runner has one open */
    bool in_script, own_txn;
    bool altering;      /* a function that is called meanwhile only reads */
    bool native;        /* the script is a function of the host's */
    bool has_code;      /* main holds views or triggers, as of links_at */
    bool remembered;    /* what was on the host's connection, below */
    int64_t undos;      /* how often a savepoint was rolled back to, */
    size_t undone_at;   /* and its place, the last time */
    int64_t writes;     /* statements that may have written something */
    lm_point *points;
    size_t point_count, point_size;
    lm_stmt *idle;      /* most recently used first */
    int idle_count;
    lm_track track;
    lm_err latch;       /* what a script cannot survive */
    lm_db_watch watch;
    double lock_timeout;    /* ms */
    double waiting_since;   /* ms; of the busy handler */
    char *own[3];       /* the runner's tables */
    lm_link *links;     /* every foreign key of main, */
    size_t link_count, link_size;
    int64_t links_at;   /* valid for this schema version; -1: never read */
    lm_names functions; /* made by the running script */
    bool kept[LM_PRAGMA_KEPT];
    int64_t kept_value[LM_PRAGMA_KEPT];
    const char *kept_journal;       /* journal mode before; NULL: not asked */
    lm_names temp_before;   /* the host's temporary objects */
    int fkeys_before, defensive_before, busy_before;
    char *dump;         /* the last of lm_dump_schema */
    /* Hears what SQLite asks for the runner's statements, or NULL. */
    void (*listener)(void *user, int action, const char *a, const char *b,
                     const char *schema, const char *inside);
    void *listener_user;
    char refusal[200];  /* why the authorizer refused; "" */
};

/* SQLite's last error on this connection becomes ours. */
int lm_db_fail(lm_db *db, int sqlite_code, const char *sql, size_t len);
/* Set one of SQLITE_DBCONFIG_… */
int lm_db_config(lm_db *db, int what, int value);
/* The class of a result code: LM_EBUSY, LM_EDATA, ... */
int lm_db_class(int sqlite_code);
bool lm_db_fatal(int sqlite_code);
void lm_db_latch(lm_db *db);
/* LM_OK, or a refusal while a table is changed (alter/). */
int lm_db_quiet(lm_db *db);

int lm_authorize(void *db, int action, const char *a, const char *b,
                 const char *schema, const char *trigger);
bool lm_db_is_own(const lm_db *db, const char *table);
/* LM_OK, or LM_EFAILED with the reason in db->refusal. */
int lm_pragma_verdict(lm_db *db, const char *name, const char *value);
/* Does it more than answer? */
bool lm_pragma_sets(const char *name, const char *value);
/* Remember what the statement is about to set; put all of it back. */
int lm_pragma_keep(lm_db *db, const char *sql, size_t len);
int lm_pragma_keep_all(lm_db *db);
int lm_pragma_restore(lm_db *db);

int lm_names_add(lm_names *set, const char *name, lm_err *err);
bool lm_names_has(const lm_names *set, const char *name);
void lm_names_clear(lm_names *set);

/* Right before a script's statement runs for the first time. */
int lm_track_before(lm_db *db, const lm_stmt *stmt);
void lm_track_clear(lm_track *track);
int lm_foreign_before(lm_db *db);
int lm_foreign_after(lm_db *db);
/* Would the check let the violations of this table pass now? */
int lm_foreign_known(lm_db *db, const char *table, bool *known);
/* Its rows are about to be converted: those that are violations do not count
 * any more, if all of them are known; and afterwards those that are left count
 * with the values that they have now. Undone with the savepoint. */
int lm_foreign_give(lm_db *db, const char *table, bool *all);
int lm_foreign_take(lm_db *db, const char *table);
/* What compiles a view (event 0) or the triggers of INSERT, UPDATE or DELETE
 * (I, U, D) that stand on something. */
typedef struct lm_fired {
    const char *schema, *name;
    char event;
} lm_fired;
int lm_fired_text(lm_db *db, const lm_fired *f, lm_buf *sql);
int lm_code_before(lm_db *db);
int lm_code_after(lm_db *db);
/* A view, or a trigger that is one of `count`, which does not compile;
 * borrowed for the call. */
typedef struct lm_unsound {
    const char *type, *names, *table, *why;
    size_t count;
} lm_unsound;
typedef struct lm_on_unsound {
    void *user;
    int (*tell)(void *user, lm_db *db, const lm_unsound *found);
} lm_on_unsound;
int lm_code_unsound(lm_db *db, const lm_on_unsound *on);
/* Of those alone that were not there before. */
int lm_code_made(lm_db *db, const lm_on_unsound *on);
/* Read the foreign keys and whether there is code, if the schema is not the
 * one they were read for. */
int lm_links_read(lm_db *db, int64_t schema);
int lm_links_refresh(lm_db *db, int64_t schema);
/* Read them as they are in the middle of a migration. */
int lm_links_renew(lm_db *db);
void lm_links_clear(lm_db *db);

/* After a statement with this trait succeeded. */
int lm_point_done(lm_db *db, const lm_trait *trait);
bool lm_point_known(const lm_db *db, const char *name);
void lm_points_clear(lm_db *db);

/* A text or blob is borrowed from SQLite; NULL with a size: no memory. */
void lm_value_load(struct sqlite3_value *from, lm_value *to);

int lm_text_judge(lm_db *db, const char *sql, size_t len, bool *vacuum);
void lm_idle_clear(lm_db *db, bool scripts_only);
void lm_functions_clear(lm_db *db);
int lm_db_exec(lm_db *db, const char *sql);

/* A schema of the connection as it is spelled there; NULL: there is none. */
static inline const char *lm_db_schema(const lm_db *db, const char *name)
{
    const char *found;
    int i = 0;

    do
        found = sqlite3_db_name(db->handle, i++);
    while (found != NULL && sqlite3_stricmp(found, name) != 0);
    return found;
}

/* Can there be anything in temp at all? */
static inline bool lm_db_has_temp(const lm_db *db)
{
    return db->attached || db->track.made_temp;
}

static inline lm_value lm_text_value(const char *s, size_t n)
{
    lm_value v = {.type = LM_TEXT};

    v.as.text.bytes = s;
    v.as.text.size = n;
    return v;
}

#endif
