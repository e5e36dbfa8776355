/* SPDX-License-Identifier: MIT */
/*
 * shelf.h - where templates come from: the user's folder templates/ below
 * the migrations, then the program itself.
 *
 *   lm_shelf_load    the template of this name, for a script or a SQL file
 *   lm_shelf_list    the names there are, in order, each once
 *   lm_shelf_clear   free a list; may be called twice
 *
 * Ownership: a loaded template borrows `name`.
 */
#ifndef LM_CLI_SHELF_H
#define LM_CLI_SHELF_H

#include "app.h"
#include "template.h"

typedef struct lm_shelf_entry {
    char *name;
    bool sql, own; /* own: in the user's folder */
} lm_shelf_entry;

typedef struct lm_shelf {
    lm_shelf_entry *list;
    size_t count;
} lm_shelf;

/* `path` is room for the path of a user's template, which t->path borrows. */
int lm_shelf_load(lm_app *app, const char *name, bool sql, lm_str *path,
                  lm_template *t);
int lm_shelf_list(lm_app *app, lm_shelf *out);
void lm_shelf_clear(lm_shelf *shelf);

#endif
