/* SPDX-License-Identifier: MIT */
/*
 * What a script's SQL may do (sqlite.org/c3ref/set_authorizer.html).
 *
 * SQLite asks here for everything that a statement is going to do, at prepare
 * and again inside step when it prepares anew. The runner's own statements
 * may do all; a script's are judged, and what they touch is noted.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/text.h"
#include "internal.h"

bool lm_db_is_own(const lm_db *db, const char *table)
{
    size_t i;

    if (table == NULL)
        return false;
    for (i = 0; i < 3; i++)
        if (db->own[i] != NULL && lm_same_name(db->own[i], table))
            return true;
    return false;
}

static int refuse(lm_db *db, const char *what)
{
    if (db->refusal[0] == '\0')
        snprintf(db->refusal, sizeof db->refusal, "%s", what);
    return SQLITE_DENY;
}

static int refuse_own(lm_db *db, const char *table)
{
    char text[sizeof db->refusal];

    snprintf(text, sizeof text, "%.100s belongs to the runner: not allowed "
             "in a migration", table);
    return refuse(db, text);
}

static int judge_transaction(lm_db *db, const char *what)
{
    char text[sizeof db->refusal];

    if (db->own_txn)
        return SQLITE_OK;
    snprintf(text, sizeof text, "%s is not allowed in a migration: the "
             "runner's transaction is around it (see TRANSACTION = false)",
             what);
    return refuse(db, text);
}

static int judge_savepoint(lm_db *db, const char *what, const char *name)
{
    lm_point_kind kind = LM_POINT_OPEN;

    if (db->native)
        return SQLITE_OK;
    if (strcmp(what, "RELEASE") == 0)
        kind = LM_POINT_RELEASE;
    else if (strcmp(what, "ROLLBACK") == 0)
        kind = LM_POINT_UNDO;
    if (kind != LM_POINT_OPEN && !lm_point_known(db, name)) {
        snprintf(db->refusal, sizeof db->refusal, "no such savepoint of "
                 "this migration: %.100s", name);
        return SQLITE_DENY;
    }
    if (db->learning != NULL) {
        free(db->learning->point_name);
        db->learning->point = kind;
        db->learning->point_name = lm_strdup(name);
        if (db->learning->point_name == NULL)
            return SQLITE_DENY;
    }
    return SQLITE_OK;
}

static int note_touched(lm_db *db, const char *table)
{
    return lm_names_add(&db->track.touched, table, db->err) == LM_OK
        ? SQLITE_OK : SQLITE_DENY;
}

/* SQLite's own table of the schema: what writes it is judged as the CREATE
 * or DROP that it stands for, and by defensive mode. */
static bool is_catalogue(const char *table)
{
    return lm_same_name(table, "sqlite_master") ||
           lm_same_name(table, "sqlite_schema") ||
           lm_same_name(table, "sqlite_temp_master") ||
           lm_same_name(table, "sqlite_temp_schema");
}

static bool is_temp(const char *schema)
{
    return schema != NULL && lm_same_name(schema, "temp");
}

static int judge_write(lm_db *db, const char *table, const char *schema,
                       const char *trigger)
{
    if (lm_db_is_own(db, table))
        return refuse_own(db, table);
    if (is_catalogue(table) || is_temp(schema))
        return SQLITE_OK;
    if (db->learning != NULL && trigger == NULL)
        db->learning->writes = true;
    else if (db->learning != NULL)
        db->learning->fires = true;
    return note_touched(db, table);
}

/* `made` is what is made or dropped, `on` the table that it is about. */
static int judge_definition(lm_db *db, const char *made, const char *on,
                            bool temp)
{
    if (lm_db_is_own(db, made))
        return refuse_own(db, made);
    if (lm_db_is_own(db, on))
        return refuse_own(db, on);
    if (temp) {
        db->track.made_temp = true;
        return SQLITE_OK;
    }
    if (db->learning != NULL)
        db->learning->defines = true;
    return on != NULL ? note_touched(db, on) : SQLITE_OK;
}

static int judge_code(lm_db *db, const char *made, const char *on)
{
    db->track.coded = true;
    return judge_definition(db, made, on, false);
}

static int judge_alter(lm_db *db, const char *schema, const char *table)
{
    db->track.altered = true;
    return judge_definition(db, NULL, table, is_temp(schema));
}

static int judge_function(lm_db *db, const char *name)
{
    char text[sizeof db->refusal];

    if (!lm_same_name(name, "load_extension") &&
        !lm_same_name(name, "fts3_tokenizer"))
        return SQLITE_OK;
    snprintf(text, sizeof text, "%s() is not allowed in a migration", name);
    return refuse(db, text);
}

static int judge_schema_action(lm_db *db, int action, const char *a,
                               const char *b)
{
    switch (action) {
    case SQLITE_CREATE_TABLE:
    case SQLITE_DROP_TABLE:
    case SQLITE_CREATE_VTABLE:
    case SQLITE_DROP_VTABLE:
        return judge_definition(db, a, a, false);
    case SQLITE_CREATE_INDEX:
    case SQLITE_DROP_INDEX:
        return judge_definition(db, a, b, false);
    case SQLITE_CREATE_VIEW:
    case SQLITE_DROP_VIEW:
        return judge_code(db, a, NULL);
    case SQLITE_CREATE_TRIGGER:
    case SQLITE_DROP_TRIGGER:
        return judge_code(db, a, b);
    case SQLITE_CREATE_TEMP_TABLE:
    case SQLITE_CREATE_TEMP_VIEW:
    case SQLITE_DROP_TEMP_TABLE:
    case SQLITE_DROP_TEMP_VIEW:
        return judge_definition(db, a, NULL, true);
    case SQLITE_CREATE_TEMP_INDEX:
    case SQLITE_CREATE_TEMP_TRIGGER:
    case SQLITE_DROP_TEMP_INDEX:
    case SQLITE_DROP_TEMP_TRIGGER:
        return judge_definition(db, a, b, true);
    case SQLITE_ALTER_TABLE:
        return judge_alter(db, a, b);
    default:
        return SQLITE_OK;
    }
}

static int judge(lm_db *db, int action, const char *a, const char *b,
                 const char *schema, const char *trigger)
{
    switch (action) {
    case SQLITE_TRANSACTION:
        return judge_transaction(db, a);
    case SQLITE_SAVEPOINT:
        return judge_savepoint(db, a, b);
    case SQLITE_ATTACH:
        return refuse(db, "ATTACH is not allowed in a migration");
    case SQLITE_DETACH:
        return refuse(db, "DETACH is not allowed in a migration");
    case SQLITE_PRAGMA:
        return lm_pragma_verdict(db, a, b) == LM_OK ? SQLITE_OK
                                                    : SQLITE_DENY;
    case SQLITE_FUNCTION:
        return judge_function(db, b);
    case SQLITE_INSERT:
    case SQLITE_UPDATE:
    case SQLITE_DELETE:
        return judge_write(db, a, schema, trigger);
    default:
        return judge_schema_action(db, action, a, b);
    }
}

/* The same of a host's function outside a transaction, whose statements are
 * not ours to know: VACUUM attaches a file without a name, as vacuum_db. */
static bool is_vacuum(const lm_db *db, int action, const char *a,
                      const char *schema)
{
    if (!db->native || !db->own_txn)
        return false;
    return (action == SQLITE_ATTACH && a != NULL && a[0] == '\0') ||
           (schema != NULL && strcmp(schema, "vacuum_db") == 0);
}

static const char altering[] = "not while conn:alter changes a table: a "
    "function that it calls may read, and write nothing";

int lm_db_quiet(lm_db *db)
{
    return !db->altering ? LM_OK
        : lm_err_set(db->err, LM_EFAILED, "%s", altering);
}

static bool only_reads(int action, const char *a, const char *b)
{
    return action == SQLITE_SELECT || action == SQLITE_READ ||
           action == SQLITE_FUNCTION || action == SQLITE_RECURSIVE ||
           (action == SQLITE_PRAGMA && !lm_pragma_sets(a, b));
}

int lm_authorize(void *p, int action, const char *a, const char *b,
                 const char *schema, const char *trigger)
{
    lm_db *db = p;

    if (db->actor == LM_RUNNER) {
        if (db->listener != NULL)
            db->listener(db->listener_user, action, a, b, schema, trigger);
        return SQLITE_OK;
    }
    if (db->altering && !only_reads(action, a, b))
        return refuse(db, altering);
    /* VACUUM works by BEGIN, ATTACH '' and INSERTs of its own while it
     * steps; VACUUM INTO was refused before it was prepared. */
    if ((db->running != NULL && db->running->vacuum) ||
        is_vacuum(db, action, a, schema))
        return SQLITE_OK;
    return judge(db, action, a, b, schema, trigger);
}
