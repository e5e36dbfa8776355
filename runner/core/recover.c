/* SPDX-License-Identifier: MIT */
/* After a process that ran a migration was killed. */
#include <string.h>

#include "../base/clock.h"
#include "../base/text.h"
#include "up.h"

/* Had it committed after all? One that ran again had its row before; a way
 * down has taken its row with it. */
static int find_out(lm_session *s, const lm_loss *loss, bool *committed)
{
    bool applied = lm_ledger_find(s->ledger, loss->id) != NULL;

    *committed = applied != loss->down;
    if (loss->down || !applied || s->last_attempt < 0 ||
        !s->ledger->has_history)
        return LM_OK;
    return lm_history_done(s->ledger, s->db, loss->id, s->last_attempt,
                           committed);
}

/* Whatever was left half done is rolled back by the first read of the file
 * (sqlite.org/lockingv3.html, hot journals). */
static int open_again(lm_session *s, const lm_loss *loss, bool *committed)
{
    bool found;
    int rc = lm_session_open(s, LM_DB_WRITE, &found);

    *committed = false;
    if (rc != LM_OK || !found)
        return rc;
    rc = lm_ledger_look(s->ledger, s->db);
    if (rc == LM_OK && s->ledger->exists)
        rc = lm_ledger_look_closer(s->ledger, s->db);
    return rc == LM_OK ? find_out(s, loss, committed) : rc;
}

static int record(lm_session *s, const lm_loss *loss,
                  const lm_source *source)
{
    char now[LM_UTC_SIZE];
    lm_record r = {0};
    lm_origin origin;

    if (source == NULL || !s->ledger->has_history)
        return LM_OK;
    r.source = source;
    if (loss->interrupted)
        lm_db_hurry(s->db, LM_STOP_WAIT);
    lm_origin_read(&origin);
    lm_clock_utc(now);
    r.origin = &origin;
    r.action = loss->down ? "down"
        : lm_ledger_find(s->ledger, loss->id) != NULL ? "reapply" : "up";
    r.outcome = loss->interrupted ? "interrupted" : "failed";
    r.error = loss->reason;
    r.started_at = now;
    return lm_history_fail(s->ledger, s->db, &r);
}

/* What was applied has its text in the history already. */
static int record_applied(lm_session *s, const lm_loss *loss)
{
    const lm_applied *row = lm_ledger_find(s->ledger, loss->id);
    lm_source source = {0};

    strncpy(source.checksum, row->checksum, sizeof source.checksum - 1);
    source.id = lm_strdup(loss->id);
    if (source.id == NULL)
        return lm_err_nomem(s->err);
    record(s, loss, &source);
    lm_source_clear(&source);
    return s->err->code;
}

static int record_file(lm_session *s, const lm_loss *loss)
{
    lm_folder folder = {0};
    int rc = lm_folder_read(s->folder, &s->engines, s->err, &folder);

    if (rc == LM_OK)
        rc = record(s, loss, lm_folder_find(&folder, loss->id));
    lm_folder_clear(&folder);
    return rc;
}

int lm_recover(lm_session *s, const lm_loss *loss, bool *committed)
{
    int rc = open_again(s, loss, committed);

    if (rc != LM_OK || *committed || s->db == NULL || loss->id[0] == '\0')
        return rc;
    return loss->down && !loss->from_file ? record_applied(s, loss)
                                          : record_file(s, loss);
}
