/* SPDX-License-Identifier: MIT */
/*
 * native.h - migrations that are C functions of the host program.
 *
 *   lm_native_engine        the engine; its context is an lm_natives *
 *   lm_natives_new, _free   the functions that were added
 *   lm_natives_add          one more; *host is what its entry in a folder of
 *                           added migrations has as `host`
 *
 * The history keeps a line that names the function, so that it is found again
 * among those that are added when it is to be reverted.
 *
 * Ownership: everything is copied, but for `user`.
 */
#ifndef LM_NATIVE_NATIVE_H
#define LM_NATIVE_NATIVE_H

#include "../db/native.h"
#include "../engine/engine.h"

typedef struct lm_native {
    const char *id;
    const char *description;    /* NULL: none */
    const char *version;        /* changes when the function does; NULL: "" */
    lm_native_fn up, down;      /* down NULL: it cannot be reverted */
    void *user;
    lm_txn_mode txn;
    bool foreign_keys;
} lm_native;

typedef struct lm_natives lm_natives;

extern const lm_engine lm_native_engine;

lm_natives *lm_natives_new(void);
void lm_natives_free(lm_natives *natives);
int lm_natives_add(lm_natives *natives, const lm_native *native, lm_err *err,
                   const void **host);

#endif
