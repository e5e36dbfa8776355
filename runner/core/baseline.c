/* SPDX-License-Identifier: MIT */
#include "baseline.h"

#include <stdlib.h>
#include <string.h>

#include "../base/clock.h"

typedef struct baseline {
    lm_session *s;
    lm_folder folder;
    size_t first, end;      /* of the folder's sources: what is meant */
    lm_origin origin;
    char now[LM_UTC_SIZE];
    lm_changes *out;
} baseline;

static int refuse_empty(const baseline *b)
{
    lm_err_set(b->s->err, LM_EUSAGE, "there is no migration in the folder "
               "%s", b->s->folder);
    lm_err_hint(b->s->err, "check --migrations (LUMIGRATE_MIGRATIONS)");
    return LM_EUSAGE;
}

static int unknown(const baseline *b, const char *id)
{
    lm_err_set(b->s->err, LM_EUSAGE, "there is no migration with the ID %s "
               "in %s", id, b->s->folder);
    lm_err_hint(b->s->err, "lumigrate status lists them");
    return LM_EUSAGE;
}

/* Which of the folder's migrations are meant. */
static int aim(baseline *b, lm_baseline_how how, const char *id)
{
    const lm_source *found;

    if (b->folder.sources.count == 0)
        return refuse_empty(b);
    b->end = b->folder.sources.count;
    if (how == LM_BASELINE_ALL)
        return LM_OK;
    found = lm_folder_find(&b->folder, id);
    if (found == NULL)
        return unknown(b, id);
    b->end = (size_t)(found - b->folder.sources.list) + 1;
    if (how == LM_BASELINE_ONLY)
        b->first = b->end - 1;
    return LM_OK;
}

static bool all_recorded(const baseline *b)
{
    size_t i;

    for (i = b->first; i < b->end; i++)
        if (lm_ledger_find(b->s->ledger, b->folder.sources.list[i].id) ==
            NULL)
            return false;
    return true;
}

static lm_record record_of(const baseline *b, const lm_source *source)
{
    lm_record r = {0};

    r.source = source;
    r.origin = &b->origin;
    r.action = "baseline";
    r.outcome = "recorded";
    r.effect = "unknown";
    r.started_at = b->now;
    return r;
}

static int record_one(baseline *b, const lm_source *source)
{
    lm_session *s = b->s;
    lm_record r = record_of(b, source);
    int rc;

    if (lm_ledger_find(s->ledger, source->id) != NULL)
        return lm_changes_add(b->out, source->id, "already", s->err);
    rc = lm_ledger_insert(s->ledger, s->db, &r);
    if (rc == LM_OK)
        rc = lm_history_add(s->ledger, s->db, &r);
    if (rc == LM_OK)
        rc = lm_changes_add(b->out, source->id, "recorded", s->err);
    b->out->written += rc == LM_OK;
    return rc;
}

static int record_all(baseline *b)
{
    size_t i;
    int rc = LM_OK;

    for (i = b->first; i < b->end && rc == LM_OK; i++)
        rc = record_one(b, &b->folder.sources.list[i]);
    return rc;
}

static int record(baseline *b)
{
    bool found;
    int rc = lm_edit_open(b->s, true, &found);

    if (rc != LM_OK)
        return rc;
    if (all_recorded(b))
        return record_all(b);
    rc = lm_edit_begin(b->s);
    return rc == LM_OK ? lm_edit_end(b->s, record_all(b)) : rc;
}

/* Whatever ran for real will run again. */
static void warn_of_rerun(baseline *b, const lm_applied *row)
{
    char *text;

    if (strcmp(row->effect, "unknown") == 0)
        return;
    text = lm_format("%s was not only recorded, it ran: it is pending again "
                     "now, and up runs it once more", row->id);
    if (text != NULL)
        lm_session_warn(b->s, NULL, text);
    free(text);
}

static int remove_row(baseline *b, const char *id)
{
    lm_session *s = b->s;
    const lm_applied *row = lm_ledger_find(s->ledger, id);
    lm_source gone = {0};
    lm_record r;
    int rc;

    if (row == NULL)
        return LM_OK;
    gone.id = (char *)row->id;
    gone.description = (char *)row->description;
    strncpy(gone.checksum, row->checksum, sizeof gone.checksum - 1);
    r = record_of(b, &gone);
    r.error = "undone";
    warn_of_rerun(b, row);
    rc = lm_ledger_forget(s->ledger, s->db, id);
    if (rc == LM_OK)
        rc = lm_history_add(s->ledger, s->db, &r);
    if (rc == LM_OK)
        rc = lm_changes_add(b->out, id, "removed", s->err);
    b->out->written += rc == LM_OK;
    return rc;
}

static int undo(baseline *b, const char *id)
{
    bool found;
    int rc = lm_edit_open(b->s, false, &found);

    if (rc != LM_OK)
        return rc;
    if (!found || lm_ledger_find(b->s->ledger, id) == NULL) {
        lm_err_set(b->s->err, LM_EUSAGE, "%s is not recorded as applied",
                   id);
        lm_err_hint(b->s->err, "lumigrate status lists what is");
        return LM_EUSAGE;
    }
    rc = lm_edit_begin(b->s);
    return rc == LM_OK ? lm_edit_end(b->s, remove_row(b, id)) : rc;
}

int lm_baseline(lm_session *s, lm_baseline_how how, const char *id,
                lm_changes *out)
{
    baseline b = {0};
    int rc;

    b.s = s;
    b.out = out;
    lm_origin_read(&b.origin);
    lm_clock_utc(b.now);
    if (how == LM_BASELINE_UNDO)
        return undo(&b, id);
    rc = lm_folder_read(s->folder, &s->engines, s->err, &b.folder);
    if (rc == LM_OK)
        rc = aim(&b, how, id);
    if (rc == LM_OK)
        rc = record(&b);
    lm_folder_clear(&b.folder);
    return rc;
}
