/* SPDX-License-Identifier: MIT */
/*
 * What compiles before, each view and trigger by itself: one that does not is
 * hidden while the others are compiled, here and whenever they are again.
 */
#include <stdlib.h>
#include <string.h>

#include "probe.h"

static int look_at_all(lm_alter_run *a)
{
    lm_verdict v;
    lm_ear e = {a, NULL, false, false};
    size_t i;
    int rc = lm_probe_list(a);

    if (rc == LM_OK)
        rc = lm_fulltext_probes(a);
    for (i = 0; i < a->sounds.count && rc == LM_OK; i++) {
        e.sound = &a->sounds.list[i];
        rc = lm_probe(&e, true, true, &v);
        free(v.why);
        e.sound->ok = v.ok;
        /* SQLite's own ALTER does not look at full-text tables. */
        a->was_broken = a->was_broken || (!v.ok && e.sound->event != 'F');
    }
    return rc;
}

static int ask_again(void *user, const lm_stale *one, bool *ok)
{
    lm_alter_run *a = user;
    lm_sound s = a->sounds.list[one->group];
    lm_ear e = {a, &s, false, false};
    lm_verdict v;
    int rc;

    s.reads = NULL;
    s.read_count = s.read_size = 0;
    rc = lm_probe(&e, true, true, &v);
    *ok = v.ok;
    free(v.why);
    free(s.reads);
    return rc;
}

/* The triggers that do not compile, whoever is to blame for it. */
static int list_failing(lm_alter_run *a)
{
    const lm_sound *s = a->sounds.list;
    lm_stale one;
    size_t i, k;
    int rc = LM_OK;

    for (i = 0; i < a->sounds.count; i++, s++)
        for (k = 0; !s->ok && k < s->members.count && rc == LM_OK; k++) {
            one.schema = s->homes.list[k];
            one.name = s->members.list[k];
            one.group = i;
            rc = lm_stale_add(a->db, &a->stales, &one);
        }
    return rc;
}

int lm_probe_before(lm_alter_run *a)
{
    lm_stale_ask ask = {ask_again, a};
    int rc = look_at_all(a);

    if (rc == LM_OK)
        rc = list_failing(a);
    if (rc != LM_OK || a->stales.count == 0)
        return rc;
    a->written = true;
    rc = lm_stale_find(a->db, &a->stales, &ask);
    if (rc == LM_OK)
        rc = lm_stale_hide(a->db, &a->stales);
    lm_probe_clear(a);
    if (rc == LM_OK)
        rc = look_at_all(a);
    return rc == LM_OK ? lm_stale_show(a->db, &a->stales) : rc;
}

static bool has_dropped(const lm_alter_run *a, const lm_sound *s)
{
    const char **o = a->dropping.list;
    size_t i, k;

    for (i = 0; i < a->dropping.count; i += 3)
        for (k = 0; k < s->members.count; k++)
            if (strcmp(o[i], "trigger") == 0 &&
                lm_same_name(o[i + 1], s->homes.list[k]) &&
                lm_same_name(o[i + 2], s->members.list[k]))
                return true;
    return false;
}

int lm_probe_dropped(lm_alter_run *a)
{
    lm_ear e = {a, NULL, true, false};
    lm_verdict v;
    size_t i;
    int rc = LM_OK;

    if (a->dropping.count == 0)
        return LM_OK;
    rc = lm_stale_hide(a->db, &a->stales);
    for (i = 0; i < a->sounds.count && rc == LM_OK; i++) {
        e.sound = &a->sounds.list[i];
        if (!e.sound->ok || !has_dropped(a, e.sound))
            continue;
        rc = lm_probe(&e, true, true, &v);
        free(v.why);
    }
    return rc == LM_OK ? lm_stale_show(a->db, &a->stales) : rc;
}
