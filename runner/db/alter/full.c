/* SPDX-License-Identifier: MIT */
/*
 * check = "full": integrity_check of the table, and that of the full-text
 * tables with content= that read it. What was wrong before does not count.
 * The latter also where a rebuild may change values, which no trigger hears.
 */
#include <stdlib.h>
#include <string.h>

#include "alter.h"

typedef struct verdict {
    lm_alter_run *a;
    const char *line;       /* the first that tells of damage */
} verdict;

/* Rows that break a rule of their table are not looked for here: copying
 * them, or the look at them, has found these; and SQLite 3.40 blames rows of
 * WITHOUT ROWID tables that are in order. */
static int on_line(void *user, lm_db *db, const lm_value *row)
{
    verdict *v = user;
    const char *line = lm_alter_value(v->a, row);

    (void)db;
    if (line == NULL)
        return LM_ENOMEM;
    if (v->line == NULL && strcmp(line, "ok") != 0 &&
        strstr(line, " value in ") == NULL &&
        !lm_starts(line, "CHECK constraint failed"))
        v->line = line;
    return LM_OK;
}

static int look_at_table(lm_alter_run *a, const char **damage)
{
    verdict v = {a, NULL};
    const char *sql = lm_alter_text(a, "PRAGMA %s.integrity_check(%s)",
        a->in, lm_alter_quote(a, a->table));
    int rc = sql == NULL ? LM_ENOMEM
        : lm_db_each(a->db, sql, NULL, 0, on_line, &v);

    *damage = v.line;
    return rc;
}

/* What does not match is no damage of the file, though its code says so. FTS4
 * has no rank, and compares without it. */
static int look_at_fulltext(lm_alter_run *a, const char *table, bool *broken)
{
    const char *name = lm_alter_quote(a, table);
    int rc = lm_alter_exec(a, lm_alter_text(a, "INSERT INTO %s.%s (%s, rank) "
        "VALUES ('integrity-check', 1)", a->in, name,
        name));

    if (rc == LM_EFAILED && a->db->err->sqlite_code == SQLITE_ERROR) {
        lm_err_clear(a->db->err);
        rc = lm_alter_exec(a, lm_alter_text(a, "INSERT INTO %s.%s (%s) "
            "VALUES ('integrity-check')", a->in, name, name));
    }
    *broken = rc != LM_OK && a->db->err->sqlite_code == SQLITE_CORRUPT_VTAB;
    if (*broken || rc == LM_EFAILED) {
        lm_err_clear(a->db->err);
        rc = LM_OK;
    }
    return rc;
}

/* Its columns among those that may have other values; none: as a whole. */
static int note_columns(lm_alter_run *a, const char *name,
                        const lm_texts *changed, lm_buf *said)
{
    lm_hanger h = {"fts5", a->schema, name, NULL, "read", NULL};
    const char *sql = lm_alter_text(a, "SELECT count(*) FROM "
        "pragma_table_xinfo(%s, %s) WHERE name = ?1 COLLATE NOCASE AND "
        "hidden = 0", lm_alter_literal(a, name), a->in_text);
    int64_t there;
    size_t i;
    int rc = LM_OK;

    for (i = 0; changed != NULL && i < changed->count && rc == LM_OK; i++) {
        rc = lm_alter_ask_integer(a, sql, changed->list[i], &there);
        if (rc != LM_OK || there == 0)
            continue;
        h.column = changed->list[i];
        lm_buf_printf(said, "%s%s", said->len == 0 ? ": other values in "
                      : ", ", h.column);
        rc = lm_alter_hanger(a, &h);
    }
    return rc == LM_OK && h.column == NULL ? lm_alter_hanger(a, &h) : rc;
}

static int refuse_fulltext(lm_alter_run *a, const char *name,
                           const lm_texts *changed)
{
    lm_buf said = {0};
    int rc = note_columns(a, name, changed, &said);

    if (rc == LM_OK)
        rc = lm_alter_refuse(a, LM_REASON_DEPENDENTS, "the full-text table "
                             "%s does not match its rows any more%s", name,
                             said.len == 0 ? "" : lm_buf_text(&said));
    lm_buf_clear(&said);
    if (rc == LM_EFAILED)
        lm_err_hint(a->db->err, "drop it before, and make it again after, in "
                    "the same migration");
    return rc;
}

int lm_full_text(lm_alter_run *a, bool after, const lm_texts *changed)
{
    lm_texts all = {0};
    const char *name;
    bool broken = false;
    size_t i;
    int rc = lm_fulltext_names(a, &all);

    for (i = 0; rc == LM_OK && i < all.count; i++) {
        name = all.list[i];
        rc = look_at_fulltext(a, name, &broken);
        if (rc == LM_OK && broken && !after)
            rc = lm_texts_add(a, &a->full_broken, name);
        else if (rc == LM_OK && broken && !lm_texts_has(&a->full_broken,
                                                        name))
            rc = refuse_fulltext(a, name, changed);
    }
    free(all.list);
    return rc;
}

int lm_full_before(lm_alter_run *a)
{
    const char *damage;
    int rc = look_at_table(a, &damage);

    a->full_damaged = damage != NULL;
    return rc == LM_OK ? lm_full_text(a, false, NULL) : rc;
}

int lm_full_after(lm_alter_run *a)
{
    const char *damage;
    int rc = look_at_table(a, &damage);

    if (rc == LM_OK && damage != NULL && !a->full_damaged)
        return lm_alter_refuse(a, LM_REASON_ROWS, "integrity_check: %s",
                               damage);
    return rc == LM_OK ? lm_full_text(a, true, NULL) : rc;
}
