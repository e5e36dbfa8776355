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
#include "alter.h"

/* What is made again behind the copy. */
typedef struct belonging {
    bool trigger, temp;
    const char *name, *sql;
} belonging;

typedef struct rebuild {
    lm_alter_run *a;
    belonging *list;
    size_t count, size;
    lm_texts into;
    const char *columns, *select, *rowid;
    bool has_sequence;
    int64_t sequence;
    bool was_auto;
    int64_t rows;
} rebuild;

static const char *text_of(lm_alter_run *a, const lm_value *v)
{
    return v->type != LM_TEXT ? lm_alter_copy(a, "", 0)
        : lm_alter_copy(a, v->as.text.bytes, v->as.text.size);
}

static int add_belonging(rebuild *r, const lm_value *row, bool temp)
{
    lm_alter_run *a = r->a;
    belonging *grown = lm_list_grow(r->list, r->count, &r->size,
                                    sizeof *grown);

    if (grown == NULL)
        return lm_err_nomem(a->db->err);
    r->list = grown;
    grown += r->count;
    grown->temp = temp;
    grown->trigger = row[0].as.text.bytes[0] == 't';
    grown->name = text_of(a, &row[1]);
    grown->sql = text_of(a, &row[2]);
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

/* A temporary trigger may stand on a temporary table of this name. */
static int on_temp(void *user, lm_db *db, const lm_value *row)
{
    rebuild *r = user;
    lm_createtrigger t = {0};
    lm_name table = {r->a->table, strlen(r->a->table)};
    bool other = false;
    int rc = lm_createtrigger_parse(row[2].as.text.bytes,
                                    row[2].as.text.size, &t, db->err);

    if (rc == LM_OK && t.table_schema != NULL)
        other = !lm_same_name(t.table_schema, r->a->schema);
    else if (rc == LM_OK)
        rc = lm_schema_table(db, "temp", table, &other);
    if (rc == LM_OK && !other)
        rc = add_belonging(r, row, true);
    lm_createtrigger_clear(&t);
    return rc == LM_OK ? rc : lm_alter_rejected(r->a, LM_REASON_DEPENDENTS,
                                                "a temporary trigger");
}

static int read_belongings(rebuild *r)
{
    static const char what[] = "SELECT type, name, sql FROM %s.sqlite_schema "
        "WHERE tbl_name = ?1 COLLATE NOCASE AND sql IS NOT NULL AND "
        "type IN (%s) ORDER BY type, rowid";
    lm_alter_run *a = r->a;
    lm_value name = lm_text_of(a->table);
    const char *sql = lm_alter_text(a, what, lm_alter_quote(a, a->schema),
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
static const char *qualified(lm_alter_run *a, const belonging *b)
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
    else if (strcmp(schema, "main") == 0)
        sql = b->sql;
    else
        sql = lm_alter_text(a, "%.*s%s.%s", (int)at, b->sql,
                            lm_alter_quote(a, schema), b->sql + at);
    return sql;
}

static int make_again(rebuild *r)
{
    lm_alter_run *a = r->a;
    const belonging *b;
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

/* The only column of an INTEGER PRIMARY KEY, which is the rowid itself; NULL
 * when there is none. SQLite says it, because it is not in the text alone. */
static int find_alias(lm_alter_run *a, const char **out)
{
    return lm_alter_ask(a, lm_alter_text(a, "SELECT t.name FROM "
        "pragma_table_xinfo(%s, %s) AS t WHERE t.pk = 1 AND upper(t.type) = "
        "'INTEGER' AND NOT EXISTS (SELECT 1 FROM pragma_index_list(%s, %s) "
        "WHERE origin = 'pk')", lm_alter_literal(a, a->scratch),
        lm_alter_literal(a, a->schema), lm_alter_literal(a, a->scratch),
        lm_alter_literal(a, a->schema)), NULL, out);
}

typedef struct lists {
    lm_buf columns, select;
} lists;

static int add_column(rebuild *r, lists *l, const char *column,
                      const char *value)
{
    if (column == NULL || value == NULL)
        return LM_ENOMEM;
    lm_buf_printf(&l->columns, "%s%s", r->into.count == 0 ? "" : ", ",
                  column);
    lm_buf_printf(&l->select, "%s%s", r->into.count == 0 ? "" : ", ", value);
    return lm_texts_add(r->a, &r->into, column);
}

static int add_columns(rebuild *r, lists *l, const char *alias)
{
    lm_alter_run *a = r->a;
    const lm_createtable *def = &a->draft.def;
    const lm_col *c;
    const char *value;
    size_t i;
    int rc = LM_OK;

    for (i = 0; i < a->draft.col_count && rc == LM_OK; i++) {
        c = &a->draft.cols[i];
        if (lm_column_has(&def->columns[i], LM_CON_GENERATED) != NULL)
            continue;
        value = c->value;
        if (value == NULL && c->source != NULL)
            value = lm_alter_quote(a, c->source);
        /* A new rowid under a name: the old one's. */
        if (value == NULL && alias != NULL && r->rowid != NULL &&
            lm_same_name(alias, def->columns[i].name))
            value = r->rowid;
        if (value != NULL)
            rc = add_column(r, l, lm_alter_quote(a, def->columns[i].name),
                            value);
    }
    return rc;
}

/* What is copied into what. Rowids are, wherever both tables have them. */
static int plan_copy(rebuild *r)
{
    lm_alter_run *a = r->a;
    lm_createtable now = {0};
    lists l = {{0}, {0}};
    const char *alias, *to;
    int rc = find_alias(a, &alias);

    if (rc == LM_OK)
        rc = lm_createtable_parse(a->draft.stored,
                                  strlen(a->draft.stored), &now,
                                  a->db->err);
    r->rowid = rc == LM_OK ? lm_rowid_name(&now) : NULL;
    to = lm_rowid_name(&a->draft.def);
    if (rc == LM_OK && r->rowid != NULL && to != NULL && alias == NULL)
        rc = add_column(r, &l, to, r->rowid);
    if (rc == LM_OK)
        rc = add_columns(r, &l, alias);
    lm_createtable_clear(&now);
    r->columns = lm_alter_take(a, &l.columns);
    r->select = lm_alter_take(a, &l.select);
    if (rc == LM_OK && (r->columns == NULL || r->select == NULL))
        rc = LM_ENOMEM;
    if (rc == LM_OK && r->into.count == 0)
        rc = lm_alter_refuse(a, LM_REASON_DEFINITION, "no column of the old "
                             "table is in the new one");
    return rc;
}

/* A NULL in what becomes the rowid would be given a number. */
static int check_alias(rebuild *r)
{
    lm_alter_run *a = r->a;
    const char *alias;
    size_t at;
    int rc = find_alias(a, &alias);

    if (rc != LM_OK || alias == NULL || !a->key_moved)
        return rc;
    at = lm_def_find(a, alias);
    if (at == a->draft.col_count || a->draft.cols[at].source == NULL ||
        a->draft.cols[at].value != NULL)
        return LM_OK;
    return lm_rows_null(a, a->draft.cols[at].source);
}

static int copy_failed(rebuild *r)
{
    lm_alter_run *a = r->a;
    lm_err *err = a->db->err;
    int code = err->sqlite_code & 0xFF, rc;

    if (err->code != LM_EFAILED || lm_db_fatal(err->sqlite_code))
        return err->code;
    if (code == SQLITE_CONSTRAINT || code == SQLITE_MISMATCH) {
        char *why = lm_strdup(lm_err_text(err));

        lm_err_clear(err);
        rc = lm_rows_try(a, &r->into, r->columns, r->select, r->rowid);
        if (rc == LM_OK)
            rc = why == NULL ? lm_err_nomem(err)
                             : lm_rows_refuse(a, lm_alter_show(a, why));
        free(why);
        return rc;
    }
    return lm_alter_rejected(a, LM_REASON_DEFINITION, "copying the rows");
}

/* OR ABORT: no ON CONFLICT clause of the table acts on rows that move. */
static int copy(rebuild *r)
{
    lm_alter_run *a = r->a;
    const char *sql = lm_alter_text(a, "INSERT OR ABORT INTO %s.%s (%s) "
        "SELECT %s FROM %s", lm_alter_quote(a, a->schema), a->scratch,
        r->columns, r->select, lm_alter_here(a));
    int64_t before = 0;
    int rc;

    if (sql == NULL)
        return LM_ENOMEM;
    /* What is not a column must not become a string. */
    rc = lm_rights_flag(a, SQLITE_DBCONFIG_DQS_DML, false);
    if (rc == LM_OK && a->req->dry_run)
        rc = lm_alter_plan_step(a, sql);
    else if (rc == LM_OK)
        rc = lm_alter_ask_integer(a, lm_alter_text(a, "SELECT count(*) FROM "
                                  "%s", lm_alter_here(a)), NULL, &before);
    if (rc == LM_OK && !a->req->dry_run) {
        rc = lm_alter_step(a, sql);
        r->rows = rc == LM_OK ? sqlite3_changes64(a->db->handle) : 0;
    }
    if (rc != LM_OK)
        rc = copy_failed(r);
    if (rc == LM_OK)
        rc = lm_rights_flag(a, SQLITE_DBCONFIG_DQS_DML, true);
    if (rc == LM_OK && r->rows != before)
        rc = lm_alter_refuse(a, LM_REASON_ROWS, "%lld rows, but %lld were "
                             "copied", (long long)before,
                             (long long)r->rows);
    return rc;
}

/* ANY converts nothing in a STRICT table and is NUMERIC in another. */
static int check_any(rebuild *r)
{
    lm_alter_run *a = r->a;
    const lm_createtable *def = &a->draft.def;
    const char *name, *count;
    int64_t same;
    size_t i;
    int rc = LM_OK;

    for (i = 0; i < def->column_count && rc == LM_OK && a->any_loosened &&
         !a->req->dry_run; i++) {
        if (!lm_def_same(a, def->columns[i].type, "ANY") ||
            a->draft.cols[i].type_set != NULL ||
            a->draft.cols[i].source == NULL)
            continue;
        name = lm_alter_quote(a, a->draft.cols[i].source);
        count = name == NULL ? NULL : lm_alter_text(a, "SELECT count(*) "
            "FILTER (WHERE typeof(%s) = 'text') || ' ' || count(*) FILTER "
            "(WHERE typeof(%s) = 'real') FROM", name, name);
        rc = lm_alter_ask_integer(a, lm_alter_text(a, "SELECT (%s %s) = "
            "(%s %s.%s)", count, lm_alter_here(a), count,
            lm_alter_quote(a, a->schema), a->scratch), NULL, &same);
        if (rc == LM_OK && same == 0)
            rc = lm_alter_refuse(a, LM_REASON_ROWS, "values of the column "
                                 "%s would be converted: ANY keeps them "
                                 "only in a STRICT table; give it another "
                                 "type with set_type", name);
    }
    return rc;
}

static int take_name(rebuild *r)
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
            "%s", lm_alter_quote(a, a->schema), scratch,
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

static int restore_sequence(rebuild *r)
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

static int read_before(rebuild *r)
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
    lm_createtable_clear(&now);
    return rc;
}

int lm_rebuild(lm_alter_run *a)
{
    rebuild r = {0};
    int rc;

    r.a = a;
    rc = read_before(&r);
    if (rc == LM_OK)
        rc = lm_scratch_make(a);
    if (rc == LM_OK)
        rc = plan_copy(&r);
    if (rc == LM_OK)
        rc = check_alias(&r);
    if (rc == LM_OK)
        rc = copy(&r);
    if (rc == LM_OK)
        rc = check_any(&r);
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
    if (rc == LM_OK)
        a->out->rows += r.rows;
    free(r.list);
    free(r.into.list);
    return rc;
}
