/* SPDX-License-Identifier: MIT */
/*
 * template.h - a template: the text of a migration with places for values.
 *
 * Lines that begin with --@ are for us and never come out:
 *
 *     --@about add a column to a table
 *     --@var column identifier -- the new column
 *     --@var type type = TEXT -- its type
 *     --@var index identifier = ${table}_by_${column} -- its name
 *     --@if type
 *     --@else
 *     --@end
 *
 * A variable without = has to be given; one with nothing behind it may stay
 * empty. --@if asks whether a value is there, of a flag whether it is yes.
 * Everywhere else ${column} is replaced: in Lua code by a Lua value, in a
 * string or comment by the text, escaped for where it stands; ${column:sql}
 * is the text as SQL quotes it. In a SQL file ${column} is that. $${ is ${.
 * ${id}, ${date} and ${words} are always there.
 *
 *   lm_template_parse    take a text apart; what is wrong with it is a fault
 *                        with its line
 *   lm_template_find     a variable, NULL: there is none of this name
 *   lm_template_set      give a variable its value, once; a fault if it
 *                        cannot have it
 *   lm_template_missing  the first variable that has no value yet, or NULL
 *   lm_template_render   append the migration (render.c); everything has a
 *                        value
 *   lm_template_clear    free; may be called twice
 *
 * Ownership: name, path and the heading's strings are borrowed; all else
 * belongs to the template.
 */
#ifndef LM_CLI_TEMPLATE_H
#define LM_CLI_TEMPLATE_H

#include "fault.h"
#include "variable.h"

enum { LM_TEMPLATE_VARS = 32 };

typedef struct lm_var {
    const char *name, *help;
    lm_var_kind kind;
    const char *fallback; /* NULL: it has to be given */
    lm_str value;
    bool given;
} lm_var;

typedef struct lm_heading {
    const char *id, *date, *words;
} lm_heading;

typedef struct lm_template {
    const char *name;
    const char *path; /* of a user's own; NULL: built in */
    bool sql;
    const char *about;
    lm_var vars[LM_TEMPLATE_VARS];
    size_t count;
    lm_str head, body; /* its --@about and --@var lines, the rest */
    long body_line;    /* on which the rest begins */
} lm_template;

int lm_template_parse(lm_template *t, const char *text, lm_fault *fault);
lm_var *lm_template_find(lm_template *t, const char *name, size_t len);
int lm_template_set(lm_template *t, const char *name, const char *value,
                    lm_fault *fault);
const lm_var *lm_template_missing(const lm_template *t);
void lm_template_render(lm_template *t, const lm_heading *heading,
                        lm_str *to);
void lm_template_clear(lm_template *t);

#endif
