/* SPDX-License-Identifier: MIT */
#include "folder.h"

#include <stdlib.h>
#include <string.h>

#include "../base/buf.h"
#include "added.h"

void lm_source_clear(lm_source *s)
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
    memset(s, 0, sizeof *s);
}

int lm_source_revive(lm_source *s, const lm_engines *engines, bool *mine,
                     lm_err *err)
{
    const lm_engine_slot *slot;
    size_t i;
    int rc = LM_OK;

    *mine = false;
    for (i = 0; i < engines->count && rc == LM_OK && !*mine; i++) {
        slot = &engines->slots[i];
        rc = slot->engine->revive(slot->context, s, mine, err);
        if (*mine) {
            s->engine = slot->engine;
            s->context = slot->context;
        }
    }
    return rc;
}

void lm_folder_clear(lm_folder *folder)
{
    size_t i;

    for (i = 0; i < folder->sources.count; i++)
        lm_source_clear(&folder->sources.list[i]);
    for (i = 0; i < folder->sources.note_count; i++)
        free(folder->sources.notes[i]);
    free(folder->sources.list);
    free(folder->sources.notes);
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

/* x.SQL may have been meant as a migration; a folder that differs in case from
 * one system to the next is none that all of them run alike. */
static int note_capitals(const lm_dir *dir, const bool *claimed, lm_err *err,
                         lm_sources *out)
{
    lm_buf names = {0};
    const char *name, *dot;
    char *text;
    size_t i;

    for (i = 0; i < dir->count; i++) {
        name = dir->entries[i].name;
        dot = strrchr(name, '.');
        if (claimed[i] || name[0] == '#' || dot == NULL ||
            dir->entries[i].kind == LM_ENTRY_DIR ||
            strcmp(dot, ".sql") == 0 || strcmp(dot, ".lua") == 0 ||
            !(lm_same_name(dot, ".sql") || lm_same_name(dot, ".lua")))
            continue;
        lm_buf_printf(&names, "%s%s", names.len > 0 ? ", " : "", name);
    }
    if (names.len == 0)
        return LM_OK;
    text = lm_format("left alone, as the name of a migration ends in .sql or "
                     ".lua, in small letters: %s", lm_buf_text(&names));
    lm_buf_clear(&names);
    return lm_sources_note(out, text) ? LM_OK : lm_err_nomem(err);
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
    if (rc == LM_OK)
        rc = note_capitals(dir, claimed, err, out);
    free(claimed);
    return rc;
}

static int by_file(const void *a, const void *b)
{
    return lm_natural_cmp(((const lm_source *)a)->file,
                          ((const lm_source *)b)->file);
}

static int by_rank(const void *a, const void *b)
{
    size_t x = ((const lm_source *)a)->rank, y = ((const lm_source *)b)->rank;

    return x < y ? -1 : x > y;
}

/* One sentence when files of a tool with an order of its own stand among
 * others, and that order is not the natural one. */
static int note_order(lm_folder *folder, const lm_source *ranked, size_t n,
                      lm_err *err)
{
    char *text;
    size_t i;

    for (i = 1; i < n; i++)
        if (by_file(&ranked[i - 1], &ranked[i]) > 0)
            break;
    if (i >= n || n == folder->sources.count)
        return LM_OK;
    text = lm_format("the files of %s run in its own order, which is not "
                     "that of their names here: %s before %s",
                     ranked[i].kind, ranked[i - 1].file, ranked[i].file);
    return lm_sources_note(&folder->sources, text) ? LM_OK
                                                   : lm_err_nomem(err);
}

/* Natural order, in which the places of those that have a rank are filled
 * anew, in the order of the ranks. */
static int put_in_order(lm_folder *folder, lm_err *err)
{
    lm_sources *all = &folder->sources;
    lm_source *ranked;
    size_t i, n = 0;
    int rc;

    if (all->count < 2)
        return LM_OK;
    lm_list_sort(all->list, all->count, sizeof *all->list, by_file);
    ranked = malloc(all->count * sizeof *ranked);
    if (ranked == NULL)
        return lm_err_nomem(err);
    for (i = 0; i < all->count; i++)
        if (all->list[i].rank > 0)
            ranked[n++] = all->list[i];
    if (n > 1)
        lm_list_sort(ranked, n, sizeof *ranked, by_rank);
    rc = note_order(folder, ranked, n, err);
    for (i = n = 0; i < all->count; i++)
        if (all->list[i].rank > 0)
            all->list[i] = ranked[n++];
    free(ranked);
    return rc;
}

/* What no claim has read yet. */
static int read_file(const lm_dir *dir, const char *folder, const char *file,
                     lm_err *err, char **path, char **text, size_t *len)
{
    if (file == NULL || *text != NULL)
        return LM_OK;
    if (*path == NULL)
        *path = lm_path_join(folder, file);
    if (*path == NULL)
        return lm_err_nomem(err);
    return lm_file_read_at(dir->fd, file, *path, err, text, len);
}

/* What was added has its text, and may have been identified already. */
static int identify(const lm_dir *dir, const char *path, lm_source *s,
                    lm_err *err)
{
    int rc;

    if (s->description != NULL)
        return LM_OK;
    rc = read_file(dir, path, s->file, err, &s->path, &s->text, &s->len);
    if (rc == LM_OK)
        rc = read_file(dir, path, s->down_file, err, &s->down_path,
                       &s->down_text, &s->down_len);
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
    if (rc == LM_OK)
        rc = put_in_order(out, err);
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
