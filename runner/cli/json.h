/* SPDX-License-Identifier: MIT */
/*
 * json.h - JSON as this program writes it: from the front to the back, into
 * one growing string.
 *
 * JSON is Unicode: bytes that are not UTF-8 become U+FFFD, and the object
 * that they stand in, or whose list they stand in, gets `"lossy": true`. What
 * is unknown is null. Failure is sticky, as in str.h: it is looked at when
 * all is written.
 *
 *   lm_json_new        begin with an object, and "format": 1 in it
 *   lm_json_object     begin an object within
 *   lm_json_list       begin a list; first of all in an lm_json that is all
 *                      zero: one that lm_json_put will put somewhere
 *   lm_json_close      end the object or list that was begun last
 *   lm_json_put        a list that was written apart, as far as it got; it is
 *                      cleared, and was empty when nothing was begun
 *   lm_json_text       a string; NULL is null
 *   lm_json_bytes      the same with its length
 *   lm_json_texts      a list of strings
 *   lm_json_ms         milliseconds, to the microsecond; < 0 is null
 *   lm_json_number     a number, written as one that may have a fraction
 *   lm_json_count      a whole number
 *   lm_json_bool       true or false
 *   lm_json_null       null
 *   lm_json_database   "database"; `path` is the library's, NULL where a
 *                      failure left it unknown: then it is as it was given,
 *                      without its password
 *   lm_json_error      all that is known of an error but the migration's ID,
 *                      into the open object
 *   lm_json_write      end all that is open, append it to `out` and flush
 *   lm_json_end        the answer of a run: "error" (NULL: null) and write
 *   lm_json_clear      free; may be called twice
 *
 * A key is plain ASCII; within a list it is NULL. Whatever writes frees, so
 * that only a text that is never written has to be cleared.
 */
#ifndef LM_CLI_JSON_H
#define LM_CLI_JSON_H

#include "../lumigrate.h"
#include "out.h"
#include "settings.h"

struct lm_app;

/* In the sets, bit n stands for what is open at depth n. */
typedef struct lm_json {
    lm_str text;        /* without spaces and line ends */
    unsigned depth;
    unsigned lists;     /* it is a list */
    unsigned lossy;     /* some text in it was repaired */
} lm_json;

void lm_json_new(lm_json *j);
void lm_json_object(lm_json *j, const char *key);
void lm_json_list(lm_json *j, const char *key);
void lm_json_close(lm_json *j);
void lm_json_put(lm_json *j, const char *key, lm_json *list);
void lm_json_text(lm_json *j, const char *key, const char *text);
void lm_json_bytes(lm_json *j, const char *key, const char *text, size_t len);
void lm_json_texts(lm_json *j, const char *key, const char *const *texts,
                   long count);
void lm_json_ms(lm_json *j, const char *key, double ms);
void lm_json_number(lm_json *j, const char *key, double n);
void lm_json_count(lm_json *j, const char *key, long long n);
void lm_json_bool(lm_json *j, const char *key, bool value);
void lm_json_null(lm_json *j, const char *key);
void lm_json_database(const struct lm_app *app, lm_json *j, const char *path);
void lm_json_error(lm_json *j, const lumigrate_error *error);
void lm_json_write(lm_out *out, lm_json *j, lm_format format);
void lm_json_end(struct lm_app *app, lm_json *j, const lumigrate_error *error);
void lm_json_clear(lm_json *j);

#endif
