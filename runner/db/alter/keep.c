/* SPDX-License-Identifier: MIT */
/*
 * What SQLite takes along with a table, or forgets to rename: the rows of
 * ANALYZE and the highest number that AUTOINCREMENT has given out.
 */
#include <string.h>

#include "alter.h"

static const char *const statistics[] = {"sqlite_stat1", "sqlite_stat4"};

static int has_table(lm_alter_run *a, const char *name, int64_t *out)
{
    return lm_alter_ask_integer(a, lm_alter_text(a, "SELECT count(*) FROM "
        "%s.sqlite_schema WHERE type = 'table' AND name = ?1",
        a->in), name, out);
}

/* Run one statement for each table of statistics that is there; it may name
 * this table, %s, twice. */
static int each_statistics(lm_alter_run *a, const char *(*make)(
    lm_alter_run *, const char *, const char *, const char *),
    const char *from, const char *to)
{
    const char *table;
    int64_t there;
    size_t i;
    int rc = LM_OK;

    for (i = 0; i < 2 && rc == LM_OK; i++) {
        rc = has_table(a, statistics[i], &there);
        if (rc != LM_OK || there == 0)
            continue;
        table = lm_alter_text(a, "%s.%s", a->in,
                              statistics[i]);
        if (table == NULL)
            return LM_ENOMEM;
        rc = lm_alter_exec(a, make(a, table, from, to));
    }
    return rc;
}

/* The indexes of constraints are called by the table's name. */
static const char *make_rename(lm_alter_run *a, const char *table,
                               const char *from, const char *to)
{
    const char *old = lm_alter_text(a, "sqlite_autoindex_%s_", from);

    old = old == NULL ? NULL : lm_alter_literal(a, old);
    from = lm_alter_literal(a, from);
    to = lm_alter_literal(a, to);
    if (old == NULL || from == NULL || to == NULL)
        return NULL;
    return lm_alter_text(a, "UPDATE %s SET tbl = %s, idx = CASE WHEN "
                         "substr(idx, 1, length(%s)) = %s COLLATE NOCASE "
                         "THEN 'sqlite_autoindex_' || %s || substr(idx, "
                         "length(%s)) WHEN idx = %s COLLATE NOCASE THEN %s "
                         "ELSE idx END WHERE tbl = %s COLLATE NOCASE", table,
                         to, old, old, to, old, from, to, from);
}

int lm_keep_renamed(lm_alter_run *a, const char *from, const char *to)
{
    return each_statistics(a, make_rename, from, to);
}

/* The index of the new table over the same columns, with the same collations
 * or not: no two of a table's constraints have the same of both. */
static const char *twin(lm_alter_run *a, const char *to, const char *what)
{
    const char *s = a->in_text;

    return lm_alter_text(a, "(SELECT n.name FROM pragma_index_list(%s, %s) "
        "AS n WHERE n.origin <> 'c' AND (SELECT group_concat(%s) FROM "
        "pragma_index_xinfo(n.name, %s) WHERE key) = (SELECT "
        "group_concat(%s) FROM pragma_index_xinfo(idx, %s) WHERE key))",
        to, s, what, s, what, s);
}

/* Aside, under the new table's name: the indexes of constraints become those
 * of the new table; what has none there goes. */
static const char *make_aside(lm_alter_run *a, const char *table,
                              const char *from, const char *to)
{
    const char *same, *like;

    from = lm_alter_literal(a, from);
    to = lm_alter_literal(a, to);
    if (from == NULL || to == NULL)
        return NULL;
    same = twin(a, to, "quote(name) || coll");
    like = twin(a, to, "quote(name)");
    if (same == NULL || like == NULL)
        return NULL;
    return lm_alter_text(a,
        "UPDATE %s SET tbl = %s, idx = CASE WHEN idx LIKE "
        "'sqlite!_autoindex!_%%' ESCAPE '!' THEN coalesce(%s, %s, '') "
        "ELSE idx END WHERE tbl = %s COLLATE NOCASE", table, to, same, like,
        from);
}

int lm_keep_aside(lm_alter_run *a)
{
    return each_statistics(a, make_aside, a->table, a->scratch);
}

static const char *make_prune(lm_alter_run *a, const char *table,
                              const char *unused, const char *name)
{
    const char *s = a->in_text;

    (void)unused;
    name = lm_alter_literal(a, name);
    if (name == NULL)
        return NULL;
    return lm_alter_text(a, "DELETE FROM %s WHERE tbl = %s AND idx IS NOT "
                         "NULL AND idx <> %s AND idx NOT IN (SELECT name "
                         "FROM pragma_index_list(%s, %s))", table, name,
                         name, name, s);
}

int lm_keep_back(lm_alter_run *a, const char *scratch)
{
    int rc = each_statistics(a, make_rename, scratch, a->table);

    if (rc == LM_OK)
        rc = each_statistics(a, make_prune, NULL, a->table);
    return rc;
}

/* -- AUTOINCREMENT -------------------------------------------------------- */

typedef struct number {
    bool there;
    int64_t value;
} number;

static int on_number(void *user, lm_db *db, const lm_value *row)
{
    number *n = user;

    (void)db;
    n->there = row->type == LM_INTEGER;
    n->value = n->there ? row->as.integer : 0;
    return LM_OK;
}

int lm_keep_sequence(lm_alter_run *a, bool *there, int64_t *value)
{
    lm_value name = lm_text_of(a->table);
    number n = {false, 0};
    const char *sql;
    int64_t table;
    int rc = has_table(a, "sqlite_sequence", &table);

    sql = lm_alter_text(a, "SELECT seq FROM %s.sqlite_sequence WHERE name = "
                        "?1", a->in);
    if (rc == LM_OK && sql == NULL)
        rc = LM_ENOMEM;
    if (rc == LM_OK && table > 0)
        rc = lm_db_each(a->db, sql, &name, 1, on_number, &n);
    *there = n.there;
    *value = n.value;
    return rc;
}

/* Copying has set it to the highest number copied. Where the numbers are the
 * same, what was there before is right, even when it was set by hand. */
int lm_keep_sequence_back(lm_alter_run *a, int64_t value, bool exact)
{
    const char *name = lm_alter_literal(a, a->table);
    int rc;

    if (name == NULL)
        return LM_ENOMEM;
    rc = lm_alter_exec(a, lm_alter_text(a, "INSERT INTO %s.sqlite_sequence "
        "(name, seq) SELECT %s, 0 WHERE NOT EXISTS (SELECT 1 FROM "
        "%s.sqlite_sequence WHERE name = %s)", a->in, name, a->in, name));
    if (rc == LM_OK)
        rc = lm_alter_exec(a, lm_alter_text(a, "UPDATE %s.sqlite_sequence "
            "SET seq = %s%lld%s WHERE name = %s", a->in, exact ? "" :
            "max(seq, ", (long long)value, exact ? "" : ")", name));
    return rc;
}

/* It had given out none. */
int lm_keep_sequence_empty(lm_alter_run *a)
{
    const char *name = lm_alter_literal(a, a->table);

    if (name == NULL)
        return LM_ENOMEM;
    return lm_alter_exec(a, lm_alter_text(a, "DELETE FROM "
        "%s.sqlite_sequence WHERE name = %s AND seq = 0", a->in, name));
}
