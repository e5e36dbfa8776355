/* SPDX-License-Identifier: MIT */
/*
 * guess.h - what a migration's name says of what it does.
 *
 *     add_email_to_users             add_column   table, column
 *     create_audit_log               create_table table
 *     drop_email_from_users          drop_column  table, column
 *     rename_mail_to_email_in_users  rename_column table, from, to
 *
 * (remove for drop and blanks or dashes for _ will do as well.) A name that
 * could mean two things says nothing.
 *
 *   lm_guess         the template and its values; template is NULL where the
 *                    name says nothing
 *   lm_guess_clear   free; may be called twice
 */
#ifndef LM_CLI_GUESS_H
#define LM_CLI_GUESS_H

#include "str.h"

enum { LM_GUESS_VALUES = 3 };

typedef struct lm_guess {
    const char *template;
    const char *names[LM_GUESS_VALUES]; /* of variables; NULL ends */
    lm_str values[LM_GUESS_VALUES];
} lm_guess_t;

void lm_guess(const char *name, lm_guess_t *out);
void lm_guess_clear(lm_guess_t *guess);

#endif
