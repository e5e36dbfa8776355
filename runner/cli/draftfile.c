/* SPDX-License-Identifier: MIT */
/* The second half of draft.h: the database is asked, the file is written. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "draft.h"
#include "words.h"

/* ---- the database ---- */

/* A folder x with up.sql or migration.sql in it stands where x does. */
static const char *file_of(const lumigrate_item *item)
{
    size_t n = strlen(item->id);
    const char *slash;

    if (item->file == NULL || (strncmp(item->file, item->id, n) == 0 &&
                               item->file[n] == '/'))
        return item->id;
    slash = strrchr(item->file, '/');
    return slash != NULL ? slash + 1 : item->file;
}

static int refuse(lm_app *app, const lm_draft *d, const lumigrate_item *item)
{
    lm_str shown = {0};

    lm_words_text(&shown, item->id);
    lm_fault_set(&app->fault, LUMIGRATE_USAGE,
                 "%s would sort before %s, which is applied",
                 lm_str_text(&d->id), lm_str_text(&shown));
    lm_fault_hint(&app->fault,
                  "nothing was written: take a later day with --date, or "
                  "write it all the same with --force");
    lm_str_clear(&shown);
    return LUMIGRATE_USAGE;
}

/* A SQL file of ours has dbmate's marks: among another tool's files it would
 * keep all of them from running. */
static int refuse_foreign(lm_app *app, const lumigrate_item *item)
{
    lm_fault_set(&app->fault, LUMIGRATE_USAGE, "--sql writes dbmate's "
                 "marks, and the files here are of %s", item->kind);
    lm_fault_hint(&app->fault, "nothing was written: leave --sql out for a "
                               "script");
    return LUMIGRATE_USAGE;
}

static bool is_foreign(const lumigrate_item *item)
{
    return item->file != NULL && strstr(item->file, ".sql") != NULL &&
           strcmp(item->kind, "sql") != 0 && strcmp(item->kind, "dbmate") != 0;
}

/* The last applied one that the draft would sort before. */
static int compare_all(lm_app *app, const lm_draft *d,
                       const lumigrate_report *r)
{
    const lumigrate_item *last = NULL;
    long i;

    for (i = 0; i < r->count; i++) {
        const lumigrate_item *item = &r->items[i];

        if (app->settings.sql && is_foreign(item))
            return refuse_foreign(app, item);
        if (item->applied_at != NULL &&
            lumigrate_compare(lm_str_text(&d->file), file_of(item)) < 0)
            last = item;
    }
    return last != NULL ? refuse(app, d, last) : LUMIGRATE_OK;
}

static void warn_unknown(lm_app *app, const char *why)
{
    lm_str text = {0};

    lm_str_printf(&text, "cannot tell whether this sorts before an applied "
                  "migration: %s", why);
    lm_app_warn(app, NULL, lm_str_text(&text));
    lm_str_clear(&text);
}

/* A folder to look through: the library refuses one that is not there, or
 * that has nothing in it. */
static bool has_folder(const lm_app *app)
{
    struct stat st;

    return stat(app->settings.config.migrations, &st) == 0;
}

int lm_draft_check(lm_app *app, const lm_draft *d)
{
    lumigrate_config config = app->settings.config;
    lumigrate_report *r = NULL;
    lumigrate *lm = NULL;
    int rc;

    if (config.database == NULL || !has_folder(app))
        return LUMIGRATE_OK;
    rc = lumigrate_open(&lm, &config);
    if (rc == LUMIGRATE_OK)
        rc = lumigrate_status(lm, &r);
    if (rc != LUMIGRATE_OK && rc != LUMIGRATE_NOMEM)
        warn_unknown(app, lumigrate_errmsg(lm));
    rc = rc == LUMIGRATE_OK ? compare_all(app, d, r) : LUMIGRATE_OK;
    lumigrate_report_free(r);
    lumigrate_close(lm);
    return rc;
}

/* ---- the file ---- */

static int io_fault(lm_app *app, const char *what, const char *path)
{
    int error = errno;
    lm_str shown = {0};

    lm_words_text(&shown, path);
    lm_fault_set(&app->fault, LUMIGRATE_USAGE, "cannot %s %s: %s", what,
                 lm_str_text(&shown), strerror(error));
    if (error == EEXIST)
        lm_fault_hint(&app->fault, "nothing was written: choose another "
                                   "name, or edit the file");
    lm_str_clear(&shown);
    return LUMIGRATE_USAGE;
}

/* The folder with the ones above it, each of which is said. */
static int make_folder(lm_app *app, const char *path)
{
    lm_str part = {0};
    size_t end = 0;
    int rc = LUMIGRATE_OK;

    while (rc == LUMIGRATE_OK && path[end] != '\0') {
        end += strspn(path + end, "/");
        end += strcspn(path + end, "/");
        part.len = 0;
        lm_str_add(&part, path, end);
        if (part.failed) {
            rc = lm_fault_set(&app->fault, LUMIGRATE_NOMEM, "out of memory");
        } else if (mkdir(lm_str_text(&part), 0777) == 0) {
            lm_str_puts(&app->err.text, "created the folder ");
            lm_words_text(&app->err.text, lm_str_text(&part));
            lm_str_putc(&app->err.text, '\n');
        } else if (errno != EEXIST && errno != EISDIR) {
            rc = io_fault(app, "create the folder", lm_str_text(&part));
        }
    }
    lm_str_clear(&part);
    return rc;
}

static int write_all(int fd, const lm_str *text)
{
    lm_out file;
    int error;

    memset(&file, 0, sizeof file);
    file.fd = fd;
    lm_str_puts(&file.text, lm_str_text(text));
    lm_out_flush(&file);
    error = file.error;
    lm_out_clear(&file);
    if (close(fd) != 0 && error == 0)
        error = errno;
    return error;
}

/* Never over a file that is there; half a file is taken away again. */
int lm_draft_write(lm_app *app, const lm_draft *d)
{
    const char *path = lm_str_text(&d->path);
    int fd, error;

    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0 && errno == ENOENT) {
        int rc = make_folder(app, app->settings.config.migrations);

        if (rc != LUMIGRATE_OK)
            return rc;
        fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    }
    if (fd < 0)
        return io_fault(app, "create", path);
    error = write_all(fd, &d->text);
    if (error == 0)
        return LUMIGRATE_OK;
    unlink(path);
    errno = error;
    return io_fault(app, "write", path);
}

