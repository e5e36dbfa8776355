/* SPDX-License-Identifier: MIT */
/*
 * luahead.h - what a Lua script says of itself, read from its text without
 * running it.
 *
 *   lm_luahead_read   find MIGRATION_ID, DESCRIPTION, TRANSACTION,
 *                     FOREIGN_KEYS and RUN; and its fingerprint, because
 *                     both look at every token once
 *   lm_luahead_clear  free what it found; may be called twice
 *
 * Each is one assignment `NAME = literal` at the outermost level: outside
 * every function, block, bracket and table, and not part of a longer
 * assignment. `local NAME = …` is not one. A second assignment of the same
 * name, or one of something that is not a literal of its type, is an error
 * with the line.
 *
 * Without DESCRIPTION, the text of the leading `---` comment (its first
 * line, else the first line of a leading `--` comment that is not empty).
 */
#ifndef LM_LEX_LUAHEAD_H
#define LM_LEX_LUAHEAD_H

#include <stdbool.h>
#include <stddef.h>

#include "../base/err.h"
#include "fingerprint.h"

typedef struct lm_luahead {
    char *id;           /* NULL: the script sets none */
    size_t id_len;      /* it may hold any byte; nothing is checked here */
    char *description;  /* never NULL on success, "" when there is none;
                           one line, trimmed */
    char *transaction;  /* "true", "false", "batch" or NULL */
    char *run;          /* "once", "on_change", "always" or NULL */
    int foreign_keys;   /* 1, 0, or -1 when it is not set */
    char checksum[LM_FINGERPRINT_SIZE];
} lm_luahead;

/* LM_EUSAGE with line and column in err. `shown` names the file. */
int lm_luahead_read(const char *text, size_t len, const char *shown,
                    lm_err *err, lm_luahead *out);
void lm_luahead_clear(lm_luahead *head);

#endif
