/* SPDX-License-Identifier: MIT */
/*
 * kept.h - the texts that ran, as the history keeps them.
 *
 *   lm_kept_read   the text of this ID as it was applied last, or tried last
 *                  where it never was; *out is NULL when it is not known
 *   lm_kept_now    what would be kept of a migration as it is in the folder
 *
 * Ownership: a text belongs to the caller. It is NUL-terminated, and may hold
 * more NULs.
 */
#ifndef LM_CORE_KEPT_H
#define LM_CORE_KEPT_H

#include "session.h"

typedef struct lm_kept {
    char *text;
    size_t len;
    bool attempted;     /* there is an attempt of this ID, whatever is kept */
} lm_kept;

int lm_kept_read(lm_session *s, const char *id, lm_kept *out);
int lm_kept_now(const lm_source *source, lm_err *err, lm_kept *out);

#endif
