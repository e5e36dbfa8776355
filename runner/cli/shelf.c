/* SPDX-License-Identifier: MIT */
#include "shelf.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "builtin.h"
#include "dotenv.h"
#include "nearest.h"
#include "words.h"

enum { TEMPLATE_LIMIT = 1 << 20, NAME_LIMIT = 100 };

static int no_memory(lm_app *app)
{
    return lm_fault_set(&app->fault, LUMIGRATE_NOMEM, "out of memory");
}

static const char *suffix_of(bool sql)
{
    return sql ? ".sql" : ".lua";
}

static void put_folder(const lm_app *app, lm_str *to)
{
    const char *dir = app->settings.config.migrations;
    size_t len = strlen(dir);

    lm_str_puts(to, dir);
    if (len > 0 && dir[len - 1] != '/')
        lm_str_putc(to, '/');
    lm_str_puts(to, "templates");
}

/* A name is a file's name: it leads nowhere else. */
static bool is_name(const char *name)
{
    size_t len = strlen(name);

    return len > 0 && len <= NAME_LIMIT && name[0] != '.' &&
           strchr(name, '/') == NULL;
}

static const lm_builtin *find_builtin(const char *name, bool sql)
{
    const lm_builtin *b;

    for (b = lm_builtins; b->name != NULL; b++)
        if (b->sql == sql && strcmp(b->name, name) == 0)
            return b;
    return NULL;
}

static int unknown(lm_app *app, const char *name, bool sql)
{
    lm_nearest nearest;
    lm_shelf shelf = {0};
    lm_str shown = {0};
    size_t i;

    lm_words_cut(&shown, name, strlen(name), 60);
    lm_fault_set(&app->fault, LUMIGRATE_USAGE, "%s template \"%s\"",
                 sql ? "no SQL" : "no", lm_str_text(&shown));
    lm_str_clear(&shown);
    lm_nearest_begin(&nearest, name, strlen(name));
    if (lm_shelf_list(app, &shelf) == LUMIGRATE_OK)
        for (i = 0; i < shelf.count; i++)
            if (shelf.list[i].sql == sql)
                lm_nearest_try(&nearest, shelf.list[i].name);
    if (sql && find_builtin(name, false) != NULL)
        lm_fault_hint(&app->fault, "%s is written in Lua alone: leave out "
                      "--sql", name);
    else if (lm_nearest_end(&nearest) != NULL)
        lm_fault_hint(&app->fault, "did you mean %s?",
                      lm_nearest_end(&nearest));
    else
        lm_fault_hint(&app->fault, "\"lumigrate templates\" lists them");
    lm_shelf_clear(&shelf);
    return LUMIGRATE_USAGE;
}

static void unpack(lm_str *to, char c)
{
    const char *pair = lm_builtin_pairs[(unsigned char)c];

    if (pair[0] == '\0') {
        lm_str_putc(to, c);
        return;
    }
    unpack(to, pair[0]);
    unpack(to, pair[1]);
}

static int load_builtin(lm_app *app, const lm_builtin *b, lm_template *t)
{
    const char *c;
    lm_str text = {0};
    int rc;

    for (c = b->packed; *c != '\0'; c++)
        unpack(&text, *c);
    rc = text.failed ? no_memory(app)
                     : lm_template_parse(t, lm_str_text(&text), &app->fault);
    lm_str_clear(&text);
    return rc;
}

static int unreadable(lm_app *app, const char *path, const char *why)
{
    lm_str shown = {0};

    lm_words_text(&shown, path);
    lm_fault_set(&app->fault, LUMIGRATE_USAGE, "cannot read %s: %s",
                 lm_str_text(&shown), why);
    lm_str_clear(&shown);
    return LUMIGRATE_USAGE;
}

static int load_own(lm_app *app, const char *path, lm_template *t)
{
    char *text;
    size_t len = 0;
    int error = lm_slurp(path, TEMPLATE_LIMIT, &text, &len), rc;

    if (error != 0)
        return unreadable(app, path,
                          error == EINVAL  ? "not a regular file"
                          : error == EFBIG ? "too large"
                                           : strerror(error));
    t->path = path;
    if (strlen(text) != len)
        rc = unreadable(app, path, "it holds a NUL byte");
    else
        rc = lm_template_parse(t, text, &app->fault);
    free(text);
    return rc;
}

static bool is_there(const char *path)
{
    char *text;
    size_t len;
    int error = lm_slurp(path, TEMPLATE_LIMIT, &text, &len);

    if (error == 0)
        free(text);
    return error != ENOENT && error != ENOTDIR;
}

int lm_shelf_load(lm_app *app, const char *name, bool sql, lm_str *path,
                  lm_template *t)
{
    const lm_builtin *b = find_builtin(name, sql);

    memset(t, 0, sizeof *t);
    t->name = name;
    t->sql = sql;
    if (is_name(name)) {
        put_folder(app, path);
        lm_str_printf(path, "/%s%s", name, suffix_of(sql));
        if (path->failed)
            return no_memory(app);
        if (is_there(lm_str_text(path)))
            return load_own(app, lm_str_text(path), t);
    }
    return b != NULL ? load_builtin(app, b, t) : unknown(app, name, sql);
}

/* ---- the list ---- */

static int compare(const void *a, const void *b)
{
    const lm_shelf_entry *x = a, *y = b;
    int order = strcmp(x->name, y->name);

    return order != 0 ? order : (int)x->sql - (int)y->sql;
}

static int add(lm_app *app, lm_shelf *s, const char *name, size_t len,
               bool sql)
{
    lm_shelf_entry *grown =
        realloc(s->list, (s->count + 1) * sizeof *grown);
    char *copy;

    if (grown == NULL)
        return no_memory(app);
    s->list = grown;
    copy = strndup(name, len);
    if (copy == NULL)
        return no_memory(app);
    grown[s->count].name = copy;
    grown[s->count].sql = sql;
    grown[s->count++].own = true;
    return LUMIGRATE_OK;
}

static int add_own(lm_app *app, lm_shelf *s, const char *file)
{
    size_t len = strlen(file);
    bool sql = len > 4 && strcmp(file + len - 4, ".sql") == 0;

    if (file[0] == '.' || len <= 4 ||
        (!sql && strcmp(file + len - 4, ".lua") != 0))
        return LUMIGRATE_OK;
    return add(app, s, file, len - 4, sql);
}

static int list_own(lm_app *app, lm_shelf *s)
{
    lm_str path = {0};
    struct dirent *entry;
    DIR *dir;
    int rc = LUMIGRATE_OK;

    put_folder(app, &path);
    dir = path.failed ? NULL : opendir(lm_str_text(&path));
    if (path.failed)
        rc = no_memory(app);
    else if (dir == NULL && errno != ENOENT && errno != ENOTDIR)
        rc = unreadable(app, lm_str_text(&path), strerror(errno));
    while (rc == LUMIGRATE_OK && dir != NULL && (entry = readdir(dir)) != NULL)
        rc = add_own(app, s, entry->d_name);
    if (dir != NULL)
        closedir(dir);
    lm_str_clear(&path);
    return rc;
}

static bool has(const lm_shelf *s, size_t count, const lm_builtin *b)
{
    size_t i;

    for (i = 0; i < count; i++)
        if (s->list[i].sql == b->sql &&
            strcmp(s->list[i].name, b->name) == 0)
            return true;
    return false;
}

int lm_shelf_list(lm_app *app, lm_shelf *out)
{
    const lm_builtin *b;
    size_t own;
    int rc;

    memset(out, 0, sizeof *out);
    rc = list_own(app, out);
    own = out->count;
    for (b = lm_builtins; b->name != NULL && rc == LUMIGRATE_OK; b++) {
        if (has(out, own, b))
            continue;
        rc = add(app, out, b->name, strlen(b->name), b->sql);
        if (rc == LUMIGRATE_OK)
            out->list[out->count - 1].own = false;
    }
    if (out->count > 0)
        qsort(out->list, out->count, sizeof *out->list, compare);
    return rc;
}

void lm_shelf_clear(lm_shelf *shelf)
{
    size_t i;

    for (i = 0; i < shelf->count; i++)
        free(shelf->list[i].name);
    free(shelf->list);
    memset(shelf, 0, sizeof *shelf);
}
