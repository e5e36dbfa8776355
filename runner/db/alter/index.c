/* SPDX-License-Identifier: MIT */
/* Which of the sounds a name belongs to, without going through all of them: a
 * schema may have thousands of triggers, and each column that one reads asks.
 * Names are known by their hash, as columns are (lm_seen). */
#include <stdlib.h>
#include <string.h>

#include "probe.h"

static uint64_t hash(uint64_t h, const char *s)
{
    for (; *s != '\0'; s++)
        h = (h ^ (uint64_t)lm_fold((unsigned char)*s)) * 1099511628211u;
    return (h ^ 0x1FF) * 1099511628211u;
}

enum { HEADS = 1024 };

enum { HASH_TABLE = 17, HASH_TRIGGER = 19, HASH_SOUND = 256 };

uint64_t lm_hash_read(const char *schema, const char *table,
                      const char *column)
{
    return hash(hash(hash(HASH_TABLE, schema), table), column);
}

uint64_t lm_hash_sound(const lm_sound *s)
{
    return hash(hash(hash(HASH_SOUND + (unsigned char)s->event, s->kind),
                     s->schema), s->name);
}

uint64_t lm_hash_trigger(const char *name)
{
    return hash(HASH_TRIGGER, name);
}

int lm_index_add(lm_sounds *all, uint64_t hash, size_t sound, lm_err *err)
{
    lm_slot *grown = lm_list_grow(all->slots, all->slot_count,
                                  &all->slot_size, sizeof *grown);
    size_t *head;

    if (all->heads == NULL)
        all->heads = calloc(HEADS, sizeof *all->heads);
    if (grown != NULL)
        all->slots = grown;
    if (grown == NULL || all->heads == NULL)
        return lm_err_nomem(err);
    head = &all->heads[hash % HEADS];
    grown += all->slot_count++;
    grown->hash = hash;
    grown->sound = sound;
    grown->next = *head;
    *head = all->slot_count;
    return LM_OK;
}

static lm_sound *next(const lm_sounds *all, uint64_t hash,
                      const lm_slot **at)
{
    size_t i = *at != NULL ? (*at)->next
        : all->heads != NULL ? all->heads[hash % HEADS] : 0;

    for (; i > 0; i = all->slots[i - 1].next) {
        *at = &all->slots[i - 1];
        if ((*at)->hash == hash)
            return &all->list[(*at)->sound];
    }
    return NULL;
}

lm_sound *lm_sound_find(const lm_sounds *all, const lm_sound *like)
{
    const lm_slot *at = NULL;

    return next(all, lm_hash_sound(like), &at);
}

bool lm_index_trigger(const lm_sounds *all, const lm_sound *s,
                      const char *inside, bool *own)
{
    const lm_slot *at = NULL;
    const lm_sound *found;
    bool any = false;

    while ((found = next(all, lm_hash_trigger(inside), &at)) != NULL) {
        any = true;
        *own = *own || found->members.list == s->members.list;
    }
    return any;
}
