/* SPDX-License-Identifier: MIT */
#include "table.h"

#include <string.h>

#include "utf.h"
#include "words.h"

static const size_t gap = 2;

/* A cell never holds a newline: what would be one is shown as \n. */
static void complete_row(lm_table *t)
{
    for (; t->rows > 0 && t->filled < t->columns; t->filled++)
        lm_str_putc(&t->text, '\n');
}

void lm_table_row(lm_table *t, lm_mark mark)
{
    complete_row(t);
    lm_str_putc(&t->text, (char)('0' + (int)mark));
    t->filled = 0;
    t->rows++;
}

void lm_table_cell(lm_table *t, const char *text)
{
    size_t from = t->text.len, width;

    if (t->filled >= t->columns)
        return;
    lm_words_text(&t->text, text != NULL ? text : "");
    width = lm_utf_width(lm_str_text(&t->text) + from, t->text.len - from);
    if (width > t->width[t->filled])
        t->width[t->filled] = width;
    lm_str_putc(&t->text, '\n');
    t->filled++;
}

/* Nothing is padded but what another cell follows; empty columns vanish. */
static const char *print_row(const lm_table *t, lm_out *out, const char *row)
{
    size_t column, owed = 0;

    if (*row != '0') {
        lm_out_mark(out, (lm_mark)(*row - '0'));
        owed = 1;
    }
    row++;
    for (column = 0; column < t->columns; column++) {
        size_t len = strcspn(row, "\n");

        if (len > 0) {
            lm_str_pad(&out->text, owed);
            lm_str_add(&out->text, row, len);
            owed = 0;
        }
        if (t->width[column] > 0)
            owed += t->width[column] - lm_utf_width(row, len) + gap;
        row += len + 1;
    }
    lm_str_putc(&out->text, '\n');
    return row;
}

void lm_table_print(lm_table *t, lm_out *out, size_t indent)
{
    const char *row;
    size_t i;

    complete_row(t);
    if (t->text.failed)
        out->text.failed = true;
    row = lm_str_text(&t->text);
    for (i = 0; i < t->rows && !t->text.failed; i++) {
        lm_str_pad(&out->text, indent);
        row = print_row(t, out, row);
    }
}

void lm_table_clear(lm_table *t)
{
    lm_str_clear(&t->text);
}
