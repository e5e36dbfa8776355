/* SPDX-License-Identifier: MIT */
/* After a process that ran a migration was killed. */
#include "../base/clock.h"
#include "up.h"

/* Had it committed after all? One that ran again had its row before. */
static int find_out(lm_session *s, const lm_loss *loss, bool *applied)
{
    *applied = lm_ledger_find(s->ledger, loss->id) != NULL;
    if (!*applied || s->last_attempt < 0 || !s->ledger->has_history)
        return LM_OK;
    return lm_history_done(s->ledger, s->db, loss->id, s->last_attempt,
                           applied);
}

/* Whatever was left half done is rolled back by the first read of the file
 * (sqlite.org/lockingv3.html, hot journals). */
static int open_again(lm_session *s, const lm_loss *loss, bool *applied)
{
    bool found;
    int rc = lm_session_open(s, LM_DB_WRITE, &found);

    *applied = false;
    if (rc != LM_OK || !found)
        return rc;
    rc = lm_ledger_look(s->ledger, s->db);
    if (rc == LM_OK && s->ledger->exists)
        rc = lm_ledger_look_closer(s->ledger, s->db);
    return rc == LM_OK ? find_out(s, loss, applied) : rc;
}

static int record(lm_session *s, const lm_loss *loss,
                  const lm_folder *folder)
{
    char now[LM_UTC_SIZE];
    lm_record r = {0};
    lm_origin origin;

    r.source = lm_folder_find(folder, loss->id);
    if (r.source == NULL || !s->ledger->has_history)
        return LM_OK;
    lm_origin_read(&origin);
    lm_clock_utc(now);
    r.origin = &origin;
    r.action = lm_ledger_find(s->ledger, loss->id) != NULL ? "reapply"
                                                           : "up";
    r.outcome = loss->interrupted ? "interrupted" : "failed";
    r.error = loss->reason;
    r.started_at = now;
    return lm_history_fail(s->ledger, s->db, &r);
}

int lm_recover(lm_session *s, const lm_loss *loss, bool *applied)
{
    lm_folder folder = {0};
    int rc = open_again(s, loss, applied);

    if (rc != LM_OK || *applied || s->db == NULL)
        return rc;
    rc = lm_folder_read(s->folder, &s->engines, s->err, &folder);
    if (rc == LM_OK)
        rc = record(s, loss, &folder);
    lm_folder_clear(&folder);
    return rc;
}
