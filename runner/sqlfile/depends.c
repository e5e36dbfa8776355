/* SPDX-License-Identifier: MIT */
#include "depends.h"

#include <stdlib.h>
#include <string.h>

#include "../base/text.h"
#include "mark.h"

static const char word[] = "depends:";

enum { WORD = sizeof word - 1 };

bool lm_depends_line(const lm_sqltok *comment)
{
    size_t n;
    const char *s = lm_mark_body(comment, &n);

    return lm_mark_is_line(comment) && n >= WORD &&
           lm_same_name_n(s, WORD, word, WORD);
}

/* The sources in natural order, and which of them have their place. */
typedef struct order {
    lm_source **list;
    size_t count;
    bool *placed;
} order;

static bool is_placed(const order *o, const char *id, size_t len)
{
    size_t i;

    for (i = 0; i < o->count; i++)
        if (!o->placed[i] && strlen(o->list[i]->id) == len &&
            memcmp(o->list[i]->id, id, len) == 0)
            return false;
    return true;
}

static bool may_follow(const order *o, const lm_source *s)
{
    const char *at, *id;
    size_t left, n;
    lm_sqltok t;

    if (s->text == NULL)
        return true;
    lm_sqltok_start(&t, s->text, s->len);
    while (lm_sqltok_next(&t) == LM_TOK_SPACE || t.kind == LM_TOK_COMMENT) {
        if (t.kind == LM_TOK_SPACE || !lm_depends_line(&t))
            continue;
        at = lm_mark_body(&t, &left) + WORD;
        left -= WORD;
        for (id = lm_mark_next_word(&at, &left, &n); n > 0;
             id = lm_mark_next_word(&at, &left, &n))
            if (!is_placed(o, id, n))
                return false;
    }
    return true;
}

/* The first that may come next. When there is none, some wait in a circle. */
static int place_next(lm_claim *c, order *o, size_t first, size_t *at)
{
    *at = first;
    while (*at < o->count &&
           (o->placed[*at] || !may_follow(o, o->list[*at])))
        ++*at;
    if (*at < o->count) {
        o->placed[*at] = true;
        return LM_OK;
    }
    lm_claim_refuse(c, o->list[first]->file, "%s can never run: by their "
                    "\"-- depends:\" lines the files that it waits for wait "
                    "in a circle", o->list[first]->file);
    lm_err_hint(c->err, "take one of these lines out");
    return LM_EUSAGE;
}

static int by_file(const void *a, const void *b)
{
    return lm_natural_cmp(lm_claim_at(a)->file, lm_claim_at(b)->file);
}

int lm_depends_order(lm_claim *c)
{
    order o = {0};
    size_t rank, at, first = 0;
    bool moved = false;
    int rc = LM_OK;

    o.list = lm_claim_sorted(c, by_file, &o.count);
    o.placed = calloc(o.count + 1, sizeof *o.placed);
    if (o.list == NULL || o.placed == NULL)
        rc = lm_err_nomem(c->err);
    for (rank = 1; rank <= o.count && rc == LM_OK; rank++) {
        while (o.placed[first])
            first++;
        rc = place_next(c, &o, first, &at);
        moved = moved || at != rank - 1;
        if (rc == LM_OK)
            o.list[at]->rank = rank;
    }
    for (at = 0; at < o.count && !moved; at++)
        o.list[at]->rank = 0;
    free(o.list);
    free(o.placed);
    return rc;
}
