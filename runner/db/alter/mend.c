/* SPDX-License-Identifier: MIT */
/*
 * What SQLite's RENAME leaves wrong in the text of views and triggers (3.40):
 * a term of ORDER BY that a star gives is not followed, and "excluded" of an
 * upsert becomes the table's new name. The stored text is put right where the
 * code became another program or none; that it is the same one then is for
 * program.c to see.
 *
 * A rename changes tokens one for one, so both texts are read side by side.
 */
#include <string.h>

#include "../../lex/sqltext.h"
#include "../../lex/sqltok.h"
#include "probe.h"

enum { DEEPEST = 64 };

typedef struct mending {
    lm_alter_run *a;
    lm_sqltok was, now;
    lm_buf out;
    bool ordered[DEEPEST];  /* within ORDER BY, by parentheses */
    size_t depth;
    bool first;             /* the token begins a term of it */
    bool any;
} mending;

static void follow_order(mending *m, bool by)
{
    const lm_sqltok *t = &m->was;

    m->first = false;
    if (lm_sqltok_op(t, '(') && m->depth + 1 < DEEPEST)
        m->ordered[++m->depth] = false;
    else if (lm_sqltok_op(t, ')') && m->depth > 0)
        m->depth--;
    else if (by || (lm_sqltok_op(t, ',') && m->ordered[m->depth]))
        m->first = m->ordered[m->depth] = true;
    else if (t->kind == LM_TOK_SEMI || lm_sqltok_is(t, "LIMIT"))
        m->ordered[m->depth] = false;
}

static lm_sqltok after(const lm_sqltok *t)
{
    lm_sqltok next = *t;

    lm_sql_next(&next);
    return next;
}

static bool is_alone(const lm_sqltok *t)
{
    lm_sqltok next = after(t);

    return next.kind != LM_TOK_OPERATOR || lm_sqltok_op(&next, ',') ||
           lm_sqltok_op(&next, ')');
}

static bool is_same(const mending *m)
{
    return m->was.size == m->now.size &&
           memcmp(m->was.text + m->was.start, m->now.text + m->now.start,
                  m->was.size) == 0;
}

/* *out: what is to stand there instead of what does; NULL: nothing. */
static int mend_token(mending *m, const char **out)
{
    const lm_op *op = m->a->op;
    lm_sqltok next = after(&m->was);
    const char *name;
    size_t i;

    *out = NULL;
    if (m->was.kind != LM_TOK_WORD && m->was.kind != LM_TOK_QUOTED)
        return LM_OK;
    name = lm_sqltext_name(&m->a->arena, m->was.text + m->was.start,
                           m->was.size);
    if (name == NULL)
        return lm_err_nomem(m->a->db->err);
    if (lm_sqltok_op(&next, '.') && lm_same_name(name, "excluded") &&
        !is_same(m))
        *out = name;
    for (i = 0; op->kind == LM_OP_RENAME_COLUMNS && m->first && is_same(m) &&
         is_alone(&m->was) && i < op->column_count; i++)
        if (lm_same_name(name, op->columns[i]))
            *out = lm_alter_quote(m->a, op->others[i]);
    return LM_OK;
}

static int mend_text(lm_alter_run *a, const char *was, const char *now,
                     const char **out)
{
    mending m = {.a = a};
    const char *instead;
    size_t end = 0;
    bool order = false, by;
    int rc = LM_OK;

    *out = NULL;
    lm_sqltok_start(&m.was, was, strlen(was));
    lm_sqltok_start(&m.now, now, strlen(now));
    while (rc == LM_OK && lm_sql_next(&m.was) != LM_TOK_END &&
           lm_sql_next(&m.now) != LM_TOK_END) {
        rc = mend_token(&m, &instead);
        lm_buf_add(&m.out, now + end, m.now.start - end);
        end = m.now.start + m.now.size;
        if (instead != NULL)
            lm_buf_puts(&m.out, instead);
        else
            lm_buf_add(&m.out, now + m.now.start, m.now.size);
        m.any = m.any || instead != NULL;
        by = order && lm_sqltok_is(&m.was, "BY");
        order = lm_sqltok_is(&m.was, "ORDER");
        follow_order(&m, by);
    }
    lm_buf_puts(&m.out, now + end);
    if (rc == LM_OK && m.any) {
        *out = lm_alter_take(a, &m.out);
        rc = *out == NULL ? LM_ENOMEM : LM_OK;
    }
    lm_buf_clear(&m.out);
    return rc;
}

static int mend(lm_alter_run *a, const lm_hanger *h, const char *was,
                const char *now, bool *any)
{
    const char *text;
    int rc = mend_text(a, was, now, &text);

    if (rc != LM_OK || text == NULL)
        return rc;
    *any = true;
    rc = lm_rights_flag(a, SQLITE_DBCONFIG_WRITABLE_SCHEMA, true);
    return rc != LM_OK ? rc
        : lm_alter_step(a, lm_alter_text(a, "UPDATE %s.sqlite_schema SET sql "
              "= %s WHERE type = '%s' AND name = %s",
              lm_alter_quote(a, h->schema), lm_alter_literal(a, text),
              h->kind, lm_alter_literal(a, h->name)));
}

static int mend_sound(lm_alter_run *a, const lm_sound *was,
                      const lm_sound *now, bool *any)
{
    lm_hanger h = {was->kind, was->schema, was->shown, NULL, NULL, NULL};
    size_t i;
    int rc = LM_OK;

    if (was->event == 0)
        return mend(a, &h, was->text, now->text, any);
    for (i = 0; i < was->members.count && i < now->members.count &&
         rc == LM_OK; i++) {
        h.schema = was->homes.list[i];
        h.name = was->members.list[i];
        rc = mend(a, &h, was->texts.list[i], now->texts.list[i], any);
    }
    return rc;
}

int lm_mend_renamed(lm_alter_run *a, const lm_sounds *old,
                    const lm_sounds *new, bool *any)
{
    const lm_sound *s;
    size_t i;
    int rc = LM_OK;

    *any = false;
    for (i = 0; i < old->count && i < new->count && rc == LM_OK; i++) {
        s = &old->list[i];
        if (s->program != 0 && s->program != new->list[i].program &&
            (strcmp(s->kind, "view") == 0 || strcmp(s->kind, "trigger") == 0)
            && s->event != 'C' && strcmp(s->shown, new->list[i].shown) == 0)
            rc = mend_sound(a, s, &new->list[i], any);
    }
    /* What stopped SQLite is looked at again, with all the others. */
    if (*any)
        a->stopped = NULL;
    if (rc == LM_OK && *any)
        rc = lm_rights_flag(a, SQLITE_DBCONFIG_WRITABLE_SCHEMA, false);
    return rc;
}
