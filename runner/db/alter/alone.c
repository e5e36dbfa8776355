/* SPDX-License-Identifier: MIT */
/*
 * A new column whose CHECK or REFERENCES reads nothing else has the same
 * answer in all rows that are there, because all of them get its default.
 * SQLite would ask each row (sqlite.org/lang_altertable.html 4). We ask a
 * table of this column alone, with one row; where that cannot be made or does
 * not tell, SQLite's way is gone.
 *
 * The CHECKs are left out of the ALTER TABLE then, and put into the text that
 * it stored: where it would have put them.
 */
#include <stdlib.h>
#include <string.h>

#include "../../lex/sqltok.h"
#include "alter.h"

/* -- what is asked -------------------------------------------------------- */

/* The definition's tokens without its CHECKs. A comment could swallow what
 * comes behind it. */
static void add_bare(lm_buf *out, const lm_createtable *given)
{
    const lm_column *c = given->columns;
    lm_span whole = c->item.span, cut;
    lm_sqltok t;
    size_t i = 0;

    lm_sqltok_start(&t, given->text, whole.end);
    t.pos = whole.start;
    while (lm_sql_next(&t) != LM_TOK_END) {
        while (i < c->count && (c->constraints[i].kind != LM_CON_CHECK ||
                                c->constraints[i].item.span.end <= t.start))
            i++;
        cut = i < c->count ? c->constraints[i].item.span : whole;
        if (i == c->count || t.start < cut.start)
            lm_buf_printf(out, " %.*s", (int)t.size, given->text + t.start);
    }
}

static bool names_other(const lm_alter_run *a, const char *text, size_t len)
{
    const lm_createtable *def = &a->draft.def;
    size_t i;

    for (i = 0; i < def->column_count; i++)
        if (lm_text_names(text, len, def->columns[i].name))
            return true;
    return false;
}

/* All CHECKs as one, or NULL: none, or they read other columns. */
static int join_checks(lm_alter_run *a, const lm_createtable *given,
                       const char **out)
{
    const lm_column *c = given->columns;
    lm_buf b = {0};
    lm_span in;
    size_t i;

    for (i = 0; i < c->count; i++) {
        in = c->constraints[i].inner;
        if (c->constraints[i].kind != LM_CON_CHECK)
            continue;
        if (names_other(a, given->text + in.start, in.end - in.start)) {
            lm_buf_clear(&b);
            return LM_OK;
        }
        lm_buf_printf(&b, "%s(%.*s\n)", b.len == 0 ? "" : " AND ",
                      (int)(in.end - in.start), given->text + in.start);
    }
    if (b.len == 0)
        return LM_OK;
    *out = lm_alter_take(a, &b);
    return *out == NULL ? LM_ENOMEM : LM_OK;
}

/* SQLite takes a default like 1.0 for 1 in rows that are there, and where the
 * column has no type, for 1.0 in new ones. A parent may tell them apart. */
static bool is_exact(const lm_createtable *given, const lm_constraint *value)
{
    const char *text = given->text + value->inner.start;

    return text[0] == '\'' ||
           strcspn(text, ".eE") >= value->inner.end - value->inner.start;
}

/* In a STRICT table the default must fit the type, or the column fits no row
 * that is there; without rows that would not be seen. */
int lm_alone_note(lm_alter_run *a, const lm_createtable *given, bool native)
{
    const lm_column *c = given->columns;
    const lm_constraint *value = lm_column_has(c, LM_CON_DEFAULT);
    lm_alone new = {0}, *grown;
    lm_buf b = {0};
    int rc = native ? join_checks(a, given, &new.check) : LM_OK;

    new.refers = native && value != NULL && is_exact(given, value) &&
                 lm_column_has(c, LM_CON_FOREIGN_KEY) != NULL;
    if (rc != LM_OK || (new.check == NULL && !new.refers &&
        (native || value == NULL || !a->draft.def.strict)))
        return rc;
    add_bare(&b, given);
    new.bare = lm_alter_take(a, &b);
    new.text = lm_alter_copy(a, given->text + c->item.span.start,
                             c->item.span.end - c->item.span.start);
    new.column = lm_alter_text(a, "%s", c->name);
    if (new.bare == NULL || new.text == NULL || new.column == NULL)
        return LM_ENOMEM;
    grown = lm_list_grow(a->alones, a->alone_count, &a->alone_size,
                         sizeof *grown);
    if (grown == NULL)
        return lm_err_nomem(a->db->err);
    a->alones = grown;
    new.native = native ? a->natives.list[a->natives.count - 1] : NULL;
    grown[a->alone_count++] = new;
    return LM_OK;
}

/* -- asking --------------------------------------------------------------- */

/* What fails here fails in SQLite's way as well, and is told there. */
static int survive(lm_alter_run *a, int rc)
{
    if (rc != LM_EFAILED || a->out->refused != LM_REASON_NONE ||
        lm_db_fatal(a->db->err->sqlite_code))
        return rc;
    lm_err_clear(a->db->err);
    return LM_OK;
}

/* As an expression of a generated column it may read neither rowids nor what
 * changes from call to call; what is not there is no string. */
static int make(lm_alter_run *a, const lm_alone *o, const char *here,
                const char *name)
{
    const char *sql = o->check == NULL
        ? lm_alter_text(a, "CREATE TABLE %s (%s)", here, o->bare)
        : lm_alter_text(a, "CREATE TABLE %s (%s\n, %s ANY AS (%s))", here,
                        o->text, name, o->check);
    int rc = lm_rights_flag(a, SQLITE_DBCONFIG_DQS_DDL, false);

    if (rc == LM_OK && a->draft.def.strict)
        sql = lm_alter_text(a, "%s STRICT", sql);
    if (rc == LM_OK)
        rc = sql == NULL ? LM_ENOMEM : lm_alter_exec(a, sql);
    lm_rights_flag(a, SQLITE_DBCONFIG_DQS_DDL, true);
    return rc;
}

static int refuse(lm_alter_run *a)
{
    lm_err_clear(a->db->err);
    a->out->sqlite_code = SQLITE_CONSTRAINT_CHECK;
    return lm_alter_refuse(a, LM_REASON_ROWS, "CHECK constraint failed");
}

/* It does not depend on whether there are rows. */
static int fill(lm_alter_run *a, lm_alone *o, const char *here,
                const char *name)
{
    int64_t loose = 1;
    int rc = lm_alter_exec(a, lm_alter_text(a, "INSERT OR ABORT INTO %s "
                                            "DEFAULT VALUES", here));

    if (rc == LM_EFAILED &&
        a->db->err->sqlite_code == SQLITE_CONSTRAINT_CHECK)
        return refuse(a);
    if (rc == LM_EFAILED &&
        a->db->err->sqlite_code == SQLITE_CONSTRAINT_DATATYPE) {
        a->scratch = name;
        return lm_alter_rejected(a, LM_REASON_DEFINITION, "the default does "
                                 "not fit the type in a STRICT table");
    }
    o->holds = rc == LM_OK && o->check != NULL;
    if (rc == LM_OK && o->refers)
        rc = lm_alter_ask_integer(a, lm_alter_text(a, "SELECT count(*) FROM "
            "pragma_foreign_key_check(?1, %s)",
            lm_alter_literal(a, a->schema)), name, &loose);
    o->points = loose == 0;
    return rc;
}

static int ask(lm_alter_run *a, lm_alone *o)
{
    const char *name = lm_alter_free_name(a);
    const char *here = name == NULL ? NULL
        : lm_alter_text(a, "%s.%s", a->in, name);
    int rc;

    if (here == NULL)
        return a->db->err->code;
    rc = make(a, o, here, name);
    if (rc != LM_OK)
        return survive(a, rc);
    rc = survive(a, fill(a, o, here, name));
    return rc != LM_OK ? rc
        : lm_alter_exec(a, lm_alter_text(a, "DROP TABLE %s", here));
}

/* DROP TABLE does not work under a running statement, ALTER TABLE does. */
static bool is_busy(const lm_alter_run *a)
{
    sqlite3_stmt *s = NULL;

    while ((s = sqlite3_next_stmt(a->db->handle, s)) != NULL)
        if (sqlite3_stmt_busy(s))
            return true;
    return false;
}

int lm_alone_ask(lm_alter_run *a, lm_strategy strategy)
{
    bool busy = is_busy(a), asked;
    lm_alone *o;
    size_t i;
    int rc = LM_OK;

    for (i = 0; i < a->alone_count && rc == LM_OK; i++) {
        o = &a->alones[i];
        asked = !busy && (strategy == LM_STRATEGY_NATIVE ||
                          o->native == NULL);
        if (asked)
            rc = lm_alter_begin(a);
        if (asked && rc == LM_OK)
            rc = ask(a, o);
        a->key_added = a->key_added || (o->refers && o->points);
        a->key_risk = a->key_risk || (o->refers && !o->points);
    }
    return rc;
}

/* -- doing it ------------------------------------------------------------- */

static const lm_alone *find(const lm_alter_run *a, const char *native)
{
    size_t i;

    for (i = 0; i < a->alone_count; i++)
        if (a->alones[i].native == native && a->alones[i].holds)
            return &a->alones[i];
    return NULL;
}

/* What SQLite stored, with the CHECKs. */
static int put_checks(lm_alter_run *a, const lm_alone *o)
{
    lm_createtable now = {0};
    const char *text;
    lm_span span = {0, 0};
    int rc = lm_def_stored(a, &text);

    if (rc == LM_OK)
        rc = lm_createtable_parse(text, strlen(text), &now, a->db->err);
    if (rc == LM_OK)
        span = lm_createtable_column(&now, o->column)->item.span;
    lm_createtable_clear(&now);
    if (rc != LM_OK)
        return rc;
    text = lm_alter_text(a, "%.*s%s%s", (int)span.start, text, o->text,
                         text + span.end);
    return text == NULL ? LM_ENOMEM : lm_store_text(a, text);
}

/* The value that SQLite has for a row that is there. */
static int look_at_row(lm_alter_run *a, const lm_alone *o)
{
    int64_t fails = 0;
    int rc = lm_alter_ask_integer(a, lm_alter_text(a, "SELECT coalesce(NOT "
        "(%s), 0) FROM %s LIMIT 1", o->check, lm_alter_here(a)), NULL,
        &fails);

    return rc == LM_OK && fails != 0 ? refuse(a) : rc;
}

int lm_alone_native(lm_alter_run *a, const char *native)
{
    const lm_alone *o = find(a, native);
    int rc;

    if (o == NULL)
        return lm_alter_step(a, native);
    rc = lm_alter_step(a, lm_alter_text(a, "ALTER TABLE %s ADD COLUMN%s",
                                        lm_alter_here(a), o->bare));
    if (rc == LM_OK)
        rc = look_at_row(a, o);
    return rc == LM_OK ? put_checks(a, o) : rc;
}
