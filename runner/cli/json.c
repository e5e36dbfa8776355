/* SPDX-License-Identifier: MIT */
#include "json.h"

#include <errno.h>
#include <string.h>

#include "app.h"
#include "utf.h"
#include "words.h"

json_t *lm_json_new(void)
{
    json_t *o = json_object();

    return lm_json_done(o, lm_json_count(o, "format", 1));
}

static json_t *new_string(const char *text, size_t len, bool *lossy)
{
    lm_str repaired = {0};
    json_t *string = NULL;

    if (lm_utf_valid(text, len))
        return json_stringn_nocheck(text, len);
    lm_utf_repair(&repaired, text, len);
    if (!repaired.failed)
        string = json_stringn_nocheck(repaired.data, repaired.len);
    lm_str_clear(&repaired);
    *lossy = true;
    return string;
}

int lm_json_bytes(json_t *o, const char *key, const char *text, size_t len)
{
    bool lossy = false;
    int bad;

    if (text == NULL)
        return json_object_set_new(o, key, json_null());
    bad = json_object_set_new(o, key, new_string(text, len, &lossy));
    if (lossy)
        bad |= lm_json_bool(o, "lossy", true);
    return bad;
}

int lm_json_append(json_t *list, const char *text, bool *lossy)
{
    return json_array_append_new(list, new_string(text, strlen(text), lossy));
}

int lm_json_text(json_t *o, const char *key, const char *text)
{
    return lm_json_bytes(o, key, text, text != NULL ? strlen(text) : 0);
}

int lm_json_ms(json_t *o, const char *key, double ms)
{
    if (!(ms >= 0 && ms < 1e15))
        return json_object_set_new(o, key, json_null());
    ms = (double)(long long)(ms * 1000 + 0.5) / 1000;
    return json_object_set_new(o, key, json_real(ms));
}

int lm_json_count(json_t *o, const char *key, long n)
{
    return json_object_set_new(o, key, json_integer(n));
}

int lm_json_bool(json_t *o, const char *key, bool value)
{
    return json_object_set_new(o, key, json_boolean(value));
}

int lm_json_database(const struct lm_app *app, json_t *o, const char *path)
{
    const char *given = app->settings.values[LM_OPT_DATABASE].text;
    lm_str hidden = {0};
    int bad;

    if (path != NULL || given == NULL || strchr(given, ':') == NULL)
        return lm_json_text(o, "database", path != NULL ? path : given);
    lm_words_database(&hidden, given);
    bad = hidden.failed ? -1
                        : lm_json_text(o, "database", lm_str_text(&hidden));
    lm_str_clear(&hidden);
    return bad;
}

/* Lines and columns count from 1: 0 is unknown. */
static int set_place(json_t *o, const char *key, int n)
{
    return json_object_set_new(o, key, n > 0 ? json_integer(n) : json_null());
}

json_t *lm_json_error(const lumigrate_error *error)
{
    json_t *o = json_object();
    int bad = 0;

    bad |= lm_json_text(o, "id", error->id);
    bad |= lm_json_text(o, "file", error->file);
    bad |= set_place(o, "line", error->line);
    bad |= set_place(o, "column", error->column);
    bad |= lm_json_text(o, "message", error->message);
    bad |= lm_json_text(o, "sql", error->sql);
    bad |= lm_json_text(o, "sqlite_code", error->sqlite_name);
    bad |= lm_json_text(o, "traceback", error->traceback);
    bad |= lm_json_text(o, "state", error->state);
    bad |= lm_json_text(o, "hint", error->hint);
    bad |= lm_json_count(o, "code", error->code);
    return lm_json_done(o, bad);
}

json_t *lm_json_done(json_t *o, int bad)
{
    if (bad == 0)
        return o;
    json_decref(o);
    return NULL;
}

static int append(const char *text, size_t len, void *user)
{
    lm_str *to = user;

    lm_str_add(to, text, len);
    return to->failed ? -1 : 0;
}

void lm_json_write(lm_out *out, json_t *o, lm_format format)
{
    size_t flags = JSON_REAL_PRECISION(15);

    flags |= format == LM_JSON ? JSON_INDENT(2) : JSON_COMPACT;
    if (o == NULL || json_dump_callback(o, append, &out->text, flags) != 0)
        out->error = out->error != 0 ? out->error : ENOMEM;
    else
        lm_str_putc(&out->text, '\n');
    json_decref(o);
    lm_out_flush(out);
}

void lm_json_end(struct lm_app *app, json_t *o, int bad,
                 const lumigrate_error *error)
{
    bad |= json_object_set_new(
        o, "error", error != NULL ? lm_json_error(error) : json_null());
    lm_json_write(&app->out, lm_json_done(o, bad), app->settings.format);
}
