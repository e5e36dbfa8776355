/* SPDX-License-Identifier: MIT */
/*
 * folder.h - the migrations folder: which migrations are in it.
 *
 *   lm_folder_read   list the folder, let the engines claim its entries, read
 *                    and identify each; sources in the order in which they
 *                    run, no two with one ID: the natural one of the names,
 *                    and among files of a tool that has one, the tool's
 *   lm_folder_claim  let the engines claim among these entries alone; for
 *                    core/added
 *   lm_folder_find   the source with this ID, or NULL
 *   lm_folder_clear  free it; may be called twice
 *   lm_source_revive what identify would find, from a text that was kept
 *   lm_source_clear  free what is in one source; for one of no folder
 *
 * Sub-folders (old, lib, templates), files that no engine claims (README,
 * editors' litter) and names that begin with a dot are left alone.
 *
 * Ownership: the sources and all in them belong to the folder.
 */
#ifndef LM_CORE_FOLDER_H
#define LM_CORE_FOLDER_H

#include "../engine/engine.h"

/* An engine as lumigrate.c registers it. */
typedef struct lm_engine_slot {
    const lm_engine *engine;
    void *context;
} lm_engine_slot;

typedef struct lm_added lm_added;

typedef struct lm_engines {
    lm_engine_slot slots[4];
    size_t count;
    const lm_added *added;  /* what the host brings along; NULL: nothing */
    bool no_folder;         /* that is all there is */
} lm_engines;

typedef struct lm_folder {
    lm_sources sources;
    bool twins;         /* why it was refused: two have one ID */
} lm_folder;

int lm_folder_read(const char *path, const lm_engines *engines, lm_err *err,
                   lm_folder *out);
int lm_folder_claim(const lm_dir *dir, const char *path,
                    const lm_engines *engines, lm_err *err, lm_sources *out);
const lm_source *lm_folder_find(const lm_folder *folder, const char *id);
void lm_folder_clear(lm_folder *folder);
/* `id`, `checksum` and `text` are set. *mine: an engine knows it for one of
 * its own, and is set now. */
int lm_source_revive(lm_source *source, const lm_engines *engines, bool *mine,
                     lm_err *err);
void lm_source_clear(lm_source *source);

#endif
