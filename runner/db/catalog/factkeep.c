/* SPDX-License-Identifier: MIT */
#include "factkeep.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../base/list.h"
#include "../../lex/sqlapart.h"
#include "../../lex/sqltext.h"
#include "../../lex/sqltok.h"

void lm_facts_clear(lm_facts *facts)
{
    free(facts->list);
    lm_arena_clear(&facts->strings);
    memset(facts, 0, sizeof *facts);
}

static const char *take(lm_fact_maker *m, lm_buf *b)
{
    const char *s = lm_arena_add(&m->out->strings, lm_buf_text(b), b->len);

    m->failed |= s == NULL || lm_buf_failed(b);
    b->len = 0;
    if (b->data != NULL)
        b->data[0] = '\0';
    return s;
}

void lm_fact_keep(lm_fact_maker *m, const char *column, const char *what)
{
    lm_facts *out = m->out;
    lm_fact *grown = lm_list_grow(out->list, out->count, &out->size,
                                  sizeof *grown);

    if (grown == NULL) {
        m->failed = true;
        return;
    }
    out->list = grown;
    grown += out->count++;
    memset(grown, 0, sizeof *grown);
    if (column != NULL) {
        grown->column = lm_arena_add(&out->strings, column, strlen(column));
        m->failed |= grown->column == NULL;
    }
    grown->what = what;
    grown->key = take(m, &m->key);
    grown->canon = take(m, &m->canon);
    grown->shown = take(m, &m->shown);
}

void lm_fact_show(lm_fact_maker *m, const char *text, lm_span span)
{
    size_t before = m->shown.len;

    lm_sqlapart_show(&m->shown, text + span.start, span.end - span.start,
                     SIZE_MAX);
    if (m->shown.len == before)
        lm_buf_puts(&m->shown, "none");
}

void lm_fact_text(lm_fact_maker *m, const char *text, lm_span span,
                  const char *what)
{
    int column;

    span = lm_sqltext_trim(text, span);
    if (m->rc == LM_OK)
        m->rc = lm_canon_code(&m->canon, m->db, text, span);
    lm_buf_add(&m->shown, text + span.start, span.end - span.start);
    lm_fact_keep(m, NULL, what);
    if (m->out->count > 0)
        lm_text_position(text, span.start,
                         &m->out->list[m->out->count - 1].line, &column);
}

void lm_fact_names(lm_buf *b, const lm_strings *names)
{
    size_t i;

    for (i = 0; i < names->count; i++)
        lm_buf_printf(b, "%s%s", i == 0 ? "(" : ", ", names->list[i]);
    if (i > 0)
        lm_buf_putc(b, ')');
}

int lm_fact_end(lm_fact_maker *m)
{
    lm_buf_clear(&m->key);
    lm_buf_clear(&m->canon);
    lm_buf_clear(&m->shown);
    return m->failed ? lm_err_nomem(m->db->err) : m->rc;
}
