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
    out->text = malloc(out->len + 1);
    if (out->text == NULL)
        return lm_err_nomem(lm_db_err(db));
    memcpy(out->text, row->as.text.bytes, out->len);
    out->text[out->len] = '\0';
    return LM_OK;
}

/* A text is kept once for its checksum: that of the ledger's row, or of the
 * last attempt that was done, or of the last one at all. */
static int read_kept(lm_session *s, const char *id, lm_kept *out)
{
    const lm_applied *row = lm_ledger_find(s->ledger, id);
    const char *h = s->ledger->history;
    char *sql = lm_format(
        "SELECT (SELECT t.source FROM main.%s t WHERE t.id = ?1 AND "
        "t.checksum = h.checksum AND t.source IS NOT NULL LIMIT 1) FROM "
        "main.%s h WHERE h.id = ?1 ORDER BY h.checksum IS ?2 DESC, "
        "h.outcome = 'done' AND h.action IN ('up', 'reapply') DESC, "
        "h.seq DESC LIMIT 1", h, h);
    lm_value v[2];
    int rc;

    v[0] = lm_text_of(id);
    v[1] = lm_text_of(row == NULL ? "" : row->checksum);
    rc = sql == NULL ? lm_err_nomem(s->err)
                     : lm_db_each(s->db, sql, v, 2, take, out);
    free(sql);
    return rc;
}

int lm_kept_read(lm_session *s, const char *id, lm_kept *out)
{
    bool found;
    int rc;

    memset(out, 0, sizeof *out);
    rc = lm_session_open(s, LM_DB_READ, &found);
    if (rc == LM_OK && found)
        rc = lm_ledger_look(s->ledger, s->db);
    if (rc == LM_OK && found && s->ledger->has_history)
        rc = read_kept(s, id, out);
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
