/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "app.h"
#include "json.h"
#include "shelf.h"
#include "table.h"
#include "words.h"

/* What is put for a template and its variables, in text or JSON. */
typedef struct listing {
    lm_app *app;
    bool measure;   /* print nothing: how wide are the columns? */
    size_t width[LM_TABLE_COLUMNS];
    lm_json json;   /* of all so far */
} listing;

static void put_heading(lm_out *out, const lm_template *t)
{
    lm_words_text(&out->text, t->name);
    lm_str_puts(&out->text, t->sql ? " (--sql)   " : "   ");
    lm_words_text(&out->text, t->about);
    if (t->path != NULL) {
        lm_str_puts(&out->text, t->about[0] != '\0' ? "   " : "");
        lm_words_text(&out->text, t->path);
    }
    lm_str_putc(&out->text, '\n');
}

static void put_text(listing *l, const lm_template *t)
{
    lm_table table = {.columns = 4};
    lm_out *out = &l->app->out;
    size_t i;

    memcpy(table.width, l->width, sizeof l->width);
    for (i = 0; i < t->count; i++) {
        const lm_var *v = &t->vars[i];
        lm_str fallback = {0};

        if (v->fallback != NULL)
            lm_str_printf(&fallback, "(%s)",
                          *v->fallback != '\0' ? v->fallback : "none");
        lm_table_row(&table, LM_MARK_NONE);
        lm_table_cell(&table, v->name);
        lm_table_cell(&table, lm_var_kind_name(v->kind));
        lm_table_cell(&table, v->help);
        lm_table_cell(&table, lm_str_text(&fallback));
        lm_str_clear(&fallback);
    }
    memcpy(l->width, table.width, sizeof l->width);
    if (!l->measure) {
        put_heading(out, t);
        lm_table_print(&table, out, 4);
    }
    lm_table_clear(&table);
}

static void put_variable(lm_json *o, const lm_var *v)
{
    lm_json_object(o, NULL);
    lm_json_text(o, "name", v->name);
    lm_json_text(o, "kind", lm_var_kind_name(v->kind));
    lm_json_bool(o, "required", v->fallback == NULL);
    lm_json_text(o, "default", v->fallback);
    lm_json_text(o, "help", v->help);
    lm_json_close(o);
}

static void put_json(lm_json *o, const lm_template *t)
{
    size_t i;

    lm_json_object(o, NULL);
    lm_json_text(o, "name", t->name);
    lm_json_text(o, "kind", t->sql ? "sql" : "lua");
    lm_json_text(o, "file", t->path);
    lm_json_text(o, "about", t->about);
    lm_json_list(o, "variables");
    for (i = 0; i < t->count; i++)
        put_variable(o, &t->vars[i]);
    lm_json_close(o);
    lm_json_close(o);
}

static int put_entry(listing *l, const lm_shelf_entry *e)
{
    lm_template t;
    lm_str path = {0};
    int rc = lm_shelf_load(l->app, e->name, e->sql, &path, &t);

    if (rc == LUMIGRATE_OK && l->app->settings.format != LM_TEXT)
        put_json(&l->json, &t);
    else if (rc == LUMIGRATE_OK)
        put_text(l, &t);
    lm_template_clear(&t);
    lm_str_clear(&path);
    return rc;
}

static int put_entries(listing *l, const lm_shelf *shelf)
{
    size_t i;
    int rc = LUMIGRATE_OK;

    for (i = 0; i < shelf->count && rc == LUMIGRATE_OK; i++)
        rc = put_entry(l, &shelf->list[i]);
    return rc;
}

static void write_json(lm_app *app, lm_json *list,
                       const lumigrate_error *error)
{
    lm_json o;

    lm_json_new(&o);
    lm_json_bool(&o, "ok", error == NULL);
    lm_json_put(&o, "templates", list);
    lm_json_end(app, &o, error);
}

static void fail(lm_app *app, const lumigrate_error *error)
{
    lm_json none = {0};

    write_json(app, &none, error);
}

static int run(lm_app *app)
{
    bool text = app->settings.format == LM_TEXT;
    listing l = {.app = app, .measure = text};
    lm_shelf shelf;
    int rc = lm_shelf_list(app, &shelf);

    lm_json_list(&l.json, NULL);
    if (rc == LUMIGRATE_OK)
        rc = put_entries(&l, &shelf);
    l.measure = false;
    if (rc == LUMIGRATE_OK && text)
        rc = put_entries(&l, &shelf);
    lm_shelf_clear(&shelf);
    if (rc == LUMIGRATE_OK && !text)
        write_json(app, &l.json, NULL);
    lm_json_clear(&l.json);
    return rc;
}

const lm_command lm_cmd_templates = {
    .name = "templates",
    .arguments = "",
    .aliases = {NULL},
    .help = "the templates of \"new\", with their variables",
    .more = "Those of the program and your own: templates/NAME.lua and\n"
            "templates/NAME.sql in the folder of migrations. One of yours\n"
            "stands for a built-in one of the same name.",
    .example = "lumigrate templates",
    .run = run,
    .fail = fail,
};
