/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stddef.h>
#include <unistd.h>

#include "app.h"
#include "json.h"
#include "words.h"

/* What the library finds, and behind it what is wrong with our own output:
 * that is the program's. */
typedef struct doctor {
    lm_app *app;
    lumigrate_finding output[2];
    long output_count;
    lumigrate_checkup *checkup;
} doctor;

/* Asked before anything is opened, which could take the place of a
 * descriptor that is closed. */
static void check_output(doctor *d)
{
    static const char *const messages[] = {
        "standard output is closed: what was done will not be seen",
        "standard error is closed: warnings and errors will not be seen"};
    static const int fds[] = {STDOUT_FILENO, STDERR_FILENO};
    lumigrate_finding *f;
    size_t i;

    for (i = 0; i < sizeof fds / sizeof *fds; i++) {
        if (fcntl(fds[i], F_GETFD) >= 0)
            continue;
        f = &d->output[d->output_count++];
        f->subject = "output";
        f->level = LUMIGRATE_FINDING_DOUBT;
        f->message = messages[i];
        f->hint = "send it to a file, or to /dev/null on purpose";
    }
}

static const lumigrate_finding *finding_at(const doctor *d, long i)
{
    return i < d->checkup->count ? &d->checkup->findings[i]
                                 : &d->output[i - d->checkup->count];
}

static long finding_count(const doctor *d)
{
    return d->checkup->count + d->output_count;
}

static void put_finding(lm_out *out, const lumigrate_finding *f)
{
    static const lm_mark marks[] = {LM_MARK_DONE, LM_MARK_LOOK,
                                    LM_MARK_FAILED};

    lm_out_mark(out, marks[f->level]);
    lm_str_putc(&out->text, ' ');
    lm_words_text(&out->text, f->message);
    lm_str_putc(&out->text, '\n');
    if (f->hint == NULL)
        return;
    lm_str_puts(&out->text, "  hint: ");
    lm_words_text(&out->text, f->hint);
    lm_str_putc(&out->text, '\n');
}

static void put_sum(lm_out *out, const long counts[3])
{
    long doubts = counts[LUMIGRATE_FINDING_DOUBT];
    long faults = counts[LUMIGRATE_FINDING_FAULT];

    if (doubts == 0 && faults == 0)
        lm_str_puts(&out->text, "nothing is wrong\n");
    else
        lm_str_printf(&out->text, "%ld error%s, %ld warning%s\n", faults,
                      faults == 1 ? "" : "s", doubts,
                      doubts == 1 ? "" : "s");
}

static void put_all(const doctor *d)
{
    bool quiet = d->app->settings.quiet;
    long i, counts[3] = {0, 0, 0};
    const lumigrate_finding *f;

    for (i = 0; i < finding_count(d); i++) {
        f = finding_at(d, i);
        counts[f->level]++;
        if (f->level != LUMIGRATE_FINDING_FINE || !quiet)
            put_finding(&d->app->out, f);
    }
    if (!quiet)
        put_sum(&d->app->out, counts);
}

static void put_json(lm_json *o, const lumigrate_finding *f)
{
    static const char *const levels[] = {"ok", "warning", "error"};

    lm_json_object(o, NULL);
    lm_json_text(o, "subject", f->subject);
    lm_json_text(o, "level", levels[f->level]);
    lm_json_text(o, "message", f->message);
    lm_json_text(o, "hint", f->hint);
    lm_json_count(o, "code", f->code);
    lm_json_close(o);
}

/* `d` or `error` is NULL. */
static void write_json(lm_app *app, const doctor *d,
                       const lumigrate_error *error)
{
    long i, n = d == NULL ? 0 : finding_count(d);
    lm_json o;

    lm_json_new(&o);
    lm_json_bool(&o, "ok", d != NULL && d->checkup->code == LUMIGRATE_OK);
    lm_json_list(&o, "findings");
    for (i = 0; i < n; i++)
        put_json(&o, finding_at(d, i));
    lm_json_close(&o);
    lm_json_end(app, &o, error);
}

static void fail(lm_app *app, const lumigrate_error *error)
{
    write_json(app, NULL, error);
}

static int run(lm_app *app)
{
    doctor d = {.app = app};
    lumigrate *lm;
    int rc;

    check_output(&d);
    rc = lm_app_open(app, NULL, &lm);
    if (rc != LUMIGRATE_OK)
        return rc;
    rc = lumigrate_doctor(lm, &d.checkup);
    if (rc != LUMIGRATE_OK) {
        lm_app_fail(app, lumigrate_errinfo(lm));
    } else {
        rc = d.checkup->code;
        if (app->settings.format != LM_TEXT)
            write_json(app, &d, NULL);
        else
            put_all(&d);
    }
    lumigrate_checkup_free(d.checkup);
    lumigrate_close(lm);
    return rc;
}

const lm_command lm_cmd_doctor = {
    .name = "doctor",
    .arguments = "",
    .aliases = {NULL},
    .help = "what in this environment will not work, and the remedy",
    .more = "Looks at the database's file and folder, the ledger, the\n"
            "migrations, free space, the folder for temporary files, limits\n"
            "and the clock, and changes nothing. The exit status is 0 when\n"
            "migrations can run, otherwise that of what is worst: 2, 4 or 7.",
    .example = "lumigrate doctor --database data/app.db",
    .run = run,
    .fail = fail,
};
