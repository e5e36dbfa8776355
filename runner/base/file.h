/* SPDX-License-Identifier: MIT */
/*
 * file.h - reading files and folders that somebody else may have put there.
 *
 *   lm_file_read      all of a regular file, by path, at most `limit` bytes
 *   lm_file_read_at   the same, by name in an open folder
 *   lm_dir_read       the same of an entry that may be in memory instead
 *   lm_dir_list       the names in a folder, with what each one is
 *   lm_dir_clear      free what lm_dir_list filled; may be called twice
 *   lm_path_join      folder/name; the name alone where the folder is ""
 *   lm_path_dir       the folder part of a path ("." when it has none)
 *
 * A file is opened without blocking and looked at before it is read, so that
 * a FIFO, a device or a folder in the place of a file is an error with a
 * sentence of its own and never a hang. Links to files are followed.
 *
 * Ownership: texts and names belong to the caller.
 */
#ifndef LM_BASE_FILE_H
#define LM_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "err.h"

/* A larger migration is a mistake: 64 MiB. */
enum { LM_FILE_LIMIT = 64 << 20 };

typedef enum lm_entry_kind {
    LM_ENTRY_FILE,  /* a regular file, or a link to one */
    LM_ENTRY_DIR,   /* a folder, or a link to one */
    LM_ENTRY_LINK,  /* a link that leads nowhere or in a circle */
    LM_ENTRY_OTHER  /* FIFO, socket, device */
} lm_entry_kind;

typedef struct lm_entry {
    char *name;
    lm_entry_kind kind;
    const char *text;   /* of one that is in memory, borrowed; or NULL */
    size_t len;
    const void *host;   /* of one that is a function of the host's */
} lm_entry;

typedef struct lm_dir {
    bool open;
    int fd;             /* the folder itself, for lm_file_read_at */
    lm_entry *entries;  /* in natural order */
    size_t count, size;
} lm_dir;

/*
 * `*text` gets a NUL after its `*len` bytes. LM_EUSAGE with the reason when
 * it is no regular file, too large, or cannot be read.
 */
int lm_file_read(const char *path, size_t limit, lm_err *err, char **text,
                 size_t *len);
int lm_file_read_at(int dir, const char *name, const char *shown,
                    lm_err *err, char **text, size_t *len);

int lm_dir_read(const lm_dir *dir, const char *name, const char *shown,
                lm_err *err, char **text, size_t *len);

/*
 * Names that begin with a dot are left out. LM_EUSAGE when the folder is not
 * there, is no folder or cannot be read.
 */
int lm_dir_list(const char *path, lm_err *err, lm_dir *out);
void lm_dir_clear(lm_dir *dir);

char *lm_path_join(const char *dir, const char *name);
char *lm_path_dir(const char *path);

#endif
