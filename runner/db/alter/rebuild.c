/* SPDX-License-Identifier: MIT */
/*
 * A new table with all rows, under the old one's name.
 *
 * The order matters (sqlite.org/lang_altertable.html 7): the new table is
 * made and filled first, then the old one is dropped, with foreign keys off
 * so that nothing cascades, and the new one takes its name the legacy way,
 * which leaves views and the triggers of other tables alone. Indexes are made
 * after the copy, which is three times as fast as before it. The stored text
 * comes last: it is the draft's, byte for byte, own name and all.
 */
#include <stdlib.h>
#include <string.h>

#include "../../lex/createother.h"
#include "rebuild.h"

static int add_belonging(lm_rebuilding *r, const lm_value *row, bool temp)
{
    lm_alter_run *a = r->a;
    lm_belonging *grown = lm_list_grow(r->list, r->count, &r->size,
                                    sizeof *grown);

    if (grown == NULL)
        return lm_err_nomem(a->db->err);
    r->list = grown;
    grown += r->count;
    grown->temp = temp;
    grown->trigger = row[0].as.text.bytes[0] == 't';
    grown->name = lm_alter_value(a, &row[1]);
    grown->sql = lm_alter_value(a, &row[2]);
    if (grown->name == NULL || grown->sql == NULL)
        return LM_ENOMEM;
    r->count++;
    return LM_OK;
}

static int on_own(void *user, lm_db *db, const lm_value *row)
{
    (void)db;
    return add_belonging(user, row, false);
}

/* A temporary trigger may stand on a table of this name elsewhere. */
static int on_temp(void *user, lm_db *db, const lm_value *row)
{
    lm_rebuilding *r = user;
    lm_createtrigger t = {0};
    const char *on = NULL;
    int rc = lm_createtrigger_parse(row[2].as.text.bytes,
                                    row[2].as.text.size, &t, db->err);

    if (rc == LM_OK && t.table_schema == NULL)
        rc = lm_alter_meant(r->a, r->a->table, &on);
    if (rc == LM_OK && lm_same_name(on == NULL ? t.table_schema : on,
                                    r->a->schema))
        rc = add_belonging(r, row, true);
    lm_createtrigger_clear(&t);
    return rc == LM_OK ? rc : lm_alter_rejected(r->a, LM_REASON_DEPENDENTS,
                                                "a temporary trigger");
}

static int read_belongings(lm_rebuilding *r)
{
    static const char what[] = "SELECT type, name, sql FROM %s.sqlite_schema "
        "WHERE tbl_name = ?1 COLLATE NOCASE AND sql IS NOT NULL AND "
        "type IN (%s) ORDER BY type, rowid";
    lm_alter_run *a = r->a;
    lm_value name = lm_text_of(a->table);
    const char *sql = lm_alter_text(a, what, a->in,
                                    "'index', 'trigger'");
    int rc = sql == NULL ? LM_ENOMEM
        : lm_db_each(a->db, sql, &name, 1, on_own, r);

    if (rc != LM_OK || strcmp(a->schema, "temp") == 0)
        return rc;
    sql = lm_alter_text(a, what, "temp", "'trigger'");
    return sql == NULL ? LM_ENOMEM
        : lm_db_each(a->db, sql, &name, 1, on_temp, r);
}

/* The statement with the schema before the name that it makes. */
static const char *qualified(lm_alter_run *a, const lm_belonging *b)
{
    lm_createtrigger t = {0};
    lm_createindex i = {0};
    const char *schema = b->temp ? "temp" : a->schema, *sql = NULL;
    size_t at = 0, n = strlen(b->sql);
    int rc;

    if (b->trigger) {
        rc = lm_createtrigger_parse(b->sql, n, &t, a->db->err);
        at = t.name_span.start;
        lm_createtrigger_clear(&t);
    } else {
        rc = lm_createindex_parse(b->sql, n, &i, a->db->err);
        at = i.name_span.start;
        lm_createindex_clear(&i);
    }
    if (rc != LM_OK)
        lm_alter_rejected(a, LM_REASON_DEFINITION, b->name);
    else if (strcmp(schema, "main") == 0 && !lm_db_has_temp(a->db))
        sql = b->sql;   /* which a table of temp would take over */
    else
        sql = lm_alter_text(a, "%.*s%s.%s", (int)at, b->sql,
                            lm_alter_quote(a, schema), b->sql + at);
    return sql;
}

static int make_again(lm_rebuilding *r)
{
    lm_alter_run *a = r->a;
    const lm_belonging *b;
    const char *sql;
    size_t i;
    int rc = LM_OK;

    for (i = 0; i < r->count && rc == LM_OK; i++) {
        b = &r->list[i];
        sql = qualified(a, b);
        if (sql == NULL)
            return a->db->err->code;
        rc = lm_alter_step(a, sql);
        if (rc != LM_OK)
            rc = lm_alter_rejected(a, b->trigger ? LM_REASON_DEPENDENTS
                : (a->db->err->sqlite_code & 0xFF) == SQLITE_CONSTRAINT
                ? LM_REASON_ROWS : LM_REASON_DEPENDENTS,
                lm_alter_text(a, "the %s %s", b->trigger ? "trigger"
                              : "index", b->name));
    }
    return rc;
}

static int take_name(lm_rebuilding *r)
{
    lm_alter_run *a = r->a;
    const char *scratch = a->scratch;
    int rc = lm_alter_step(a, lm_alter_text(a, "DROP TABLE %s",
                                            lm_alter_here(a)));

    if (rc != LM_OK)
        return lm_alter_rejected(a, LM_REASON_DEPENDENTS, "");
    rc = lm_rights_flag(a, SQLITE_DBCONFIG_LEGACY_ALTER_TABLE, true);
    if (rc == LM_OK)
        rc = lm_alter_step(a, lm_alter_text(a, "ALTER TABLE %s.%s RENAME TO "
            "%s", a->in, scratch,
            lm_alter_name(a, a->table)));
    if (rc != LM_OK)
        return lm_alter_rejected(a, LM_REASON_DEFINITION, "");
    if (rc == LM_OK)
        rc = lm_rights_flag(a, SQLITE_DBCONFIG_LEGACY_ALTER_TABLE, false);
    return rc;
}

static bool has_autoincrement(const lm_createtable *def)
{
    const lm_constraint *c;
    size_t i;

    for (i = 0; i < def->column_count; i++) {
        c = lm_column_has(&def->columns[i], LM_CON_PRIMARY_KEY);
        if (c != NULL && c->autoincrement)
            return true;
    }
    for (i = 0; i < def->constraint_count; i++)
        if (def->constraints[i].autoincrement)
            return true;
    return false;
}

static int restore_sequence(lm_rebuilding *r)
{
    lm_alter_run *a = r->a;
    bool exact = true;
    size_t i;

    if (!has_autoincrement(&a->draft.def) || a->req->dry_run)
        return LM_OK;
    for (i = 0; i < a->draft.col_count; i++)
        exact = exact && a->draft.cols[i].value == NULL;
    if (r->has_sequence)
        return lm_keep_sequence_back(a, r->sequence,
                                     exact && !a->key_moved && r->was_auto);
    return r->was_auto ? lm_keep_sequence_empty(a) : LM_OK;
}

static bool same_text(const lm_createtable *a, lm_span x,
                      const lm_createtable *b, lm_span y)
{
    return lm_sqltext_same(a->text + x.start, x.end - x.start,
                           b->text + y.start, y.end - y.start);
}

/* May a value that stays come out as another one? */
static bool converts(const lm_alter_run *a, const lm_createtable *now,
                     size_t i)
{
    const lm_createtable *def = &a->draft.def;
    const lm_column *is = &def->columns[i], *was;

    if (a->draft.cols[i].value != NULL)
        return true;
    if (a->draft.cols[i].source == NULL)
        return false;
    was = lm_createtable_column(now, a->draft.cols[i].source);
    if (was == NULL || def->strict != now->strict ||
        !same_text(def, is->type, now, was->type))
        return true;
    return (lm_column_has(is, LM_CON_GENERATED) != NULL ||
            lm_column_has(was, LM_CON_GENERATED) != NULL) &&
           !same_text(def, is->item.span, now, was->item.span);
}

static int note_converts(lm_rebuilding *r, const lm_createtable *now)
{
    lm_alter_run *a = r->a;
    size_t i;
    int rc = LM_OK;

    for (i = 0; i < a->draft.col_count && rc == LM_OK; i++)
        if (converts(a, now, i))
            rc = lm_texts_add(a, &r->changed, lm_alter_text(a, "%s",
                              a->draft.def.columns[i].name));
    return rc;
}

static int read_before(lm_rebuilding *r)
{
    lm_alter_run *a = r->a;
    lm_createtable now = {0};
    int rc = read_belongings(r);

    if (rc == LM_OK)
        rc = lm_keep_sequence(a, &r->has_sequence, &r->sequence);
    if (rc == LM_OK)
        rc = lm_createtable_parse(a->draft.stored, strlen(a->draft.stored),
                                  &now, a->db->err);
    r->was_auto = rc == LM_OK && has_autoincrement(&now);
    if (rc == LM_OK && !a->req->dry_run)
        rc = note_converts(r, &now);
    if (rc == LM_OK && r->changed.count > 0)
        rc = lm_full_text(a, false, NULL);
    lm_createtable_clear(&now);
    return rc;
}

int lm_rebuild(lm_alter_run *a)
{
    lm_rebuilding r = {0};
    int rc;

    r.a = a;
    rc = read_before(&r);
    if (rc == LM_OK)
        rc = lm_scratch_make(a);
    if (rc == LM_OK)
        rc = lm_move_plan(&r);
    if (rc == LM_OK)
        rc = lm_move_check(&r);
    if (rc == LM_OK)
        rc = lm_move_rows(&r);
    if (rc == LM_OK)
        rc = lm_move_verify(&r);
    if (rc == LM_OK && a->astray && !a->req->dry_run)
        rc = lm_match_rows(&r);
    if (rc == LM_OK)
        rc = lm_busy_after(a);
    if (rc == LM_OK)
        rc = lm_keep_aside(a);
    if (rc == LM_OK)
        rc = take_name(&r);
    if (rc == LM_OK)
        rc = make_again(&r);
    if (rc == LM_OK)
        rc = lm_keep_back(a, a->scratch);
    a->scratch = NULL;
    if (rc == LM_OK)
        rc = restore_sequence(&r);
    if (rc == LM_OK)
        rc = lm_store_text(a, a->draft.text);
    if (rc == LM_OK && r.changed.count > 0)
        rc = lm_full_text(a, true, &r.changed);
    if (rc == LM_OK)
        a->out->rows += r.rows;
    free(r.list);
    free(r.into.list);
    free(r.changed.list);
    return rc;
}
