/* SPDX-License-Identifier: MIT */
/*
 * added.h - migrations that the host program brings along, instead of files
 * or besides them.
 *
 *   lm_added_text      a file by its name and text; under lib/ one that
 *                      scripts may require
 *   lm_added_kept      one as `bundle` wrote it: with ID, checksum and the
 *                      text that the history would keep
 *   lm_added_host      one that an engine knows by `host`
 *   lm_added_library   the text of a file under lib/, or NULL
 *   lm_added_read      all of them as sources, as core/folder reads a folder
 *   lm_added_clear     free them; may be called twice
 *
 * Ownership: everything is copied; sources own their copies.
 */
#ifndef LM_CORE_ADDED_H
#define LM_CORE_ADDED_H

#include "folder.h"

typedef struct lm_added_one {
    char *file;             /* its name as in a folder */
    char *id, *checksum;    /* of a kept one; NULL otherwise */
    char *text;             /* NULL: a host's */
    size_t len, rank;
    const void *host;
} lm_added_one;

struct lm_added {
    lm_added_one *list;
    size_t count, size;
};

int lm_added_text(lm_added *added, const char *file, const char *text,
                  size_t len, lm_err *err);
int lm_added_kept(lm_added *added, const lm_added_one *one, lm_err *err);
int lm_added_host(lm_added *added, const char *id, const void *host,
                  lm_err *err);
const char *lm_added_library(const lm_added *added, const char *path,
                             size_t *len);
int lm_added_read(const lm_added *added, const lm_engines *engines,
                  lm_err *err, lm_sources *out);
void lm_added_clear(lm_added *added);

#endif
