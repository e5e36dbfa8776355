/* SPDX-License-Identifier: MIT */
/*
 * Columns and constraints put in, taken out and moved. The body is taken
 * apart into its items with the blanks and comments that belong to each, and
 * put together again; what stays is not touched byte for byte.
 */
#include <stdlib.h>
#include <string.h>

#include "../../lex/sqltok.h"
#include "alter.h"

typedef struct piece {
    const char *lead, *core, *trail, *post;
    bool comma;         /* there was one behind trail */
} piece;

typedef struct pieces {
    piece *list;        /* columns, then constraints */
    size_t count, columns;
    const char *tail;   /* between the last item and the parenthesis */
} pieces;

/* Where the comments end that stand on the item's own line. */
static size_t own_line(const char *text)
{
    lm_sqltok t;
    size_t end = 0;

    lm_sqltok_start(&t, text, strlen(text));
    while (lm_sqltok_next(&t) != LM_TOK_END) {
        if (t.kind == LM_TOK_COMMENT)
            end = t.pos;
        else if (memchr(text + t.start, '\n', t.size) != NULL)
            break;
    }
    return end;
}

static int take_item(lm_alter_run *a, const lm_item *item, piece *p)
{
    p->lead = lm_def_span(a, item->lead);
    p->core = lm_def_span(a, item->span);
    p->trail = lm_def_span(a, item->trail);
    p->post = lm_def_span(a, item->post);
    p->comma = item->comma.start < item->comma.end;
    return p->lead == NULL || p->core == NULL || p->trail == NULL ||
           p->post == NULL ? LM_ENOMEM : LM_OK;
}

/* The last item's blanks go as far as the parenthesis; what is on lines of
 * their own there belongs to nobody. */
static int split_tail(lm_alter_run *a, pieces *all)
{
    piece *last = &all->list[all->count - 1];
    size_t n = own_line(last->trail);

    all->tail = lm_alter_copy(a, last->trail + n, strlen(last->trail + n));
    last->trail = lm_alter_copy(a, last->trail, n);
    return all->tail == NULL || last->trail == NULL ? LM_ENOMEM : LM_OK;
}

static int take_apart(lm_alter_run *a, pieces *all)
{
    const lm_createtable *def = &a->draft.def;
    size_t i;
    int rc = LM_OK;

    memset(all, 0, sizeof *all);
    all->columns = def->column_count;
    all->count = all->columns + def->constraint_count;
    all->list = calloc(all->count + 1, sizeof *all->list);
    if (all->list == NULL)
        return lm_err_nomem(a->db->err);
    for (i = 0; i < all->count && rc == LM_OK; i++)
        rc = take_item(a, i < all->columns ? &def->columns[i].item
                       : &def->constraints[i - all->columns].item,
                       &all->list[i]);
    return rc == LM_OK ? split_tail(a, all) : rc;
}

/* Would what follows be swallowed by a -- comment? */
static bool is_open_line(const lm_buf *b, size_t from)
{
    lm_sqltok t;
    bool open = false;

    lm_sqltok_start(&t, lm_buf_text(b) + from, b->len - from);
    while (lm_sqltok_next(&t) != LM_TOK_END)
        open = t.kind == LM_TOK_COMMENT && t.text[t.start] == '-';
    return open;
}

/* *from: where the part added last begins. */
static void add(lm_buf *b, size_t *from, const char *text)
{
    if (text[0] == '\0')
        return;
    if (text[0] != '\n' && is_open_line(b, *from))
        lm_buf_putc(b, '\n');
    *from = b->len;
    lm_buf_puts(b, text);
}

static const char *lead_of(const piece *p, size_t place)
{
    if (p->lead[strspn(p->lead, " \t")] != '\0')
        return p->lead;
    return place == 0 ? "" : " ";
}

static int put_together(lm_alter_run *a, pieces *all)
{
    const lm_def *d = &a->draft;
    lm_buf b = {0};
    size_t i, from;
    const piece *p;
    bool last;

    lm_buf_add(&b, d->text, d->def.body.start);
    from = b.len;
    for (i = 0; i < all->count; i++) {
        p = &all->list[i];
        last = i + 1 == all->count;
        add(&b, &from, lead_of(p, i));
        add(&b, &from, p->core);
        if (!last && !p->comma)
            add(&b, &from, ",");
        add(&b, &from, p->trail);
        if (!last && p->comma)
            add(&b, &from, ",");
        add(&b, &from, p->post);
    }
    add(&b, &from, all->tail);
    add(&b, &from, d->text + d->def.body.end);
    return lm_def_set(a, lm_alter_take(a, &b));
}

/* The blanks that the item at hand begins with, for a new one beside it. */
static const char *lead_like(const char *lead)
{
    const char *line = strrchr(lead, '\n');

    return line == NULL || line[strspn(line, "\n \t\r")] != '\0' ? " "
                                                                 : line;
}

/* A new item; `text` may end in a comment, which then comes behind the
 * comma. */
static int insert_piece(lm_alter_run *a, pieces *all, size_t at,
                        const char *text)
{
    piece *grown = realloc(all->list, (all->count + 1) * sizeof *grown);
    size_t like = at > 0 ? at - 1 : 0;
    lm_span span = {0, strlen(text)};
    piece p = {0};

    if (grown == NULL)
        return lm_err_nomem(a->db->err);
    all->list = grown;
    span = lm_sqltext_trim(text, span);
    p.core = lm_alter_copy(a, text + span.start, span.end - span.start);
    p.trail = text + span.end;
    p.trail = lm_alter_copy(a, p.trail, own_line(p.trail));
    p.post = "";
    p.lead = lead_like(grown[like].lead);
    if (p.core == NULL || p.trail == NULL)
        return LM_ENOMEM;
    memmove(grown + at + 1, grown + at, (all->count - at) * sizeof *grown);
    grown[at] = p;
    all->count++;
    return LM_OK;
}

static void remove_piece(pieces *all, size_t at)
{
    all->count--;
    memmove(all->list + at, all->list + at + 1,
            (all->count - at) * sizeof *all->list);
}

int lm_body_add_column(lm_alter_run *a, size_t at, const char *definition)
{
    lm_def *d = &a->draft;
    size_t constraints = d->def.constraint_count;
    lm_col *grown;
    pieces all;
    int rc = take_apart(a, &all);

    if (rc == LM_OK)
        rc = insert_piece(a, &all, at, definition);
    grown = rc != LM_OK ? NULL
        : realloc(d->cols, (d->col_count + 2) * sizeof *grown);
    if (rc == LM_OK && grown == NULL)
        rc = lm_err_nomem(a->db->err);
    if (rc == LM_OK) {
        d->cols = grown;
        memmove(grown + at + 1, grown + at,
                (d->col_count - at) * sizeof *grown);
        memset(&grown[at], 0, sizeof *grown);
        grown[at].added = true;
        d->col_count++;
        rc = put_together(a, &all);
    }
    if (rc == LM_OK && d->def.constraint_count != constraints)
        rc = lm_alter_refuse(a, LM_REASON_DEFINITION, "the definition is "
                             "more than one column");
    free(all.list);
    return rc;
}

int lm_body_drop_column(lm_alter_run *a, size_t at)
{
    lm_def *d = &a->draft;
    pieces all;
    int rc = take_apart(a, &all);

    if (rc == LM_OK) {
        remove_piece(&all, at);
        d->col_count--;
        memmove(d->cols + at, d->cols + at + 1,
                (d->col_count - at) * sizeof *d->cols);
        rc = put_together(a, &all);
    }
    free(all.list);
    return rc;
}

int lm_body_order(lm_alter_run *a, const size_t *order)
{
    lm_def *d = &a->draft;
    size_t n = d->col_count, i;
    piece *moved = calloc(n, sizeof *moved);
    lm_col *cols = calloc(n + 1, sizeof *cols);
    pieces all = {0};
    int rc = moved == NULL || cols == NULL ? lm_err_nomem(a->db->err)
                                           : take_apart(a, &all);

    if (rc == LM_OK) {
        for (i = 0; i < n; i++) {
            moved[i] = all.list[order[i]];
            cols[i] = d->cols[order[i]];
        }
        memcpy(all.list, moved, n * sizeof *moved);
        memcpy(d->cols, cols, n * sizeof *cols);
        rc = put_together(a, &all);
    }
    free(moved);
    free(cols);
    free(all.list);
    return rc;
}

int lm_body_add_constraint(lm_alter_run *a, const char *text)
{
    size_t before = a->draft.def.constraint_count;
    pieces all;
    int rc;

    if (text == NULL)
        return LM_ENOMEM;
    rc = take_apart(a, &all);
    if (rc == LM_OK)
        rc = insert_piece(a, &all, all.count, text);
    if (rc == LM_OK)
        rc = put_together(a, &all);
    if (rc == LM_OK && a->draft.def.constraint_count != before + 1)
        rc = lm_alter_refuse(a, LM_REASON_DEFINITION, "the definition is "
                             "more than one constraint");
    free(all.list);
    return rc;
}

int lm_body_drop_constraint(lm_alter_run *a, size_t at)
{
    pieces all;
    int rc = take_apart(a, &all);

    if (rc == LM_OK) {
        remove_piece(&all, all.columns + at);
        rc = put_together(a, &all);
    }
    free(all.list);
    return rc;
}
