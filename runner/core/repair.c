/* SPDX-License-Identifier: MIT */
#include "repair.h"

#include <string.h>

#include "../base/clock.h"

typedef struct repair {
    lm_session *s;
    const char *id;
    lm_folder folder;
    const lm_source *source;    /* NULL: not in the folder */
    lm_changes *out;
} repair;

static int refuse(const repair *r, const char *why, const char *hint)
{
    lm_err_set(r->s->err, LM_EUSAGE, "%s %s", r->id, why);
    lm_err_hint(r->s->err, "%s", hint);
    return LM_EUSAGE;
}

static const char see_status[] = "lumigrate status shows what is edited, "
    "missing and partial";

static int check_accept(const repair *r)
{
    if (lm_ledger_find(r->s->ledger, r->id) == NULL)
        return refuse(r, "is not applied, so there is no edit to accept",
                      r->source != NULL ? "it is pending: lumigrate up "
                      "applies it as it is now" : see_status);
    if (r->source == NULL)
        return refuse(r, "is applied, but its file is missing",
                      "put the file back, or drop the record of it: "
                      "lumigrate repair --forget ID");
    return LM_OK;
}

static int check_forget(const repair *r)
{
    if (lm_ledger_find(r->s->ledger, r->id) == NULL)
        return refuse(r, "is not applied", see_status);
    if (r->source != NULL)
        return refuse(r, "is applied and its file is there: it is not "
                      "missing", "to revert it: lumigrate down; to take "
                      "back only the record: lumigrate baseline --undo ID");
    return LM_OK;
}

static bool is_partial(const repair *r)
{
    const char *last = lm_ledger_last_outcome(r->s->ledger, r->id);

    if (last == NULL)
        return false;
    return strcmp(last, "started") == 0 ||
           (strcmp(last, "interrupted") == 0 &&
            (r->source == NULL || r->source->txn != LM_TXN_ONE));
}

/* There is no progress to forget: why not? */
static int refuse_whole(const repair *r)
{
    const char *last = lm_ledger_last_outcome(r->s->ledger, r->id);
    const char *then = r->source != NULL ? "lumigrate up runs it from its "
        "beginning; nothing is kept of how far it came" : see_status;

    if (last == NULL)
        return refuse(r, "was not begun, so there is no progress to forget",
                      see_status);
    if (strcmp(last, "failed") == 0)
        return refuse(r, "is not partial: it failed", then);
    if (strcmp(last, "interrupted") == 0)
        return refuse(r, "is not partial: it was interrupted and rolled "
                      "back", then);
    return refuse(r, "is not partial", see_status);
}

static int check_restart(const repair *r)
{
    if (lm_ledger_find(r->s->ledger, r->id) != NULL)
        return refuse(r, "is applied, not partial", see_status);
    return is_partial(r) ? LM_OK : refuse_whole(r);
}

static int check(const repair *r, lm_repair_what what)
{
    switch (what) {
    case LM_REPAIR_ACCEPT: return check_accept(r);
    case LM_REPAIR_FORGET: return check_forget(r);
    default: return check_restart(r);
    }
}

static bool is_the_same(const repair *r)
{
    const lm_applied *row = lm_ledger_find(r->s->ledger, r->id);

    return row != NULL && r->source != NULL &&
           strcmp(row->checksum, r->source->checksum) == 0;
}

static int write_row(repair *r, lm_repair_what what, const lm_source *source)
{
    switch (what) {
    case LM_REPAIR_ACCEPT:
        return lm_ledger_accept(r->s->ledger, r->s->db, source);
    case LM_REPAIR_FORGET:
        return lm_ledger_forget(r->s->ledger, r->s->db, r->id);
    default:
        return LM_OK;
    }
}

/* What the history calls a migration whose file is gone. */
static void fill_gone(const repair *r, lm_source *gone)
{
    const lm_applied *row = lm_ledger_find(r->s->ledger, r->id);

    gone->id = (char *)r->id;
    if (row != NULL)
        strncpy(gone->checksum, row->checksum, sizeof gone->checksum - 1);
}

static int write(repair *r, lm_repair_what what)
{
    static const char *const words[] = {"accepted", "forgotten",
                                        "restarted"};
    char now[LM_UTC_SIZE];
    lm_source gone = {0};
    lm_record record = {0};
    lm_origin origin;
    int rc;

    lm_origin_read(&origin);
    lm_clock_utc(now);
    fill_gone(r, &gone);
    record.source = r->source != NULL ? r->source : &gone;
    record.origin = &origin;
    record.action = "repair";
    record.outcome = "recorded";
    record.error = words[what];
    record.started_at = now;
    rc = write_row(r, what, record.source);
    if (rc == LM_OK)
        rc = lm_history_add(r->s->ledger, r->s->db, &record);
    if (rc == LM_OK)
        rc = lm_changes_add(r->out, r->id, words[what], r->s->err);
    r->out->written += rc == LM_OK;
    return rc;
}

static int proceed(repair *r, lm_repair_what what)
{
    bool found;
    int rc = lm_edit_open(r->s, false, &found);

    if (rc == LM_OK)
        rc = check(r, what);
    if (rc != LM_OK)
        return rc;
    if (what == LM_REPAIR_ACCEPT && is_the_same(r))
        return lm_changes_add(r->out, r->id, "already", r->s->err);
    rc = lm_edit_begin(r->s);
    if (rc != LM_OK)
        return rc;
    /* Under the lock things may stand otherwise. */
    rc = check(r, what);
    return lm_edit_end(r->s, rc == LM_OK ? write(r, what) : rc);
}

int lm_repair(lm_session *s, lm_repair_what what, const char *id,
              lm_changes *out)
{
    repair r = {0};
    int rc;

    r.s = s;
    r.id = id;
    r.out = out;
    rc = lm_folder_read(s->folder, &s->engines, s->err, &r.folder);
    if (rc == LM_OK) {
        r.source = lm_folder_find(&r.folder, id);
        rc = proceed(&r, what);
    }
    lm_folder_clear(&r.folder);
    return rc;
}
