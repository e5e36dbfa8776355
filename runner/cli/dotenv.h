/* SPDX-License-Identifier: MIT */
/*
 * dotenv.h - the file .env: variables for where the environment has none.
 *
 *     # a comment
 *     export DATABASE_URL=data/app.db     # and another
 *     PLAIN = blanks around it are not part of it
 *     SINGLE='taken as it stands: \n $x'
 *     DOUBLE="with \n, \t, \r, \", \\ and \$"
 *
 * A value in quotes may go on over lines. Nothing is replaced in a value:
 * $x is two characters.
 *
 *   lm_slurp          all of a regular file; 0, or why not as an errno
 *   lm_dotenv_parse   take the variables of a text; 0, or the number of the
 *                     line that is wrong, with the reason in *why
 *   lm_dotenv_get     the value of a variable, NULL: not there
 *   lm_dotenv_clear   free; may be called twice
 *
 * Ownership: lm_slurp's text belongs to the caller, and to the lm_dotenv
 * from lm_dotenv_parse on, which cuts it up in place: names and values point
 * into it.
 */
#ifndef LM_CLI_DOTENV_H
#define LM_CLI_DOTENV_H

#include <stdbool.h>
#include <stddef.h>

typedef struct lm_variable {
    const char *name, *value;
} lm_variable;

typedef struct lm_dotenv {
    char *text;
    lm_variable *variables;
    size_t count, size;
} lm_dotenv;

int lm_slurp(const char *path, size_t limit, char **text, size_t *len);
long lm_dotenv_parse(lm_dotenv *d, char *text, const char **why);
const char *lm_dotenv_get(const lm_dotenv *d, const char *name);
void lm_dotenv_clear(lm_dotenv *d);

#endif
