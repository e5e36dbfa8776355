/* SPDX-License-Identifier: MIT */
#include "marked.h"

#include <string.h>

#include "dialect.h"
#include "mark.h"

int lm_marked_refuse(const lm_sqltok *t, lm_err *err, const char *what)
{
    return lm_parts_refuse(t->text, t->start, err, "%s", what);
}

int lm_marked_refuse_open(const lm_begun *b, const char *text, lm_err *err)
{
    return lm_parts_refuse(text, b->at, err, "the StatementBegin that stands "
                           "here has no StatementEnd");
}

int lm_marked_statement(lm_begun *b, const lm_sqltok *t, bool begins,
                        lm_parts *out, lm_err *err)
{
    if (begins && b->open)
        return lm_marked_refuse_open(b, t->text, err);
    if (!begins && !b->open)
        return lm_marked_refuse(t, err, "there is no "
                                "StatementBegin before this StatementEnd");
    b->open = begins;
    b->at = t->start;
    return lm_parts_cut(out, t->start, t->pos, err);
}

static bool is_blank_text(const char *text, size_t len)
{
    lm_sqltok t;

    lm_sqltok_start(&t, text, len);
    return lm_sql_next(&t) == LM_TOK_END;
}

static int refuse_unmarked(lm_claim *c, const char *name)
{
    lm_claim_refuse(c, name, "%s has none of the marks of %s, which the "
                    "other files have", name, c->dialect->name);
    lm_err_hint(c->err, "add them, or move the file out of the folder: it is "
                "not known what in it is the way up");
    return c->err->code;
}

static int take(lm_claim *c, size_t i, unsigned marks,
                bool (*passes)(const char *name))
{
    const char *name = c->dir->entries[i].name;
    const lm_filetext *t = &c->texts[i];
    bool fits;
    int rc = lm_claim_read(c, i);

    if (rc != LM_OK)
        return rc;
    fits = t->text == NULL || (t->marks & marks) != 0;
    if (!fits && passes != NULL && passes(name)) {
        lm_claim_leave(c, name);
        return LM_OK;
    }
    if (!fits && !is_blank_text(t->text, t->len))
        return refuse_unmarked(c, name);
    return lm_claim_add(c, i, name, strlen(name) - 4) == NULL ? LM_ENOMEM
                                                              : LM_OK;
}

int lm_marked_claim(lm_claim *c, unsigned marks,
                    bool (*passes)(const char *name))
{
    size_t i;
    int rc = LM_OK;

    for (i = 0; i < c->dir->count && rc == LM_OK; i++)
        if (lm_claim_entry(c, i, ".sql"))
            rc = take(c, i, marks, passes);
    return rc;
}
