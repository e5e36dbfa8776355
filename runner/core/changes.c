/* SPDX-License-Identifier: MIT */
#include "changes.h"

#include <stdlib.h>
#include <string.h>

#include "../base/clock.h"
#include "../base/list.h"
#include "../db/txn.h"

int lm_changes_add(lm_changes *c, const char *id, const char *what,
                   lm_err *err)
{
    lm_change *grown = lm_list_grow(c->list, c->count, &c->size,
                                    sizeof *grown);

    if (grown == NULL)
        return lm_err_nomem(err);
    c->list = grown;
    grown[c->count].what = what;
    grown[c->count].id = lm_arena_add(&c->strings, id, strlen(id));
    if (grown[c->count].id == NULL)
        return lm_err_nomem(err);
    c->count++;
    return LM_OK;
}

void lm_changes_clear(lm_changes *c)
{
    free(c->list);
    lm_arena_clear(&c->strings);
    memset(c, 0, sizeof *c);
}

int lm_edit_open(lm_session *s, bool make, bool *found)
{
    int rc = lm_session_open(s, LM_DB_WRITE, found);

    if (rc == LM_OK && !*found && make && s->no_create)
        return lm_err_set(s->err, LM_EUSAGE, "the database %s does not "
                          "exist, and is not to be made", s->path);
    if (rc == LM_OK && !*found && make)
        rc = lm_session_open(s, LM_DB_CREATE, found);
    if (rc == LM_OK && *found)
        rc = lm_ledger_look(s->ledger, s->db);
    if (rc == LM_OK && *found)
        rc = lm_ledger_look_closer(s->ledger, s->db);
    return rc;
}

int lm_edit_make(lm_session *s)
{
    lm_event event = {.type = LM_EVENT_LEDGER};
    int rc = lm_ledger_make(s->ledger, s->db, &event.text);

    if (rc != LM_OK)
        return rc;
    event.len = event.text == NULL ? 0 : strlen(event.text);
    lm_session_emit(s, &event);
    return LM_OK;
}

int lm_edit_begin(lm_session *s)
{
    double before = lm_clock_ms();
    int rc = lm_txn_begin(s->db);

    s->waited_ms += lm_clock_since(before);
    if (rc != LM_OK)
        return rc;
    rc = lm_edit_make(s);
    return rc == LM_OK ? LM_OK : lm_edit_end(s, rc);
}

int lm_edit_end(lm_session *s, int rc)
{
    if (rc == LM_OK)
        rc = lm_stop_ask(&s->stop, s->err);
    if (rc == LM_OK)
        return lm_txn_commit(s->db);
    s->stop.muted = true;
    lm_txn_rollback(s->db);
    s->stop.muted = false;
    return rc;
}
