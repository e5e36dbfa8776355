/* SPDX-License-Identifier: MIT */
#include "adopt.h"

#include <stdlib.h>
#include <string.h>

#include "../base/clock.h"
#include "../base/list.h"
#include "../base/text.h"
#include "../db/txn.h"
#include "../lex/name.h"
#include "adopt_find.h"
#include "changes.h"
#include "trial.h"

/* One run of adopt. */
typedef struct adopt {
    lm_session *s;
    const lm_adopt_options *options;
    lm_folder folder;
    lm_ledgers found;
    const lm_alien_ledger *chosen;      /* NULL: there is none */
    bool taken;             /* our ledger's name is another tool's */
    bool had_ledger;        /* ours was there before */
    char *renamed;          /* what its table is called in the end */
    lm_origin origin;
    char now[LM_UTC_SIZE];
    lm_adoption *out;
} adopt;

/* ---- the list ---- */

void lm_adoption_clear(lm_adoption *a)
{
    free(a->list);
    lm_arena_clear(&a->strings);
    memset(a, 0, sizeof *a);
}

int lm_adoption_keep(lm_adoption *a, const char *text, lm_err *err,
                     const char **out)
{
    *out = NULL;
    if (text == NULL)
        return LM_OK;
    *out = lm_arena_add(&a->strings, text, strlen(text));
    return *out == NULL ? lm_err_nomem(err) : LM_OK;
}

lm_adopted *lm_adoption_add(lm_adoption *a, const char *id, const char *file,
                            lm_err *err)
{
    lm_adopted *grown = lm_list_grow(a->list, a->count, &a->size,
                                     sizeof *grown);

    if (grown == NULL) {
        lm_err_nomem(err);
        return NULL;
    }
    a->list = grown;
    grown += a->count;
    memset(grown, 0, sizeof *grown);
    if (lm_adoption_keep(a, id, err, &grown->id) != LM_OK ||
        lm_adoption_keep(a, file, err, &grown->file) != LM_OK)
        return NULL;
    a->count++;
    return grown;
}

/* ---- what is there ---- */

/* The tool whose ledger stands under our ledger's name, if it was chosen. */
static const lm_tool *tool_of_name(const adopt *a)
{
    return a->chosen != NULL && lm_same_name(a->chosen->table, a->s->table)
               ? a->chosen->tool : NULL;
}

static int refuse_name(const adopt *a, const lm_look *look)
{
    const lm_tool *tool = tool_of_name(a);

    lm_err_set(a->s->err, LM_EHISTORY, "the table %s in this database "
               "belongs to %s, so lumigrate's own record cannot have that "
               "name; it was not touched", a->s->table,
               tool != NULL && !tool->home_made
                   ? tool->shown : lm_shape_tool(look->shape));
    lm_err_hint(a->s->err, "adopt --table NAME keeps our record in another "
                "table (set LUMIGRATE_TABLE=NAME from then on), adopt "
                "--rename keeps the old one as %s_TOOL", a->s->table);
    return LM_EHISTORY;
}

/* What the table under our ledger's name is to be called. */
static int choose_name(adopt *a, const lm_look *look)
{
    const lm_tool *tool = tool_of_name(a);
    int64_t n = 0;
    int rc;

    if (tool == NULL)
        tool = lm_tool_of_shape(look->shape);
    a->renamed = lm_format("%s_%s", a->s->table,
                           tool != NULL ? tool->name : "old");
    if (a->renamed == NULL)
        return lm_err_nomem(a->s->err);
    rc = lm_db_integer_of(a->s->db, "SELECT count(*) FROM main.sqlite_schema "
                          "WHERE name = ?1 COLLATE NOCASE", a->renamed, &n);
    if (rc != LM_OK || n == 0)
        return rc;
    lm_err_set(a->s->err, LM_EHISTORY, "the table %s cannot be renamed to "
               "%s: there is something of that name", a->s->table,
               a->renamed);
    lm_err_hint(a->s->err, "use --table NAME instead, which leaves the old "
                "table as it is");
    return LM_EHISTORY;
}

/* Is our ledger's name free, ours, or another tool's? */
static int look_at_name(adopt *a)
{
    lm_look look = {0};
    int rc = lm_look_at(a->s->db, a->s->table, &look);

    a->taken = rc == LM_OK && look.exists && look.shape != LM_SHAPE_OURS &&
               look.shape != LM_SHAPE_HOME_MADE;
    if (rc != LM_OK)
        return rc;
    if (a->taken)
        return a->options->rename ? choose_name(a, &look)
                                  : refuse_name(a, &look);
    rc = lm_ledger_look(a->s->ledger, a->s->db);
    a->had_ledger = a->s->ledger->exists;
    return rc == LM_OK ? lm_ledger_look_closer(a->s->ledger, a->s->db) : rc;
}

/* The trial is for databases that nobody has kept a record of; a number that
 * somebody keeps in the header is one, but not for us to read. */
static int warn_version(adopt *a)
{
    int64_t n = 0;
    char *text;
    int rc = lm_db_integer(a->s->db, "PRAGMA user_version", 0, &n);

    if (rc != LM_OK || n == 0)
        return rc;
    text = lm_format("PRAGMA user_version is %lld: if a program counts its "
                     "migrations there, all up to that one are applied; "
                     "record them with lumigrate baseline ID",
                     (long long)n);
    if (text == NULL)
        return lm_err_nomem(a->s->err);
    lm_session_warn(a->s, NULL, text);
    free(text);
    return LM_OK;
}

static int look(adopt *a)
{
    const char *from = a->options->from;
    int rc = lm_ledgers_find(a->s, &a->folder, from, &a->found);

    if (rc == LM_OK)
        rc = lm_ledgers_choose(a->s, &a->found, from, &a->chosen);
    if (rc == LM_OK)
        rc = look_at_name(a);
    if (rc == LM_OK && a->chosen == NULL && !a->s->ledger->exists)
        rc = warn_version(a);
    return rc;
}

/* ---- what is to be recorded ---- */

static void warn(adopt *a, const lm_claim *claim, const char *what)
{
    char *text = lm_format("%s %s", claim->id, what);

    if (text != NULL)
        lm_session_warn(a->s, claim->source, text);
    free(text);
}

static lm_adopt_status status_of(const adopt *a, const lm_claim *claim)
{
    if (!a->taken && lm_ledger_find(a->s->ledger, claim->id) != NULL)
        return LM_ADOPT_KNOWN;
    return claim->applied ? LM_ADOPT_APPLIED : LM_ADOPT_PENDING;
}

static int list_claim(adopt *a, const lm_claim *claim)
{
    lm_adopted *item = lm_adoption_add(a->out, claim->id, claim->source ==
                                       NULL ? NULL : claim->source->file,
                                       a->s->err);

    if (item == NULL)
        return a->s->err->code;
    item->status = status_of(a, claim);
    item->ms = claim->ms;
    a->out->recorded += item->status == LM_ADOPT_APPLIED;
    if (item->status == LM_ADOPT_APPLIED && claim->source == NULL)
        warn(a, claim, "is applied, but its file is missing");
    if (item->status == LM_ADOPT_APPLIED && claim->edited)
        warn(a, claim, "was edited after it was applied");
    return lm_adoption_keep(a->out, claim->at, a->s->err, &item->at);
}

/* Those whose file is gone stand behind the row that came before them. */
static int list_lost(adopt *a, size_t after)
{
    const lm_claims *c = &a->chosen->claims;
    size_t i;
    int rc = LM_OK;

    for (i = a->folder.sources.count; i < c->count && rc == LM_OK; i++)
        if (c->list[i].after == after)
            rc = list_claim(a, &c->list[i]);
    return rc;
}

static int list_all(adopt *a)
{
    size_t i, n = a->folder.sources.count;
    lm_adoption *out = a->out;
    int rc = list_lost(a, 0);

    for (i = 0; i < n && rc == LM_OK; i++) {
        rc = list_claim(a, &a->chosen->claims.list[i]);
        if (rc == LM_OK)
            rc = list_lost(a, i + 1);
    }
    if (rc == LM_OK)
        rc = lm_adoption_keep(out, a->chosen->tool->name, a->s->err,
                              &out->tool);
    if (rc == LM_OK)
        rc = lm_adoption_keep(out, a->chosen->tool->shown, a->s->err,
                              &out->shown);
    if (rc == LM_OK)
        rc = lm_adoption_keep(out, a->chosen->table, a->s->err, &out->table);
    return rc == LM_OK ? lm_adoption_keep(out, a->renamed, a->s->err,
                                          &out->renamed) : rc;
}

/* ---- writing ---- */

static int rename_table(adopt *a)
{
    char *from, *to, *sql;
    int rc;

    if (!a->taken)
        return LM_OK;
    from = lm_quote_ident(a->s->table);
    to = lm_quote_ident(a->renamed);
    sql = from == NULL || to == NULL ? NULL
        : lm_format("ALTER TABLE main.%s RENAME TO %s", from, to);
    rc = sql == NULL ? lm_err_nomem(a->s->err)
                     : lm_db_run(a->s->db, sql, NULL, 0);
    if (rc != LM_OK)
        lm_err_hint(a->s->err, "--table NAME instead of --rename leaves the "
                    "old table as it is");
    free(from);
    free(to);
    free(sql);
    return rc;
}

static int record_one(adopt *a, const lm_adopted *item)
{
    const lm_source *source = lm_folder_find(&a->folder, item->id);
    lm_source gone = {0};
    lm_record r = {0};
    int rc;

    gone.id = (char *)item->id;
    gone.description = (char *)"";
    r.source = source != NULL ? source : &gone;
    r.origin = &a->origin;
    r.action = "adopt";
    r.outcome = "recorded";
    r.effect = "unknown";
    r.started_at = item->at != NULL ? item->at : a->now;
    r.duration_ms = item->ms;
    rc = lm_ledger_insert(a->s->ledger, a->s->db, &r);
    r.started_at = a->now;
    r.duration_ms = 0;
    return rc == LM_OK ? lm_history_add(a->s->ledger, a->s->db, &r) : rc;
}

static int record_all(adopt *a, lm_adopt_status status)
{
    lm_adoption *out = a->out;
    const lm_adopted *item;
    size_t i;
    int rc = LM_OK;

    out->recorded = 0;
    for (i = 0; i < out->count && rc == LM_OK; i++) {
        item = &out->list[i];
        if (item->status != status ||
            lm_ledger_find(a->s->ledger, item->id) != NULL)
            continue;
        rc = record_one(a, item);
        out->recorded += rc == LM_OK;
    }
    return rc;
}

/* Under the lock, after look: nobody else can change what was seen. */
static int write(adopt *a)
{
    int rc = rename_table(a);

    if (rc == LM_OK)
        rc = lm_edit_make(a->s);
    return rc == LM_OK ? record_all(a, LM_ADOPT_APPLIED) : rc;
}

/* A ledger that calls nothing applied is taken over as well: ours is made,
 * and is empty. */
static bool has_work(const adopt *a)
{
    return a->chosen != NULL && !a->options->dry_run &&
           (a->out->recorded > 0 || a->taken || !a->had_ledger);
}

static int take_over(adopt *a)
{
    int rc = look(a);

    if (rc == LM_OK && a->chosen != NULL)
        rc = list_all(a);
    if (rc == LM_OK && has_work(a))
        rc = write(a);
    return rc;
}

/* A dry run looks at one moment and takes no lock that others wait for. */
static int take_over_at_once(adopt *a)
{
    lm_session *s = a->s;
    bool began = false;
    int rc = a->options->dry_run ? lm_txn_read_begin(s->db, &began)
                                 : lm_txn_begin(s->db);

    if (rc != LM_OK)
        return rc;
    rc = take_over(a);
    if (a->options->dry_run)
        lm_txn_read_end(s->db, began);
    else if (rc == LM_OK && !has_work(a))
        rc = lm_txn_rollback(s->db);
    else
        rc = lm_edit_end(s, rc);
    return rc;
}

/* ---- no ledger at all ---- */

static size_t count_satisfied(const adopt *a)
{
    size_t i, n = 0;

    for (i = 0; i < a->out->count; i++)
        n += a->out->list[i].status == LM_ADOPT_SATISFIED;
    return n;
}

static int try_out(adopt *a)
{
    lm_session *s = a->s;
    int rc = lm_trial_run(s, &a->folder, a->out);

    if (rc == LM_OK && a->options->satisfied)
        a->out->recorded = count_satisfied(a);
    if (rc != LM_OK || a->options->dry_run || a->out->recorded == 0)
        return rc;
    rc = lm_edit_begin(s);
    return rc == LM_OK ? lm_edit_end(s, record_all(a, LM_ADOPT_SATISFIED))
                       : rc;
}

static int refuse_missing(lm_session *s)
{
    lm_err_set(s->err, LM_EUSAGE, "the database %s does not exist", s->path);
    lm_err_hint(s->err, "adopt takes over one that is there; lumigrate up "
                "makes a new one");
    return LM_EUSAGE;
}

static int proceed(adopt *a)
{
    bool found;
    int rc = lm_session_open(a->s, a->options->dry_run ? LM_DB_READ
                                                       : LM_DB_WRITE,
                             &found);

    if (rc == LM_OK && !found)
        rc = refuse_missing(a->s);
    if (rc == LM_OK)
        rc = take_over_at_once(a);
    return rc == LM_OK && a->chosen == NULL ? try_out(a) : rc;
}

int lm_adopt(lm_session *s, const lm_adopt_options *options,
             lm_adoption *out)
{
    adopt a = {0};
    int rc;

    a.s = s;
    a.options = options;
    a.out = out;
    lm_origin_read(&a.origin);
    lm_clock_utc(a.now);
    rc = lm_folder_read(s->folder, &s->engines, s->err, &a.folder);
    if (rc == LM_OK)
        rc = proceed(&a);
    lm_ledgers_clear(&a.found);
    lm_folder_clear(&a.folder);
    free(a.renamed);
    return rc;
}
