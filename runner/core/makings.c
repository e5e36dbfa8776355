/* SPDX-License-Identifier: MIT */
#include "makings.h"

#include <stdlib.h>
#include <string.h>

#include "../base/list.h"
#include "../base/text.h"
#include "../lex/sqlsame.h"

void lm_makings_clear(lm_makings *m)
{
    free(m->list);
    lm_arena_clear(&m->strings);
    memset(m, 0, sizeof *m);
}

static const lm_object *find(const lm_objects *in, lm_object_kind kind,
                             const char *name)
{
    const lm_object *o = lm_objects_find(in, kind, name);

    if (o == NULL && kind == LM_OBJECT_TABLE)
        o = lm_objects_find(in, LM_OBJECT_VIRTUAL, name);
    if (o == NULL && kind == LM_OBJECT_VIRTUAL)
        o = lm_objects_find(in, LM_OBJECT_TABLE, name);
    return o;
}

static bool add(lm_makings *m, size_t step, const lm_object *o,
                const char *sql)
{
    lm_making *grown = lm_list_grow(m->list, m->count, &m->size,
                                    sizeof *grown);

    if (grown == NULL)
        return false;
    m->list = grown;
    grown += m->count++;
    grown->step = step;
    grown->kind = o->kind;
    grown->name = lm_arena_add(&m->strings, o->name, strlen(o->name));
    grown->sql = sql == NULL ? NULL
        : lm_arena_add(&m->strings, sql, strlen(sql));
    return grown->name != NULL && (sql == NULL || grown->sql != NULL);
}

bool lm_makings_add(lm_makings *m, size_t step, const lm_objects *before,
                    const lm_objects *after)
{
    const lm_object *o, *other;
    bool ok = true;
    size_t i;

    for (i = 0; i < after->count && ok; i++) {
        o = &after->list[i];
        other = find(before, o->kind, o->name);
        if (!o->own && (other == NULL || strcmp(other->sql, o->sql) != 0))
            ok = add(m, step, o, o->sql);
    }
    for (i = 0; i < before->count && ok; i++) {
        o = &before->list[i];
        if (!o->own && find(after, o->kind, o->name) == NULL)
            ok = add(m, step, o, NULL);
    }
    return ok;
}

const lm_object *lm_making_find(const lm_objects *in, const lm_making *made)
{
    return find(in, made->kind, made->name);
}

/* Does the live database have it as this migration, or a later one, leaves
 * it? */
static bool is_there(const lm_makings *all, const lm_objects *live,
                     const lm_making *made)
{
    const lm_object *now = lm_making_find(live, made);
    const lm_making *m;
    size_t i;

    for (i = 0; i < all->count; i++) {
        m = &all->list[i];
        if (m->step < made->step || m->kind != made->kind ||
            !lm_same_name(m->name, made->name))
            continue;
        if (m->sql == NULL ? now == NULL
                           : now != NULL &&
                             lm_sql_same(m->sql, strlen(m->sql), now->sql,
                                         strlen(now->sql)))
            return true;
    }
    return false;
}

const lm_making *lm_makings_other(const lm_makings *m, const lm_objects *live,
                                  size_t step, bool *any)
{
    const lm_making *other = NULL;
    size_t i;

    *any = false;
    for (i = 0; i < m->count; i++) {
        if (m->list[i].step != step)
            continue;
        *any = true;
        if (other == NULL && !is_there(m, live, &m->list[i]))
            other = &m->list[i];
    }
    return other;
}
