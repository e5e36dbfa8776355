/* SPDX-License-Identifier: MIT */
#include "adopt_find.h"

#include <stdlib.h>
#include <string.h>

#include "../base/buf.h"
#include "../base/list.h"
#include "../base/text.h"
#include "../db/db.h"

typedef struct search {
    lm_session *s;
    const lm_folder *folder;
    const lm_tool *from;    /* this one alone; NULL: whatever is there */
    const char *named;      /* or the table of this name alone; NULL */
    bool rails;
    lm_ledgers *out;
} search;

void lm_ledgers_clear(lm_ledgers *all)
{
    size_t i;

    for (i = 0; i < all->count; i++) {
        lm_claims_clear(&all->list[i].claims);
        lm_aliens_clear(&all->list[i].rows);
        lm_err_clear(&all->list[i].err);
        free(all->list[i].table);
    }
    free(all->list);
    memset(all, 0, sizeof *all);
}

/* ---- looking ---- */

/* Is --from about this tool? Some have two rows in the table, and a
 * home-made ledger is read in two ways. */
static bool is_wanted(const search *f, const lm_tool *tool)
{
    if (f->from == NULL)
        return true;
    return strcmp(f->from->name, tool->name) == 0 ||
           (f->from->home_made && tool->home_made);
}

static int add(search *f, const char *table, const lm_tool *tool,
               lm_alien_ledger **out)
{
    lm_ledgers *all = f->out;
    lm_alien_ledger *grown = lm_list_grow(all->list, all->count, &all->size,
                                          sizeof *grown);

    if (grown == NULL)
        return lm_err_nomem(f->s->err);
    all->list = grown;
    grown += all->count;
    memset(grown, 0, sizeof *grown);
    grown->tool = f->from != NULL && tool->home_made ? f->from : tool;
    grown->table = lm_strdup(table);
    if (grown->table == NULL)
        return lm_err_nomem(f->s->err);
    all->count++;
    *out = grown;
    return LM_OK;
}

/* "schema_migrations_dbmate": what --rename has made of a ledger. */
static bool is_renamed(const search *f, const char *table)
{
    size_t n = strlen(f->s->table);
    const lm_tool *t;

    if (strlen(table) <= n + 1 || table[n] != '_' ||
        !lm_same_name_n(table, n, f->s->table, n))
        return false;
    t = lm_tool_find(table + n + 1);
    return t != NULL && t->refusal == NULL;
}

/* A table with a name that many use: told by its shape. */
static int look_at_usual(search *f, const char *table)
{
    bool same = lm_same_name(table, f->s->table);
    bool must = same || f->named != NULL ||
                lm_same_name(table, "schema_migrations");
    lm_alien_ledger *found;
    const lm_tool *tool;
    lm_shape shape;
    int rc = lm_look_shape(f->s->db, table, f->rails, &shape);

    if (rc != LM_OK || shape == LM_SHAPE_OURS)
        return rc;
    /* Ours to complete (SPEC 7): nobody else's. */
    if (shape == LM_SHAPE_HOME_MADE && same)
        return LM_OK;
    tool = lm_tool_of_shape(shape);
    if (tool == NULL && !must)
        return LM_OK;
    if (tool == NULL)
        tool = lm_tool_find("home-made");
    if (!is_wanted(f, tool))
        return LM_OK;
    rc = add(f, table, tool, &found);
    if (rc == LM_OK) {
        found->usual = true;
        found->broken = shape == LM_SHAPE_UNKNOWN;
    }
    return rc;
}

static bool may_be_one(const search *f, const char *table)
{
    return f->named != NULL || lm_tool_is_usual(table) ||
           is_renamed(f, table) || lm_same_name(table, f->s->table);
}

/* What has to be a ledger by its name, and is no table. Where our own is to
 * be, that is refused by whoever opens it. */
static int add_odd(search *f, const char *table, const char *odd)
{
    const lm_tool *tool = lm_tool_find("home-made");
    lm_alien_ledger *found;
    int rc;

    if (!is_wanted(f, tool) ||
        (f->named == NULL && (!lm_same_name(table, "schema_migrations") ||
                              lm_same_name(table, f->s->table))))
        return LM_OK;
    rc = add(f, table, tool, &found);
    if (rc == LM_OK) {
        found->usual = found->broken = true;
        found->odd = odd;
    }
    return rc;
}

/* What is no table is looked at by its name alone: to ask a broken view for
 * its columns is an error. */
static int look_at_table(search *f, const char *table, const char *odd)
{
    lm_alien_ledger *found;
    lm_columns c = {0};
    const lm_tool *tool;
    bool broken = false;
    int rc = LM_OK;

    if (f->named != NULL && !lm_same_name(table, f->named))
        return LM_OK;
    if (odd == NULL)
        rc = lm_columns_read(f->s->db, table, &c);
    tool = rc == LM_OK ? lm_tool_of(table, &c, f->named != NULL, &broken)
                       : NULL;
    lm_columns_clear(&c);
    if (rc != LM_OK)
        return rc;
    if (tool == NULL && odd != NULL)
        return add_odd(f, table, odd);
    if (tool == NULL)
        return may_be_one(f, table) ? look_at_usual(f, table) : LM_OK;
    if (!is_wanted(f, tool))
        return LM_OK;
    rc = add(f, table, tool, &found);
    if (rc == LM_OK) {
        found->broken = broken;
        found->odd = odd;
    }
    return rc;
}

/* The names first: looking into a table while they are read would hold two
 * statements of the same connection. */
static int keep_name(void *user, lm_db *db, const lm_value *row)
{
    lm_columns *names = user;
    lm_column *grown = lm_list_grow(names->list, names->count, &names->size,
                                    sizeof *grown);

    if (grown == NULL)
        return lm_err_nomem(lm_db_err(db));
    names->list = grown;
    memset(grown + names->count, 0, sizeof *grown);
    grown[names->count].pk = (int)row[1].as.integer;
    grown[names->count].name = lm_arena_add(
        &names->strings, row[0].as.text.bytes, row[0].as.text.size);
    if (grown[names->count].name == NULL)
        return lm_err_nomem(lm_db_err(db));
    names->count++;
    return LM_OK;
}

static int look_at_all(search *f)
{
    static const char *const kinds[] = {NULL, "a virtual table", "a view"};
    static const char sql[] =
        "SELECT name, (rootpage = 0) + (type = 'view') FROM "
        "main.sqlite_schema WHERE type IN ('table', 'view') AND name NOT "
        "LIKE 'sqlite^_%' ESCAPE '^' ORDER BY name";
    lm_columns names = {0};
    int64_t rails = 0;
    size_t i;
    int rc = lm_db_integer(f->s->db, "SELECT count(*) FROM "
                           "main.sqlite_schema WHERE type = 'table' AND "
                           "name = 'ar_internal_metadata'", 0, &rails);

    f->rails = rails > 0;
    if (rc == LM_OK)
        rc = lm_db_each(f->s->db, sql, NULL, 0, keep_name, &names);
    for (i = 0; i < names.count && rc == LM_OK; i++)
        rc = look_at_table(f, names.list[i].name, kinds[names.list[i].pk]);
    lm_columns_clear(&names);
    return rc;
}

/* ---- reading ---- */

/* "version, what"; NULL: no memory. */
static char *names_of(lm_db *db, const char *table)
{
    lm_columns c = {0};
    lm_buf b = {0};
    size_t i;
    int rc = lm_columns_read(db, table, &c);

    for (i = 0; i < c.count && rc == LM_OK; i++)
        lm_buf_printf(&b, "%s%s", i > 0 ? ", " : "", c.list[i].name);
    lm_columns_clear(&c);
    if (rc == LM_OK)
        return lm_buf_take(&b);
    lm_buf_clear(&b);
    return NULL;
}

static int refuse_broken(lm_db *db, const lm_alien_ledger *l, lm_err *err)
{
    char *names = l->odd != NULL ? lm_strdup("") : names_of(db, l->table);

    if (names == NULL)
        return err->code != LM_OK ? err->code : lm_err_nomem(err);
    if (l->odd != NULL && l->usual)
        lm_err_set(err, LM_EHISTORY, "%s is %s, not a table: no tool keeps "
                   "its ledger so", l->table, l->odd);
    else if (l->odd != NULL)
        lm_err_set(err, LM_EHISTORY, "%s is %s, not the table of %s",
                   l->table, l->odd, l->tool->shown);
    else if (l->usual)
        lm_err_set(err, LM_EHISTORY, "the columns of the table %s are no "
                   "tool's that adopt knows: %s", l->table, names);
    else
        lm_err_set(err, LM_EHISTORY, "the table %s has not the columns of "
                   "%s's ledger, but %s", l->table, l->tool->shown, names);
    free(names);
    lm_err_hint(err, "what you know to be applied can be recorded with "
                "lumigrate baseline --only ID (and --table NAME where the "
                "name is taken)");
    return LM_EHISTORY;
}

static int refuse_tool(const lm_alien_ledger *l, lm_err *err)
{
    lm_err_set(err, LM_EHISTORY, "%s is the ledger of %s, and cannot be taken "
               "over: %s", l->table, l->tool->shown, l->tool->refusal);
    lm_err_hint(err, "find out what is applied, and record that: lumigrate "
                "baseline ID for all up to one, --only ID for one");
    return LM_EHISTORY;
}

/* Only what a row says of itself is firm; that a file is not found may mean
 * that the table is an old one. */
static int read_one(search *f, lm_alien_ledger *l)
{
    lm_err *err = f->s->err;
    int rc;

    if (l->broken)
        return refuse_broken(f->s->db, l, err);
    if (l->tool->refusal != NULL)
        return refuse_tool(l, err);
    rc = lm_aliens_read(f->s->db, l->tool, l->table, &l->rows);
    l->firm = rc == LM_EHISTORY;
    if (rc == LM_OK)
        rc = lm_claims_make(f->folder, &l->rows, err, &l->claims);
    if (rc == LM_OK && f->from == NULL) {
        rc = lm_claims_ask(&l->claims);
        l->firm = rc == LM_EHISTORY;
    }
    return rc;
}

static bool any_known(const lm_ledgers *all)
{
    size_t i;

    for (i = 0; i < all->count; i++)
        if (!all->list[i].tool->home_made && all->list[i].tool->refusal ==
            NULL)
            return true;
    return false;
}

/* Names like "migrations" are looked at where nothing better is there. */
static bool is_passed_over(const search *f, const lm_alien_ledger *l)
{
    return l->usual && l->tool->home_made && f->from == NULL &&
           !lm_same_name(l->table, f->s->table) &&
           strcmp(l->table, "schema_migrations") != 0 && any_known(f->out);
}

static void drop(lm_ledgers *all, size_t at)
{
    free(all->list[at].table);
    all->count--;
    memmove(&all->list[at], &all->list[at + 1],
            (all->count - at) * sizeof *all->list);
}

static int read_all(search *f)
{
    lm_alien_ledger *l;
    size_t i;
    int rc = LM_OK;

    for (i = f->out->count; i > 0; i--)
        if (is_passed_over(f, &f->out->list[i - 1]))
            drop(f->out, i - 1);
    for (i = 0; i < f->out->count && rc == LM_OK; i++) {
        l = &f->out->list[i];
        rc = read_one(f, l);
        if (rc != LM_EHISTORY)
            continue;
        lm_err_move(&l->err, f->s->err);
        rc = LM_OK;
    }
    return rc;
}

static int refuse_from(lm_session *s, const char *from)
{
    lm_err_set(s->err, LM_EUSAGE, "no tool is called %s, nor a ledger",
               from);
    lm_err_hint(s->err, "name a table of this database, or a tool: lumigrate "
                "help adopt lists them");
    return LM_EUSAGE;
}

int lm_ledgers_find(lm_session *s, const lm_folder *folder, const char *from,
                    lm_ledgers *out)
{
    search f = {0};
    int rc;

    memset(out, 0, sizeof *out);
    f.s = s;
    f.folder = folder;
    f.out = out;
    f.from = from == NULL ? NULL : lm_tool_find(from);
    f.named = f.from == NULL ? from : NULL;
    rc = look_at_all(&f);
    if (rc == LM_OK && f.named != NULL && out->count == 0)
        rc = refuse_from(s, from);
    if (rc == LM_OK)
        rc = read_all(&f);
    if (rc != LM_OK)
        lm_ledgers_clear(out);
    return rc;
}

/* ---- choosing ---- */

static int refuse_none(lm_session *s, const char *from)
{
    lm_err_set(s->err, LM_EHISTORY, "there is no ledger of %s in this "
               "database", from);
    lm_err_hint(s->err, "without --from, adopt says what it finds");
    return LM_EHISTORY;
}

static int refuse_two(lm_session *s, const lm_alien_ledger *a,
                      const lm_alien_ledger *b)
{
    bool same = a->tool == b->tool;

    lm_err_set(s->err, LM_EHISTORY, "two ledgers do not say the same: %s of "
               "%s (%zu applied) and %s of %s (%zu applied)", a->table,
               a->tool->shown, lm_claims_count(&a->claims), b->table,
               b->tool->shown, lm_claims_count(&b->claims));
    lm_err_hint(s->err, "say which one counts: lumigrate adopt --from %s, "
                "or --from %s", same ? a->table : a->tool->name,
                same ? b->table : b->tool->name);
    return LM_EHISTORY;
}

static void warn_left_out(lm_session *s, const lm_alien_ledger *l)
{
    char *text = lm_format("left out: %s", lm_err_text(&l->err));

    if (text != NULL)
        lm_session_warn(s, NULL, text);
    free(text);
}

/* The better of two that map: one with rows before one without. */
static int compare(lm_session *s, const lm_alien_ledger *l,
                   const lm_alien_ledger **best)
{
    if (*best == NULL || lm_claims_count(&(*best)->claims) == 0)
        *best = l;
    else if (lm_claims_count(&l->claims) > 0 &&
             !lm_claims_same(&l->claims, &(*best)->claims))
        return refuse_two(s, *best, l);
    return LM_OK;
}

int lm_ledgers_choose(lm_session *s, lm_ledgers *all, const char *from,
                      const lm_alien_ledger **out)
{
    lm_alien_ledger *l, *wrong = NULL;
    size_t i;
    int rc = LM_OK;

    *out = NULL;
    for (i = 0; i < all->count && rc == LM_OK; i++) {
        l = &all->list[i];
        if (l->err.code == LM_OK)
            rc = compare(s, l, out);
        else if (wrong == NULL || (l->firm && !wrong->firm))
            wrong = l;
    }
    if (rc != LM_OK)
        return rc;
    if (all->count == 0 && from != NULL)
        return refuse_none(s, from);
    if (wrong != NULL && (*out == NULL || wrong->firm)) {
        lm_err_move(s->err, &wrong->err);
        return s->err->code;
    }
    for (i = 0; i < all->count; i++)
        if (all->list[i].err.code != LM_OK)
            warn_left_out(s, &all->list[i]);
    return LM_OK;
}
