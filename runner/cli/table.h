/* SPDX-License-Identifier: MIT */
/*
 * table.h - rows whose columns stand below each other.
 *
 *   lm_table t = {.columns = 3};
 *   lm_table_row     begin a row, with its mark before it
 *   lm_table_cell    its next cell; NULL is an empty one
 *   lm_table_print   append all rows to `out`, behind `indent` spaces
 *   lm_table_clear   free; may be called twice
 *
 * Ownership: texts are copied, and made safe to print on the way.
 */
#ifndef LM_CLI_TABLE_H
#define LM_CLI_TABLE_H

#include "out.h"

enum { LM_TABLE_COLUMNS = 10 };

typedef struct lm_table {
    size_t columns; /* at most LM_TABLE_COLUMNS */
    lm_str text;    /* of each row its mark as a byte and its cells,
                       each ended by a newline */
    size_t filled;  /* cells of the last row */
    size_t rows;
    size_t width[LM_TABLE_COLUMNS];
} lm_table;

void lm_table_row(lm_table *t, lm_mark mark);
void lm_table_cell(lm_table *t, const char *text);
void lm_table_print(lm_table *t, lm_out *out, size_t indent);
void lm_table_clear(lm_table *t);

#endif
