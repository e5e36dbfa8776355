/* SPDX-License-Identifier: MIT */
/*
 * Where nothing but names changes, views and triggers are compiled into the
 * same programs as before. What they read does not tell: a name may come to
 * mean an alias, a common table expression, or another column of a view.
 *
 * Opcodes, P1 to P3 and P5 count. P4 has names of tables and columns, and
 * addresses; a column is told by its cursor and place. Both sides are read
 * from a schema that was loaded anew, with the statistics that are stored:
 * the plan hangs on them.
 */
#include <stdlib.h>
#include <string.h>

#include "probe.h"

static uint64_t hash(uint64_t h, const char *s)
{
    for (; s != NULL && *s != '\0'; s++)
        h = (h ^ (unsigned char)*s) * 1099511628211u;
    return (h ^ 0x1FF) * 1099511628211u;
}

/* The third operand of Transaction is the schema's version. */
static uint64_t hash_row(uint64_t h, sqlite3_stmt *stmt)
{
    const char *op = (const char *)sqlite3_column_text(stmt, 1);
    bool begins = op != NULL && strcmp(op, "Transaction") == 0;
    int i;

    h = hash(h, op);
    for (i = 2; i < 7; i++)
        if (i != 5 && !(begins && i == 4))
            h = hash(h, (const char *)sqlite3_column_text(stmt, i));
    return h;
}

/* *out: 0 where it does not compile. */
static int hash_program(lm_alter_run *a, const char *sql, uint64_t *out)
{
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(a->db->handle, sql, -1, &stmt, NULL);

    *out = 0;
    if ((rc & 0xFF) == SQLITE_ERROR || (rc & 0xFF) == SQLITE_AUTH)
        return LM_OK;
    if (rc == SQLITE_OK) {
        *out = 14695981039346656037u;
        while ((rc = sqlite3_step(stmt)) == SQLITE_ROW)
            *out = hash_row(*out, stmt);
    }
    rc = rc == SQLITE_DONE ? LM_OK : lm_db_fail(a->db, rc, NULL, 0);
    sqlite3_finalize(stmt);
    return rc;
}

int lm_program_hash(lm_alter_run *a, const lm_sound *s, uint64_t *out)
{
    const char *sql;
    int rc = lm_probe_text(a, s, &sql);

    if (rc != LM_OK)
        return rc;
    sql = lm_alter_text(a, "EXPLAIN %s", sql);
    return sql == NULL ? LM_ENOMEM : hash_program(a, sql, out);
}

static int hash_all(lm_alter_run *a)
{
    lm_sound *s = a->sounds.list;
    size_t i;
    int rc = LM_OK;

    for (i = 0; i < a->sounds.count && rc == LM_OK; i++, s++)
        if (strcmp(s->kind, "table") != 0)
            rc = lm_program_hash(a, s, &s->program);
    return rc;
}

static bool has(const char **list, size_t count, const char *name)
{
    size_t i;

    for (i = 0; i < count; i++)
        if (lm_same_name(list[i], name))
            return true;
    return false;
}

/* Of two columns of a name who reads the view means the first, and with a
 * star that may become another one: so what such a name reads is compiled,
 * too. Names that the table has before and after are its own. */
static int add_shown(lm_alter_run *a)
{
    const lm_op *op = a->op;
    size_t n = op != NULL && op->kind == LM_OP_RENAME_COLUMNS
                   ? op->column_count : 0;
    size_t count = a->sounds.count, i, k;
    int rc = LM_OK;

    for (i = 0; i < count && n > 0; i++) {
        if (a->sounds.list[i].event != 0 ||
            strchr(a->sounds.list[i].text, '*') == NULL)
            continue;
        for (k = 0; k < n && rc == LM_OK; k++) {
            if (!has(op->columns, n, op->others[k]))
                rc = lm_probe_column(a, i, op->others[k]);
            if (rc == LM_OK && !has(op->others, n, op->columns[k]))
                rc = lm_probe_column(a, i, op->columns[k]);
        }
    }
    return rc;
}

static bool has_code(const lm_alter_run *a)
{
    size_t i;

    for (i = 0; i < a->sounds.count; i++)
        if (strcmp(a->sounds.list[i].kind, "table") != 0)
            return true;
    return false;
}

int lm_programs_read(lm_alter_run *a, lm_sounds *out)
{
    lm_sounds kept = a->sounds;
    int rc;

    memset(out, 0, sizeof *out);
    if (!has_code(a))
        return LM_OK;
    memset(&a->sounds, 0, sizeof a->sounds);
    rc = lm_store_forget(a);
    if (rc == LM_OK)
        rc = lm_store_reread(a);
    if (rc == LM_OK)
        rc = lm_stale_hide(a->db, &a->stales);
    if (rc == LM_OK)
        rc = lm_probe_list(a);
    if (rc == LM_OK)
        rc = add_shown(a);
    if (rc == LM_OK)
        rc = hash_all(a);
    if (rc == LM_OK)
        rc = lm_stale_show(a->db, &a->stales);
    *out = a->sounds;
    a->sounds = kept;
    return rc;
}

/* What stands on the table has its name of now, and had that of before. */
static void mark(lm_alter_run *a, const lm_sound *s)
{
    lm_sound *first;
    size_t i;

    for (i = 0; i < a->sounds.count; i++) {
        first = &a->sounds.list[i];
        if (first->moved == NULL &&
            first->event == (s->event == 'C' ? 0 : s->event) &&
            strcmp(first->kind, s->kind) == 0 &&
            strcmp(first->shown, s->shown) == 0 &&
            lm_same_name(first->schema, s->schema))
            first->moved = s->event == 'C'
                ? "a column that it shows would be another one than before"
                : "a name in it would mean another column than before";
    }
}

/* A rename leaves the rows of the schema in their order, so both lists have
 * the same one. What does not compile now is found at the end. */
static void compare(lm_alter_run *a, const lm_sounds *old,
                    const lm_sounds *new)
{
    const lm_sound *s, *now;
    size_t i;

    for (i = 0; i < old->count && i < new->count; i++) {
        s = &old->list[i];
        now = &new->list[i];
        if (s->program != now->program && s->program != 0 &&
            now->program != 0 && strcmp(s->shown, now->shown) == 0)
            mark(a, s);
    }
}

int lm_programs_same(lm_alter_run *a, const lm_sounds *old)
{
    lm_sounds new;
    bool mended = false;
    int rc = lm_programs_read(a, &new);

    if (rc == LM_OK)
        rc = lm_mend_renamed(a, old, &new, &mended);
    if (rc == LM_OK && mended) {
        lm_sounds_clear(&new);
        rc = lm_programs_read(a, &new);
    }
    if (rc == LM_OK)
        compare(a, old, &new);
    lm_sounds_clear(&new);
    return rc;
}
