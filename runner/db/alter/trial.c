/* SPDX-License-Identifier: MIT */
/*
 * What would not compile if a column were gone, or would count others, found
 * before anything goes.
 *
 * The draft takes the table's place in the stored schema, and what goes with
 * the column is hidden in it, under types that SQLite does not know; all of
 * that is put back byte for byte. Nothing is rolled back: that would end the
 * script's cursors. While the schema may be written SQLite passes over what
 * it cannot read of it.
 *
 * A trigger is compiled together with those which its statements fire, so the
 * ones that fail are tried one by one, with the others hidden.
 */
#include <stdlib.h>
#include <string.h>

#include "trial.h"

/* -- out of the schema and back ------------------------------------------- */

/* Out of the schema, or back into it; NULL: all that are out by this mark. */
static int set_hidden(lm_alter_run *a, char mark, const char *schema,
                      const char *type, const char *name, bool hide)
{
    const char *in = lm_alter_quote(a, schema), *of, *set;

    of = name == NULL ? "''" : lm_alter_literal(a, name);
    set = hide
        ? lm_alter_text(a, "type = '%c' || type, sql = '%c' || sql", mark,
                        mark)
        : "type = substr(type, 2), sql = substr(sql, 2)";
    if (in == NULL || of == NULL || set == NULL)
        return LM_ENOMEM;
    return lm_alter_exec(a, name == NULL
        ? lm_alter_text(a, "UPDATE %s.sqlite_schema SET %s WHERE type LIKE "
                        "'%c%%'", in, set, mark)
        : lm_alter_text(a, "UPDATE %s.sqlite_schema SET %s WHERE type = "
                        "'%.*s%s' AND name = %s COLLATE NOCASE", in, set,
                        hide ? 0 : 1, &mark, type, of));
}

static int writable(lm_alter_run *a)
{
    return lm_rights_flag(a, SQLITE_DBCONFIG_WRITABLE_SCHEMA, true);
}

/* Read the schema as it is stored now. */
static int reload(lm_alter_run *a)
{
    int rc = lm_store_forget(a);

    lm_catalog_forget(a->db);
    return rc == LM_OK ? writable(a) : rc;
}

/* `list`: type, schema and name, by turns. */
static int hide_all(lm_alter_run *a, const lm_texts *list)
{
    const char **o = list->list;
    size_t i;
    int rc = LM_OK;

    for (i = 0; i < list->count && rc == LM_OK; i += 3)
        rc = set_hidden(a, '-', o[i + 1], o[i], o[i + 2], true);
    return rc;
}

/* -- one by one ----------------------------------------------------------- */

int lm_failed_add(lm_alter_run *a, lm_failed_list *all, const lm_sound *s,
                  bool strict, const char *why)
{
    lm_failed *grown = lm_list_grow(all->list, all->count, &all->size,
                                    sizeof *grown);

    if (grown == NULL)
        return lm_err_nomem(a->db->err);
    all->list = grown;
    grown += all->count++;
    grown->sound = *s;
    grown->strict = strict;
    grown->why = lm_alter_text(a, "%s", why == NULL ? "" : why);
    return grown->why == NULL ? LM_ENOMEM : LM_OK;
}

static int set_triggers(lm_alter_run *a, const lm_failed_list *all, bool hide)
{
    const lm_sound *s;
    size_t i, k;
    int rc = writable(a);

    for (i = 0; i < all->count; i++) {
        s = &all->list[i].sound;
        for (k = 0; k < s->members.count && rc == LM_OK; k++)
            rc = set_hidden(a, '+', s->homes.list[k], "trigger",
                            s->members.list[k], hide);
    }
    return rc == LM_OK ? reload(a) : rc;
}

int lm_failed_show(lm_alter_run *a, const lm_failed_list *all)
{
    return all->count == 0 ? LM_OK : set_triggers(a, all, false);
}

static int probe_one(lm_alter_run *a, const lm_failed *f, size_t member,
                     lm_verdict *out)
{
    const lm_sound *s = &f->sound;
    const char *home = s->homes.list[member], *name = s->members.list[member];
    lm_sound one = *s;
    lm_ear e = {a, &one, true, false};
    int rc = set_hidden(a, '+', home, "trigger", name, false);

    one.reads = NULL;
    one.read_count = one.read_size = 0;
    memset(out, 0, sizeof *out);
    if (rc == LM_OK)
        rc = reload(a);
    if (rc == LM_OK)
        rc = lm_probe(&e, f->strict, !f->strict, out);
    if (rc == LM_OK)
        rc = set_hidden(a, '+', home, "trigger", name, true);
    free(one.reads);
    return rc;
}

typedef struct handing {
    lm_alter_run *a;
    lm_failed_fn each;
    void *user;
    bool any;
} handing;

static int each_member(handing *h, const lm_failed *f)
{
    lm_sound one = f->sound;
    lm_verdict v;
    size_t i;
    int rc = LM_OK;

    for (i = 0; i < f->sound.members.count && rc == LM_OK; i++) {
        one.members.list = f->sound.members.list + i;
        one.members.count = 1;
        one.shown = one.members.list[0];
        one.schema = f->sound.homes.list[i];
        rc = probe_one(h->a, f, i, &v);
        if (rc == LM_OK && !v.ok) {
            rc = h->each(h->user, &one, v.why == NULL ? "" : v.why);
            h->any = true;
        }
        free(v.why);
    }
    return rc;
}

/* Where none fails by itself, all of them do together. */
int lm_failed_each(lm_alter_run *a, const lm_failed_list *all,
                   lm_failed_fn each, void *user)
{
    handing h = {a, each, user, false};
    size_t i;
    int rc = all->count == 0 ? LM_OK : set_triggers(a, all, true);

    for (i = 0; i < all->count && rc == LM_OK; i++)
        rc = each_member(&h, &all->list[i]);
    for (i = 0; i < all->count && rc == LM_OK && !h.any; i++)
        rc = each(user, &all->list[i].sound, all->list[i].why);
    return rc == LM_OK && all->count > 0 ? reload(a) : rc;
}

int lm_counting_each(lm_alter_run *a, const lm_sound *old,
                     const lm_sound *new, lm_failed_fn each, void *user)
{
    lm_sound one = *new;
    const char *why;
    size_t i = 0;
    int rc;

    do {
        if (i < new->members.count) {
            one.text = new->texts.list[i];
            one.members.list = new->members.list + i;
            one.members.count = 1;
            one.shown = one.members.list[0];
            one.schema = new->homes.list[i];
        }
        rc = lm_places_counted(a, old, &one, &why);
        if (rc == LM_OK && why != NULL)
            rc = each(user, &one, why);
    } while (rc == LM_OK && ++i < new->members.count);
    return rc;
}

/* -- the trial ------------------------------------------------------------ */

static int put(lm_alter_run *a, const char *text)
{
    const char *sql = lm_alter_literal(a, text);
    const char *name = lm_alter_literal(a, a->table);

    if (sql == NULL || name == NULL)
        return LM_ENOMEM;
    return lm_alter_exec(a, lm_alter_text(a, "UPDATE %s.sqlite_schema SET "
        "sql = %s WHERE type = 'table' AND name = %s COLLATE NOCASE", a->in,
        sql, name));
}

int lm_trial_put(lm_alter_run *a, const char *text)
{
    int64_t writes = a->db->writes;
    int rc = writable(a);

    if (rc == LM_OK)
        rc = put(a, text);
    if (rc == LM_OK)
        rc = reload(a);
    if (rc == LM_OK)
        a->db->writes = writes;
    return rc;
}

/* A draft that SQLite does not understand is refused where it is used. */
static int is_there(lm_alter_run *a, bool *out)
{
    const char *here = lm_alter_here(a);
    int rc = here == NULL ? LM_ENOMEM : lm_alter_compile(a,
        lm_alter_text(a, "SELECT 1 FROM %s", here));

    *out = rc == LM_OK;
    if (rc != LM_EFAILED || lm_db_fatal(a->db->err->sqlite_code))
        return rc;
    lm_err_clear(a->db->err);
    return LM_OK;
}

typedef struct collecting {
    lm_alter_run *a;
    lm_failed_list *bad;
} collecting;

static int collect(void *user, const lm_sound *s, const char *why)
{
    collecting *c = user;

    return lm_failed_add(c->a, c->bad, s, true, why);
}

static int compile(lm_alter_run *a, const lm_sound *old, lm_failed_list *bad,
                   lm_failed_list *triggers)
{
    const lm_sound *now = lm_sound_after(a, old);
    lm_sound new;
    lm_ear e = {a, &new, true, false};
    collecting c = {a, bad};
    lm_verdict v;
    int rc;

    if (now == NULL)
        return LM_OK;
    new = *now;
    new.reads = NULL;
    new.read_count = new.read_size = 0;
    memset(&new.columns, 0, sizeof new.columns);
    rc = lm_probe(&e, old->strict, !old->strict, &v);
    if (rc == LM_OK && v.ok)
        rc = lm_counting_each(a, old, &new, collect, &c);
    else if (rc == LM_OK)
        rc = lm_failed_add(a, strcmp(old->kind, "trigger") == 0 ? triggers
                           : bad, now, old->strict, v.why);
    free(v.why);
    free(new.reads);
    free(new.columns.list);
    return rc;
}

static int compile_all(lm_alter_run *a, const lm_sounds *before,
                       lm_failed_list *bad)
{
    lm_failed_list triggers = {0};
    collecting c = {a, bad};
    const lm_sound *s;
    size_t i;
    int rc = lm_probe_list(a);

    lm_places_note(a);
    for (i = 0; i < before->count && rc == LM_OK; i++) {
        s = &before->list[i];
        if (s->ok && strcmp(s->kind, "table") != 0)
            rc = compile(a, s, bad, &triggers);
    }
    if (rc == LM_OK)
        rc = lm_failed_each(a, &triggers, collect, &c);
    if (rc == LM_OK)
        rc = lm_failed_show(a, &triggers);
    free(triggers.list);
    return rc;
}

static int show_all(lm_alter_run *a)
{
    int rc = set_hidden(a, '-', a->schema, NULL, NULL, false);

    return rc != LM_OK || strcmp(a->schema, "temp") == 0 ||
           !lm_db_has_temp(a->db) ? rc
        : set_hidden(a, '-', "temp", NULL, NULL, false);
}

int lm_trial(lm_alter_run *a, const lm_texts *hidden, lm_failed_list *bad)
{
    lm_sounds before = a->sounds;
    int64_t writes = a->db->writes;
    const char *stored;
    bool there = false;
    int rc = lm_def_stored(a, &stored);

    bad->count = 0;
    if (rc == LM_OK)
        rc = writable(a);
    if (rc == LM_OK)
        rc = hide_all(a, &a->dropping);
    if (rc == LM_OK)
        rc = hide_all(a, hidden);
    if (rc == LM_OK)
        rc = lm_stale_hide(a->db, &a->stales);
    if (rc == LM_OK)
        rc = put(a, a->draft.text);
    if (rc == LM_OK)
        rc = reload(a);
    if (rc == LM_OK)
        rc = is_there(a, &there);
    lm_places_note(a);
    memset(&a->sounds, 0, sizeof a->sounds);
    if (rc == LM_OK && there)
        rc = compile_all(a, &before, bad);
    lm_sounds_clear(&a->sounds);
    a->sounds = before;
    if (rc == LM_OK)
        rc = put(a, stored);
    if (rc == LM_OK)
        rc = show_all(a);
    if (rc == LM_OK)
        rc = lm_stale_show(a->db, &a->stales);
    if (rc == LM_OK)
        rc = lm_store_forget(a);
    lm_catalog_forget(a->db);
    if (rc == LM_OK)
        a->db->writes = writes;
    return rc;
}
