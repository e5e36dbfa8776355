/* SPDX-License-Identifier: MIT */
/*
 * load.h - a dump into an empty database.
 *
 *   lm_load   all of it in one transaction, with a history row for each
 *             migration of the dump's ledger; refused, or failed, it leaves
 *             nothing
 */
#ifndef LM_CORE_LOAD_H
#define LM_CORE_LOAD_H

#include "session.h"

typedef struct lm_loaded {
    size_t objects, migrations;
} lm_loaded;

int lm_load(lm_session *s, const char *text, size_t len, lm_loaded *out);

#endif
