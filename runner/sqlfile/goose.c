/* SPDX-License-Identifier: MIT */
/*
 * goose's files (pressly/goose: internal/sqlparser/parser.go).
 *
 * A comment line that has "+goose" in it anywhere is an annotation; one that
 * goose does not know is an error for it, and so for us.
 */
#include <string.h>

#include "../base/text.h"
#include "mark.h"
#include "marked.h"

/* In the order of their words. */
typedef enum command {
    CMD_NONE,       /* no annotation */
    CMD_UP,
    CMD_DOWN,
    CMD_BEGIN,
    CMD_END,
    CMD_NO_TXN,
    CMD_ENV_ON,
    CMD_ENV_OFF,
    CMD_UNKNOWN
} command;

typedef struct reading {
    const char *text;
    lm_err *err;
    lm_parts *out;
    bool up, down, marked;
    lm_begun begun;
    bool live;              /* ENVSUB is on */
    size_t live_at;
} reading;

static bool contains(const char *s, size_t n, const char *word)
{
    size_t m = strlen(word), i;

    for (i = 0; i + m <= n; i++)
        if (memcmp(s + i, word, m) == 0)
            return true;
    return false;
}

/* What is left of an annotation without "--" and "+goose", single-spaced. */
static bool squeeze(const char *s, size_t n, char *out, size_t size)
{
    size_t used = 0;

    while (n > 0) {
        if (n >= 2 && memcmp(s, "--", 2) == 0) {
            s += 2;
            n -= 2;
        } else if (n >= 6 && memcmp(s, "+goose", 6) == 0) {
            s += 6;
            n -= 6;
        } else {
            if (used + 1 >= size)
                return false;
            if (*s > ' ' || (used > 0 && out[used - 1] != ' '))
                out[used++] = *s > ' ' ? *s : ' ';
            s++;
            n--;
        }
    }
    while (used > 0 && out[used - 1] == ' ')
        used--;
    out[used] = '\0';
    return true;
}

static command read_command(const lm_sqltok *t)
{
    const char *known = "Up\0Down\0StatementBegin\0StatementEnd\0"
        "NO TRANSACTION\0ENVSUB ON\0ENVSUB OFF\0";
    const char *s = t->text + t->start;
    char words[64];
    int i;

    if (!lm_mark_is_line(t))
        return CMD_NONE;
    if (!contains(s, t->size, "+goose"))
        return lm_mark_begins(t, "+goose") ? CMD_UNKNOWN : CMD_NONE;
    if (squeeze(s, t->size, words, sizeof words))
        for (i = CMD_UP; *known != '\0'; i++, known += strlen(known) + 1)
            if (lm_same_name(words, known))
                return (command)i;
    return CMD_UNKNOWN;
}

bool lm_goose_directive(const lm_sqltok *comment)
{
    return lm_sqltok_at_line(comment) && read_command(comment) != CMD_NONE;
}

static int take_up(reading *r, const lm_sqltok *t)
{
    if (r->up)
        return lm_marked_refuse(t, r->err, "a second "
                                "-- +goose Up stands here");
    r->up = true;
    return lm_parts_begin(r->out, t->pos, true, r->err);
}

static int take_down(reading *r, const lm_sqltok *t)
{
    if (!r->up || r->down)
        return lm_marked_refuse(t, r->err, r->down
                                ? "a second -- +goose Down stands here"
                                : "-- +goose Down stands before "
                                  "-- +goose Up");
    if (r->begun.open)
        return lm_marked_refuse_open(&r->begun, r->text, r->err);
    r->down = true;
    lm_parts_end(r->out, t->start);
    return lm_parts_begin(r->out, t->pos, false, r->err);
}

static int take_statement(reading *r, const lm_sqltok *t, bool begins)
{
    if (!r->up)
        return lm_parts_refuse(r->text, t->start, r->err, "%s stands before "
                               "-- +goose Up", begins ? "StatementBegin"
                                                      : "StatementEnd");
    return lm_marked_statement(&r->begun, t, begins, r->out, r->err);
}

static int take_env(reading *r, const lm_sqltok *t, bool on)
{
    int rc = LM_OK;

    if (r->live)
        rc = lm_parts_live(r->out, r->live_at, t->start, r->err);
    r->live = on;
    r->live_at = t->pos;
    return rc;
}

static int take_command(reading *r, const lm_sqltok *t, command what)
{
    if (lm_mark_is_indented(t) || !lm_sqltok_at_line(t))
        return lm_marked_refuse(t, r->err, "an annotation of "
                                "goose must begin its line");
    r->marked = true;
    switch (what) {
    case CMD_UP: return take_up(r, t);
    case CMD_DOWN: return take_down(r, t);
    case CMD_BEGIN: return take_statement(r, t, true);
    case CMD_END: return take_statement(r, t, false);
    case CMD_ENV_ON: return take_env(r, t, true);
    case CMD_ENV_OFF: return take_env(r, t, false);
    case CMD_NO_TXN:
        r->out->no_txn = r->out->down_no_txn = true;
        return LM_OK;
    default:
        return lm_marked_refuse(t, r->err, "goose knows no "
                                "such annotation");
    }
}

/* Behind SQL on its line a comment may speak of goose; a whole annotation
 * there is a slip. */
static bool counts(const lm_sqltok *t, command what)
{
    if (what == CMD_NONE)
        return false;
    return lm_sqltok_at_line(t) || lm_mark_is_indented(t) ||
           lm_mark_begins(t, "+goose");
}

static int take_token(reading *r, const lm_sqltok *t)
{
    command what;

    if (t->kind == LM_TOK_COMMENT) {
        what = read_command(t);
        return counts(t, what) ? take_command(r, t, what) : LM_OK;
    }
    if (r->up || t->kind == LM_TOK_SPACE)
        return LM_OK;
    return lm_marked_refuse(t, r->err, "something stands "
                            "before the first -- +goose Up");
}

int lm_goose_parse(const char *text, size_t len, lm_err *err, lm_parts *out)
{
    reading r = {0};
    lm_sqltok t;
    int rc = LM_OK;

    r.text = text;
    r.err = err;
    r.out = out;
    lm_sqltok_start(&t, text, len);
    while (rc == LM_OK && lm_sqltok_next(&t) != LM_TOK_END)
        rc = take_token(&r, &t);
    lm_parts_end(out, len);
    if (rc == LM_OK && r.begun.open)
        rc = lm_marked_refuse_open(&r.begun, text, err);
    if (rc == LM_OK && r.marked && !r.up)
        rc = lm_parts_refuse(text, 0, err, "there is no -- +goose Up in the "
                             "file");
    if (rc == LM_OK && r.live)
        rc = lm_parts_live(out, r.live_at, len, err);
    return rc;
}

/* Files without a number are all different to it. */
static int by_version(const void *a, const void *b)
{
    const char *x = lm_claim_at(a)->file, *y = lm_claim_at(b)->file;
    int c = lm_claim_cmp_number(x, y);

    return c != 0 || lm_claim_digits(x) > 0 ? c : strcmp(x, y);
}

static bool has_no_number(const char *name)
{
    size_t n = lm_claim_digits(name);

    return n == 0 || name[n] != '_';
}

/* Its migrations in Go have their places in the order. Such a one cannot run
 * here, which is said when it would have to. */
static int take_programs(lm_claim *c)
{
    const char *name;
    size_t i;

    for (i = 0; i < c->dir->count; i++) {
        name = c->dir->entries[i].name;
        if (!lm_claim_entry(c, i, ".go") || has_no_number(name) ||
            lm_ends(name, "_test.go"))
            continue;
        if (lm_claim_add(c, i, name, strlen(name) - 3) == NULL)
            return LM_ENOMEM;
    }
    return LM_OK;
}

int lm_goose_claim(lm_claim *c)
{
    int rc = lm_marked_claim(c, LM_MARKS_GOOSE, has_no_number);

    if (rc == LM_OK)
        rc = take_programs(c);
    if (rc == LM_OK)
        rc = lm_claim_unique(c, by_version);
    return rc == LM_OK ? lm_claim_rank(c, lm_claim_by_number) : rc;
}
