/* SPDX-License-Identifier: MIT */
/*
 * checkup.h - the list that lumigrate_doctor writes.
 *
 *   lm_checkup_new    an empty one; NULL: no memory
 *   lm_checkup_add    one more finding, that all is fine or in doubt
 *   lm_checkup_error  a fault, as an error tells it; the error is cleared
 *   lm_checkup_hint   the remedy, for the last finding
 *   lm_checkup_take   the public list; NULL: memory ran out on the way
 *
 * Failure is sticky, so that nothing is looked at on the way.
 *
 * Ownership: what take gives is the same block as new gave, and is freed by
 * lumigrate_checkup_free; after a failed take too.
 */
#ifndef LM_CHECKUP_H
#define LM_CHECKUP_H

#include "base/err.h"
#include "lumigrate.h"

typedef struct lm_checkup lm_checkup;

lm_checkup *lm_checkup_new(void);
void lm_checkup_add(lm_checkup *c, const char *subject, int level,
                    const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void lm_checkup_error(lm_checkup *c, const char *subject, lm_err *err);
void lm_checkup_hint(lm_checkup *c, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
lumigrate_checkup *lm_checkup_take(lm_checkup *c);

#endif
