/* SPDX-License-Identifier: MIT */
/*
 * A column that SQLite 3.40 cannot rename: an INTEGER PRIMARY KEY that a
 * UNIQUE of the table names, where it does not take them for one column. It
 * does not while it reads a table WITHOUT ROWID, before it comes to these
 * words, nor where PRIMARY KEY stands behind UNIQUE. So while ALTER runs, the
 * stored text says INT, or has the two exchanged; no row is looked at then.
 */
#include <string.h>

#include "alter.h"

static bool names(const lm_constraint *c, lm_conkind kind, const char *column)
{
    size_t i;

    for (i = 0; i < c->keys.count && c->kind == kind; i++)
        if (c->keys.list[i].column != NULL &&
            lm_same_name(c->keys.list[i].column, column))
            return true;
    return false;
}

/* The first constraint of the table of this kind over the column. */
static size_t find(const lm_createtable *def, lm_conkind kind,
                   const char *column)
{
    size_t i;

    for (i = 0; i < def->constraint_count; i++)
        if (names(&def->constraints[i], kind, column))
            break;
    return i;
}

static bool is_integer(lm_alter_run *a, const lm_createtable *def,
                       lm_span type)
{
    const char *name = lm_sqltext_name(&a->arena, def->text + type.start,
                                       type.end - type.start);

    return name != NULL && lm_same_name(name, "INTEGER");
}

static const char *exchanged(lm_alter_run *a, const lm_createtable *def,
                             const lm_detour *d)
{
    lm_span x = def->constraints[d->unique].item.span;
    lm_span y = def->constraints[d->key].item.span;
    const char *text = def->text;

    return lm_alter_text(a, "%.*s%.*s%.*s%.*s%s", (int)x.start, text,
                         (int)(y.end - y.start), text + y.start,
                         (int)(y.start - x.end), text + x.end,
                         (int)(x.end - x.start), text + x.start,
                         text + y.end);
}

static const char *typed(lm_alter_run *a, const lm_createtable *def,
                         lm_span type, const char *as)
{
    return lm_alter_text(a, "%.*s%s%s", (int)type.start, def->text, as,
                         def->text + type.end);
}

static int read(lm_alter_run *a, lm_createtable *def)
{
    const char *text;
    int rc = lm_def_stored(a, &text);

    memset(def, 0, sizeof *def);
    return rc != LM_OK ? rc
        : lm_createtable_parse(text, strlen(text), def, a->db->err);
}

static int plan(lm_alter_run *a, const lm_createtable *def, const char *from,
                lm_detour *d)
{
    const lm_column *c = lm_createtable_column(def, from);
    const char *text = NULL;

    d->unique = find(def, LM_CON_UNIQUE, from);
    d->key = find(def, LM_CON_PRIMARY_KEY, from);
    if (c == NULL || d->unique == def->constraint_count ||
        !is_integer(a, def, c->type))
        return LM_OK;
    if (def->without_rowid) {
        d->type = lm_alter_copy(a, def->text + c->type.start,
                                c->type.end - c->type.start);
        text = typed(a, def, c->type, "INT");
    } else if (d->key < def->constraint_count && d->unique < d->key &&
               def->constraints[d->key].keys.count == 1)
        text = exchanged(a, def, d);
    else
        return LM_OK;
    d->taken = true;
    if (text == NULL || (def->without_rowid && d->type == NULL))
        return LM_ENOMEM;
    return lm_store_text(a, text);
}

int lm_detour_begin(lm_alter_run *a, const char *from, lm_detour *d)
{
    lm_createtable def;
    int rc = read(a, &def);

    memset(d, 0, sizeof *d);
    if (rc == LM_OK)
        rc = plan(a, &def, from, d);
    lm_createtable_clear(&def);
    return rc;
}

int lm_detour_end(lm_alter_run *a, const char *to, const lm_detour *d)
{
    lm_createtable def;
    const char *text;
    int rc = LM_OK;

    if (!d->taken)
        return LM_OK;
    rc = read(a, &def);
    if (rc == LM_OK) {
        text = d->type == NULL ? exchanged(a, &def, d)
            : typed(a, &def, lm_createtable_column(&def, to)->type, d->type);
        rc = text == NULL ? LM_ENOMEM : lm_store_text(a, text);
    }
    lm_createtable_clear(&def);
    return rc;
}
