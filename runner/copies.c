/* SPDX-License-Identifier: MIT */
/* Backups, dumps and differences, as the public header has them. */
#include <stdlib.h>

#include "core/backup.h"
#include "core/compare.h"
#include "core/load.h"
#include "core/look.h"
#include "core/restore.h"
#include "db/dump.h"
#include "handle.h"

static int missing(lumigrate *lm)
{
    return lm_err_set(&lm->err, LM_EUSAGE, "the database %s does not exist",
                      lm->session.path);
}

/* A path that the handle keeps until the next call. */
static void hand_out(lumigrate *lm, char *path, const char **out)
{
    free(lm->made);
    lm->made = path;
    if (out != NULL)
        *out = path;
}

int lumigrate_backup(lumigrate *lm, const lumigrate_copy *copy,
                     const char **made)
{
    lm_backup how = {0};
    char *path = NULL;
    bool found = false;
    int rc = lm_handle_begin(lm);

    if (made != NULL)
        *made = NULL;
    if (rc != LM_OK)
        return rc;
    if (copy != NULL) {
        how.to = copy->to;
        how.keep = copy->keep > 0 ? (size_t)copy->keep : 0;
        how.replace = copy->replace != 0;
    }
    rc = lm_session_open(&lm->session, LM_DB_READ, &found);
    if (rc == LM_OK && !found)
        rc = missing(lm);
    if (rc == LM_OK)
        rc = lm_backup_make(&lm->session, &how, &path);
    hand_out(lm, path, made);
    return lm_handle_end_whole(lm, rc);
}

int lumigrate_restore(lumigrate *lm, const char *file, int force,
                      const char **aside)
{
    char *path = NULL;
    int rc = lm_handle_begin(lm);

    if (aside != NULL)
        *aside = NULL;
    if (rc != LM_OK)
        return rc;
    rc = lm_restore(&lm->session, file, force != 0, &path);
    hand_out(lm, path, aside);
    return lm_handle_end_whole(lm, rc);
}

static int dump(lumigrate *lm, char **text, unsigned long *len)
{
    lm_buf out = {0};
    lm_look look = {0};
    bool found = false;
    int rc = lm_session_open(&lm->session, LM_DB_READ, &found);

    if (rc == LM_OK && !found)
        rc = missing(lm);
    /* What bears the name of our history and is not ours would be left out. */
    if (rc == LM_OK)
        rc = lm_look_at(lm->session.db, lm->session.table, &look);
    if (rc == LM_OK)
        rc = lm_dump(lm->session.db, &out);
    *len = out.len;
    *text = rc == LM_OK ? lm_buf_take(&out) : NULL;
    lm_buf_clear(&out);
    return rc;
}

int lumigrate_dump(lumigrate *lm, char **text, unsigned long *len)
{
    int rc = lm_handle_begin(lm);

    *text = NULL;
    *len = 0;
    return rc == LM_OK ? lm_handle_end(lm, dump(lm, text, len)) : rc;
}

int lumigrate_load(lumigrate *lm, const char *text, unsigned long len,
                   long *objects, long *migrations)
{
    lm_loaded loaded = {0};
    int rc = lm_handle_begin(lm);

    if (rc == LM_OK) {
        rc = lm_load(&lm->session, text, len, &loaded);
        rc = lm_handle_end_whole(lm, rc);
    }
    if (objects != NULL)
        *objects = (long)loaded.objects;
    if (migrations != NULL)
        *migrations = (long)loaded.migrations;
    return rc;
}

/* What the public pointer points into. */
typedef struct comparison {
    lumigrate_comparison shown;
    lumigrate_contrast *list;
    lm_differences found;
} comparison;

static int change_of(lm_change change)
{
    switch (change) {
    case LM_ONLY_A: return LUMIGRATE_ONLY_A;
    case LM_ONLY_B: return LUMIGRATE_ONLY_B;
    case LM_DIFFERENT: return LUMIGRATE_DIFFERENT;
    }
    return 0;
}

static void show_differences(comparison *c)
{
    size_t i;

    for (i = 0; i < c->found.count; i++) {
        const lm_difference *from = &c->found.list[i];
        lumigrate_contrast *to = &c->list[i];

        to->kind = lm_object_word(from->kind);
        to->name = from->name;
        to->change = change_of(from->change);
        to->a_sql = from->a_sql;
        to->b_sql = from->b_sql;
        to->detail_count = (long)from->detail_count;
        to->details = (const char *const *)from->details;
    }
    c->shown.count = (long)c->found.count;
    c->shown.differences = c->list;
}

static int compare(lumigrate *lm, const char *a, const char *b,
                   comparison *c)
{
    int rc = lm_compare(&lm->session, a, b, &c->found);

    if (rc != LM_OK)
        return rc;
    c->list = calloc(c->found.count + 1, sizeof *c->list);
    if (c->list == NULL)
        return lm_err_nomem(&lm->err);
    show_differences(c);
    return LM_OK;
}

int lumigrate_diff(lumigrate *lm, const char *a, const char *b,
                   lumigrate_comparison **out)
{
    comparison *c;
    int rc = lm_handle_begin(lm);

    *out = NULL;
    if (rc != LM_OK)
        return rc;
    c = calloc(1, sizeof *c);
    rc = c == NULL ? lm_err_nomem(&lm->err) : compare(lm, a, b, c);
    if (rc == LM_OK)
        *out = &c->shown;
    else if (c != NULL)
        lumigrate_comparison_free(&c->shown);
    return lm_handle_end(lm, rc);
}

void lumigrate_comparison_free(lumigrate_comparison *shown)
{
    comparison *c = (comparison *)shown;

    if (c == NULL)
        return;
    lm_diff_clear(&c->found);
    free(c->list);
    free(c);
}
