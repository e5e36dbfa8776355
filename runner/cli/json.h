/* SPDX-License-Identifier: MIT */
/*
 * json.h - JSON as this program writes it, with jansson.
 *
 * JSON is Unicode: bytes that are not UTF-8 become U+FFFD, and the object
 * that they stand in gets `"lossy": true`. What is unknown is null.
 *
 *   lm_json_new      an object that begins with "format": 1
 *   lm_json_text     set a string; NULL is null
 *   lm_json_bytes    the same with its length
 *   lm_json_append   add a string to a list; *lossy is set when it was not
 *                    UTF-8, and is for the object that holds the list
 *   lm_json_ms       set milliseconds, to the microsecond; < 0 is null
 *   lm_json_count    set a whole number
 *   lm_json_bool     set true or false
 *   lm_json_database set "database"; `path` is the library's, NULL where a
 *                    failure left it unknown: then it is as it was given,
 *                    without its password
 *   lm_json_error    an object with all that is known of an error
 *   lm_json_done     the object, or NULL when something did not go into it
 *   lm_json_write    append it to `out` and flush; takes the object, and
 *                    NULL as memory that ran out
 *   lm_json_end      the answer of a run: set "error" (NULL: null) and write
 *
 * The functions that set return 0, or -1 when memory ran out, as jansson's
 * own do: collect them with |= and hand the sum to lm_json_done.
 */
#ifndef LM_CLI_JSON_H
#define LM_CLI_JSON_H

#include <jansson.h>

#include "../lumigrate.h"
#include "out.h"
#include "settings.h"

struct lm_app;

json_t *lm_json_new(void);
int lm_json_text(json_t *o, const char *key, const char *text);
int lm_json_bytes(json_t *o, const char *key, const char *text, size_t len);
int lm_json_append(json_t *list, const char *text, bool *lossy);
int lm_json_ms(json_t *o, const char *key, double ms);
int lm_json_count(json_t *o, const char *key, long n);
int lm_json_bool(json_t *o, const char *key, bool value);
int lm_json_database(const struct lm_app *app, json_t *o, const char *path);
json_t *lm_json_error(const lumigrate_error *error);
json_t *lm_json_done(json_t *o, int bad);
void lm_json_write(lm_out *out, json_t *o, lm_format format);
void lm_json_end(struct lm_app *app, json_t *o, int bad,
                 const lumigrate_error *error);

#endif
