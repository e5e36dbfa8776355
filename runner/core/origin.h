/* SPDX-License-Identifier: MIT */
/*
 * origin.h - who is at work, for the history: the same for a whole run.
 *
 *   lm_origin_read   find out; never fails, what is not known is ""
 */
#ifndef LM_CORE_ORIGIN_H
#define LM_CORE_ORIGIN_H

/* As the history names it; lumigrate.c holds it against the public header. */
#define LM_RUNNER_VERSION "0.1.0"

typedef struct lm_origin {
    const char *runner, *sqlite;    /* static */
    char host[256];
    char user[80];
    char run_id[17];        /* hex digits that tell one run from another */
} lm_origin;

void lm_origin_read(lm_origin *out);

#endif
