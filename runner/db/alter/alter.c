/* SPDX-License-Identifier: MIT */
/*
 * The course of a call. Operations are planned on the text of the definition;
 * nothing is run until a rename asks for it or the last one is planned. Then
 * what is pending is done in one go, by the lightest way that all of it
 * allows. When all is done, what compiled before is compiled again.
 */
#include <stdlib.h>
#include <string.h>

#include "../../base/clock.h"
#include "../txn.h"
#include "alter.h"

const char *lm_alter_reason(lm_reason reason)
{
    static const char *const names[] = {
        "none", "table", "column", "definition", "contradiction",
        "dependents", "rows", "foreign_key", "strategy", "busy_cursor"
    };

    return names[reason];
}

const char *lm_alter_strategy(lm_strategy strategy)
{
    static const char *const names[] = {
        "none", "native", "edit", "rebuild"
    };

    return names[strategy];
}

void lm_alter_result_clear(lm_alter_result *out)
{
    free(out->steps);
    free(out->hangers);
    lm_arena_clear(&out->arena);
    memset(out, 0, sizeof *out);
}

/* -- doing what is pending ------------------------------------------------ */

int lm_alter_begin(lm_alter_run *a)
{
    int rc;

    if (a->begun)
        return LM_OK;
    a->db->altering = false;    /* which refuses those of functions */
    rc = lm_txn_savepoint(a->db);
    a->db->altering = true;
    if (rc != LM_OK)
        return rc;
    a->begun = true;
    rc = lm_rights_begin(a);
    if (rc == LM_OK)
        rc = lm_probe_before(a);
    return rc == LM_OK && a->req->full && !a->req->dry_run
        ? lm_full_before(a) : rc;
}

/* The migration's own checks look at the tables that it touched. */
static int track(lm_alter_run *a, lm_strategy strategy)
{
    lm_track *t = &a->db->track;
    int rc = LM_OK;

    if (strcmp(a->schema, "main") != 0)
        return LM_OK;
    if (a->stale)
        rc = lm_links_renew(a->db);
    if (rc != LM_OK)
        return rc;
    a->stale = false;
    a->renewed = true;
    t->altered = true;
    t->referring = t->referring || a->key_risk || a->key_added;
    if (a->key_added && !a->key_risk)
        rc = lm_names_add(&t->linked, a->table, a->db->err);
    t->coded = t->coded || strategy == LM_STRATEGY_REBUILD;
    if (rc == LM_OK && (a->key_risk || strategy == LM_STRATEGY_REBUILD)) {
        rc = lm_names_add(&t->touched, a->table, a->db->err);
        if (rc == LM_OK && t->seen < t->touched.count)
            rc = lm_foreign_before(a->db);
    }
    return rc;
}

int lm_alter_start(lm_alter_run *a, lm_strategy strategy)
{
    int rc = lm_busy_check(a, strategy);

    if (rc == LM_OK)
        rc = lm_alter_begin(a);
    if (rc == LM_OK)
        rc = track(a, strategy);
    a->done = true;
    if (strategy > a->out->strategy)
        a->out->strategy = strategy;
    return rc;
}

/* Was something taken away and put back as it was? */
static bool is_unchanged(const lm_alter_run *a)
{
    const lm_def *d = &a->draft;
    size_t i;

    if (a->forced || a->drops.count > 0)
        return false;
    for (i = 0; i < d->col_count; i++)
        if (d->cols[i].source == NULL || d->cols[i].value != NULL)
            return false;
    return lm_sqltext_same(d->text, strlen(d->text), d->stored,
                           strlen(d->stored));
}

static lm_strategy choose(const lm_alter_run *a)
{
    unsigned both = LM_NEEDS_NATIVE | LM_NEEDS_EDIT;

    if ((a->needs & LM_NEEDS_REBUILD) != 0 || (a->needs & both) == both ||
        a->req->strategy == LM_STRATEGY_REBUILD)
        return LM_STRATEGY_REBUILD;
    return (a->needs & LM_NEEDS_EDIT) != 0 ? LM_STRATEGY_EDIT
                                           : LM_STRATEGY_NATIVE;
}

static int check_count(lm_alter_run *a)
{
    int allowed = sqlite3_limit(a->db->handle, SQLITE_LIMIT_COLUMN, -1);

    return a->draft.col_count <= (size_t)allowed ? LM_OK
        : lm_alter_refuse(a, LM_REASON_DEFINITION, "%s would have %zu "
                          "columns, and SQLite allows %d", a->req->table,
                          a->draft.col_count, allowed);
}

/* Without rowids full-text tables find no row of their content. */
static int check_fulltext(lm_alter_run *a)
{
    return !a->draft.def.without_rowid || a->wr_on != 1 ? LM_OK
        : lm_fulltext_refuse(a, NULL, "finds its rows by rowid");
}

static int run(lm_alter_run *a, lm_strategy strategy)
{
    size_t i;
    int rc = LM_OK;

    for (i = 0; i < a->drops.count && rc == LM_OK; i++)
        rc = lm_alter_step(a, a->drops.list[i]);
    if (rc == LM_OK)
        rc = lm_probe_dropped(a);
    if (rc == LM_OK && a->key_risk)
        rc = lm_keys_before(a);
    if (rc == LM_OK && strategy == LM_STRATEGY_NATIVE)
        rc = lm_native(a);
    else if (rc == LM_OK && strategy == LM_STRATEGY_EDIT)
        rc = lm_edit(a);
    else if (rc == LM_OK)
        rc = lm_rebuild(a);
    if (rc == LM_OK && a->key_risk && !a->req->dry_run)
        rc = lm_keys_after(a);
    return rc;
}

static void forget_pending(lm_alter_run *a)
{
    a->needs = 0;
    a->forced = a->key_risk = a->key_added = false;
    a->key_moved = a->any_loosened = a->astray = false;
    a->natives.count = a->drops.count = a->exprs.count = 0;
    a->unnull.count = a->checks.count = a->alone_count = 0;
    a->dropping.count = a->touched.count = 0;
}

/* From now on the columns are stored as the draft has them. */
static int settle(lm_alter_run *a)
{
    const lm_createtable *def = &a->draft.def;
    size_t i;

    for (i = 0; i < a->draft.col_count; i++) {
        a->draft.cols[i].source = lm_alter_text(a, "%s",
                                                def->columns[i].name);
        if (a->draft.cols[i].source == NULL)
            return LM_ENOMEM;
    }
    forget_pending(a);
    return lm_def_load(a);
}

int lm_alter_flush(lm_alter_run *a)
{
    lm_strategy strategy;
    const lm_op *op = a->op;
    int rc;

    if (a->needs == 0 || is_unchanged(a)) {
        forget_pending(a);
        return LM_OK;
    }
    strategy = choose(a);
    if (a->req->strategy != LM_STRATEGY_NONE && strategy > a->req->strategy)
        return lm_alter_refuse(a, LM_REASON_STRATEGY, "it needs the strategy "
                               "\"%s\", and \"%s\" was asked for",
                               lm_alter_strategy(strategy),
                               lm_alter_strategy(a->req->strategy));
    /* What is refused from here on is not one operation's fault. */
    a->op = a->req->count == 1 ? a->req->ops : NULL;
    rc = check_count(a);
    if (rc == LM_OK)
        rc = check_fulltext(a);
    if (rc == LM_OK)
        rc = lm_alone_ask(a, strategy);
    if (rc == LM_OK)
        rc = lm_alter_start(a, strategy);
    if (rc == LM_OK)
        rc = run(a, strategy);
    if (rc == LM_OK)
        rc = settle(a);
    a->op = op;
    return rc;
}

/* -- all of it ------------------------------------------------------------ */

static int plan_op(lm_alter_run *a)
{
    static int (*const ops[])(lm_alter_run *) = {
        lm_op_add_column, lm_op_drop_column, lm_op_rename_to,
        lm_op_rename_columns, lm_op_set_type, lm_op_set_not_null,
        lm_op_set_default, lm_op_set_collate, lm_op_add_check,
        lm_op_drop_check, lm_op_add_unique, lm_op_drop_unique,
        lm_op_add_foreign_key, lm_op_drop_foreign_key,
        lm_op_set_primary_key, lm_op_set_autoincrement, lm_op_set_strict,
        lm_op_set_without_rowid, lm_op_reorder, lm_op_define
    };

    if (a->op->kind == LM_OP_REBUILD) {
        a->needs |= LM_NEEDS_REBUILD;
        a->forced = true;
        return LM_OK;
    }
    return ops[a->op->kind](a);
}

static int plan(lm_alter_run *a)
{
    size_t i;
    int rc = LM_OK;

    for (i = 0; i < a->draft.col_count && rc == LM_OK; i++)
        rc = lm_texts_add(a, &a->order, a->draft.cols[i].first);
    for (i = 0; i < a->req->count && rc == LM_OK; i++) {
        a->op = &a->req->ops[i];
        if (a->op->nul != NULL)
            return lm_alter_refuse(a, LM_REASON_DEFINITION, "%s holds a NUL "
                                   "byte", a->op->nul);
        if (a->req->dry_run)
            rc = lm_dry_note(a);
        if (rc == LM_OK)
            rc = lm_ahead_check(a);
        if (rc == LM_OK)
            rc = lm_turn_begin(a);
        if (rc == LM_OK)
            rc = plan_op(a);
        if (rc == LM_OK)
            rc = lm_turn_end(a);
    }
    if (rc != LM_OK)
        return rc;
    a->op = NULL;
    return lm_alter_flush(a);
}

static int verify(lm_alter_run *a)
{
    int rc = LM_OK;

    if (!a->done)
        return LM_OK;
    lm_places_note(a);
    rc = lm_store_reread(a);
    if (rc == LM_OK)
        rc = lm_probe_after(a);
    if (rc == LM_OK)
        rc = lm_blame_refuse(a);
    if (rc == LM_OK && a->mismatch != NULL)
        rc = lm_alter_refuse(a, LM_REASON_FOREIGN_KEY, "%s", a->mismatch);
    if (rc == LM_OK && a->req->full && !a->req->dry_run)
        rc = lm_full_after(a);
    return rc;
}

/* Whatever happened, what was changed in the connection is put back; and what
 * was changed in the database unless all went well. */
static int end(lm_alter_run *a, int rc)
{
    lm_db *db = a->db;
    lm_err first = {0};
    int undone = LM_OK;

    if (a->begun && (rc != LM_OK || a->req->dry_run)) {
        lm_err_move(&first, db->err);
        undone = lm_txn_undo(db);
        if (undone == LM_OK && a->written)
            undone = lm_store_forget(a);
        lm_catalog_forget(db);
        if (undone == LM_OK && a->renewed && lm_txn_check(db) == LM_OK)
            undone = lm_links_renew(db);
    }
    lm_rights_end(a);
    if (a->begun && rc == LM_OK && !a->req->dry_run) {
        if (strcmp(a->schema, "main") == 0)
            db->track.rows += a->out->rows;
        rc = lm_txn_release(db);
    }
    if (first.code != LM_OK) {
        lm_err_clear(db->err);
        lm_err_move(db->err, &first);
    }
    lm_err_clear(&first);
    if (rc == LM_OK)
        rc = undone;
    if (rc != LM_OK)
        lm_db_latch(db);
    return rc;
}

static void clear(lm_alter_run *a)
{
    lm_texts *lists[] = {
        &a->natives, &a->drops, &a->exprs, &a->unnull, &a->checks,
        &a->gone, &a->renamed, &a->left, &a->added_names,
        &a->new_names, &a->order, &a->children, &a->numberless,
        &a->full_broken, &a->unlooked, &a->breaks, &a->dropping,
        &a->touched
    };
    size_t i;

    for (i = 0; i < sizeof lists / sizeof *lists; i++)
        free(lists[i]->list);
    free(a->loose);
    free(a->alones);
    lm_stale_clear(&a->stales);
    lm_probe_clear(a);
    lm_def_clear(&a->draft);
    lm_arena_clear(&a->arena);
}

int lm_alter(lm_db *db, const lm_alter_request *req, lm_alter_result *out)
{
    lm_alter_run a = {0};
    double began = lm_clock_ms();
    int rc;

    memset(out, 0, sizeof *out);
    rc = lm_db_quiet(db);
    if (rc == LM_OK)
        rc = lm_db_latched(db);
    if (rc != LM_OK)
        return rc;
    db->altering = true;
    a.db = db;
    a.req = req;
    a.out = out;
    a.table = req->table;
    a.stale = true;
    rc = lm_txn_check(db);
    if (rc == LM_OK)
        rc = lm_alter_find(&a);
    if (rc == LM_OK)
        rc = lm_def_load(&a);
    if (rc == LM_OK)
        rc = plan(&a);
    if (rc == LM_OK)
        rc = verify(&a);
    rc = end(&a, rc);
    db->altering = false;
    out->changed = rc == LM_OK && a.done;
    out->seconds = (lm_clock_ms() - began) / 1e3;
    clear(&a);
    return rc;
}
