/* SPDX-License-Identifier: MIT */
/*
 * access.h - whether the file system lets this process in, and what to say
 * when it does not: who we are, whose it is, its mode, and the remedy.
 *
 *   lm_access_refused  a file or folder that may not be read, written, ...
 *   lm_access_way      a folder on the way to a path that may not be entered
 *   lm_access_explain  the way first, then what stands at its end
 *
 * Each returns LM_EUSAGE with err set, or LM_OK with err as it was when there
 * is nothing to say. `what` is what was to be done: "read the database".
 */
#ifndef LM_BASE_ACCESS_H
#define LM_BASE_ACCESS_H

#include "err.h"

int lm_access_refused(lm_err *err, const char *what, const char *path);
int lm_access_way(lm_err *err, const char *path);
int lm_access_explain(lm_err *err, const char *what, const char *path);

#endif
