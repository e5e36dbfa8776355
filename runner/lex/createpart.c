/* SPDX-License-Identifier: MIT */
#include "createpart.h"

#include <string.h>

static const char *const conflicts[] = {
    "", "ROLLBACK", "ABORT", "FAIL", "IGNORE", "REPLACE"
};

static const char *const actions[] = {
    "NO ACTION", "RESTRICT", "SET NULL", "SET DEFAULT", "CASCADE"
};

const char *lm_action_name(lm_action action)
{
    return actions[action];
}

const char *lm_conflict_name(lm_conflict conflict)
{
    return conflicts[conflict];
}

void lm_create_conflict(lm_sqlread *r, lm_constraint *c)
{
    size_t first = r->at;
    int i;

    if (!lm_sqlread_is(r, 0, "ON") || !lm_sqlread_is(r, 1, "CONFLICT"))
        return;
    r->at += 2;
    for (i = LM_CONFLICT_ROLLBACK; i <= LM_CONFLICT_REPLACE; i++)
        if (lm_sqlread_word(r, conflicts[i]))
            break;
    if (i > LM_CONFLICT_REPLACE) {
        lm_sqlread_fail(r);
        return;
    }
    c->conflict = (lm_conflict)i;
    c->conflict_span = lm_sqlread_since(r, first);
}

static lm_action read_action(lm_sqlread *r)
{
    if (lm_sqlread_word(r, "SET")) {
        if (lm_sqlread_word(r, "NULL"))
            return LM_SET_NULL;
        lm_sqlread_need(r, "DEFAULT");
        return LM_SET_DEFAULT;
    }
    if (lm_sqlread_word(r, "CASCADE"))
        return LM_CASCADE;
    if (lm_sqlread_word(r, "RESTRICT"))
        return LM_RESTRICT;
    lm_sqlread_need(r, "NO");
    lm_sqlread_need(r, "ACTION");
    return LM_NO_ACTION;
}

/* ON INSERT and MATCH are grammar without a meaning. */
void lm_create_references(lm_sqlread *r, lm_constraint *c)
{
    c->target = lm_sqlread_name(r, &c->target_span);
    if (lm_sqlread_is_op(r, 0, '('))
        lm_sqlread_keys(r, &c->target_keys, NULL);
    for (;;) {
        if (lm_sqlread_word(r, "MATCH")) {
            (void)lm_sqlread_name(r, NULL);
        } else if (lm_sqlread_word(r, "ON")) {
            if (lm_sqlread_word(r, "DELETE"))
                c->on_delete = read_action(r);
            else if (lm_sqlread_word(r, "UPDATE"))
                c->on_update = read_action(r);
            else if (lm_sqlread_word(r, "INSERT"))
                (void)read_action(r);
            else
                lm_sqlread_fail(r);
        } else {
            return;
        }
    }
}

bool lm_create_defer(lm_sqlread *r, lm_constraint *c)
{
    size_t first = r->at;
    bool not = lm_sqlread_is(r, 0, "NOT");

    if (!lm_sqlread_is(r, not ? 1 : 0, "DEFERRABLE"))
        return false;
    r->at += not ? 2 : 1;
    c->deferrable = !not;
    c->initially_deferred = false;
    if (lm_sqlread_word(r, "INITIALLY")) {
        if (lm_sqlread_word(r, "DEFERRED"))
            c->initially_deferred = !not;
        else
            lm_sqlread_need(r, "IMMEDIATE");
    }
    c->defer_span = lm_sqlread_since(r, first);
    return true;
}
