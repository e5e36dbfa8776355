/* SPDX-License-Identifier: MIT */
/* Backups and the way back, as the public header has them. */
#include <stdlib.h>

#include "core/backup.h"
#include "core/restore.h"
#include "handle.h"

static int missing(lumigrate *lm)
{
    return lm_err_set(&lm->err, LM_EUSAGE, "the database %s does not exist",
                      lm->session.path);
}

static void unchanged(lumigrate *lm, int rc)
{
    if (rc != LM_OK)
        lm->state = lm_strdup("nothing was changed");
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
    unchanged(lm, rc);
    return lm_handle_end(lm, rc);
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
    unchanged(lm, rc);
    return lm_handle_end(lm, rc);
}
