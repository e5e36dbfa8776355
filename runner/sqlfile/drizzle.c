/* SPDX-License-Identifier: MIT */
/*
 * drizzle's folder: meta/_journal.json says which files there are and in which
 * order; a file that it does not name is no migration. Its newer layout has
 * one folder for each, and no journal.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "../base/text.h"
#include "dialect.h"
#include "folders.h"

static const char journal[] = "meta/_journal.json";

static int refuse(lm_claim *c, const char *why)
{
    return lm_claim_refuse(c, journal, "the journal cannot be read: %s", why);
}

/* One entry: {idx, when, tag, breakpoints}. */
static int add_entry(lm_claim *c, const json_t *entry, size_t rank)
{
    const char *tag = json_string_value(json_object_get(entry, "tag"));
    const json_t *when = json_object_get(entry, "when");
    lm_source *s;
    char *file;
    size_t i;

    if (tag == NULL || tag[0] == '\0' || strchr(tag, '/') != NULL)
        return refuse(c, "an entry has no tag");
    file = lm_format("%s.sql", tag);
    if (file == NULL)
        return lm_err_nomem(c->err);
    if (!lm_claim_has(c, file, &i)) {
        lm_claim_refuse(c, journal, "the journal names %s, which is not "
                        "there", file);
        free(file);
        return c->err->code;
    }
    free(file);
    if (lm_claim_read(c, i) != LM_OK)
        return c->err->code;
    s = lm_claim_add(c, i, tag, strlen(tag));
    if (s == NULL)
        return LM_ENOMEM;
    s->rank = rank;
    if (json_is_integer(when))
        s->key = lm_format("%lld", (long long)json_integer_value(when));
    return json_is_integer(when) && s->key == NULL ? lm_err_nomem(c->err)
                                                   : LM_OK;
}

static int check_engine(lm_claim *c, const json_t *root)
{
    const char *engine = json_string_value(json_object_get(root, "dialect"));

    if (engine == NULL || strcmp(engine, "sqlite") == 0 ||
        strcmp(engine, "turso") == 0)
        return LM_OK;
    return lm_claim_refuse(c, journal, "these migrations were made for "
                           "another database: dialect %s", engine);
}

static int take_entries(lm_claim *c, const json_t *root)
{
    const json_t *entries = json_object_get(root, "entries");
    size_t i, n = json_array_size(entries);
    int rc = check_engine(c, root);

    if (rc == LM_OK && !json_is_array(entries))
        rc = refuse(c, "it has no list of entries");
    for (i = 0; i < n && rc == LM_OK; i++)
        rc = add_entry(c, json_array_get(entries, i), i + 1);
    return rc;
}

static int read_journal(lm_claim *c)
{
    char *text = NULL;
    json_error_t error;
    json_t *root;
    size_t size;
    int rc = lm_claim_text(c, journal, &text, &size);

    if (rc != LM_OK)
        return rc;
    root = json_loadb(text, size, 0, &error);
    free(text);
    if (root == NULL) {
        rc = refuse(c, error.text);
        lm_err_line(c->err, error.line, error.column);
    } else
        rc = take_entries(c, root);
    json_decref(root);
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
