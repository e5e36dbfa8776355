/* SPDX-License-Identifier: MIT */
#include "access.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "text.h"

static void add_remedy(lm_err *err, const struct stat *st, const char *path)
{
    if (st->st_uid == geteuid())
        lm_err_hint(err, "chmod u+rw%s %s", S_ISDIR(st->st_mode) ? "x" : "",
                    path);
    else
        lm_err_hint(err, "chown %lu %s, run as its owner, or set fsGroup "
                    "for the volume", (unsigned long)geteuid(), path);
}

int lm_access_refused(lm_err *err, const char *what, const char *path)
{
    struct stat st;

    if (stat(path, &st) != 0)
        return LM_OK;
    lm_err_set(err, LM_EUSAGE, "no permission to %s %s: this process is uid "
               "%lu, gid %lu; it belongs to uid %lu, gid %lu and has mode "
               "%04o", what, path, (unsigned long)geteuid(),
               (unsigned long)getegid(), (unsigned long)st.st_uid,
               (unsigned long)st.st_gid, (unsigned)(st.st_mode & 07777));
    add_remedy(err, &st, path);
    return LM_EUSAGE;
}

/* The first folder on the way that cannot be entered is the one: behind it
 * nothing can be seen. */
int lm_access_way(lm_err *err, const char *path)
{
    const char *s;
    char *folder;
    int rc = LM_OK;

    for (s = path; *s != '\0' && rc == LM_OK; s++) {
        if (*s != '/')
            continue;
        folder = lm_strndup(path, s == path ? 1 : (size_t)(s - path));
        if (folder == NULL)
            return lm_err_nomem(err);
        if (access(folder, X_OK) != 0 && errno == EACCES)
            rc = lm_access_refused(err, "enter the folder", folder);
        free(folder);
    }
    return rc;
}

int lm_access_explain(lm_err *err, const char *what, const char *path)
{
    int rc = lm_access_way(err, path);

    return rc != LM_OK ? rc : lm_access_refused(err, what, path);
}
