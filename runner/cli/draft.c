/* SPDX-License-Identifier: MIT */
#include "draft.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "dotenv.h"
#include "utf.h"
#include "words.h"

enum {
    LONGEST_ID = 240, /* so that the file's name fits in 255 bytes */
    SCRIPT_LIMIT = 64 << 20
};

/* ---- the day ---- */

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

/* ---- the words ---- */

/* The bytes of the letter or digit at s, 0 when it is none. What is not ASCII
 * is a letter, but for controls, blanks and punctuation. */
static size_t letter_at(const char *s, size_t left)
{
    unsigned long code = 0;
    size_t n = lm_utf_next(s, left, &code);

    if (n > 1)
        return code > 0xA0 && code != 0x3000 &&
               !(code >= 0x2000 && code < 0x2070) ? n : 0;
    return (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z') ||
           (code >= '0' && code <= '9');
}

/* Lower case, and one _ for whatever stands between letters and digits. */
static void add_words(lm_str *to, const char *name, char between)
{
    size_t from = to->len, len = strlen(name), i, n;
    bool gap = false;

    if (len > 4 && (strcmp(name + len - 4, ".lua") == 0 ||
                    strcmp(name + len - 4, ".sql") == 0))
        len -= 4;
    for (i = 0; i < len; i += n > 0 ? n : 1) {
        char c = name[i];

        n = letter_at(name + i, len - i);
        if (n > 0 && gap && to->len > from)
            lm_str_putc(to, between);
        if (c >= 'A' && c <= 'Z')
            lm_str_putc(to, (char)(c - 'A' + 'a'));
        else
            lm_str_add(to, name + i, n);
        gap = n == 0;
    }
}

static int bad_name(lm_app *app, const char *name, const char *why)
{
    lm_str shown = {0};

    lm_words_cut(&shown, name, strlen(name), 60);
    lm_fault_set(&app->fault, LUMIGRATE_USAGE, "\"%s\" %s",
                 lm_str_text(&shown), why);
    lm_str_clear(&shown);
    return LUMIGRATE_USAGE;
}

static int make_words(lm_app *app, const char *name, lm_draft *d)
{
    if (strchr(name, '/') != NULL) {
        bad_name(app, name, "is a path, not a name");
        lm_fault_hint(&app->fault, "--migrations names the folder");
        return LUMIGRATE_USAGE;
    }
    if (!lm_utf_valid(name, strlen(name)))
        return bad_name(app, name, "is not UTF-8");
    add_words(&d->words, name, '_');
    add_words(&d->sentence, name, ' ');
    if (d->words.failed || d->sentence.failed)
        return lm_fault_set(&app->fault, LUMIGRATE_NOMEM, "out of memory");
    if (d->words.len == 0)
        return bad_name(app, name,
                        "has no letter and no digit to make a name of");
    if (d->words.len + sizeof d->stamp > LONGEST_ID)
        return bad_name(app, name, "is too long for a name");
    if (d->sentence.data[0] >= 'a' && d->sentence.data[0] <= 'z')
        d->sentence.data[0] = (char)(d->sentence.data[0] - 'a' + 'A');
    return LUMIGRATE_OK;
}

/* ---- among the others ---- */

/* Does the script at `path` say that it is `id`? Read as text: a script that
 * cannot be read is another command's business. */
static bool claims(const char *path, const char *id)
{
    char *text, *s;
    size_t len, n = strlen(id);
    bool found = false;

    if (lm_slurp(path, SCRIPT_LIMIT, &text, &len) != 0)
        return false;
    for (s = text; !found && (s = strstr(s, "MIGRATION_ID")) != NULL;) {
        s += strlen("MIGRATION_ID");
        s += strspn(s, " \t");
        if (*s != '=')
            continue;
        s += 1 + strspn(s + 1, " \t");
        found = (*s == '"' || *s == '\'') && strncmp(s + 1, id, n) == 0 &&
                s[1 + n] == *s;
    }
    free(text);
    return found;
}

/* x.lua, x.sql, x.up.sql, or a folder x are the migration x. */
static bool is_of(const char *file, const char *id)
{
    size_t n = strlen(id);

    return strncmp(file, id, n) == 0 && (file[n] == '.' || file[n] == '\0');
}

static bool has_suffix(const char *file, const char *suffix)
{
    size_t n = strlen(file), m = strlen(suffix);

    return n > m && strcmp(file + n - m, suffix) == 0;
}

/* What a look through the folder tells of a draft's name. */
typedef struct place {
    bool taken;  /* somebody has this ID */
    bool behind; /* it sorts after all others of its day */
    bool early;  /* it sorts before a number longer than a year, or a V1 */
    bool letter; /* there is a V1 */
    lm_str who;  /* has it */
} place;

static void look_at(const lm_draft *d, const char *folder, const char *file,
                    place *p)
{
    bool script = has_suffix(file, ".lua"), letter = file[0] == 'V';
    const char *number = file + (letter ? 1 : 0);
    lm_str path = {0};

    lm_str_printf(&path, "%s/%s", folder, file);
    if (is_of(file, lm_str_text(&d->id)) ||
        (script && claims(lm_str_text(&path), lm_str_text(&d->id)))) {
        p->taken = true;
        p->who.len = 0;
        lm_words_text(&p->who, lm_str_text(&path));
    }
    if (strspn(number, "0123456789") > (letter ? 0 : 4) &&
        lumigrate_compare(lm_str_text(&d->file), file) < 0) {
        p->early = true;
        p->letter |= letter;
    }
    if ((script || has_suffix(file, ".sql")) &&
        strncmp(file, d->stamp, strlen(d->stamp)) == 0 &&
        lumigrate_compare(lm_str_text(&d->file), file) <= 0)
        p->behind = false;
    lm_str_clear(&path);
}

static int look_around(lm_app *app, const lm_draft *d, place *p)
{
    const char *folder = app->settings.config.migrations;
    DIR *dir = opendir(folder);
    struct dirent *entry;

    p->taken = false;
    p->behind = true;
    if (dir == NULL && errno != ENOENT)
        return lm_fault_set(&app->fault, LUMIGRATE_USAGE,
                            "cannot read the folder %s: %s", folder,
                            strerror(errno));
    while (dir != NULL && (entry = readdir(dir)) != NULL)
        if (entry->d_name[0] != '.')
            look_at(d, folder, entry->d_name, p);
    if (dir != NULL)
        closedir(dir);
    return LUMIGRATE_OK;
}

/*
 * What was made later on one day runs later. Where the words alone would not
 * do that, a letter behind the date does: 2026_01_28b sorts after
 * 2026_01_28_ and before 2026_01_29_.
 */
static void put_names(lm_app *app, lm_draft *d, bool sql, int turn)
{
    const char *folder = app->settings.config.migrations;
    size_t len = strlen(folder);

    d->id.len = d->file.len = d->path.len = 0;
    lm_str_puts(&d->id, d->stamp);
    for (; turn > 25; turn -= 25)
        lm_str_putc(&d->id, 'z');
    if (turn > 0)
        lm_str_putc(&d->id, (char)('a' + turn));
    lm_str_printf(&d->id, "_%s", lm_str_text(&d->words));
    lm_str_printf(&d->file, "%s%s", lm_str_text(&d->id),
                  sql ? ".sql" : ".lua");
    lm_str_printf(&d->path, "%s%s%s", folder,
                  len > 0 && folder[len - 1] == '/' ? "" : "/",
                  lm_str_text(&d->file));
}

/* 20260128093000, as most tools have it, sorts after all that begin so, and
 * 2026_01_28 before. Flyway and refinery have a V in front. */
static void lengthen(lm_draft *d, bool letter)
{
    time_t now = time(NULL);
    char *to = d->stamp;
    struct tm tm;

    if (letter)
        *to++ = 'V';
    memcpy(to, d->date, 4);
    memcpy(to + 4, d->date + 5, 2);
    memcpy(to + 6, d->date + 8, 3);
    if (gmtime_r(&now, &tm) != NULL)
        strftime(to + 8, sizeof "093000", "%H%M%S", &tm);
}

static int find_place(lm_app *app, bool sql, lm_draft *d)
{
    place p = {false, false, false, false, {0}};
    int turn, rc = LUMIGRATE_OK;

    for (turn = 0; rc == LUMIGRATE_OK && !p.behind; turn++) {
        put_names(app, d, sql, turn);
        if (d->id.failed || d->file.failed || d->path.failed)
            rc = lm_fault_set(&app->fault, LUMIGRATE_NOMEM, "out of memory");
        else if (d->id.len > LONGEST_ID)
            rc = lm_fault_set(&app->fault, LUMIGRATE_USAGE,
                              "no name is left on this day");
        else
            rc = look_around(app, d, &p);
        if (rc == LUMIGRATE_OK && p.early && d->stamp[4] == '_') {
            lengthen(d, p.letter);
            p.behind = false;
            turn = -1;
        }
        if (rc == LUMIGRATE_OK && p.taken) {
            rc = lm_fault_set(&app->fault, LUMIGRATE_USAGE,
                              "there is a migration %s already: %s",
                              lm_str_text(&d->id), lm_str_text(&p.who));
            lm_fault_hint(&app->fault, "nothing was written: choose another "
                                       "name, or edit the file");
        }
    }
    lm_str_clear(&p.who);
    return rc;
}

int lm_draft_name(lm_app *app, const char *name, bool sql, lm_draft *d)
{
    int rc;

    memset(d, 0, sizeof *d);
    rc = find_date(app, d->date);
    memcpy(d->stamp, d->date, sizeof d->date);
    if (rc == LUMIGRATE_OK)
        rc = make_words(app, name, d);
    return rc == LUMIGRATE_OK ? find_place(app, sql, d) : rc;
}

void lm_draft_clear(lm_draft *d)
{
    lm_str_clear(&d->words);
    lm_str_clear(&d->sentence);
    lm_str_clear(&d->id);
    lm_str_clear(&d->file);
    lm_str_clear(&d->path);
    lm_str_clear(&d->text);
}
