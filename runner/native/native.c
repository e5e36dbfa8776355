/* SPDX-License-Identifier: MIT */
#include "native.h"

#include <stdlib.h>

#include "../lex/fingerprint.h"
#include "../lex/name.h"

struct lm_natives {
    lm_native **list;       /* each an allocation of its own: it stays */
    size_t count, size;
};

static const char kind[] = "native";

/* What the history keeps; the ID stands behind it, as the row's does. */
static const char kept[] = "-- a C function of the host program: ";

lm_natives *lm_natives_new(void)
{
    return calloc(1, sizeof(lm_natives));
}

static void free_native(lm_native *n)
{
    if (n == NULL)
        return;
    free((char *)n->id);
    free((char *)n->description);
    free((char *)n->version);
    free(n);
}

void lm_natives_free(lm_natives *natives)
{
    size_t i;

    if (natives == NULL)
        return;
    for (i = 0; i < natives->count; i++)
        free_native(natives->list[i]);
    free(natives->list);
    free(natives);
}

static const char *copy(const char *s)
{
    return lm_strdup(s != NULL ? s : "");
}

static int check(const lm_native *n, lm_err *err)
{
    const char *problem = n->id == NULL ? "is missing"
        : lm_id_problem(n->id, strlen(n->id));

    if (problem != NULL)
        return lm_err_set(err, LM_EUSAGE, "the ID of a migration that is a C "
                          "function %s", problem);
    if (n->up == NULL)
        return lm_err_set(err, LM_EUSAGE, "the migration %s has no function",
                          n->id);
    return LM_OK;
}

int lm_natives_add(lm_natives *natives, const lm_native *native, lm_err *err,
                   const void **host)
{
    lm_native **grown, *made;
    int rc = check(native, err);

    if (rc != LM_OK)
        return rc;
    grown = lm_list_grow(natives->list, natives->count, &natives->size,
                         sizeof *grown);
    if (grown == NULL)
        return lm_err_nomem(err);
    natives->list = grown;
    made = malloc(sizeof *made);
    if (made == NULL)
        return lm_err_nomem(err);
    *made = *native;
    made->id = copy(native->id);
    made->description = copy(native->description);
    made->version = copy(native->version);
    grown[natives->count++] = made;
    *host = made;
    return made->id == NULL || made->description == NULL ||
           made->version == NULL ? lm_err_nomem(err) : LM_OK;
}

static const lm_native *find(const lm_natives *natives, const char *id)
{
    size_t i;

    for (i = 0; i < natives->count; i++)
        if (strcmp(natives->list[i]->id, id) == 0)
            return natives->list[i];
    return NULL;
}

/* Only what the host has added; files of the same name are others'. */
static int claim(void *context, const lm_dir *dir, const char *folder,
                 bool *claimed, lm_sources *out, lm_err *err)
{
    lm_source *s;
    size_t i;

    (void)context;
    (void)folder;
    for (i = 0; i < dir->count; i++) {
        if (claimed[i] || dir->entries[i].host == NULL)
            continue;
        claimed[i] = true;
        s = lm_sources_add(out, dir->entries[i].name, kind);
        if (s == NULL)
            return lm_err_nomem(err);
        s->text = lm_format("%s%s\n", kept, s->file);
        if (s->text == NULL)
            return lm_err_nomem(err);
        s->len = strlen(s->text);
    }
    return LM_OK;
}

static int fill(lm_source *s, const lm_native *n, lm_err *err)
{
    s->description = lm_strdup(n->description);
    if (s->description == NULL)
        return lm_err_nomem(err);
    s->kind = kind;
    s->has_down = n->down != NULL;
    s->txn = s->down_txn = n->txn;
    s->foreign_keys = n->foreign_keys;
    return LM_OK;
}

static int identify(void *context, lm_source *s, lm_err *err)
{
    const lm_native *n = find(context, s->file);
    char *text;

    if (n == NULL)
        return lm_err_set(err, LM_EUSAGE, "no function was added for %s",
                          s->file);
    s->id = lm_strdup(n->id);
    text = lm_format("%s %s", n->id, n->version);
    if (s->id == NULL || text == NULL) {
        free(text);
        return lm_err_nomem(err);
    }
    lm_fingerprint_sql(text, strlen(text), NULL, s->checksum);
    free(text);
    return fill(s, n, err);
}

/* The line alone is enough. */
static int keep(void *context, const lm_source *s, lm_err *err, char **out,
                size_t *len)
{
    (void)context;
    (void)s;
    (void)err;
    *out = NULL;
    *len = 0;
    return LM_OK;
}

static int revive(void *context, lm_source *s, bool *mine, lm_err *err)
{
    const lm_native *n;

    *mine = s->text != NULL && lm_starts(s->text, kept);
    if (!*mine)
        return LM_OK;
    n = find(context, s->id);
    if (n != NULL)
        return fill(s, n, err);
    lm_err_set(err, LM_EUSAGE, "the migration %s was a C function, and the "
               "program has none of this ID now", s->id);
    lm_err_hint(err, "revert it with the program that has it");
    return LM_EUSAGE;
}

static int compile(void *context, const lm_source *s, lm_way way,
                   lm_err *err)
{
    (void)context;
    (void)s;
    (void)way;
    (void)err;
    return LM_OK;
}

static int run(void *context, const lm_source *s, const lm_run *how)
{
    const lm_native *n = find(context, s->id);
    lm_native_fn function = n == NULL ? NULL
        : how->way == LM_UP ? n->up : n->down;

    if (function == NULL)
        return lm_err_set(lm_db_err(how->db), LM_EFAILED, "there is no "
                          "function for this way of %s", s->id);
    return lm_native_call(how->db, function, n->user);
}

const lm_engine lm_native_engine = {
    "native", claim, identify, keep, revive, compile, run
};
