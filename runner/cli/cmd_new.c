/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "app.h"
#include "json.h"
#include "words.h"

enum { LONGEST_ID = 240 }; /* so that the file's name fits in 255 bytes */

/* What a migration begins as: it runs, and does nothing. */
static const char template_head[] = "--- ";
static const char template_id[] = ".\nMIGRATION_ID = \"";
static const char template_body[] =
    "\"\n"
    "\n"
    "-- Look before you leap: the guards (column_exists, table_exists,\n"
    "-- index_exists, row_exists, ...) ask the database what is there.\n"
    "function upgrade(conn, column_exists, table_exists)\n"
    "  local cursor = conn:cursor()\n"
    "  -- if not column_exists(\"users\", \"email\") then\n"
    "  --   cursor:execute(\"ALTER TABLE users ADD COLUMN email TEXT\")\n"
    "  --   print(\"added email column\")\n"
    "  -- end\n"
    "end\n"
    "\n"
    "-- The way back. Without this function there is none.\n"
    "-- function downgrade(conn, column_exists, table_exists)\n"
    "--   if column_exists(\"users\", \"email\") then\n"
    "--     conn:execute(\"ALTER TABLE users DROP COLUMN email\")\n"
    "--   end\n"
    "-- end\n";

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* YYYY-MM-DD, and a day that there is. */
static bool parse_date(const char *text, char date[11])
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int i, year, month, day;

    if (strlen(text) != 10)
        return false;
    for (i = 0; i < 10; i++)
        if (i == 4 || i == 7 ? text[i] != '-' : text[i] < '0' || text[i] > '9')
            return false;
    year = (text[0] - '0') * 1000 + (text[1] - '0') * 100 +
           (text[2] - '0') * 10 + (text[3] - '0');
    month = (text[5] - '0') * 10 + (text[6] - '0');
    day = (text[8] - '0') * 10 + (text[9] - '0');
    if (month < 1 || month > 12 || day < 1 ||
        day > days[month - 1] + (month == 2 && is_leap(year)))
        return false;
    memcpy(date, text, 11);
    date[4] = date[7] = '_';
    return true;
}

/* The day as 2026_01_28: as asked for, else today in UTC. */
static int find_date(lm_app *app, char date[11])
{
    const char *given = app->settings.values[LM_OPT_DATE].text;
    time_t now = time(NULL);
    lm_str shown = {0};
    struct tm tm;

    if (given == NULL && gmtime_r(&now, &tm) != NULL &&
        strftime(date, 11, "%Y_%m_%d", &tm) == 10)
        return LUMIGRATE_OK;
    if (given != NULL && parse_date(given, date))
        return LUMIGRATE_OK;
    lm_words_cut(&shown, given != NULL ? given : "now",
                 given != NULL ? strlen(given) : 3, 60);
    lm_fault_set(&app->fault, LUMIGRATE_USAGE,
                 "--date: \"%s\" is not a day as in 2026-01-28",
                 lm_str_text(&shown));
    lm_str_clear(&shown);
    return LUMIGRATE_USAGE;
}

/* Lower case, and one _ for whatever stands between letters and digits. */
static void add_words(lm_str *to, const char *name, char between)
{
    size_t from = to->len, len = strlen(name);
    bool gap = false;
    size_t i;

    if (len > 4 && strcmp(name + len - 4, ".lua") == 0)
        len -= 4;
    for (i = 0; i < len; i++) {
        char c = name[i];

        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))) {
            gap = true;
            continue;
        }
        if (gap && to->len > from)
            lm_str_putc(to, between);
        lm_str_putc(to, c);
        gap = false;
    }
}

static int make_id(lm_app *app, lm_str *id)
{
    const char *name = app->args[0];
    char date[11];
    size_t from;
    int rc = find_date(app, date);
    lm_str shown = {0};

    if (rc != LUMIGRATE_OK)
        return rc;
    lm_str_printf(id, "%s_", date);
    from = id->len;
    add_words(id, name, '_');
    lm_words_cut(&shown, name, strlen(name), 60);
    if (id->len == from)
        rc = lm_fault_set(&app->fault, LUMIGRATE_USAGE,
                          "\"%s\" has no letter and no digit to make a "
                          "name of",
                          lm_str_text(&shown));
    else if (id->len > LONGEST_ID)
        rc =
            lm_fault_set(&app->fault, LUMIGRATE_USAGE,
                         "\"%s\" is too long for a name", lm_str_text(&shown));
    lm_str_clear(&shown);
    return rc;
}

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
static int write_file(lm_app *app, const char *path, const lm_str *text)
{
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
    error = write_all(fd, text);
    if (error == 0)
        return LUMIGRATE_OK;
    unlink(path);
    errno = error;
    return io_fault(app, "write", path);
}

static void make_text(lm_str *text, const char *id, const char *name)
{
    size_t first;

    lm_str_puts(text, template_head);
    first = text->len;
    add_words(text, name, ' ');
    if (!text->failed && text->data[first] >= 'a')
        text->data[first] = (char)(text->data[first] - 'a' + 'A');
    lm_str_puts(text, template_id);
    lm_str_puts(text, id);
    lm_str_puts(text, template_body);
}

static void print_path(lm_app *app, const char *id, const char *path)
{
    json_t *o;
    int bad;

    if (app->settings.format == LM_TEXT) {
        lm_words_text(&app->out.text, path);
        lm_str_putc(&app->out.text, '\n');
        return;
    }
    o = lm_json_new();
    bad = lm_json_text(o, "id", id);
    bad |= lm_json_text(o, "path", path);
    lm_json_write(&app->out, lm_json_done(o, bad), app->settings.format);
}

static int run(lm_app *app)
{
    const char *dir = app->settings.config.migrations;
    lm_str id = {0}, path = {0}, text = {0};
    size_t len = strlen(dir);
    int rc;

    if (app->arg_count == 0) {
        lm_fault_set(&app->fault, LUMIGRATE_USAGE,
                     "\"new\" needs a name for the migration");
        lm_fault_hint(&app->fault, "lumigrate new add_email_to_users");
        return LUMIGRATE_USAGE;
    }
    rc = make_id(app, &id);
    if (rc == LUMIGRATE_OK) {
        lm_str_printf(&path, "%s%s%s.lua", dir,
                      len > 0 && dir[len - 1] == '/' ? "" : "/",
                      lm_str_text(&id));
        make_text(&text, lm_str_text(&id), app->args[0]);
        if (path.failed || text.failed)
            rc = lm_fault_set(&app->fault, LUMIGRATE_NOMEM, "out of memory");
        else
            rc = write_file(app, lm_str_text(&path), &text);
    }
    if (rc == LUMIGRATE_OK)
        print_path(app, lm_str_text(&id), lm_str_text(&path));
    lm_str_clear(&id);
    lm_str_clear(&path);
    lm_str_clear(&text);
    return rc;
}

static const lm_option options[] = {
    {.id = LM_OPT_DATE,
     .kind = LM_KIND_TEXT,
     .names = {"date"},
     .value = "YYYY-MM-DD",
     .help = "its day, instead of today's in UTC"},
    {.id = LM_OPT_COUNT},
};

const lm_command lm_cmd_new = {
    .name = "new",
    .arguments = "NAME",
    .aliases = {"create", "add", "make"},
    .help = "write a new migration and print its path",
    .more = "Writes YYYY_MM_DD_words.lua into the folder of migrations. A\n"
            "file that is there is never overwritten.",
    .example = "lumigrate new add_email_to_users",
    .options = options,
    .most_arguments = 1,
    .run = run,
};
