/* SPDX-License-Identifier: MIT */
/*
 * dbmate.h - files with `-- migrate:up` and `-- migrate:down` marks.
 *
 *   lm_dbmate_mark    is this comment one of the marks?
 *   lm_dbmate_parse   the parts of a file: what is up, what is down
 *
 * A mark is a comment at the beginning of a line; case counts, blanks after
 * the dashes do not. Of the options behind it only transaction:false acts.
 * Before the first up there may be blank lines and -- comments alone. Several
 * up parts run one after another; with transaction:false at any of them the
 * whole file runs outside a transaction.
 */
#ifndef LM_SQLFILE_DBMATE_H
#define LM_SQLFILE_DBMATE_H

#include <stdbool.h>
#include <stddef.h>

#include "../base/err.h"

typedef struct lm_part {
    size_t start, size;     /* of the SQL between two marks */
    bool up;
} lm_part;

typedef struct lm_parts {
    lm_part *list;          /* belongs to the caller: free() */
    size_t count, size;
    bool no_transaction;
} lm_parts;

bool lm_dbmate_mark(const char *comment, size_t len);
int lm_dbmate_parse(const char *text, size_t len, lm_err *err,
                    lm_parts *out);

#endif
