/* SPDX-License-Identifier: MIT */
/*
 * drizzle's folder: meta/_journal.json says which files there are and in which
 * order; a file that it does not name is no migration. Its newer layout has
 * one folder for each, and no journal.
 */
#include <stdlib.h>
#include <string.h>

#include "../base/text.h"
#include "../db/jsonread.h"
#include "dialect.h"
#include "folders.h"

static const char journal[] = "meta/_journal.json";

/* What has been read of the journal, and of one of its entries. */
typedef struct reading {
    lm_claim *claim;
    lm_jsonread *json;
    char *dialect, *entries;    /* NULL: not there, or something else */
    char *tag;
    bool timed;
    int64_t when;
    size_t rank;
} reading;

static int refuse(lm_claim *c, const char *why)
{
    return lm_claim_refuse(c, journal, "the journal cannot be read: %s", why);
}

/* Keep it if it is of this kind; what was there before is forgotten. */
static int keep(reading *r, const lm_jsonread_item *item,
                lm_jsonread_kind kind, char **out)
{
    free(*out);
    *out = item->kind == kind ? lm_strdup(item->text) : NULL;
    return item->kind == kind && *out == NULL ? lm_err_nomem(r->claim->err)
                                              : LM_OK;
}

/* The file that an entry names, and its ID. */
static lm_source *add_tag(lm_claim *c, const char *tag)
{
    char *file = lm_format("%s.sql", tag);
    bool there;
    size_t i;

    if (file == NULL) {
        lm_err_nomem(c->err);
        return NULL;
    }
    there = lm_claim_has(c, file, &i);
    if (!there)
        lm_claim_refuse(c, journal, "the journal names %s, which is not "
                        "there", file);
    free(file);
    return there && lm_claim_read(c, i) == LM_OK
               ? lm_claim_add(c, i, tag, strlen(tag))
               : NULL;
}

static int add_entry(reading *r)
{
    lm_claim *c = r->claim;
    lm_source *s;

    if (r->tag == NULL || r->tag[0] == '\0' || strchr(r->tag, '/') != NULL)
        return refuse(c, "an entry has no tag");
    s = add_tag(c, r->tag);
    if (s == NULL)
        return c->err->code;
    s->rank = ++r->rank;
    if (r->timed)
        s->key = lm_format("%lld", (long long)r->when);
    return r->timed && s->key == NULL ? lm_err_nomem(c->err) : LM_OK;
}

static int take_field(void *user, const lm_jsonread_item *item)
{
    reading *r = user;

    if (strcmp(item->key, "tag") == 0)
        return keep(r, item, LM_JSON_STRING, &r->tag);
    if (strcmp(item->key, "when") == 0) {
        r->timed = item->kind == LM_JSON_INTEGER;
        r->when = item->integer;
    }
    return LM_OK;
}

/* One entry: {idx, when, tag, breakpoints}. */
static int take_entry(void *user, const lm_jsonread_item *item)
{
    reading *r = user;
    int rc = LM_OK;

    r->timed = false;
    if (item->kind == LM_JSON_OBJECT)
        rc = lm_jsonread_each(r->json, item->text, take_field, r);
    if (rc == LM_OK)
        rc = add_entry(r);
    free(r->tag);
    r->tag = NULL;
    return rc;
}

/* The journal itself may be a list: then it has no entries. */
static int take_member(void *user, const lm_jsonread_item *item)
{
    reading *r = user;

    if (item->key != NULL && strcmp(item->key, "dialect") == 0)
        return keep(r, item, LM_JSON_STRING, &r->dialect);
    if (item->key != NULL && strcmp(item->key, "entries") == 0)
        return keep(r, item, LM_JSON_LIST, &r->entries);
    return LM_OK;
}

static int take_entries(reading *r)
{
    const char *engine = r->dialect;

    if (engine != NULL && strcmp(engine, "sqlite") != 0 &&
        strcmp(engine, "turso") != 0)
        return lm_claim_refuse(r->claim, journal, "these migrations were "
                               "made for another database: dialect %s",
                               engine);
    if (r->entries == NULL)
        return refuse(r->claim, "it has no list of entries");
    return lm_jsonread_each(r->json, r->entries, take_entry, r);
}

/* The reader knows what is wrong, but not of what. */
static int read_journal(lm_claim *c)
{
    reading r = {.claim = c};
    lm_err err = {0};
    char *text = NULL;
    size_t size;
    int rc = lm_claim_text(c, journal, &text, &size);

    if (rc != LM_OK)
        return rc;
    rc = lm_jsonread_open(text, size, &err, &r.json);
    if (rc == LM_OK)
        rc = lm_jsonread_each(r.json, text, take_member, &r);
    if (rc == LM_OK)
        rc = take_entries(&r);
    if (err.code == LM_ENOMEM)
        rc = lm_err_nomem(c->err);
    else if (err.code != LM_OK)
        rc = refuse(c, lm_err_text(&err));
    lm_jsonread_close(r.json);
    lm_err_clear(&err);
    free(r.dialect);
    free(r.entries);
    free(text);
    return rc;
}

int lm_drizzle_claim(lm_claim *c)
{
    int rc;

    if (lm_claim_there(c, journal)) {
        rc = read_journal(c);
        if (rc == LM_OK)
            lm_claim_leave_rest(c);
        return rc;
    }
    rc = lm_folders_claim(c, "migration.sql");
    return rc == LM_OK ? lm_claim_rank(c, lm_claim_by_id) : rc;
}
