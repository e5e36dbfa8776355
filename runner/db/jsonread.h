/* SPDX-License-Identifier: MIT */
/*
 * jsonread.h - JSON that another tool wrote, read by SQLite's own functions
 * (sqlite.org/json1.html) on a connection in memory that nobody else sees.
 *
 * SQLite takes more than can be handed on: it stops at a NUL, turns a number
 * that is too large into one near it, and does not look whether a text is
 * Unicode. All of that is refused here.
 *
 *   lm_jsonread_open    begin; is this text JSON, and can all of it be read?
 *   lm_jsonread_each    what stands in an object or a list, one by one and as
 *                       it is written: of a key that is there twice the last
 *                       one counts, as it does in JavaScript
 *   lm_jsonread_close   the end; takes NULL
 *
 * Ownership: the reader is the caller's and keeps no text. Errors go to the
 * lm_err of lm_jsonread_open, which outlives the reader; they say what is
 * wrong and neither where nor in which file: SQLite does not tell.
 */
#ifndef LM_DB_JSONREAD_H
#define LM_DB_JSONREAD_H

#include <stddef.h>
#include <stdint.h>

#include "../base/err.h"

typedef struct lm_jsonread lm_jsonread;

typedef enum lm_jsonread_kind {
    LM_JSON_OTHER,      /* null, true, false, a number with a fraction */
    LM_JSON_INTEGER,
    LM_JSON_STRING,
    LM_JSON_LIST,
    LM_JSON_OBJECT
} lm_jsonread_kind;

/* Borrowed for the call that it is handed to. */
typedef struct lm_jsonread_item {
    const char *key;    /* NULL in a list */
    const char *text;   /* a string's own, all else as JSON; NULL is null */
    int64_t integer;
    lm_jsonread_kind kind;
} lm_jsonread_item;

/* Anything but LM_OK ends lm_jsonread_each, which returns it. */
typedef int (*lm_jsonread_fn)(void *user, const lm_jsonread_item *item);

int lm_jsonread_open(const char *text, size_t len, lm_err *err,
                     lm_jsonread **out);
/* `json` is the opened text or an item's that is a list or an object; it may
 * be called again from within `each`. */
int lm_jsonread_each(lm_jsonread *r, const char *json, lm_jsonread_fn each,
                     void *user);
void lm_jsonread_close(lm_jsonread *r);

#endif
