/* SPDX-License-Identifier: MIT */
/* The second half of draft.h: the database is asked, the file is written. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
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

/* The last applied one that the draft would sort before. */
static int compare_all(lm_app *app, const lm_draft *d,
                       const lumigrate_report *r)
{
    const lumigrate_item *last = NULL;
    long i;

    for (i = 0; i < r->count; i++) {
        const lumigrate_item *item = &r->items[i];

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

/* ---- the folder ---- */

static int refuse_sql(lm_app *app, const char *what, const char *why)
{
    lm_str shown = {0};

    lm_words_text(&shown, why);
    lm_fault_set(&app->fault, LUMIGRATE_USAGE, "--sql writes dbmate's "
                 "marks, and %s%s", what, lm_str_text(&shown));
    lm_fault_hint(&app->fault, "nothing was written: leave --sql out for a "
                               "script");
    lm_str_clear(&shown);
    return LUMIGRATE_USAGE;
}

static bool is_foreign(const lumigrate_item *item)
{
    return item->kind != NULL && strcmp(item->kind, "lua") != 0 &&
           strcmp(item->kind, "sql") != 0 && strcmp(item->kind, "dbmate") != 0;
}

static bool is_sql(const char *file)
{
    size_t n = strlen(file);

    return n > 4 && file[0] != '.' && file[0] != '#' &&
           strcmp(file + n - 4, ".sql") == 0;
}

static bool is_in(const lumigrate_report *r, const char *file)
{
    long i;

    for (i = 0; r != NULL && i < r->count; i++)
        if (r->items[i].file != NULL && strcmp(r->items[i].file, file) == 0)
            return true;
    return false;
}

/* A *.sql that is no migration (a way down, a schema), or with no report any
 * at all: it might become one beside a file of ours. */
static int find_stray(lm_app *app, const lumigrate_report *r,
                      const char *why)
{
    DIR *dir = opendir(app->settings.config.migrations);
    struct dirent *entry;
    int rc = LUMIGRATE_OK;

    while (dir != NULL && rc == LUMIGRATE_OK &&
           (entry = readdir(dir)) != NULL) {
        if (!is_sql(entry->d_name) || is_in(r, entry->d_name))
            continue;
        rc = r == NULL
            ? refuse_sql(app, "it is not known whose files are here: ", why)
            : refuse_sql(app, "here is a file that is no migration: ",
                         entry->d_name);
    }
    if (dir != NULL)
        closedir(dir);
    return rc;
}

/* A SQL file of ours has dbmate's marks: among another tool's files it would
 * keep all of them from running, or let their ways down run. Whose they are is
 * asked of the folder, with a database that cannot be there. */
static int check_folder(lm_app *app)
{
    lumigrate_config config = app->settings.config;
    lumigrate_report *r = NULL;
    lumigrate *lm = NULL;
    long i;
    int rc;

    config.database = "/dev/null/none";
    rc = lumigrate_open(&lm, &config);
    if (rc == LUMIGRATE_OK)
        rc = lumigrate_status(lm, &r);
    if (rc != LUMIGRATE_OK)
        rc = find_stray(app, NULL, lumigrate_errmsg(lm));
    for (i = 0; r != NULL && i < r->count && rc == LUMIGRATE_OK; i++)
        if (is_foreign(&r->items[i]))
            rc = refuse_sql(app, "the files here are of ", r->items[i].kind);
    if (r != NULL && rc == LUMIGRATE_OK)
        rc = find_stray(app, r, "");
    lumigrate_report_free(r);
    lumigrate_close(lm);
    return rc;
}

/* Plain files run whole, the way down too. */
static int check_dialect(lm_app *app)
{
    const char *dialect = app->settings.config.dialect;

    if (dialect == NULL || strcasecmp(dialect, "auto") == 0 ||
        strcasecmp(dialect, "dbmate") == 0)
        return LUMIGRATE_OK;
    return refuse_sql(app, "the files here are, as --dialect says, of ",
                      dialect);
}

static int check_order(lm_app *app, const lm_draft *d)
{
    lumigrate_config config = app->settings.config;
    lumigrate_report *r = NULL;
    lumigrate *lm = NULL;
    int rc;

    if (config.database == NULL)
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

int lm_draft_check(lm_app *app, const lm_draft *d)
{
    bool there = has_folder(app);
    int rc = app->settings.sql ? check_dialect(app) : LUMIGRATE_OK;

    if (rc == LUMIGRATE_OK && there && app->settings.sql)
        rc = check_folder(app);
    return rc == LUMIGRATE_OK && there ? check_order(app, d) : rc;
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

