/* SPDX-License-Identifier: MIT */
/*
 * sqltext.h - pieces of SQL text: names without their quotes, and whether two
 * pieces say the same.
 *
 *   lm_sqltext_name    the name that one token spells: x, "x", 'x', `x`, [x]
 *   lm_sqltext_same    are two pieces equal token by token? Blanks and
 *                      comments do not count, nor the ASCII case of words;
 *                      a name is the same with and without its quotes;
 *                      strings, numbers and operators compare exactly
 *   lm_sqltext_canon   the text that is the same for all such pieces
 *   lm_sqltext_trim    a span without blanks and comments at its ends
 *
 *   lm_sqltext_is_reserved   is the bare word one that can be no name?
 *
 * Ownership: lm_sqltext_name gives memory of the arena.
 */
#ifndef LM_LEX_SQLTEXT_H
#define LM_LEX_SQLTEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "../base/arena.h"
#include "../base/buf.h"
#include "createtable.h"

/* NULL: out of memory. */
const char *lm_sqltext_name(lm_arena *arena, const char *token, size_t len);
bool lm_sqltext_same(const char *a, size_t alen, const char *b, size_t blen);
bool lm_sqltext_is_reserved(const char *word, size_t len);
void lm_sqltext_canon(lm_buf *out, const char *text, size_t len);
lm_span lm_sqltext_trim(const char *text, lm_span span);

#endif
