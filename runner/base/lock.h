/* SPDX-License-Identifier: MIT */
/*
 * lock.h - a lock on a folder, without making a file.
 *
 *   lm_lock_folder   flock(2) on the folder itself, waiting at most so long;
 *                    *fd is the lock
 *   lm_lock_release  let go; the kernel does so too when the process dies
 */
#ifndef LM_BASE_LOCK_H
#define LM_BASE_LOCK_H

#include "err.h"

/* How long to wait, and whom to ask now and then whether to give up. */
typedef struct lm_patience {
    double timeout;     /* ms */
    void *user;
    int (*stop)(void *user, lm_err *err);   /* NULL: nobody is asked */
    void (*waiting)(void *user);    /* told once, when it takes long; NULL */
} lm_patience;

/* LM_EBUSY after the timeout; LM_EUSAGE when the folder cannot be opened. */
int lm_lock_folder(const char *path, const lm_patience *patience,
                   lm_err *err, int *fd);
void lm_lock_release(int fd);

#endif
