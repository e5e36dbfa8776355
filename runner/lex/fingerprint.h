/* SPDX-License-Identifier: MIT */
/*
 * fingerprint.h - the "t1:" fingerprint of a migration's text.
 *
 * SHA-256 over the tokens, each as one byte of kind, its length (LEB128) and
 * its bytes as written. Comments, blank space, line
 * ends between tokens and a BOM do not count, so re-formatting changes
 * nothing; the case of keywords and the kind of quotes do. Line ends inside a
 * Lua long string count as LF, inside an SQL literal as they are. A comment
 * that is a directive of the file's dialect is a token: its words, joined by
 * single spaces.
 *
 *   lm_fingerprint_lua  of a Lua script
 *   lm_fingerprint_begin, _lua_token, _end
 *                       the same for who walks over the tokens anyway: every
 *                       token is handed over, the last one is END
 *   lm_fingerprint_sql  of SQL text; `directive` says which comments of the
 *                       dialect count (NULL: none)
 *   lm_fingerprint_pair of a way up and a way down that are files of their
 *                       own: the tokens of the first, a directive that
 *                       divides, the tokens of the second
 *
 * `out` gets "t1:" and 64 hex digits. Nothing can fail.
 */
#ifndef LM_LEX_FINGERPRINT_H
#define LM_LEX_FINGERPRINT_H

#include <stdbool.h>
#include <stddef.h>

#include "../base/sha256.h"
#include "luatok.h"
#include "sqltok.h"

enum { LM_FINGERPRINT_SIZE = 68, LM_FINGERPRINT_BLOCK = 4096 };

/* Tokens are gathered into blocks: they are short, and a call of the hash
 * for each would cost more than the hash. */
typedef struct lm_fingerprint {
    lm_sha256 hash;
    size_t used;
    unsigned char block[LM_FINGERPRINT_BLOCK];
} lm_fingerprint;

typedef bool (*lm_directive_fn)(const lm_sqltok *comment);

typedef struct lm_sqlpair {
    const char *up, *down;  /* down may be NULL: there is none */
    size_t up_len, down_len;
    const char *setting;    /* how it runs, where that stands in neither; a
                               directive before them. NULL: as usual */
} lm_sqlpair;

void lm_fingerprint_begin(lm_fingerprint *print);
void lm_fingerprint_lua_token(lm_fingerprint *print, const lm_luatok *t);
void lm_fingerprint_end(lm_fingerprint *print, char out[LM_FINGERPRINT_SIZE]);

void lm_fingerprint_lua(const char *text, size_t len,
                        char out[LM_FINGERPRINT_SIZE]);
void lm_fingerprint_sql(const char *text, size_t len,
                        lm_directive_fn directive,
                        char out[LM_FINGERPRINT_SIZE]);
void lm_fingerprint_pair(const lm_sqlpair *pair, lm_directive_fn directive,
                         char out[LM_FINGERPRINT_SIZE]);

#endif
