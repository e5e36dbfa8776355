/* SPDX-License-Identifier: MIT */
#include "tree.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../base/list.h"
#include "../base/text.h"

/* Deeper is a mistake, or a circle of mounts. */
enum { DEPTH = 16 };

static int add_leaf(lm_tree *out, char *path, lm_err *err)
{
    lm_leaf *grown = path == NULL ? NULL
        : lm_list_grow(out->list, out->count, &out->size, sizeof *grown);
    const char *slash;

    if (grown == NULL) {
        free(path);
        return lm_err_nomem(err);
    }
    out->list = grown;
    slash = strrchr(path, '/');
    grown[out->count].path = path;
    grown[out->count++].name = slash != NULL ? slash + 1 : path;
    return LM_OK;
}

static bool is_own_folder(const lm_dir *dir, const lm_entry *e)
{
    struct stat st;

    return e->kind == LM_ENTRY_DIR &&
           fstatat(dir->fd, e->name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
           S_ISDIR(st.st_mode);
}

/* `path` is "" for the folder itself. Taken: the path of each entry. */
static int list(const lm_claim *c, const lm_dir *dir, const char *path,
                int depth, lm_tree *out)
{
    const lm_entry *e;
    lm_dir inner;
    char *name, *full;
    size_t i;
    int rc = LM_OK;

    for (i = 0; i < dir->count && rc == LM_OK; i++) {
        e = &dir->entries[i];
        name = path[0] == '\0' ? lm_strdup(e->name)
                               : lm_path_join(path, e->name);
        if (name == NULL || e->kind != LM_ENTRY_DIR) {
            rc = add_leaf(out, name, c->err);
            continue;
        }
        full = lm_path_join(c->folder, name);
        if (full == NULL)
            rc = lm_err_nomem(c->err);
        else if (depth > 0 && is_own_folder(dir, e)) {
            rc = lm_dir_list(full, c->err, &inner);
            if (rc == LM_OK)
                rc = list(c, &inner, name, depth - 1, out);
            lm_dir_clear(&inner);
        }
        free(full);
        free(name);
    }
    return rc;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const lm_leaf *)a)->path, ((const lm_leaf *)b)->path);
}

int lm_tree_list(const lm_claim *c, lm_tree *out)
{
    int rc;

    memset(out, 0, sizeof *out);
    rc = list(c, c->dir, "", DEPTH, out);
    if (out->count > 1)
        lm_list_sort(out->list, out->count, sizeof *out->list, by_path);
    return rc;
}

bool lm_tree_has(const lm_tree *tree, const char *path)
{
    lm_leaf key = {(char *)path, NULL};

    return tree->count > 0 &&
           bsearch(&key, tree->list, tree->count, sizeof key, by_path) !=
               NULL;
}

void lm_tree_clear(lm_tree *tree)
{
    size_t i;

    for (i = 0; i < tree->count; i++)
        free(tree->list[i].path);
    free(tree->list);
    memset(tree, 0, sizeof *tree);
}
