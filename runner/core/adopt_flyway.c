/* SPDX-License-Identifier: MIT */
/*
 * Flyway's ledger: versions with parts, repeatable migrations that are told
 * by their description, a baseline that stands for all below it, and rows
 * that take others back.
 */
#include <string.h>

#include "../base/text.h"
#include "adopt_match.h"

/* One part of a version: the number behind a dot or the beginning; past the
 * end it is 0. `end` is where a file's version ends. */
static const char *next_part(const char *s, const char *end, lm_number *out)
{
    out->digits = "0";
    out->count = 1;
    if (s < end)
        lm_number_of(s, out);
    while (s < end && *s >= '0' && *s <= '9')
        s++;
    return s < end ? s + 1 : s;
}

/* 1 = 1.0 = 01, 1.1 = 1_1, 1.9 < 1.10 */
static int version_cmp(const char *a, const char *a_end, const char *b,
                       const char *b_end)
{
    lm_number x, y;
    int order = 0;

    while (order == 0 && (a < a_end || b < b_end)) {
        a = next_part(a, a_end, &x);
        b = next_part(b, b_end, &y);
        order = lm_number_cmp(x, y);
    }
    return order;
}

/* Where the version of V1_2__x ends; NULL when it is not one of `prefix`. */
static const char *version_end(const char *id, char prefix)
{
    const char *end = strstr(id, "__");

    if (id[0] != prefix || end == NULL || end == id + 1 ||
        strspn(id + 1, "0123456789._") < (size_t)(end - id - 1))
        return NULL;
    return end;
}

static const lm_source *find_version(const lm_claims *c, const char *version,
                                     char prefix)
{
    const lm_sources *all = &c->folder->sources;
    const char *end;
    size_t i;

    for (i = 0; i < all->count; i++) {
        end = version_end(all->list[i].id, prefix);
        if (end != NULL && version_cmp(all->list[i].id + 1, end, version,
                                       version + strlen(version)) == 0)
            return &all->list[i];
    }
    return NULL;
}

/* R__a_description: its _ are blanks in the ledger. */
static bool is_described(const char *id, const char *description)
{
    if (!lm_starts(id, "R__"))
        return false;
    for (id += 3; *id != '\0' && *description != '\0'; id++, description++)
        if ((*id == '_' ? ' ' : *id) != *description)
            return false;
    return *id == *description;
}

static const lm_source *find_repeatable(const lm_claims *c,
                                        const char *description)
{
    const lm_sources *all = &c->folder->sources;
    size_t i;

    for (i = 0; description != NULL && i < all->count; i++)
        if (is_described(all->list[i].id, description))
            return &all->list[i];
    return NULL;
}

static const lm_source *find(const lm_claims *c, const lm_alien *row)
{
    const lm_source *s;

    if (row->key == NULL)
        return find_repeatable(c, row->name);
    s = find_version(c, row->key, 'V');
    return s != NULL ? s : find_version(c, row->key, 'B');
}

/* Every version up to the baseline's counts as applied, also where the
 * baseline is a file of its own, which stands for them. */
static void take_baseline(lm_claims *c, const lm_alien *row)
{
    const lm_sources *all = &c->folder->sources;
    const char *end;
    size_t i;

    for (i = 0; row->key != NULL && i < all->count; i++) {
        end = version_end(all->list[i].id, 'V');
        if (end != NULL && version_cmp(all->list[i].id + 1, end, row->key,
                                       row->key + strlen(row->key)) <= 0)
            lm_claims_take(c, &all->list[i], row);
    }
}

static void take_back(lm_claims *c, const lm_source *s)
{
    if (s != NULL)
        c->list[s - c->folder->sources.list].applied = false;
}

static int refuse(lm_claims *c, const lm_alien *row)
{
    lm_err_set(c->err, LM_EHISTORY, "%s, the ledger of %s: version %s is of "
               "the type %s, and the folder has no file of it",
               c->rows->table, c->rows->tool->shown,
               row->key != NULL ? row->key : "NULL", row->kind);
    lm_err_hint(c->err, "what is not SQL cannot run here: put a file of its "
                "version into the folder that does the same");
    return LM_EHISTORY;
}

/* A repeatable one runs again when it was edited. */
static void take_sql(lm_claims *c, const lm_source *s, const lm_alien *row)
{
    lm_claim *claim = &c->list[s - c->folder->sources.list];

    lm_claims_take(c, s, row);
    if (row->key == NULL && claim->edited)
        claim->applied = claim->edited = false;
}

static int take_row(lm_claims *c, const lm_alien *row)
{
    const char *kind = row->kind != NULL ? row->kind : "";
    const lm_source *s = find(c, row);

    if (strcmp(kind, "SCHEMA") == 0)
        return LM_OK;
    if (lm_ends(kind, "BASELINE"))
        take_baseline(c, row);
    if (strcmp(kind, "BASELINE") == 0 ||
        (s == NULL && strcmp(kind, "SQL_BASELINE") == 0))
        return LM_OK;
    if (strcmp(kind, "DELETE") == 0 || lm_starts(kind, "UNDO_")) {
        take_back(c, s);
        return LM_OK;
    }
    if (s != NULL) {
        take_sql(c, s, row);
        return LM_OK;
    }
    if (strcmp(kind, "SQL") != 0 || row->file == NULL)
        return refuse(c, row);
    return lm_claims_lost(c, row, row->file);
}

int lm_claims_flyway(lm_claims *c)
{
    size_t i;
    int rc = LM_OK;

    for (i = 0; i < c->rows->count && rc == LM_OK; i++)
        rc = take_row(c, &c->rows->list[i]);
    return rc;
}
