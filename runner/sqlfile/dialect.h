/* SPDX-License-Identifier: MIT */
/*
 * dialect.h - the tools whose SQL files run here, one row for each.
 *
 *   lm_dialect_named   the row of this name ("plain" is "sql"), or NULL
 *   lm_dialect_of      the row of a source, by its kind
 *   lm_dialect_each    row after row
 *   lm_dialect_parse   the parts of one file of a source: its text or, with
 *                      `down`, its down_text
 *
 * What a tool's files look like stands in a small file of its own; nothing
 * outside of the table knows how many tools there are. Rows are constant.
 */
#ifndef LM_SQLFILE_DIALECT_H
#define LM_SQLFILE_DIALECT_H

#include "../engine/engine.h"
#include "../lex/fingerprint.h"
#include "claim.h"
#include "expand.h"
#include "parts.h"

struct lm_dialect {
    const char *name;       /* a source's kind */
    /* Its tool wraps a file in a transaction, unless the file opts out. */
    bool wraps;
    /* The comments that mean something to it; NULL: none does. */
    lm_directive_fn directive;
    /* Cut one file at its marks. NULL: it has none. */
    int (*parse)(const char *text, size_t len, lm_err *err, lm_parts *out);
    /* Put variables into a part; NULL: there are none. */
    int (*expand)(const lm_expansion *from, lm_err *err, lm_expanded *out);
    /* Claim what is the dialect's in a folder. */
    int (*claim)(lm_claim *c);
};

const lm_dialect *lm_dialect_named(const char *name);
const lm_dialect *lm_dialect_of(const lm_source *source);
const lm_dialect *lm_dialect_each(size_t index);
int lm_dialect_parse(const lm_source *source, bool down, lm_err *err,
                     lm_parts *out);

#endif
