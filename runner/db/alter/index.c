/* SPDX-License-Identifier: MIT */
/* Which of a->sounds a name belongs to: an open table, half empty at least,
 * because a schema may have thousands of triggers and each column that one
 * reads asks. */
#include <stdlib.h>
#include <string.h>

#include "probe.h"

static uint64_t hash(uint64_t h, const char *s)
{
    for (; *s != '\0'; s++)
        h = (h ^ (uint64_t)lm_fold((unsigned char)*s)) * 1099511628211u;
    return (h ^ 0x1FF) * 1099511628211u;
}

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

static void put(lm_alter_run *a, lm_slot slot)
{
    size_t at = slot.hash & (a->slot_room - 1);

    while (a->slots[at].name != NULL)
        at = (at + 1) & (a->slot_room - 1);
    a->slots[at] = slot;
}

static int grow(lm_alter_run *a)
{
    lm_slot *old = a->slots;
    size_t room = a->slot_room, i;

    a->slots = calloc(room == 0 ? 64 : room * 2, sizeof *a->slots);
    if (a->slots == NULL) {
        a->slots = old;
        return lm_err_nomem(a->db->err);
    }
    a->slot_room = room == 0 ? 64 : room * 2;
    for (i = 0; i < room; i++)
        if (old[i].name != NULL)
            put(a, old[i]);
    free(old);
    return LM_OK;
}

int lm_index_add(lm_alter_run *a, uint64_t hash, const char *name,
                 size_t sound)
{
    lm_slot slot = {hash, name, sound};
    int rc = a->slot_count * 2 < a->slot_room ? LM_OK : grow(a);

    if (rc == LM_OK) {
        put(a, slot);
        a->slot_count++;
    }
    return rc;
}

static const lm_slot *next(const lm_alter_run *a, uint64_t hash,
                           const lm_slot *last)
{
    size_t at = last == NULL ? hash : (size_t)(last - a->slots) + 1;

    for (; a->slot_room > 0; at++) {
        at &= a->slot_room - 1;
        if (a->slots[at].name == NULL)
            return NULL;
        if (a->slots[at].hash == hash)
            return &a->slots[at];
    }
    return NULL;
}

lm_sound *lm_sound_find(const lm_alter_run *a, const lm_sound *like)
{
    uint64_t key = lm_hash_sound(like);
    const lm_slot *at = NULL;
    lm_sound *s;

    while ((at = next(a, key, at)) != NULL) {
        s = &a->sounds[at->sound];
        if (strcmp(s->kind, like->kind) == 0 && s->event == like->event &&
            lm_same_name(s->schema, like->schema) &&
            lm_same_name(s->name, like->name))
            return s;
    }
    return NULL;
}

bool lm_index_trigger(const lm_alter_run *a, const lm_sound *s,
                      const char *inside, bool *own)
{
    const lm_slot *at = NULL;
    bool found = false;

    *own = false;
    while ((at = next(a, lm_hash_trigger(inside), at)) != NULL) {
        if (!lm_same_name(at->name, inside))
            continue;
        found = true;
        *own = *own || a->sounds[at->sound].members.list == s->members.list;
    }
    return found;
}

void lm_index_clear(lm_alter_run *a)
{
    free(a->slots);
    a->slots = NULL;
    a->slot_count = a->slot_room = 0;
}
