/* SPDX-License-Identifier: MIT */
#include "json.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "utf.h"
#include "words.h"

/* ---- what is open ---- */

/* What stands before a value. */
static void lead_in(lm_json *j, const char *key)
{
    lm_str *to = &j->text;

    if (to->len > 0 && strchr("{[", to->data[to->len - 1]) == NULL)
        lm_str_putc(to, ',');
    if (key != NULL)
        lm_str_printf(to, "\"%s\":", key);
}

/* Only an object can say so: what stands in a list waits for its end. */
static void mark_lossy(lm_json *j)
{
    unsigned bit = 1u << j->depth;

    if ((j->lossy & bit) != 0)
        return;
    j->lossy |= bit;
    if ((j->lists & bit) == 0)
        lm_json_bool(j, "lossy", true);
}

static void open_one(lm_json *j, const char *key, bool list)
{
    unsigned bit;

    lead_in(j, key);
    lm_str_putc(&j->text, list ? '[' : '{');
    bit = 1u << ++j->depth;
    j->lossy &= ~bit;
    j->lists = list ? j->lists | bit : j->lists & ~bit;
}

void lm_json_object(lm_json *j, const char *key)
{
    open_one(j, key, false);
}

void lm_json_list(lm_json *j, const char *key)
{
    open_one(j, key, true);
}

void lm_json_new(lm_json *j)
{
    memset(j, 0, sizeof *j);
    lm_json_object(j, NULL);
    lm_json_count(j, "format", 1);
}

void lm_json_close(lm_json *j)
{
    unsigned bit = 1u << j->depth--;
    bool list = (j->lists & bit) != 0;

    lm_str_putc(&j->text, list ? ']' : '}');
    if (list && (j->lossy & bit) != 0 && j->depth > 0)
        mark_lossy(j);
}

void lm_json_put(lm_json *j, const char *key, lm_json *list)
{
    bool lossy = (list->lossy & 2) != 0;

    if (list->depth == 0)
        lm_json_list(list, NULL);
    lm_json_close(list);
    lead_in(j, key);
    lm_str_add(&j->text, lm_str_text(&list->text), list->text.len);
    j->text.failed |= list->text.failed;
    if (lossy)
        mark_lossy(j);
    lm_json_clear(list);
}

/* ---- values ---- */

static void put_literal(lm_json *j, const char *key, const char *literal)
{
    lead_in(j, key);
    lm_str_puts(&j->text, literal);
}

void lm_json_null(lm_json *j, const char *key)
{
    put_literal(j, key, "null");
}

void lm_json_bool(lm_json *j, const char *key, bool value)
{
    put_literal(j, key, value ? "true" : "false");
}

void lm_json_count(lm_json *j, const char *key, long long n)
{
    lead_in(j, key);
    lm_str_printf(&j->text, "%lld", n);
}

/* 1e+20 and 1e-07 are JSON too, but longer than they need be. The program is
 * never in another locale than C: the point is one. */
void lm_json_number(lm_json *j, const char *key, double n)
{
    const char *e;
    char text[32];

    if (!isfinite(n)) {
        lm_json_null(j, key);
        return;
    }
    snprintf(text, sizeof text, "%.15g", n);
    e = strchr(text, 'e');
    lead_in(j, key);
    if (e != NULL)
        lm_str_printf(&j->text, "%.*se%ld", (int)(e - text), text,
                      strtol(e + 1, NULL, 10));
    else
        lm_str_printf(&j->text, strchr(text, '.') ? "%s" : "%s.0", text);
}

void lm_json_ms(lm_json *j, const char *key, double ms)
{
    if (ms >= 0 && ms < 1e15)
        lm_json_number(j, key, (double)(long long)(ms * 1000 + 0.5) / 1000);
    else
        lm_json_null(j, key);
}

/* A quoted string of UTF-8. */
static void put_string(lm_str *to, const char *text, size_t len)
{
    static const char special[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
    const char *at, *end = text + len;

    lm_str_putc(to, '"');
    for (; text < end; text++) {
        at = *text != '\0' ? strchr(special, *text) : NULL;
        if (at != NULL)
            lm_str_printf(to, "\\%c", letters[at - special]);
        else if ((unsigned char)*text < ' ')
            lm_str_printf(to, "\\u%04X", (unsigned)*text);
        else
            lm_str_putc(to, *text);
    }
    lm_str_putc(to, '"');
}

void lm_json_bytes(lm_json *j, const char *key, const char *text, size_t len)
{
    lm_str repaired = {0};

    if (text == NULL) {
        lm_json_null(j, key);
        return;
    }
    lead_in(j, key);
    if (lm_utf_valid(text, len)) {
        put_string(&j->text, text, len);
        return;
    }
    lm_utf_repair(&repaired, text, len);
    put_string(&j->text, lm_str_text(&repaired), repaired.len);
    j->text.failed |= repaired.failed;
    lm_str_clear(&repaired);
    mark_lossy(j);
}

void lm_json_text(lm_json *j, const char *key, const char *text)
{
    lm_json_bytes(j, key, text, text != NULL ? strlen(text) : 0);
}

void lm_json_texts(lm_json *j, const char *key, const char *const *texts,
                   long count)
{
    long i;

    lm_json_list(j, key);
    for (i = 0; i < count; i++)
        lm_json_text(j, NULL, texts[i]);
    lm_json_close(j);
}

/* ---- what several commands say ---- */

void lm_json_database(const struct lm_app *app, lm_json *j, const char *path)
{
    const char *given = app->settings.values[LM_OPT_DATABASE].text;
    lm_str hidden = {0};

    if (path == NULL && given != NULL && strchr(given, ':') != NULL) {
        lm_words_database(&hidden, given);
        j->text.failed |= hidden.failed;
        given = lm_str_text(&hidden);
    }
    lm_json_text(j, "database", path != NULL ? path : given);
    lm_str_clear(&hidden);
}

/* Lines and columns count from 1: 0 is unknown. */
static void put_place(lm_json *j, const char *key, int n)
{
    if (n > 0)
        lm_json_count(j, key, n);
    else
        lm_json_null(j, key);
}

void lm_json_error(lm_json *j, const lumigrate_error *error)
{
    lm_json_text(j, "file", error->file);
    put_place(j, "line", error->line);
    put_place(j, "column", error->column);
    lm_json_text(j, "message", error->message);
    lm_json_text(j, "sql", error->sql);
    lm_json_text(j, "sqlite_code", error->sqlite_name);
    lm_json_text(j, "traceback", error->traceback);
    lm_json_text(j, "state", error->state);
    lm_json_text(j, "hint", error->hint);
    lm_json_count(j, "code", error->code);
}

/* ---- the end ---- */

static void begin_line(lm_str *to, size_t depth)
{
    lm_str_putc(to, '\n');
    lm_str_pad(to, 2 * depth);
}

/* A line for each value, two spaces for each level. */
static void spread(lm_str *to, const char *at)
{
    bool quoted = false;
    size_t depth = 0;

    for (; *at != '\0'; at++) {
        if (!quoted && strchr("}]", *at) != NULL &&
            strchr("{[", at[-1]) == NULL)
            begin_line(to, --depth);
        lm_str_putc(to, *at);
        if (*at == '"')
            quoted = !quoted;
        else if (quoted && *at == '\\')
            lm_str_putc(to, *++at);
        else if (!quoted && *at == ':')
            lm_str_putc(to, ' ');
        else if (!quoted && *at == ',')
            begin_line(to, depth);
        else if (!quoted && strchr("{[", *at) != NULL &&
                 strchr("}]", at[1]) == NULL)
            begin_line(to, ++depth);
    }
}

void lm_json_write(lm_out *out, lm_json *j, lm_format format)
{
    lm_str *to = &out->text;

    while (j->depth > 0)
        lm_json_close(j);
    if (j->text.failed)
        out->error = out->error != 0 ? out->error : ENOMEM;
    else if (format == LM_JSON)
        spread(to, lm_str_text(&j->text));
    else
        lm_str_add(to, lm_str_text(&j->text), j->text.len);
    lm_str_putc(to, '\n');
    lm_json_clear(j);
    lm_out_flush(out);
}

void lm_json_end(struct lm_app *app, lm_json *j, const lumigrate_error *error)
{
    if (error != NULL) {
        lm_json_object(j, "error");
        lm_json_text(j, "id", error->id);
        lm_json_error(j, error);
        lm_json_close(j);
    } else {
        lm_json_null(j, "error");
    }
    lm_json_write(&app->out, j, app->settings.format);
}

void lm_json_clear(lm_json *j)
{
    lm_str_clear(&j->text);
    memset(j, 0, sizeof *j);
}
