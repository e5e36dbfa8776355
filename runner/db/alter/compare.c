/* SPDX-License-Identifier: MIT */
/*
 * What compiled before compiles after, and reads the same columns. A name may
 * go on compiling and mean another thing: a column of another table, a
 * string, another place in a list.
 */
#include <stdlib.h>
#include <string.h>

#include "../../lex/createother.h"
#include "../../lex/sqltok.h"
#include "trial.h"

/* Whose foreign key it is, where SQLite says it. */
static const char *referring(lm_alter_run *a, const lm_sound *s,
                             const char *why)
{
    static const char said[] = "foreign key mismatch - ";
    const char *end = strstr(why, " referencing "), *child;

    if (!lm_starts(why, said) || end == NULL)
        return s->shown;
    why += sizeof said - 1;
    child = lm_sqltext_name(&a->arena, why, (size_t)(end - why));
    return child == NULL ? s->shown : child;
}

/* Each is told; one of them is enough. */
static int refuse(lm_alter_run *a, const lm_sound *s, const char *why)
{
    bool table = strcmp(s->kind, "table") == 0;
    lm_hanger h = {table ? "foreign_key" : s->kind, s->schema,
                   table ? NULL : s->shown, NULL, "read",
                   table ? referring(a, s, why)
                   : s->event == 0 || s->event == 'F' ? NULL : s->name};
    const char *what = table
        ? lm_alter_text(a, "%s, which could not be written any more: %s%s",
                        s->shown, why, lm_starts(why, "foreign key mismatch")
                        ? " (the columns that it refers to must be the "
                          "PRIMARY KEY, or UNIQUE together)" : "")
        : s->event == 'F' ? lm_alter_text(a, "the full-text table %s: %s",
                                          s->shown, why)
        : s->event == 0 ? lm_alter_text(a, "the view %s: %s", s->shown, why)
        : lm_alter_text(a, "the trigger %s on %s: %s", s->shown, s->name,
                        why);
    size_t i;
    int rc = what == NULL ? LM_ENOMEM : LM_OK;

    for (i = 0; i < s->members.count && rc == LM_OK; i++) {
        h.schema = s->homes.list[i];
        h.name = s->members.list[i];
        rc = lm_alter_hanger(a, &h);
    }
    if (rc == LM_OK && i == 0)
        rc = lm_alter_hanger(a, &h);
    if (rc != LM_OK || lm_texts_has(&a->breaks, what))
        return rc;
    a->breaks_code = a->breaks_code || !table;
    return lm_texts_add(a, &a->breaks, what);
}

static int refuse_all(lm_alter_run *a)
{
    a->op = NULL;
    return lm_alter_refuse_all(a, a->breaks_code ? LM_REASON_DEPENDENTS
                               : LM_REASON_FOREIGN_KEY, "it breaks ",
                               &a->breaks);
}

static bool was_dropped(const lm_alter_run *a, uint64_t full)
{
    size_t i;

    for (i = 0; i < a->gone.count; i++)
        if (lm_hash_read(a->schema, a->first, a->gone.list[i]) == full)
            return true;
    return false;
}

bool lm_sound_here(const lm_sound *s)
{
    size_t i;

    for (i = 0; i < s->read_count; i++)
        if (s->reads[i].here)
            return true;
    return false;
}

/* SELECT *, t.*, a, * */
bool lm_text_star(const char *text)
{
    lm_sqltok t;
    bool list = false;
    char c;

    lm_sqltok_start(&t, text, strlen(text));
    while (lm_sqltok_next(&t) != LM_TOK_END) {
        if (t.kind == LM_TOK_SPACE || t.kind == LM_TOK_COMMENT)
            continue;
        c = t.kind == LM_TOK_OPERATOR && t.size == 1 ? text[t.start] : ' ';
        if (c == '*' && list)
            return true;
        list = c == ',' || c == '.' || lm_sqltok_is(&t, "SELECT") ||
               lm_sqltok_is(&t, "DISTINCT") || lm_sqltok_is(&t, "ALL");
    }
    return false;
}

/* May a name in the text be this column's? ORDER BY is none of "order". */
static int may_mean(lm_alter_run *a, const char *text, const char *name,
                    bool *out)
{
    const char *table = lm_alter_quote(a, a->table), *unused;
    int rc;

    *out = lm_text_names(text, strlen(text), name);
    if (!*out || lm_db_is_plain(name) || strpbrk(text, "[`") != NULL ||
        lm_text_quotes(text, strlen(text), name))
        return LM_OK;
    if (table == NULL)
        return LM_ENOMEM;
    rc = lm_alter_ask(a, lm_alter_text(a, "SELECT %s FROM %s.%s LIMIT 0",
                                       name, a->in, table), NULL, &unused);
    if (rc != LM_EFAILED || lm_db_fatal(a->db->err->sqlite_code))
        return rc;
    lm_err_clear(a->db->err);
    *out = false;
    return LM_OK;
}

static int compare(lm_alter_run *a, const lm_sound *old, const lm_sound *new)
{
    const char *name;
    bool spelled, own;
    size_t i;
    int rc;

    for (i = 0; i < old->read_count; i++)
        if (!lm_sound_reads(new, old->reads[i].full) &&
            !was_dropped(a, old->reads[i].full))
            return refuse(a, old, "a name in it would mean another column "
                          "than before");
    for (i = 0; i < a->draft.col_count; i++) {
        name = a->draft.def.columns[i].name;
        if (a->draft.cols[i].first == NULL &&
            lm_shown_taken(a, old, new, i))
            return refuse(a, old, lm_alter_text(a, "its column %s would be "
                          "another one than before", name));
        if (a->draft.cols[i].first != NULL)
            continue;
        own = lm_sound_reads(new, lm_hash_read(a->schema, a->first, "\001"));
        if (!own && !lm_sound_reads(new, lm_hash_read(a->schema, a->first,
                                                      "\002")))
            continue;
        if (!old->strict && lm_text_quotes(old->text,
                                          strlen(old->text), name))
            return refuse(a, old, lm_alter_text(a, "\"%s\" is a string in "
                          "it, and would become a column", name));
        if (!own)
            continue;
        rc = may_mean(a, old->text, name, &spelled);
        if (rc != LM_OK)
            return rc;
        /* What a star reads, a name in the text may read as well. */
        if (spelled && lm_text_star(old->text))
            rc = lm_name_meant(a, new, name, &spelled);
        if (rc != LM_OK)
            return rc;
        if (spelled || !lm_text_star(old->text))
            return refuse(a, old, "a name in it would mean a new column");
    }
    for (i = 0; i < a->gone.count; i++)
        if (lm_shown_left(old, new, a->gone.list[i]))
            return refuse(a, old, lm_alter_text(a, "its column %s would be "
                          "another one than before", a->gone.list[i]));
    rc = lm_natural_by(a, old, &name);
    return rc != LM_OK || name == NULL ? rc
        : refuse(a, old, lm_alter_text(a, "its NATURAL JOIN would join by "
                 "other columns (%s)", name));
}

static int on_failed(void *user, const lm_sound *one, const char *why)
{
    return refuse(user, one, why);
}

/* A trigger's group may have lost members, by cascade: the text is that of
 * now. One reason is enough. */
static int verify(lm_alter_run *a, const lm_sound *old, const lm_sound *now,
                  lm_failed_list *failed)
{
    lm_sound new = *now;
    lm_ear e = {a, &new, true, false};
    lm_verdict v;
    size_t told = a->breaks.count;
    bool code;
    int rc;

    new.reads = NULL;
    new.read_count = new.read_size = 0;
    memset(&new.columns, 0, sizeof new.columns);
    rc = lm_probe(&e, old->strict, !old->strict, &v);
    if (rc == LM_OK && !v.ok && strcmp(old->kind, "trigger") == 0)
        rc = lm_failed_add(a, failed, now, old->strict, v.why);
    else if (rc == LM_OK && !v.ok)
        rc = refuse(a, now, v.why == NULL ? "" : v.why);
    code = v.ok && strcmp(old->kind, "table") != 0;
    if (rc == LM_OK && code)
        rc = compare(a, old, &new);
    if (rc == LM_OK && code && a->breaks.count == told)
        rc = lm_counting_each(a, old, &new, on_failed, a);
    if (rc == LM_OK && v.ok && old->moved && a->breaks.count == told)
        rc = refuse(a, now, old->moved);
    free(v.why);
    free(new.reads);
    free(new.columns.list);
    return rc;
}

const lm_sound *lm_sound_after(const lm_alter_run *a, const lm_sound *old)
{
    lm_sound like = *old;

    if (old->event == 'F')
        return old;     /* it asks what it asked */
    if (lm_same_name(old->name, a->first) && old->kind[0] == 't' &&
        lm_same_name(old->schema, a->schema))
        like.name = a->table;
    return lm_sound_find(&a->sounds, &like);
}

/* Tables, or all else. */
static int verify_all(lm_alter_run *a, const lm_sounds *before, bool tables,
                      lm_failed_list *failed)
{
    const lm_sound *old, *now;
    size_t i;
    int rc = LM_OK;

    for (i = 0; i < before->count && rc == LM_OK; i++) {
        old = &before->list[i];
        if (!old->ok || (strcmp(old->kind, "table") == 0) != tables)
            continue;
        now = lm_sound_after(a, old);
        if (now != NULL)
            rc = verify(a, old, now, failed);
    }
    return rc;
}

/* Tables are looked at without the triggers that fail: those are named
 * already. */
int lm_probe_after(lm_alter_run *a)
{
    lm_sounds before = a->sounds;
    lm_failed_list failed = {0};
    int rc;

    memset(&a->sounds, 0, sizeof a->sounds);
    rc = lm_stale_hide(a->db, &a->stales);
    if (rc == LM_OK)
        rc = lm_probe_list(a);
    if (rc == LM_OK)
        rc = verify_all(a, &before, false, &failed);
    if (rc == LM_OK)
        rc = lm_failed_each(a, &failed, on_failed, a);
    if (rc == LM_OK)
        rc = verify_all(a, &before, true, &failed);
    if (rc == LM_OK)
        rc = lm_stale_show(a->db, &a->stales);
    lm_sounds_clear(&before);
    free(failed.list);
    return rc == LM_OK ? refuse_all(a) : rc;
}
