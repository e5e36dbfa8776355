/* SPDX-License-Identifier: MIT */
#include "expand.h"

#include <stdlib.h>
#include <string.h>

#include "../base/list.h"

static int note(lm_expanded *out, size_t from, bool value, lm_err *err)
{
    lm_shift *grown = lm_list_grow(out->list, out->count, &out->size,
                                   sizeof *grown);

    if (grown == NULL)
        return lm_err_nomem(err);
    out->list = grown;
    grown += out->count++;
    grown->at = out->text.len;
    grown->from = from;
    grown->value = value;
    return LM_OK;
}

int lm_expanded_copy(lm_expanded *out, const lm_expansion *e, size_t from,
                     size_t n, lm_err *err)
{
    if (n == 0)
        return LM_OK;
    if (note(out, from, false, err) != LM_OK)
        return LM_ENOMEM;
    lm_buf_add(&out->text, e->text + from, n);
    return lm_buf_failed(&out->text) ? lm_err_nomem(err) : LM_OK;
}

int lm_expanded_put(lm_expanded *out, size_t from, const char *value,
                    size_t n, lm_err *err)
{
    if (note(out, from, true, err) != LM_OK)
        return LM_ENOMEM;
    lm_buf_add(&out->text, value, n);
    return lm_buf_failed(&out->text) ? lm_err_nomem(err) : LM_OK;
}

size_t lm_expanded_place(const lm_expanded *e, size_t at)
{
    size_t i = e->count;

    while (i > 0 && e->list[i - 1].at > at)
        i--;
    if (i == 0)
        return 0;
    i--;
    return e->list[i].value ? e->list[i].from
                            : e->list[i].from + (at - e->list[i].at);
}

void lm_expanded_clear(lm_expanded *e)
{
    lm_buf_clear(&e->text);
    free(e->list);
    memset(e, 0, sizeof *e);
}
