/* SPDX-License-Identifier: MIT */
/* Texts that ran: what lumigrate_text and lumigrate_difference give. */
#include <stdlib.h>
#include <string.h>

#include "core/kept.h"
#include "handle.h"
#include "lex/linediff.h"

/* So many lines of a difference are shown. */
enum { LM_MOST_SHOWN = 60 };

int lm_text_new(lumigrate *lm, const char *id, char **out,
                unsigned long *len)
{
    lm_kept kept;
    int rc = lm_kept_read(&lm->session, id, &kept);

    if (rc != LM_OK)
        return rc;
    if (kept.text == NULL && kept.attempted)
        return lm_err_set(&lm->err, LM_EUSAGE, "the text of %s is not in "
                          "the history: it was recorded without running",
                          id);
    if (kept.text == NULL) {
        lm_err_set(&lm->err, LM_EUSAGE, "there is no attempt of %s in the "
                   "history", id);
        lm_err_hint(&lm->err, "lumigrate history lists them");
        return LM_EUSAGE;
    }
    *out = kept.text;
    *len = (unsigned long)kept.len;
    return LM_OK;
}

static int compare(lumigrate *lm, const lm_kept *then, const lm_source *now,
                   char **out)
{
    lm_difftext a = {then->text, then->len}, b;
    lm_buf text = {0};
    lm_kept kept;
    int rc = lm_kept_now(now, &lm->err, &kept);

    if (rc != LM_OK)
        return rc;
    b.text = kept.text;
    b.len = kept.len;
    if (lm_linediff(&a, &b, LM_MOST_SHOWN, &text))
        *out = text.len == 0 ? lm_strdup("") : lm_buf_take(&text);
    if (*out == NULL)
        rc = lm_err_nomem(&lm->err);
    lm_buf_clear(&text);
    free(kept.text);
    return rc;
}

int lm_difference_new(lumigrate *lm, const char *id, char **out)
{
    lm_session *s = &lm->session;
    const lm_source *source;
    lm_folder folder = {0};
    lm_kept then;
    int rc = lm_kept_read(s, id, &then);

    if (rc != LM_OK || then.text == NULL)
        return rc;
    rc = lm_folder_read(s->folder, &s->engines, &lm->err, &folder);
    source = rc == LM_OK ? lm_folder_find(&folder, id) : NULL;
    if (source != NULL && lm_ledger_find(s->ledger, id) != NULL)
        rc = compare(lm, &then, source, out);
    free(then.text);
    lm_folder_clear(&folder);
    return rc;
}
