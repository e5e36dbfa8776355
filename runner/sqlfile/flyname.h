/* SPDX-License-Identifier: MIT */
/*
 * flyname.h - what the name of a Flyway or refinery file says.
 *
 *   lm_flyname_read      PREFIX VERSION __ DESCRIPTION .sql; false: it is no
 *                        such name
 *   lm_flyname_callback  is it one of the hooks that Flyway runs by itself?
 *   lm_flyname_refinery  may it be refinery's: V or U, a number, words?
 *
 * Pointers go into the name.
 */
#ifndef LM_SQLFILE_FLYNAME_H
#define LM_SQLFILE_FLYNAME_H

#include <stdbool.h>
#include <stddef.h>

typedef struct lm_flyname {
    char prefix;            /* V, U, B or R */
    const char *version;    /* of V, U, B */
    size_t version_len;
    const char *words;      /* the description */
    size_t words_len;
    size_t stem;            /* bytes of the name before .sql */
    bool valid;             /* a version where there must be one, and none
                               where there must be none */
} lm_flyname;

bool lm_flyname_read(const char *name, lm_flyname *out);
bool lm_flyname_callback(const char *name);
bool lm_flyname_refinery(const lm_flyname *n);

#endif
