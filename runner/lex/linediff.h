/* SPDX-License-Identifier: MIT */
/*
 * linediff.h - what differs between two texts, line by line.
 *
 *   lm_linediff   append the difference to a buffer: lines that begin with
 *                 "- " (only in the first), "+ " (only in the second) or two
 *                 blanks (in both, up to two around a change), and before
 *                 each group of them "@@ 12", its first line in the second
 *                 text. At most so many lines, then "@@ and 7 more lines".
 *                 Nothing when no line differs
 *
 * The end of a line, LF or CRLF, does not count. Texts that have very little
 * in common are shown as one removed and one added whole.
 *
 * Returns false when memory ran out.
 */
#ifndef LM_LEX_LINEDIFF_H
#define LM_LEX_LINEDIFF_H

#include <stdbool.h>
#include <stddef.h>

#include "../base/buf.h"

typedef struct lm_difftext {
    const char *text;
    size_t len;
} lm_difftext;

bool lm_linediff(const lm_difftext *a, const lm_difftext *b, size_t most,
                 lm_buf *out);

#endif
