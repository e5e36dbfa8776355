/* SPDX-License-Identifier: MIT */
#include "sound.h"

#include <stdlib.h>
#include <string.h>

#include "../base/text.h"
#include "internal.h"

/* So many lines of quick_check, which may have one for each row. */
#define LM_MOST_LINES "20"

typedef struct search {
    lm_flaw_fn each;
    void *user;
    bool damaged;       /* told already */
    const char *made;   /* behind the name of a view or trigger */
} search;

/* A sentence built here (NULL: no memory), handed on and freed. */
static int hand_on(lm_db *db, search *s, lm_flaw flaw, char *text)
{
    int rc;

    s->damaged = s->damaged || flaw == LM_FLAW_DAMAGE;
    rc = text == NULL ? lm_err_nomem(db->err)
                          : s->each(s->user, db, flaw, text);

    free(text);
    return rc;
}

static char *words_for(const lm_unsound *c, const char *made)
{
    if (strcmp(c->type, "view") == 0)
        return lm_format("the view %s%s does not compile: %s", c->names,
                         made, c->why);
    return lm_format(c->count > 1 ? "one of the triggers %s on %s%s does not "
                                    "compile: %s"
                                  : "the trigger %s on %s%s does not "
                                    "compile: %s", c->names, c->table, made,
                     c->why);
}

static int tell_code(void *user, lm_db *db, const lm_unsound *code)
{
    search *s = user;

    return hand_on(db, s, LM_FLAW_SCHEMA, words_for(code, s->made));
}

int lm_sound_code(lm_db *db, lm_flaw_fn each, void *user)
{
    search s = {.each = each, .user = user, .made = ""};
    lm_on_unsound on = {&s, tell_code};

    return lm_code_unsound(db, &on);
}

int lm_sound_made(lm_db *db, lm_flaw_fn each, void *user)
{
    search s = {.each = each, .user = user,
                .made = ", made by this migration,"};
    lm_on_unsound on = {&s, tell_code};

    return lm_code_made(db, &on);
}

/* quick_check also finds rows that break a NOT NULL, a CHECK or a type of a
 * STRICT table: they are wrong, and the file is not
 * (sqlite.org/pragma.html#pragma_integrity_check). */
static bool is_about_row(const char *line)
{
    return lm_starts(line, "CHECK constraint failed in ") ||
           strstr(line, " value in ") != NULL;
}

static int tell_line(void *user, lm_db *db, const lm_value *row)
{
    char *line, *text;
    lm_flaw flaw;

    if (row[0].type != LM_TEXT)
        return LM_OK;
    line = lm_one_line(row[0].as.text.bytes, row[0].as.text.size, 300);
    if (line == NULL)
        return lm_err_nomem(db->err);
    if (strcmp(line, "ok") == 0) {
        free(line);
        return LM_OK;
    }
    flaw = is_about_row(line) ? LM_FLAW_SCHEMA : LM_FLAW_DAMAGE;
    text = flaw == LM_FLAW_DAMAGE
        ? lm_format("the database is damaged: %s", line)
        : lm_format("a row breaks a rule of its table: %s", line);
    free(line);
    return hand_on(db, user, flaw, text);
}

static int tell_link(void *user, lm_db *db, const lm_value *row)
{
    int64_t n = row[2].as.integer;

    return hand_on(db, user, LM_FLAW_SCHEMA,
                   lm_format("%lld row%s of %.*s refer%s to no row of %.*s",
                             (long long)n, n == 1 ? "" : "s",
                             (int)row[0].as.text.size, row[0].as.text.bytes,
                             n == 1 ? "s" : "", (int)row[1].as.text.size,
                             row[1].as.text.bytes));
}

/* What stopped the search is a fault of the database, not of ours: the words
 * of the error become those of a flaw. */
static int tell_error(lm_db *db, search *s, lm_flaw flaw, const char *what)
{
    char *text = lm_format("%s: %s", what, lm_err_text(db->err));

    lm_err_clear(db->err);
    return hand_on(db, s, flaw, text);
}

static int look_at_links(lm_db *db, search *s)
{
    int rc = lm_db_each(db, "SELECT \"table\", ifnull(parent, ''), count(*) "
                        "FROM pragma_foreign_key_check GROUP BY 1, 2 "
                        "ORDER BY 1, 2", NULL, 0, tell_link, s);

    /* A key whose target is impossible cannot be looked at. */
    return rc != LM_EFAILED ? rc
        : tell_error(db, s, LM_FLAW_SCHEMA,
                     "the foreign keys cannot be checked");
}

static int look_at_pages(lm_db *db, search *s)
{
    int rc = lm_db_each(db, "PRAGMA main.quick_check(" LM_MOST_LINES ")",
                        NULL, 0, tell_line, s);

    return rc != LM_EDATA ? rc
        : tell_error(db, s, LM_FLAW_DAMAGE, "the database is damaged");
}

int lm_sound_deep(lm_db *db, lm_flaw_fn each, void *user)
{
    search s = {.each = each, .user = user};
    int rc = look_at_pages(db, &s);

    return rc == LM_OK && !s.damaged ? look_at_links(db, &s) : rc;
}
