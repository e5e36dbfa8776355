/* SPDX-License-Identifier: MIT */
#include "folder.h"

#include <stdlib.h>
#include <string.h>

#include "added.h"

static void clear_source(lm_source *s)
{
    free(s->id);
    free(s->file);
    free(s->path);
    free(s->description);
    free(s->text);
    free(s->key);
    free(s->down_file);
    free(s->down_path);
    free(s->down_text);
}

void lm_folder_clear(lm_folder *folder)
{
    size_t i;

    for (i = 0; i < folder->sources.count; i++)
        clear_source(&folder->sources.list[i]);
    free(folder->sources.list);
    memset(folder, 0, sizeof *folder);
}

const lm_source *lm_folder_find(const lm_folder *folder, const char *id)
{
    size_t i;

    for (i = 0; i < folder->sources.count; i++)
        if (strcmp(folder->sources.list[i].id, id) == 0)
            return &folder->sources.list[i];
    return NULL;
}

int lm_folder_claim(const lm_dir *dir, const char *path,
                    const lm_engines *engines, lm_err *err, lm_sources *out)
{
    bool *claimed = calloc(dir->count + 1, sizeof *claimed);
    const lm_engine_slot *slot;
    size_t i, first;
    int rc = claimed == NULL ? lm_err_nomem(err) : LM_OK;

    for (i = 0; i < engines->count && rc == LM_OK; i++) {
        slot = &engines->slots[i];
        first = out->count;
        rc = slot->engine->claim(slot->context, dir, path, claimed, out,
                                 err);
        for (; first < out->count; first++) {
            out->list[first].engine = slot->engine;
            out->list[first].context = slot->context;
        }
    }
    free(claimed);
    return rc;
}

static int by_file(const void *a, const void *b)
{
    return lm_natural_cmp(((const lm_source *)a)->file,
                          ((const lm_source *)b)->file);
}

/* What was added has its text, and may have been identified already. */
static int identify(const lm_dir *dir, const char *path, lm_source *s,
                    lm_err *err)
{
    int rc = LM_OK;

    if (s->description != NULL)
        return LM_OK;
    if (s->path == NULL)
        s->path = lm_path_join(path, s->file);
    if (s->path == NULL)
        return lm_err_nomem(err);
    if (s->text == NULL)
        rc = lm_file_read_at(dir->fd, s->file, s->path, err, &s->text,
                             &s->len);
    if (rc == LM_OK)
        rc = s->engine->identify(s->context, s, err);
    if (rc != LM_OK)
        lm_err_migration(err, s->id, s->path);
    return rc;
}

static int by_id(const void *a, const void *b)
{
    return strcmp((*(const lm_source *const *)a)->id,
                  (*(const lm_source *const *)b)->id);
}

static int refuse_twins(const lm_source *a, const lm_source *b, lm_err *err)
{
    lm_err_set(err, LM_EUSAGE, "two migrations have the ID %s: %s and %s",
               a->id, a->file, b->file);
    lm_err_hint(err, "give one of them another ID, or move it out of the "
                "folder");
    return LM_EUSAGE;
}

static int check_unique(lm_folder *folder, lm_err *err)
{
    size_t i, n = folder->sources.count;
    const lm_source **sorted = malloc((n + 1) * sizeof *sorted);
    int rc = LM_OK;

    if (sorted == NULL)
        return lm_err_nomem(err);
    for (i = 0; i < n; i++)
        sorted[i] = &folder->sources.list[i];
    lm_list_sort(sorted, n, sizeof *sorted, by_id);
    for (i = 1; i < n && rc == LM_OK; i++)
        if (strcmp(sorted[i - 1]->id, sorted[i]->id) == 0)
            rc = refuse_twins(sorted[i - 1], sorted[i], err);
    folder->twins = rc == LM_EUSAGE;
    free(sorted);
    return rc;
}

int lm_folder_read(const char *path, const lm_engines *engines, lm_err *err,
                   lm_folder *out)
{
    lm_dir dir = {0};
    bool twins;
    size_t i;
    int rc = LM_OK;

    memset(out, 0, sizeof *out);
    if (!engines->no_folder) {
        rc = lm_dir_list(path, err, &dir);
        if (rc == LM_OK)
            rc = lm_folder_claim(&dir, path, engines, err, &out->sources);
    }
    if (rc == LM_OK && engines->added != NULL)
        rc = lm_added_read(engines->added, engines, err, &out->sources);
    if (rc == LM_OK && out->sources.count > 1)
        lm_list_sort(out->sources.list, out->sources.count,
              sizeof *out->sources.list, by_file);
    for (i = 0; i < out->sources.count && rc == LM_OK; i++)
        rc = identify(&dir, path, &out->sources.list[i], err);
    if (rc == LM_OK)
        rc = check_unique(out, err);
    lm_dir_clear(&dir);
    if (rc != LM_OK) {
        twins = out->twins;
        lm_folder_clear(out);
        out->twins = twins;
    }
    return rc;
}
