/* SPDX-License-Identifier: MIT */
#include "lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "access.h"
#include "clock.h"

/* So long a wait is not worth a word; ms. */
enum { LM_LOCK_UNTOLD = 1000 };

static int wait_for(int fd, const char *path, const lm_patience *p,
                    lm_err *err)
{
    const struct timespec nap = {0, 10 * 1000000L};
    double begun = lm_clock_ms(), waited;
    bool told = false;
    int rc;

    while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return lm_err_set(err, LM_EUSAGE, "cannot lock the folder %s: "
                              "%s", path, strerror(errno));
        rc = p->stop == NULL ? LM_OK : p->stop(p->user, err);
        if (rc != LM_OK)
            return rc;
        waited = lm_clock_ms() - begun;
        if (waited >= p->timeout)
            return lm_err_set(err, LM_EBUSY, "another process runs a "
                              "migration outside a transaction, or one "
                              "that backs up first, on a database in %s",
                              path);
        if (waited >= LM_LOCK_UNTOLD && !told && p->waiting != NULL) {
            told = true;
            p->waiting(p->user);
        }
        nanosleep(&nap, NULL);
    }
    return LM_OK;
}

int lm_lock_folder(const char *path, const lm_patience *patience,
                   lm_err *err, int *fd)
{
    int rc;

    *fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (*fd < 0 && errno == EACCES &&
        lm_access_explain(err, "read the folder", path) != LM_OK)
        return err->code;
    if (*fd < 0)
        return lm_err_set(err, LM_EUSAGE, "cannot open the folder %s: %s",
                          path, strerror(errno));
    rc = wait_for(*fd, path, patience, err);
    if (rc != LM_OK) {
        close(*fd);
        *fd = -1;
    }
    return rc;
}

void lm_lock_release(int fd)
{
    if (fd >= 0)
        close(fd);
}
