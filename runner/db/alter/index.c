/* SPDX-License-Identifier: MIT */
/* Which of a->sounds a name belongs to: an open table, half empty at least,
 * because a schema may have thousands of triggers and each column that one
 * reads asks. */
#include <stdlib.h>

#include "probe.h"

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

const lm_slot *lm_index_next(const lm_alter_run *a, uint64_t hash,
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

void lm_index_clear(lm_alter_run *a)
{
    free(a->slots);
    a->slots = NULL;
    a->slot_count = a->slot_room = 0;
}
