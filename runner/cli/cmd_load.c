/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "app.h"
#include "json.h"
#include "signals.h"
#include "words.h"

enum { MOST_BYTES = 256 << 20 };

static void write_json(lm_app *app, long objects, long migrations,
                       const lumigrate_error *error)
{
    lm_json o;

    lm_json_new(&o);
    lm_json_bool(&o, "ok", error == NULL);
    lm_json_count(&o, "objects", objects);
    lm_json_count(&o, "migrations", migrations);
    lm_json_end(app, &o, error);
}

static void fail(lm_app *app, const lumigrate_error *error)
{
    write_json(app, 0, 0, error);
}

static int cannot_read(lm_app *app, const char *name, const char *why)
{
    lm_str shown = {0};

    lm_words_text(&shown, name);
    lm_fault_set(&app->fault, LUMIGRATE_USAGE, "cannot read %s: %s",
                 lm_str_text(&shown), why);
    lm_str_clear(&shown);
    return LUMIGRATE_USAGE;
}

static int read_all(lm_app *app, const char *name, int fd, lm_str *to)
{
    char block[64 << 10];
    ssize_t n;

    while ((n = read(fd, block, sizeof block)) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return cannot_read(app, name, strerror(errno));
        lm_str_add(to, block, (size_t)n);
        if (to->len > MOST_BYTES)
            return cannot_read(app, name, "it is too large for a schema");
    }
    return to->failed ? lm_fault_set(&app->fault, LUMIGRATE_NOMEM,
                                     "out of memory") : LUMIGRATE_OK;
}

/* "-" is standard input. */
static int read_dump(lm_app *app, lm_str *to)
{
    const char *name = app->arg_count > 0 ? app->args[0] : NULL;
    int fd, rc;

    if (name == NULL) {
        lm_fault_set(&app->fault, LUMIGRATE_USAGE, "no dump is named");
        lm_fault_hint(&app->fault, "lumigrate load FILE, or - for standard "
                                   "input");
        return LUMIGRATE_USAGE;
    }
    if (strcmp(name, "-") == 0)
        return read_all(app, "standard input", STDIN_FILENO, to);
    fd = open(name, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return cannot_read(app, name, strerror(errno));
    rc = read_all(app, name, fd, to);
    close(fd);
    return rc;
}

static void put_loaded(lm_app *app, long objects, long migrations)
{
    lm_str *to = &app->out.text;

    lm_out_mark(&app->out, LM_MARK_DONE);
    lm_str_puts(to, " loaded ");
    lm_words_many(to, objects, "object");
    lm_str_puts(to, ", ");
    lm_words_many(to, migrations, "migration");
    lm_str_puts(to, " recorded\n");
}

static int load(lm_app *app, lumigrate *lm, const lm_str *dump)
{
    long objects, migrations;
    int rc = lumigrate_load(lm, lm_str_text(dump), dump->len, &objects,
                            &migrations);

    if (rc != LUMIGRATE_OK)
        return lm_app_fail(app, lumigrate_errinfo(lm));
    if (app->settings.format != LM_TEXT)
        write_json(app, objects, migrations, NULL);
    else if (!app->settings.quiet)
        put_loaded(app, objects, migrations);
    return rc;
}

static int run(lm_app *app)
{
    lumigrate *lm = NULL;
    lm_str dump = {0};
    int rc = read_dump(app, &dump);

    if (rc == LUMIGRATE_OK)
        rc = lm_app_open(app, NULL, &lm);
    if (rc == LUMIGRATE_OK) {
        lm_signals_begin(lm);
        rc = load(app, lm, &dump);
        lm_signals_end();
        lumigrate_close(lm);
    }
    lm_str_clear(&dump);
    return rc;
}

const lm_command lm_cmd_load = {
    .name = "load",
    .arguments = "FILE|-",
    .aliases = {NULL},
    .help = "a dump into an empty database: all of it or nothing",
    .more = "The database is made when it is not there. What the dump has as\n"
            "applied is applied then, and the history says that it was "
            "loaded.",
    .example = "lumigrate load schema.sql --database data/new.db",
    .most_arguments = 1,
    .run = run,
    .fail = fail,
};
