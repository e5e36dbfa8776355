/* SPDX-License-Identifier: MIT */
#include "diffcolumn.h"

#include <stdlib.h>
#include <string.h>

#include "../base/arena.h"
#include "../base/list.h"
#include "../base/text.h"
#include "internal.h"

typedef struct column {
    const char *name, *type, *value;    /* value: the default; NULL: none */
    bool not_null;
    int64_t pk, hidden;
} column;

typedef struct columns {
    column *list;
    size_t count, size;
    lm_arena strings;
} columns;

static const char *keep(columns *c, const lm_value *v)
{
    return v->type != LM_TEXT ? lm_arena_add(&c->strings, "", 0)
        : lm_arena_add(&c->strings, v->as.text.bytes, v->as.text.size);
}

static int add_column(void *user, lm_db *db, const lm_value *row)
{
    columns *c = user;
    column *grown = lm_list_grow(c->list, c->count, &c->size, sizeof *grown);

    if (grown == NULL)
        return lm_err_nomem(db->err);
    c->list = grown;
    grown += c->count++;
    grown->name = keep(c, &row[0]);
    grown->type = keep(c, &row[1]);
    grown->not_null = row[2].as.integer != 0;
    grown->value = row[3].type == LM_NULL ? NULL : keep(c, &row[3]);
    grown->pk = row[4].as.integer;
    grown->hidden = row[5].as.integer;
    if (grown->name == NULL || grown->type == NULL ||
        (grown->value == NULL && row[3].type != LM_NULL))
        return lm_err_nomem(db->err);
    return LM_OK;
}

/* A view that does not compile has no columns to tell of. */
static int read_columns(lm_db *db, const char *table, columns *out)
{
    lm_value v = lm_text_of(table);
    int rc = lm_db_each(db, "SELECT name, type, \"notnull\", dflt_value, pk, "
                        "hidden FROM pragma_table_xinfo(?1, 'main')", &v, 1,
                        add_column, out);

    if (rc == LM_EFAILED) {
        lm_err_clear(db->err);
        out->count = 0;
        rc = LM_OK;
    }
    return rc;
}

static void clear_columns(columns *c)
{
    free(c->list);
    lm_arena_clear(&c->strings);
}

static int say(lm_difference *d, lm_err *err, char *sentence)
{
    char **grown = sentence == NULL ? NULL
        : lm_list_grow(d->details, d->detail_count, &d->detail_size,
                       sizeof *grown);

    if (grown == NULL) {
        free(sentence);
        return lm_err_nomem(err);
    }
    d->details = grown;
    grown[d->detail_count++] = sentence;
    return LM_OK;
}

static const column *find(const columns *c, const char *name, size_t *at)
{
    for (*at = 0; *at < c->count; ++*at)
        if (lm_same_name(c->list[*at].name, name))
            return &c->list[*at];
    return NULL;
}

static const char *or_none(const char *s)
{
    return s == NULL ? "none" : s[0] == '\0' ? "no type" : s;
}

static bool same_value(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static const char *rule(bool not_null)
{
    return not_null ? "NOT NULL" : "may be NULL";
}

static const char *way(int64_t hidden)
{
    switch (hidden) {
    case 1: return "hidden";
    case 2: return "generated when read";
    case 3: return "generated and stored";
    default: return "an ordinary column";
    }
}

/* One sentence for each of its properties. */
static int compare(lm_difference *d, lm_err *err, const column *a,
                   const column *b)
{
    int rc = LM_OK;

    if (!lm_same_name(a->type, b->type))
        rc = say(d, err, lm_format("column %s: %s in A, %s in B", a->name,
                                   or_none(a->type), or_none(b->type)));
    if (rc == LM_OK && a->not_null != b->not_null)
        rc = say(d, err, lm_format("column %s: %s in A, %s in B", a->name,
                                   rule(a->not_null), rule(b->not_null)));
    if (rc == LM_OK && !same_value(a->value, b->value))
        rc = say(d, err, lm_format("column %s: default %s in A, %s in B",
                                   a->name, or_none(a->value),
                                   or_none(b->value)));
    if (rc == LM_OK && a->hidden != b->hidden)
        rc = say(d, err, lm_format("column %s: %s in A, %s in B", a->name,
                                   way(a->hidden), way(b->hidden)));
    if (rc == LM_OK && a->pk != b->pk)
        rc = say(d, err, lm_format("column %s: place %lld in the primary key "
                                   "in A, %lld in B (0: not in it)", a->name,
                                   (long long)a->pk, (long long)b->pk));
    return rc;
}

static int compare_all(lm_difference *d, lm_err *err, const columns *a,
                       const columns *b)
{
    bool moved = false;
    const column *other;
    size_t i, at, before = 0;
    int rc = LM_OK;

    for (i = 0; i < a->count && rc == LM_OK; i++) {
        other = find(b, a->list[i].name, &at);
        if (other == NULL) {
            rc = say(d, err, lm_format("column %s: only in A",
                                       a->list[i].name));
            continue;
        }
        moved = moved || at < before;
        before = at;
        rc = compare(d, err, &a->list[i], other);
    }
    for (i = 0; i < b->count && rc == LM_OK; i++)
        if (find(a, b->list[i].name, &at) == NULL)
            rc = say(d, err, lm_format("column %s: only in B",
                                       b->list[i].name));
    if (rc == LM_OK && moved)
        rc = say(d, err, lm_strdup("the columns stand in another order"));
    return rc;
}

int lm_diff_columns(lm_db *a, lm_db *b, lm_difference *d)
{
    columns in_a = {0}, in_b = {0};
    int rc = read_columns(a, d->name, &in_a);

    if (rc == LM_OK)
        rc = read_columns(b, d->name, &in_b);
    if (rc == LM_OK && in_a.count > 0 && in_b.count > 0)
        rc = compare_all(d, a->err, &in_a, &in_b);
    clear_columns(&in_a);
    clear_columns(&in_b);
    return rc;
}
