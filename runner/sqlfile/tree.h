/* SPDX-License-Identifier: MIT */
/*
 * tree.h - the files of a folder and of all folders under it.
 *
 *   lm_tree_list    their paths from the folder; hidden names and links to
 *                   folders are left out, as Flyway does
 *   lm_tree_has     is there one of this path?
 *   lm_tree_clear   free it; may be called twice
 *
 * Ownership: paths belong to the tree.
 */
#ifndef LM_SQLFILE_TREE_H
#define LM_SQLFILE_TREE_H

#include "claim.h"

typedef struct lm_leaf {
    char *path;
    const char *name;       /* the last part of it */
} lm_leaf;

typedef struct lm_tree {
    lm_leaf *list;
    size_t count, size;
} lm_tree;

int lm_tree_list(const lm_claim *c, lm_tree *out);
bool lm_tree_has(const lm_tree *tree, const char *path);
void lm_tree_clear(lm_tree *tree);

#endif
