/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <stdlib.h>
#include <string.h>

#include "../base/text.h"
#include "internal.h"

void lm_track_clear(lm_track *track)
{
    lm_names_clear(&track->touched);
    lm_names_clear(&track->looked);
    lm_names_clear(&track->linked);
    lm_names_clear(&track->mismatched);
    lm_names_clear(&track->sound);
    free(track->broken);
    free(track->before);
    free(track->swaps);
    memset(track, 0, sizeof *track);
}

static int read_marks(lm_db *db, int64_t *schema, int64_t *user,
                      int64_t *application)
{
    int rc = lm_db_integer(db, "PRAGMA main.schema_version", 0, schema);

    if (rc == LM_OK)
        rc = lm_db_integer(db, "PRAGMA main.user_version", 0, user);
    if (rc == LM_OK)
        rc = lm_db_integer(db, "PRAGMA main.application_id", 0,
                           application);
    return rc;
}

int lm_check_begin(lm_db *db)
{
    lm_track *t = &db->track;
    int rc;

    lm_track_clear(t);
    rc = read_marks(db, &t->schema, &t->user_version, &t->application_id);
    if (rc == LM_OK)
        rc = lm_links_read(db, t->schema);
    return rc;
}

/* No foreign key is made without this word. */
static bool says_references(const char *sql, size_t len)
{
    static const char word[] = "references";
    size_t i, n = sizeof word - 1;

    for (i = 0; i + n <= len; i++)
        if ((sql[i] | 0x20) == 'r' &&
            lm_same_name_n(sql + i, n, word, n))
            return true;
    return false;
}

/* Called before a script's statement runs for the first time, when it is
 * already known what it will touch and nothing has happened yet. */
int lm_track_before(lm_db *db, const lm_stmt *stmt)
{
    int rc = LM_OK;

    if (db->track.seen < db->track.touched.count)
        rc = lm_foreign_before(db);
    if (stmt->trait.defines && says_references(stmt->sql, stmt->len))
        db->track.referring = true;
    if (rc == LM_OK && stmt->trait.defines && !db->track.compiled &&
        db->has_code)
        rc = lm_code_before(db);
    return rc;
}

int lm_check_end(lm_db *db)
{
    const lm_track *t = &db->track;
    int64_t schema;
    int rc;

    rc = lm_db_integer(db, "PRAGMA main.schema_version", 0, &schema);
    if (rc == LM_OK && schema != db->links_at)
        rc = lm_links_refresh(db, schema);
    if (rc == LM_OK && t->touched.count > 0 && db->link_count > 0)
        rc = lm_foreign_after(db);
    if (rc == LM_OK && schema != t->schema && t->compiled)
        rc = lm_code_after(db);
    return rc;
}

int lm_effect_read(lm_db *db, lm_effect *out)
{
    const lm_track *t = &db->track;
    int64_t schema, user, application;
    int rc = read_marks(db, &schema, &user, &application);

    out->rows = t->rows;
    out->changed = t->rows > 0 || t->fired || schema != t->schema ||
                   user != t->user_version ||
                   application != t->application_id;
    return rc;
}
