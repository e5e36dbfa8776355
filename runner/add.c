/* SPDX-License-Identifier: MIT */
/* Migrations that the host program brings along, and a folder as C. */
#include <stdlib.h>
#include <string.h>

#include "core/bundle.h"
#include "handle.h"
#include "native/native.h"

_Static_assert((int)LUMIGRATE_ERROR_SIZE == (int)LM_NATIVE_ERROR,
               "one size in both places");

static int add_function(lumigrate *lm, const lumigrate_migration *m)
{
    lm_native n = {0};
    const void *host = NULL;
    int rc;

    n.id = m->id;
    n.description = m->description;
    n.version = m->version;
    n.up = m->up;
    n.down = m->down;
    n.user = m->user;
    n.txn = m->outside != 0 ? LM_TXN_NONE : LM_TXN_ONE;
    n.foreign_keys = m->foreign_keys != 0;
    rc = lm_natives_add(lm->natives, &n, &lm->err, &host);
    return rc == LM_OK ? lm_added_host(&lm->added, m->id, host, &lm->err)
                       : rc;
}

static int add_kept(lumigrate *lm, const lumigrate_migration *m, size_t len)
{
    lm_added_one one = {0};

    if (m->id == NULL)
        return lm_err_set(&lm->err, LM_EUSAGE, "%s has a checksum and no ID",
                          m->file);
    one.file = (char *)m->file;
    one.id = (char *)m->id;
    one.checksum = (char *)m->checksum;
    one.text = (char *)m->text;
    one.len = len;
    one.rank = m->order > 0 ? (size_t)m->order : 0;
    return lm_added_kept(&lm->added, &one, &lm->err);
}

static int add_text(lumigrate *lm, const lumigrate_migration *m)
{
    size_t len;

    if (m->file == NULL || m->text == NULL)
        return lm_err_set(&lm->err, LM_EUSAGE, "a migration needs a function "
                          "(up), or a file's name and text");
    len = m->text_len > 0 ? (size_t)m->text_len : strlen(m->text);
    return m->checksum != NULL ? add_kept(lm, m, len)
        : lm_added_text(&lm->added, m->file, m->text, len, &lm->err);
}

int lumigrate_add(lumigrate *lm, const lumigrate_migration *migration)
{
    int rc = lm_handle_begin(lm);

    if (rc != LM_OK)
        return rc;
    if (migration == NULL)
        rc = lm_err_set(&lm->err, LM_EUSAGE, "no migration was given (it is "
                        "NULL)");
    else if (migration->up != NULL && migration->text != NULL)
        rc = lm_err_set(&lm->err, LM_EUSAGE, "a migration is a function or a "
                        "text, not both");
    else if (migration->up != NULL)
        rc = add_function(lm, migration);
    else
        rc = add_text(lm, migration);
    return lm_handle_end(lm, rc);
}

int lumigrate_bundle(lumigrate *lm, const char *name, char **text,
                     unsigned long *len)
{
    lm_buf out = {0};
    int rc = lm_handle_begin(lm);

    *text = NULL;
    *len = 0;
    if (rc != LM_OK)
        return rc;
    rc = lm_bundle(&lm->session, name != NULL ? name : "add_migrations",
                   &out);
    *len = out.len;
    if (rc == LM_OK)
        *text = lm_buf_take(&out);
    lm_buf_clear(&out);
    return lm_handle_end(lm, rc);
}
