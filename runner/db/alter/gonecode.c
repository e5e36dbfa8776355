/* SPDX-License-Identifier: MIT */
/*
 * The views and triggers that a column takes along, or that keep it. Those
 * that use it are known from the catalogue; what counts the columns of the
 * table, or hangs on what goes, from a trial.
 */
#include <stdlib.h>
#include <string.h>

#include "gone.h"

/* The one trigger of those that the same statement fires, or the view, as it
 * stands now. */
static bool sound_of(const lm_going *g, const lm_dependent *d, lm_sound *out)
{
    const lm_alter_run *a = g->a;
    const lm_sound *s = a->sounds.list;
    size_t i, k;

    for (i = 0; i < a->sounds.count; i++, s++) {
        *out = *s;
        if (strcmp(s->kind, "view") == 0 && d->kind == LM_DEP_VIEW &&
            lm_same_name(s->name, d->name) &&
            lm_same_name(s->schema, d->schema))
            return true;
        for (k = 0; d->kind == LM_DEP_TRIGGER && k < s->members.count; k++)
            if (lm_same_name(s->members.list[k], d->name) &&
                lm_same_name(s->homes.list[k], d->schema)) {
                out->members.list += k;
                out->members.count = 1;
                if (lm_same_name(s->name, a->first) &&
                    lm_same_name(s->schema, a->schema))
                    out->name = a->table;
                return true;
            }
    }
    return false;
}

/* Triggers that do not compile say nothing of the others. The schema is what
 * it was by then, and so is what is known of it. */
static int is_meant(const lm_going *g, const lm_sound *s, bool *out)
{
    lm_db *db = g->a->db;
    struct lm_catalog *known = db->catalog;
    int rc;

    db->catalog = NULL;
    rc = lm_stale_hide(db, &g->a->stales);
    if (rc == LM_OK)
        rc = lm_name_meant(g->a, s, g->name, out);
    if (rc == LM_OK)
        rc = lm_stale_show(db, &g->a->stales);
    lm_catalog_forget(db);
    db->catalog = known;
    return rc;
}

/* Under a star the name may mean another column, an alias, a table. */
static int names_it(const lm_going *g, const lm_dependent *d,
                    const char *sql, bool *out)
{
    lm_sound s;

    *out = sql == NULL || lm_text_names(sql, strlen(sql), g->name);
    return !*out || sql == NULL || !lm_text_star(sql) || !sound_of(g, d, &s)
        ? LM_OK : is_meant(g, &s, out);
}

/* SELECT * reads the column, and goes on without it; but not without a view
 * that does not. In a NATURAL JOIN it may be what joins. */
static int minds(const lm_going *g, const lm_dependent *d, const char *sql,
                 bool *out)
{
    lm_sound s = {0};
    size_t i;
    int rc = names_it(g, d, sql, out);

    if (rc != LM_OK)
        return rc;
    for (i = 0; i < g->views.count && !*out; i++)
        *out = lm_text_names(sql, strlen(sql), g->views.list[i]);
    if (*out)
        return LM_OK;
    s.kind = lm_dependent_kind_name(d->kind);
    s.schema = d->schema;
    s.name = d->name;
    s.event = d->kind == LM_DEP_VIEW ? 0 : 'U';
    s.text = sql;
    return lm_natural_meets(g->a, &s, g->name, out);
}

static int text_of(lm_going *g, const lm_dependent *d, const char **out)
{
    const char *sql = lm_alter_text(g->a, "SELECT sql FROM %s.sqlite_schema "
        "WHERE type = '%s' AND name = ?1", lm_alter_quote(g->a, d->schema),
        d->kind == LM_DEP_VIEW ? "view" : d->kind == LM_DEP_TRIGGER
        ? "trigger" : "index");

    return lm_alter_ask(g->a, sql, d->name, out);
}

int lm_going_drop(lm_going *g, const char *type, const lm_hanger *h)
{
    return lm_texts_add(g->a, &g->a->drops, lm_alter_text(g->a,
        "DROP %s IF EXISTS %s.%s", type, lm_alter_quote(g->a, h->schema),
        lm_alter_quote(g->a, h->name)));
}

/* As lm_trial wants it. */
static int add_object(lm_going *g, lm_texts *to, const lm_hanger *h)
{
    lm_alter_run *a = g->a;
    int rc = lm_texts_add(a, to, h->kind);

    if (rc == LM_OK)
        rc = lm_texts_add(a, to, lm_alter_text(a, "%s", h->schema));
    return rc == LM_OK
        ? lm_texts_add(a, to, lm_alter_text(a, "%s", h->name)) : rc;
}

int lm_going_once(lm_going *g, const lm_hanger *h, const char *table,
                     const char **shown)
{
    lm_alter_run *a = g->a;
    const char *full;
    int rc;

    *shown = strcmp(h->kind, "view") == 0
        ? lm_alter_text(a, "the view %s", h->name)
        : strcmp(h->kind, "fts5") == 0
        ? lm_alter_text(a, "the full-text table %s", h->name)
        : lm_alter_text(a, "the trigger %s on %s", h->name, table);
    full = *shown == NULL ? NULL : lm_alter_text(a, "%s.%s", h->schema,
                                                 *shown);
    if (full == NULL)
        return LM_ENOMEM;
    if (lm_texts_has(&g->noted, full)) {
        *shown = NULL;
        return LM_OK;
    }
    rc = lm_texts_add(a, &g->noted, full);
    return rc == LM_OK ? add_object(g, &g->hidden, h) : rc;
}

/* A view takes the INSTEAD OF triggers that stand on it along. */
static int note_triggers_on(lm_going *g, const lm_hanger *view)
{
    lm_hanger h = {"trigger", NULL, NULL, g->name, "write", view->name};
    const lm_sounds *all = &g->a->sounds;
    const lm_sound *s;
    const char *shown;
    size_t i, k;
    int rc = LM_OK;

    for (i = 0; i < all->count; i++) {
        s = &all->list[i];
        if (!lm_same_name(s->name, view->name) ||
            !lm_same_name(s->schema, view->schema))
            continue;
        for (k = 0; k < s->members.count && rc == LM_OK; k++) {
            h.schema = s->homes.list[k];
            h.name = s->members.list[k];
            rc = lm_going_once(g, &h, s->name, &shown);
            if (rc == LM_OK && shown != NULL)
                rc = lm_going_note(g, &h, LM_CASCADE_TRIGGERS, shown);
        }
    }
    return rc;
}

static int note_code(lm_going *g, const lm_hanger *h, const char *shown)
{
    bool view = strcmp(h->kind, "view") == 0;
    unsigned cascade = view ? LM_CASCADE_VIEWS
                     : strcmp(h->kind, "fts5") == 0 ? 0
                                                    : LM_CASCADE_TRIGGERS;
    int rc = LM_OK;

    if (view)
        rc = lm_texts_add(g->a, &g->views, lm_alter_text(g->a, "%s",
                                                         h->name));
    if (rc == LM_OK)
        rc = lm_going_note(g, h, cascade, shown);
    if (rc == LM_OK && view)
        rc = note_triggers_on(g, h);
    if (rc != LM_OK || !lm_going_may(g, cascade))
        return rc;
    rc = add_object(g, &g->a->dropping, h);
    return rc == LM_OK ? lm_going_drop(g, view ? "VIEW" : "TRIGGER", h) : rc;
}

/* Views and triggers that use the column, and mind. */
int lm_going_user(lm_going *g, const lm_dependent *d, const lm_hanger *h)
{
    const char *sql, *shown = NULL;
    bool minding = false;
    int rc = text_of(g, d, &sql);

    if (rc == LM_OK && !d->positional && !d->broken)
        rc = minds(g, d, sql, &minding);
    if (rc != LM_OK || !minding)
        return rc;
    rc = lm_going_once(g, h, d->table, &shown);
    return rc != LM_OK || shown == NULL ? rc : note_code(g, h, shown);
}
static bool failed_before(const lm_failed_list *before, const lm_sound *s)
{
    const lm_sound *b;
    size_t i;

    for (i = 0; i < before->count; i++) {
        b = &before->list[i].sound;
        if (strcmp(b->kind, s->kind) == 0 &&
            lm_same_name(b->schema, s->schema) &&
            lm_same_name(b->shown, s->shown))
            return true;
    }
    return false;
}

/* Why it fails is worth telling, but for what goes before it. */
static int note_failed(lm_going *g, const lm_failed *f)
{
    lm_hanger h = {f->sound.kind, f->sound.schema, f->sound.shown, g->name,
                   "read", f->sound.kind[0] == 't' ? f->sound.name : NULL};
    const char *shown;
    int rc = lm_going_once(g, &h, f->sound.name, &shown);

    if (rc != LM_OK || shown == NULL)
        return rc;
    if (!lm_starts(f->why, "no such table: "))
        shown = lm_alter_text(g->a, "%s (%s)", shown, f->why);
    return shown == NULL ? LM_ENOMEM : note_code(g, &h, shown);
}

/* What counts the columns, or hangs on what was found so far, is found by
 * compiling it without the column. What an operation before this one breaks
 * is not this one's to drop. */
int lm_going_failed(lm_going *g, const lm_failed_list *before)
{
    lm_failed_list found = {0};
    size_t i, told;
    int rc;

    do {
        told = g->noted.count;
        rc = lm_trial(g->a, &g->hidden, &found);
        for (i = 0; i < found.count && rc == LM_OK; i++)
            if (!failed_before(before, &found.list[i].sound))
                rc = note_failed(g, &found.list[i]);
    } while (rc == LM_OK && g->noted.count > told);
    free(found.list);
    return rc;
}
