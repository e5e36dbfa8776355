/* SPDX-License-Identifier: MIT */
/*
 * builtin.h - the templates that the program brings along. They are the
 * files in templates/, which the Makefile turns into C.
 *
 *   lm_builtins   all of them, by name; the last has no name
 *
 * Ownership: everything is constant.
 */
#ifndef LM_CLI_BUILTIN_H
#define LM_CLI_BUILTIN_H

#include <stdbool.h>

typedef struct lm_builtin {
    const char *name;
    bool sql;                 /* it makes a SQL file, not a script */
    const char *const *lines; /* each with its newline; NULL ends */
} lm_builtin;

extern const lm_builtin lm_builtins[];

#endif
