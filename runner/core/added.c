/* SPDX-License-Identifier: MIT */
#include "added.h"

#include <stdlib.h>
#include <string.h>

static void clear_one(lm_added_one *one)
{
    free(one->file);
    free(one->id);
    free(one->checksum);
    free(one->text);
}

void lm_added_clear(lm_added *added)
{
    size_t i;

    for (i = 0; i < added->count; i++)
        clear_one(&added->list[i]);
    free(added->list);
    memset(added, 0, sizeof *added);
}

static char *copy(const char *s)
{
    return s == NULL ? NULL : lm_strdup(s);
}

static int add(lm_added *added, const lm_added_one *one, lm_err *err)
{
    lm_added_one *grown = lm_list_grow(added->list, added->count,
                                       &added->size, sizeof *grown);

    if (grown == NULL)
        return lm_err_nomem(err);
    added->list = grown;
    grown += added->count++;
    *grown = *one;
    grown->file = copy(one->file);
    grown->id = copy(one->id);
    grown->checksum = copy(one->checksum);
    grown->text = one->text == NULL ? NULL : lm_strndup(one->text, one->len);
    if (grown->file == NULL || (one->id != NULL && grown->id == NULL) ||
        (one->checksum != NULL && grown->checksum == NULL) ||
        (one->text != NULL && grown->text == NULL))
        return lm_err_nomem(err);
    return LM_OK;
}

static bool is_library(const char *file)
{
    return lm_starts(file, "lib/") && lm_ends(file, ".lua");
}

int lm_added_text(lm_added *added, const char *file, const char *text,
                  size_t len, lm_err *err)
{
    lm_added_one one = {0};

    if (strchr(file, '/') != NULL && !is_library(file)) {
        lm_err_set(err, LM_EUSAGE, "%s: a migration's text has the name of a "
                   "file, without a folder", file);
        lm_err_hint(err, "lib/NAME.lua is what scripts can require; what "
                    "stands in folders goes through lumigrate bundle");
        return LM_EUSAGE;
    }
    if (!lm_ends(file, ".lua") && !lm_ends(file, ".sql"))
        return lm_err_set(err, LM_EUSAGE, "%s: a migration's text has a name "
                          "that ends in .lua or .sql", file);
    one.file = (char *)file;
    one.text = (char *)text;
    one.len = len;
    return add(added, &one, err);
}

int lm_added_kept(lm_added *added, const lm_added_one *one, lm_err *err)
{
    return add(added, one, err);
}

int lm_added_host(lm_added *added, const char *id, const void *host,
                  lm_err *err)
{
    lm_added_one one = {0};

    one.file = (char *)id;
    one.host = host;
    return add(added, &one, err);
}

const char *lm_added_library(const lm_added *added, const char *path,
                             size_t *len)
{
    size_t i;

    for (i = 0; i < added->count; i++)
        if (added->list[i].text != NULL &&
            strcmp(added->list[i].file, path) == 0) {
            *len = added->list[i].len;
            return added->list[i].text;
        }
    return NULL;
}

/* ---- as sources ---- */

/* What the engines claim among, as if it lay in a folder. */
static int list_entries(const lm_added *added, lm_err *err, lm_dir *out)
{
    const lm_added_one *one;
    lm_entry *e;
    size_t i;

    out->fd = -1;
    out->entries = calloc(added->count + 1, sizeof *out->entries);
    if (out->entries == NULL)
        return lm_err_nomem(err);
    for (i = 0; i < added->count; i++) {
        one = &added->list[i];
        if (one->checksum != NULL || (one->host == NULL &&
                                      is_library(one->file)))
            continue;
        e = &out->entries[out->count++];
        e->kind = LM_ENTRY_FILE;
        e->host = one->host;
        e->text = one->text;
        e->len = one->len;
        e->name = lm_strdup(one->file);
        if (e->name == NULL)
            return lm_err_nomem(err);
    }
    return LM_OK;
}

static int refuse_kept(const lm_added_one *one, lm_err *err)
{
    lm_err_set(err, LM_EUSAGE, "the bundled migration %s is none that this "
               "library knows", one->id);
    lm_err_hint(err, "it was bundled by another release, or its text was "
                "changed since: bundle it again");
    return LM_EUSAGE;
}

static int revive(const lm_added_one *one, const lm_engines *engines,
                  lm_source *s, lm_err *err)
{
    bool mine;
    int rc = lm_source_revive(s, engines, &mine, err);

    if (rc == LM_OK && (!mine || strcmp(s->checksum, one->checksum) != 0))
        rc = refuse_kept(one, err);
    return rc;
}

/* A source of its own from what bundle wrote. */
static int add_kept(const lm_added_one *one, const lm_engines *engines,
                    lm_sources *out, lm_err *err)
{
    lm_source *s = lm_sources_add(out, one->file, "");

    if (s == NULL)
        return lm_err_nomem(err);
    s->id = lm_strdup(one->id);
    s->path = lm_strdup(one->file);
    s->text = lm_strndup(one->text, one->len);
    s->len = one->len;
    s->rank = one->rank;
    memcpy(s->checksum, one->checksum,
           strnlen(one->checksum, sizeof s->checksum - 1));
    if (s->id == NULL || s->path == NULL || s->text == NULL)
        return lm_err_nomem(err);
    return revive(one, engines, s, err);
}

/* What a claim has not read, as it would read a file. */
static int read_claimed(const lm_dir *dir, lm_source *s, lm_err *err)
{
    if (s->path == NULL)
        s->path = lm_strdup(s->file);
    if (s->path == NULL)
        return lm_err_nomem(err);
    if (s->text == NULL)
        return lm_dir_read(dir, s->file, s->path, err, &s->text, &s->len);
    return LM_OK;
}

static int read_down(const lm_dir *dir, lm_source *s, lm_err *err)
{
    if (s->down_file == NULL || s->down_text != NULL)
        return LM_OK;
    s->down_path = lm_strdup(s->down_file);
    if (s->down_path == NULL)
        return lm_err_nomem(err);
    return lm_dir_read(dir, s->down_file, s->down_path, err, &s->down_text,
                       &s->down_len);
}

int lm_added_read(const lm_added *added, const lm_engines *engines,
                  lm_err *err, lm_sources *out)
{
    lm_dir dir = {0};
    size_t i, first = out->count;
    int rc = list_entries(added, err, &dir);

    if (rc == LM_OK)
        rc = lm_folder_claim(&dir, "", engines, err, out);
    for (i = first; i < out->count && rc == LM_OK; i++) {
        rc = read_claimed(&dir, &out->list[i], err);
        if (rc == LM_OK)
            rc = read_down(&dir, &out->list[i], err);
    }
    lm_dir_clear(&dir);
    for (i = 0; i < added->count && rc == LM_OK; i++)
        if (added->list[i].checksum != NULL)
            rc = add_kept(&added->list[i], engines, out, err);
    return rc;
}
