/* SPDX-License-Identifier: MIT */
/*
 * builtin.h - the templates that the program brings along. They are the
 * files in templates/, which the Makefile turns into C and makes shorter: a
 * byte that no file has stands for two others, which may do so in turn.
 *
 *   lm_builtins        all of them, by name; the last has no name
 *   lm_builtin_pairs   the two that a byte stands for; "" for itself
 *
 * Ownership: everything is constant.
 */
#ifndef LM_CLI_BUILTIN_H
#define LM_CLI_BUILTIN_H

#include <stdbool.h>

typedef struct lm_builtin {
    const char *name;
    bool sql; /* it makes a SQL file, not a script */
    const char *packed;
} lm_builtin;

extern const lm_builtin lm_builtins[];
extern const char lm_builtin_pairs[256][2];

#endif
