/* SPDX-License-Identifier: MIT */
/*
 * What compiles, and what it reads.
 *
 * A view is compiled by a SELECT from it, triggers by the statement that
 * fires them, tables that foreign keys tie to this one by the statements that
 * check these. Each is tried with names in double quotes as names alone, and
 * where that fails also as strings: what a column was must stay one. The
 * authorizer tells which columns each reads, so that a name that now means
 * another column is found even where it still compiles.
 */
#include <stdlib.h>
#include <string.h>

#include "../../lex/createother.h"
#include "../../lex/name.h"
#include "../../lex/sqltok.h"
#include "probe.h"

/* -- what is read --------------------------------------------------------- */

/* The name that the column had at first; of a new one, a name that nothing
 * had: another one when it is another view that reads it. */
static const char *first_name(const lm_alter_run *a, const char *column,
                              bool own)
{
    size_t at = lm_def_find(a, column);

    if (at == a->draft.col_count)
        return column;
    return a->draft.cols[at].first != NULL ? a->draft.cols[at].first
         : own ? "\001" : "\002";
}

/* Reading a view is reading what it reads; its own columns change names with
 * those. */
bool lm_sound_is_view(const lm_alter_run *a, const char *schema,
                      const char *name)
{
    lm_sound like = {0};

    like.kind = "view";
    like.schema = schema;
    like.name = name;
    return lm_sound_find(&a->sounds, &like) != NULL;
}

/* What a trigger does may fire others, of other tables: what these read is
 * theirs, and they may go. The statement that fires it is ours. */
static bool is_elsewhere(const lm_alter_run *a, const lm_sound *s,
                         const char *inside, bool *own)
{
    bool trigger;

    *own = s->event == 0 && inside != NULL && lm_same_name(inside, s->name);
    if (s->members.count == 0 || inside == NULL)
        return s->event != 0;
    trigger = lm_index_trigger(&a->sounds, s, inside, own);
    return trigger && !*own;
}

static void hear(void *user, int action, const char *table,
                 const char *column, const char *schema, const char *inside)
{
    lm_ear *e = user;
    lm_sound *s = e->sound;
    lm_seen *grown;
    bool here, own;

    if (action != SQLITE_READ || schema == NULL || column == NULL ||
        e->failed || lm_sound_is_view(e->a, schema, table) ||
        is_elsewhere(e->a, s, inside, &own))
        return;
    grown = lm_list_grow(s->reads, s->read_count, &s->read_size,
                         sizeof *grown);
    if (grown == NULL) {
        e->failed = true;
        return;
    }
    s->reads = grown;
    grown += s->read_count++;
    here = lm_same_name(schema, e->a->schema) &&
           lm_same_name(table, e->after ? e->a->table : e->a->first);
    grown->here = here;
    grown->full = here ? lm_hash_read(schema, e->a->first, e->after
                                   ? first_name(e->a, column, own) : column)
                       : lm_hash_read(schema, table, column);
}

static int by_full(const void *a, const void *b)
{
    const lm_seen *x = a, *y = b;

    return x->full < y->full ? -1 : x->full > y->full;
}

bool lm_sound_reads(const lm_sound *s, uint64_t full)
{
    lm_seen key = {0};

    key.full = full;
    return s->read_count > 0 &&
           bsearch(&key, s->reads, s->read_count, sizeof key, by_full)
           != NULL;
}

/* -- compiling ------------------------------------------------------------ */

static int try_once(lm_ear *e, const char *sql, bool strings, lm_verdict *out)
{
    lm_db *db = e->a->db;
    sqlite3_stmt *stmt = NULL;
    int rc = lm_rights_flag(e->a, SQLITE_DBCONFIG_DQS_DML, strings);

    if (rc != LM_OK)
        return rc;
    e->sound->read_count = 0;
    db->listener = hear;
    db->listener_user = e;
    rc = sqlite3_prepare_v2(db->handle, sql, -1, &stmt, NULL);
    db->listener = NULL;
    out->ok = rc == SQLITE_OK;
    if ((rc & 0xFF) == SQLITE_ERROR || (rc & 0xFF) == SQLITE_AUTH) {
        free(out->why);
        out->why = lm_strdup(sqlite3_errmsg(db->handle));
        rc = out->why == NULL ? lm_err_nomem(db->err) : LM_OK;
    } else if (rc != SQLITE_OK)
        rc = lm_db_fail(db, rc, NULL, 0);
    if (out->ok && e->sound->event == 0 && strchr(e->sound->text, '*'))
        rc = lm_shown_note(e->a, e->sound, stmt);
    sqlite3_finalize(stmt);
    if (rc == LM_OK && e->failed)
        rc = lm_err_nomem(db->err);
    return rc;
}

int lm_probe_text(lm_alter_run *a, const lm_sound *s, const char **out)
{
    lm_fired f = {s->schema, s->name, s->event};
    lm_buf b = {0};
    int rc;

    if (s->event == 'F' || s->event == 'C') {
        *out = s->text;
        return LM_OK;
    }
    rc = lm_fired_text(a->db, &f, &b);
    *out = lm_alter_take(a, &b);
    return rc == LM_OK && *out == NULL ? LM_ENOMEM : rc;
}

int lm_probe(lm_ear *e, bool strict, bool loose, lm_verdict *v)
{
    lm_alter_run *a = e->a;
    const char *sql;
    bool keys = strcmp(e->sound->kind, "table") == 0;
    int rc = lm_probe_text(a, e->sound, &sql);

    memset(v, 0, sizeof *v);
    if (rc == LM_OK)
        rc = lm_rights_flag(a, SQLITE_DBCONFIG_ENABLE_FKEY, keys);
    /* A table's triggers are compiled by themselves. */
    if (rc == LM_OK)
        rc = lm_rights_flag(a, SQLITE_DBCONFIG_ENABLE_TRIGGER, !keys);
    if (rc == LM_OK && strict)
        rc = try_once(e, sql, false, v);
    e->sound->strict = v->ok;
    if (rc == LM_OK && loose && !v->ok)
        rc = try_once(e, sql, true, v);
    if (rc == LM_OK)
        rc = lm_rights_flag(a, SQLITE_DBCONFIG_DQS_DML, true);
    if (rc == LM_OK)
        rc = lm_rights_flag(a, SQLITE_DBCONFIG_ENABLE_TRIGGER, true);
    if (rc == LM_OK)
        rc = lm_rights_flag(a, SQLITE_DBCONFIG_ENABLE_FKEY, false);
    if (v->ok) {
        free(v->why);
        v->why = NULL;
    }
    if (e->sound->read_count > 0)
        qsort(e->sound->reads, e->sound->read_count,
              sizeof *e->sound->reads, by_full);
    return rc;
}

/* -- what there is -------------------------------------------------------- */

static int add_sound(lm_alter_run *a, const lm_sound *like, lm_sound **out)
{
    lm_sound *grown = lm_list_grow(a->sounds.list, a->sounds.count,
                                   &a->sounds.size, sizeof *grown);

    if (grown == NULL)
        return lm_err_nomem(a->db->err);
    a->sounds.list = grown;
    *out = grown + a->sounds.count++;
    **out = *like;
    return lm_index_add(&a->sounds, lm_hash_sound(like), a->sounds.count - 1,
                        a->db->err);
}

static int add(lm_alter_run *a, const lm_sound *like, const char *text)
{
    lm_sound *s = lm_sound_find(&a->sounds, like);
    int rc = s != NULL ? LM_OK : add_sound(a, like, &s);

    if (rc != LM_OK)
        return rc;
    s->text = text;
    if (strcmp(like->kind, "trigger") != 0)
        return LM_OK;
    rc = lm_texts_add(a, &s->members, like->shown);
    if (rc == LM_OK)
        rc = lm_texts_add(a, &s->texts, text);
    if (rc == LM_OK)
        rc = lm_texts_add(a, &s->homes, like->home);
    return rc != LM_OK ? rc
        : lm_index_add(&a->sounds, lm_hash_trigger(like->shown),
                       (size_t)(s - a->sounds.list), a->db->err);
}

static const char *join(lm_alter_run *a, const lm_texts *list,
                        const char *between)
{
    lm_buf b = {0};
    size_t i;

    for (i = 0; i < list->count; i++)
        lm_buf_printf(&b, "%s%s", i == 0 ? "" : between, list->list[i]);
    return lm_alter_take(a, &b);
}

/* Several triggers that the same statement fires are one. */
static int join_all(lm_alter_run *a)
{
    lm_sound *s;
    size_t i;

    for (i = 0; i < a->sounds.count; i++) {
        s = &a->sounds.list[i];
        if (s->members.count < 2)
            continue;
        s->text = join(a, &s->texts, "\n");
        s->shown = join(a, &s->members, ", ");
        if (s->text == NULL || s->shown == NULL)
            return LM_ENOMEM;
    }
    return LM_OK;
}

/* What a trigger stands on: in its own schema, but for temporary ones. */
static int place_trigger(lm_alter_run *a, const char *sql, lm_sound *s)
{
    lm_createtrigger t = {0};
    int rc = lm_createtrigger_parse(sql, strlen(sql), &t, a->db->err);

    if (rc != LM_OK) {
        lm_createtrigger_clear(&t);
        return lm_alter_rejected(a, LM_REASON_DEPENDENTS, s->shown);
    }
    s->event = t.event == LM_ON_INSERT ? 'I'
             : t.event == LM_ON_UPDATE ? 'U' : 'D';
    s->name = lm_alter_text(a, "%s", t.table);
    if (strcmp(s->schema, "temp") == 0 && t.table_schema != NULL)
        s->schema = lm_alter_text(a, "%s", t.table_schema);
    else if (strcmp(s->schema, "temp") == 0)
        rc = lm_alter_meant(a, t.table, &s->schema);
    lm_createtrigger_clear(&t);
    return rc != LM_OK ? rc
        : s->name == NULL || s->schema == NULL ? LM_ENOMEM : LM_OK;
}

typedef struct reading {
    lm_alter_run *a;
    const char *schema;
} reading;

static int on_code(void *user, lm_db *db, const lm_value *row)
{
    reading *r = user;
    lm_sound s = {0};
    const char *text = lm_alter_value(r->a, &row[2]);
    int rc = LM_OK;

    (void)db;
    s.schema = s.home = r->schema;
    s.name = lm_alter_value(r->a, &row[1]);
    if (text == NULL || s.name == NULL)
        return LM_ENOMEM;
    s.kind = row[0].as.text.bytes[0] == 'v' ? "view" : "trigger";
    s.shown = s.name;
    if (s.kind[0] == 't')
        rc = place_trigger(r->a, text, &s);
    return rc == LM_OK ? add(r->a, &s, text) : rc;
}

static int read_code(lm_alter_run *a, const char *schema)
{
    reading r = {a, schema};
    const char *sql = lm_alter_text(a, "SELECT type, name, sql FROM "
        "%s.sqlite_schema WHERE type IN ('view', 'trigger') ORDER BY type "
        "DESC, rowid", lm_alter_quote(a, schema));

    return sql == NULL ? LM_ENOMEM
        : lm_db_each(a->db, sql, NULL, 0, on_code, &r);
}

static int add_table(lm_alter_run *a, const char *name)
{
    lm_sound s = {0};
    int rc;

    s.kind = "table";
    s.schema = a->schema;
    s.name = s.shown = name;
    s.event = 'I';
    rc = add(a, &s, "");
    s.event = 'U';
    if (rc == LM_OK)
        rc = add(a, &s, "");
    s.event = 'D';
    return rc == LM_OK ? add(a, &s, "") : rc;
}

static int on_child(void *user, lm_db *db, const lm_value *row)
{
    lm_alter_run *a = user;
    const char *name = lm_alter_value(a, &row[0]);

    (void)db;
    if (name == NULL)
        return LM_ENOMEM;
    return lm_same_name(name, a->table) ? LM_OK : add_table(a, name);
}

int lm_alter_children(lm_alter_run *a, lm_row_fn each, void *user)
{
    lm_value name = lm_text_of(a->table);
    const char *sql = lm_alter_text(a, "SELECT DISTINCT m.name FROM "
        "%s.sqlite_schema AS m, pragma_foreign_key_list(m.name, %s) AS f "
        "WHERE m.type = 'table' AND m.sql LIKE '%%references%%' AND "
        "f.\"table\" = ?1 COLLATE NOCASE", a->in,
        a->in_text);

    return sql == NULL ? LM_ENOMEM
        : lm_db_each(a->db, sql, &name, 1, each, user);
}

int lm_probe_fulltext(lm_alter_run *a, const char *schema, const char *name,
                      const char *sql)
{
    lm_sound s = {0};

    s.kind = "fts5";
    s.schema = schema;
    s.name = s.shown = name;
    s.event = 'F';
    return add(a, &s, sql);
}

int lm_probe_column(lm_alter_run *a, size_t view, const char *column)
{
    lm_sound s = a->sounds.list[view];
    const char *quoted = lm_alter_quote(a, column);
    const char *name = lm_alter_quote(a, s.name);
    const char *sql = lm_alter_text(a, "SELECT v.%s FROM %s.%s AS v", quoted,
                                    lm_alter_quote(a, s.schema), name);

    s.event = 'C';
    s.name = lm_alter_text(a, "%s.%s", name, quoted);
    return quoted == NULL || sql == NULL || s.name == NULL ? LM_ENOMEM
        : add(a, &s, sql);
}

int lm_probe_list(lm_alter_run *a)
{
    int rc = read_code(a, a->schema);

    if (rc == LM_OK && strcmp(a->schema, "temp") != 0)
        rc = read_code(a, "temp");
    if (rc == LM_OK)
        rc = add_table(a, a->table);
    if (rc == LM_OK)
        rc = lm_alter_children(a, on_child, a);
    return rc == LM_OK ? join_all(a) : rc;
}

void lm_sounds_clear(lm_sounds *all)
{
    size_t i;

    for (i = 0; i < all->count; i++) {
        free(all->list[i].reads);
        free(all->list[i].members.list);
        free(all->list[i].columns.list);
        free(all->list[i].texts.list);
        free(all->list[i].homes.list);
    }
    free(all->list);
    free(all->slots);
    free(all->heads);
    memset(all, 0, sizeof *all);
}

void lm_probe_clear(lm_alter_run *a)
{
    lm_sounds_clear(&a->sounds);
}

