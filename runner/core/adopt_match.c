/* SPDX-License-Identifier: MIT */
#include "adopt_match.h"

#include <stdlib.h>
#include <string.h>

#include "../base/list.h"
#include "../base/text.h"
#include "../lex/name.h"

/* ---- names ---- */

bool lm_number_of(const char *text, lm_number *out)
{
    size_t n = strspn(text, "0123456789"), zeros = strspn(text, "0");

    if (n == 0)
        return false;
    if (zeros == n)
        zeros--;
    out->digits = text + zeros;
    out->count = n - zeros;
    return true;
}

int lm_number_cmp(lm_number a, lm_number b)
{
    if (a.count != b.count)
        return a.count < b.count ? -1 : 1;
    return memcmp(a.digits, b.digits, a.count);
}

/* A key that is a number and nothing else. */
static bool whole_number(const char *key, lm_number *out)
{
    return lm_number_of(key, out) &&
           out->digits[out->count] == '\0';
}

static const char *base_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash == NULL ? path : slash + 1;
}

/* A name in another tool's ledger without the suffix of its file. */
static size_t stem_length(const char *name)
{
    static const char *const suffixes[] = {
        ".sql", ".js", ".ts", ".cjs", ".mjs", ".py", ".lua", ".rb", ".exs",
        ".go", ".php"
    };
    size_t i, n = strlen(name);

    for (i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
        if (lm_ends(name, suffixes[i])) {
            n -= strlen(suffixes[i]);
            break;
        }
    return n > 3 && strncmp(name + n - 3, ".up", 3) == 0 ? n - 3 : n;
}

static bool same_stem(const char *id, const char *name)
{
    size_t n = stem_length(name);

    return strlen(id) == n && strncmp(id, name, n) == 0;
}

/* diesel's version: the folder's name up to its first _, without dashes. */
static bool same_diesel(const char *id, const char *version)
{
    for (; *id != '\0' && *id != '_'; id++) {
        if (*id == '-')
            continue;
        if (*id != *version)
            return false;
        version++;
    }
    return *version == '\0';
}

/* V<version>__<name> */
static bool same_refinery(const char *id, const char *version,
                          const char **name)
{
    lm_number a, b;

    if ((id[0] != 'V' && id[0] != 'U') || !lm_number_of(id + 1, &a) ||
        !whole_number(version, &b) || lm_number_cmp(a, b) != 0 ||
        strncmp(a.digits + a.count, "__", 2) != 0)
        return false;
    *name = a.digits + a.count + 2;
    return true;
}

/* ---- claims ---- */

void lm_claims_clear(lm_claims *c)
{
    free(c->list);
    lm_arena_clear(&c->strings);
    memset(c, 0, sizeof *c);
}

size_t lm_claims_count(const lm_claims *c)
{
    size_t i, n = 0;

    for (i = 0; i < c->count; i++)
        n += c->list[i].applied;
    return n;
}

/* Is the ID applied by these claims? */
static bool claims(const lm_claims *c, const char *id)
{
    size_t i;

    for (i = 0; i < c->count; i++)
        if (c->list[i].applied && strcmp(c->list[i].id, id) == 0)
            return true;
    return false;
}

bool lm_claims_same(const lm_claims *a, const lm_claims *b)
{
    size_t i;

    if (lm_claims_count(a) != lm_claims_count(b))
        return false;
    for (i = 0; i < a->count; i++)
        if (a->list[i].applied && !claims(b, a->list[i].id))
            return false;
    return true;
}

/* A later row of the same migration counts; where one may say that it was
 * taken back and another that it was applied, only home-made ledgers mean the
 * later one. */
void lm_claims_take(lm_claims *c, const lm_source *source,
                    const lm_alien *row)
{
    const lm_tool *tool = c->rows->tool;
    lm_claim *claim = &c->list[source - c->folder->sources.list];

    c->any = true;
    c->last = (size_t)(claim - c->list) + 1;
    if (!row->applied) {
        claim->applied = claim->applied && !tool->home_made;
        return;
    }
    claim->applied = true;
    claim->at = row->at;
    claim->ms = row->ms > 0 ? row->ms : 0;
    claim->edited = row->sum != NULL && tool->same_text != NULL &&
                    !tool->same_text(source, row->sum);
}

static lm_claim *add_claim(lm_claims *c)
{
    lm_claim *grown = lm_list_grow(c->list, c->count, &c->size,
                                   sizeof *grown);

    if (grown == NULL) {
        lm_err_nomem(c->err);
        return NULL;
    }
    c->list = grown;
    grown += c->count++;
    memset(grown, 0, sizeof *grown);
    return grown;
}

static int refuse(const lm_claims *c, const char *key, const char *why)
{
    lm_err_set(c->err, LM_EHISTORY, "%s, the ledger of %s: %.255s %s",
               c->rows->table, c->rows->tool->shown, key, why);
    lm_err_hint(c->err, "check --migrations: is this the folder that %s "
                "applied from? What you know to be applied can be recorded "
                "with lumigrate baseline --only ID", c->rows->tool->shown);
    return LM_EHISTORY;
}

int lm_claims_lost(lm_claims *c, const lm_alien *row, const char *file)
{
    const char *base = base_of(file), *problem;
    size_t n = stem_length(base), i;
    lm_claim *claim;

    if (!row->applied)
        return LM_OK;
    for (i = 0; i < c->folder->sources.count; i++)
        if (lm_same_name_n(c->folder->sources.list[i].id,
                           strlen(c->folder->sources.list[i].id), base, n))
            return refuse(c, file, "is in the folder but for the case of its "
                          "letters");
    problem = lm_id_problem(base, n);
    if (problem != NULL)
        return refuse(c, file, "cannot be an ID");
    claim = add_claim(c);
    if (claim == NULL)
        return c->err->code;
    claim->id = lm_arena_add(&c->strings, base, n);
    claim->at = row->at;
    claim->ms = row->ms > 0 ? row->ms : 0;
    claim->applied = true;
    claim->after = c->last;
    return claim->id == NULL ? lm_err_nomem(c->err) : LM_OK;
}

/* ---- rows to migrations ---- */

static bool fits(const lm_source *s, const lm_alien *row, lm_match how)
{
    const char *name, *base = base_of(row->key);
    lm_number a, b;

    switch (how) {
    case LM_MATCH_NUMBER:
        return lm_number_of(s->id, &a) && whole_number(row->key, &b) &&
               lm_number_cmp(a, b) == 0;
    case LM_MATCH_DIGITS:
        return strspn(s->id, "0123456789") == strlen(row->key) &&
               lm_starts(s->id, row->key);
    case LM_MATCH_NAME:
        return strcmp(s->file, base) == 0 || strcmp(s->id, base) == 0 ||
               same_stem(s->id, base);
    case LM_MATCH_DIESEL:
        return same_diesel(s->id, row->key);
    case LM_MATCH_REFINERY:
        return same_refinery(s->id, row->key, &name);
    case LM_MATCH_DRIZZLE:
        /* Newer folders have no journal: the time is in their names. */
        return s->key != NULL ? strcmp(s->key, row->key) == 0
            : row->kind != NULL && lm_starts(s->id, row->kind);
    default:
        return false;
    }
}

/* The one migration that fits; *twice is set when there are two. */
static const lm_source *find(const lm_claims *c, const lm_alien *row,
                             lm_match how, bool *twice)
{
    const lm_sources *all = &c->folder->sources;
    const lm_source *found = NULL;
    size_t i;

    *twice = false;
    for (i = 0; i < all->count; i++) {
        if (!fits(&all->list[i], row, how))
            continue;
        *twice = *twice || found != NULL;
        found = &all->list[i];
    }
    return found;
}

static const lm_source *find_by_hash(const lm_claims *c, const char *sum)
{
    const lm_sources *all = &c->folder->sources;
    size_t i;

    for (i = 0; sum != NULL && i < all->count; i++)
        if (lm_sum_sha256(&all->list[i], sum))
            return &all->list[i];
    return NULL;
}

/* A name beside the number: "3, add_beds" is 3_add_beds or 003_add_beds. */
static bool name_fits(const lm_source *s, const lm_alien *row, lm_match how)
{
    const char *rest = s->id + strspn(s->id, "0123456789");

    if (row->name == NULL)
        return true;
    if (how == LM_MATCH_REFINERY)
        return same_refinery(s->id, row->key, &rest) &&
               strcmp(rest, row->name) == 0;
    return strcmp(rest + strspn(rest, "_-. "), row->name) == 0 ||
           strcmp(s->file, row->name) == 0 || same_stem(s->id, row->name);
}

static int take_row(lm_claims *c, const lm_alien *row, lm_match how)
{
    const lm_source *s;
    bool twice;

    s = find(c, row, how, &twice);
    if (s == NULL && how == LM_MATCH_DRIZZLE)
        s = find_by_hash(c, row->sum);
    if (twice)
        return refuse(c, row->key, "is the version of two files");
    if (s != NULL && !name_fits(s, row, how))
        return refuse(c, row->key, "has another name than the file of this "
                      "version");
    if (s != NULL)
        lm_claims_take(c, s, row);
    else if (how == LM_MATCH_NAME)
        return lm_claims_lost(c, row, row->key);
    else if (row->applied)
        return refuse(c, row->key, how == LM_MATCH_DRIZZLE
                      ? "is neither in the journal nor the hash of a file"
                      : "has no file in the folder");
    return LM_OK;
}

static int take_rows(lm_claims *c, lm_match how)
{
    size_t i;
    int rc = LM_OK;

    for (i = 0; i < c->rows->count && rc == LM_OK; i++)
        rc = take_row(c, &c->rows->list[i], how);
    return rc;
}

/* ---- the highest version ---- */

static int take_highest(lm_claims *c, const lm_alien *row)
{
    const lm_sources *all = &c->folder->sources;
    const lm_source *top;
    lm_number limit, n;
    bool twice;
    size_t i;

    top = find(c, row, LM_MATCH_NUMBER, &twice);
    if (top == NULL || !whole_number(row->key, &limit))
        return refuse(c, row->key, "has no file in the folder");
    for (i = 0; i < all->count; i++) {
        if (!lm_number_of(all->list[i].id, &n) ||
            lm_number_cmp(n, limit) > 0)
            continue;
        lm_claims_take(c, &all->list[i], row);
        /* The time is that of the last one, if it is there at all. */
        if (&all->list[i] != top) {
            c->list[i].at = NULL;
            c->list[i].ms = 0;
        }
    }
    return LM_OK;
}

static int read_highest(lm_claims *c)
{
    const lm_alien *top = NULL;
    lm_number a, b;
    size_t i;

    if (c->rows->count == 0)
        return LM_OK;
    if (c->rows->count > 1 && !c->rows->tool->home_made)
        return refuse(c, c->rows->list[1].key, "is a second row, and there "
                      "is never more than one");
    for (i = 0; i < c->rows->count; i++)
        if (top == NULL || (whole_number(c->rows->list[i].key, &a) &&
                            whole_number(top->key, &b) &&
                            lm_number_cmp(a, b) > 0))
            top = &c->rows->list[i];
    return take_highest(c, top);
}

/* ---- home-made ledgers ---- */

/* Do all rows find their file this way? */
static bool all_fit(const lm_claims *c, lm_match how)
{
    bool twice;
    size_t i;

    for (i = 0; i < c->rows->count; i++)
        if (c->rows->list[i].applied &&
            find(c, &c->rows->list[i], how, &twice) == NULL)
            return false;
    return true;
}

/* One row with a number, and files with smaller ones: is it the only one that
 * ran, or the last? */
static int check_single(const lm_claims *c)
{
    const lm_sources *all = &c->folder->sources;
    const char *key = c->rows->list[0].key;
    lm_number only, n;
    size_t i;

    if (c->rows->count != 1 || !whole_number(key, &only) ||
        (only.count == 1 && only.digits[0] == '1'))
        return LM_OK;
    for (i = 0; i < all->count; i++) {
        if (!lm_number_of(all->list[i].id, &n) ||
            lm_number_cmp(n, only) >= 0)
            continue;
        lm_err_set(c->err, LM_EHISTORY, "the only row of the table %s is "
                   "version %s, and the folder has smaller ones: either "
                   "only %s was applied, or everything up to it",
                   c->rows->table, key, key);
        lm_err_hint(c->err, "say which: lumigrate adopt --from home-made for "
                    "only %s, --from highest-version for all up to it", key);
        return LM_EHISTORY;
    }
    return LM_OK;
}

static int read_home_made(lm_claims *c)
{
    if (c->rows->count == 0)
        return LM_OK;
    if (all_fit(c, LM_MATCH_NAME))
        return take_rows(c, LM_MATCH_NAME);
    if (all_fit(c, LM_MATCH_NUMBER))
        return take_rows(c, LM_MATCH_NUMBER);
    if (c->rows->list[0].key[strspn(c->rows->list[0].key, "0123456789")] ==
        '\0')
        return take_rows(c, LM_MATCH_NUMBER);
    return take_rows(c, LM_MATCH_NAME);
}

/* ---- all of it ---- */

static int begin(lm_claims *c)
{
    const lm_sources *all = &c->folder->sources;
    lm_claim *claim;
    size_t i;

    for (i = 0; i < all->count; i++) {
        claim = add_claim(c);
        if (claim == NULL)
            return c->err->code;
        claim->source = &all->list[i];
        claim->id = all->list[i].id;
    }
    return LM_OK;
}

/* A ledger of which nothing is in the folder belongs to another one. */
static int check_any(const lm_claims *c)
{
    size_t n = lm_claims_count(c);

    if (c->any || n == 0)
        return LM_OK;
    lm_err_set(c->err, LM_EHISTORY, "%s, the ledger of %s: none of its %zu "
               "migrations is in the folder", c->rows->table,
               c->rows->tool->shown, n);
    lm_err_hint(c->err, "check --migrations: this folder was not made from "
                "that project");
    return LM_EHISTORY;
}

int lm_claims_make(const lm_folder *folder, const lm_aliens *rows,
                   lm_err *err, lm_claims *out)
{
    const lm_tool *tool = rows->tool;
    int rc;

    memset(out, 0, sizeof *out);
    out->folder = folder;
    out->rows = rows;
    out->err = err;
    rc = begin(out);
    if (rc == LM_OK && tool->highest)
        rc = read_highest(out);
    else if (rc == LM_OK && tool->match == LM_MATCH_FLYWAY)
        rc = lm_claims_flyway(out);
    else if (rc == LM_OK && tool->match == LM_MATCH_ANY)
        rc = read_home_made(out);
    else if (rc == LM_OK)
        rc = take_rows(out, tool->match);
    return rc == LM_OK ? check_any(out) : rc;
}

int lm_claims_ask(const lm_claims *c)
{
    return c->rows->tool->home_made && !c->rows->tool->highest &&
           c->rows->count > 0 ? check_single(c) : LM_OK;
}
