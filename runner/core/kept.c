/* SPDX-License-Identifier: MIT */
#include "kept.h"

#include <stdlib.h>
#include <string.h>

static int take(void *user, lm_db *db, const lm_value *row)
{
    lm_kept *out = user;

    out->attempted = true;
    if (row->type != LM_TEXT && row->type != LM_BLOB)
        return LM_OK;
    free(out->text);
    out->len = row->as.text.size;
    out->text = lm_strndup(row->as.text.bytes, out->len);
    return out->text == NULL ? lm_err_nomem(lm_db_err(db)) : LM_OK;
}

int lm_kept_read(lm_session *s, const char *id, lm_kept *out)
{
    bool found;
    int rc;

    memset(out, 0, sizeof *out);
    rc = lm_session_open(s, LM_DB_READ, &found);
    if (rc == LM_OK && found)
        rc = lm_ledger_look(s->ledger, s->db);
    if (rc == LM_OK && found)
        rc = lm_history_text(s->ledger, s->db, id, take, out);
    if (rc != LM_OK) {
        free(out->text);
        out->text = NULL;
    }
    return rc;
}

int lm_kept_now(const lm_source *source, lm_err *err, lm_kept *out)
{
    int rc;

    memset(out, 0, sizeof *out);
    rc = source->engine->keep(source->context, source, err, &out->text,
                              &out->len);
    if (rc != LM_OK || out->text != NULL)
        return rc;
    out->text = lm_strndup(source->text, source->len);
    out->len = source->len;
    return out->text == NULL ? lm_err_nomem(err) : LM_OK;
}
