/* SPDX-License-Identifier: MIT */
/* Sets of names, ASCII case aside: small ones, as the tables of one migration
 * or the views and triggers of one database. And which names are no words of
 * SQL. */
#include <stdlib.h>
#include <string.h>

#include "../base/list.h"
#include "../base/text.h"
#include "internal.h"

static bool is_word(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

bool lm_db_is_plain(const char *name)
{
    size_t n;

    for (n = 0; is_word(lm_fold(name[n])); n++)
        continue;
    return n > 0 && n < 256 && name[n] == '\0' &&
           !(name[0] >= '0' && name[0] <= '9') &&
           !sqlite3_keyword_check(name, (int)n);
}

bool lm_names_has(const lm_names *set, const char *name)
{
    size_t i;

    for (i = 0; i < set->count; i++)
        if (lm_same_name(set->list[i], name))
            return true;
    return false;
}

int lm_names_add(lm_names *set, const char *name, lm_err *err)
{
    char **grown;

    if (lm_names_has(set, name))
        return LM_OK;
    grown = lm_list_grow(set->list, set->count, &set->size, sizeof *grown);
    if (grown == NULL)
        return lm_err_nomem(err);
    set->list = grown;
    grown[set->count] = lm_strdup(name);
    if (grown[set->count] == NULL)
        return lm_err_nomem(err);
    set->count++;
    return LM_OK;
}

void lm_names_clear(lm_names *set)
{
    size_t i;

    for (i = 0; i < set->count; i++)
        free(set->list[i]);
    free(set->list);
    memset(set, 0, sizeof *set);
}
