/* SPDX-License-Identifier: MIT */
#include "whole.h"

#include <stdlib.h>
#include <string.h>

#include "../base/text.h"
#include "mark.h"

bool lm_broken_directive(const lm_sqltok *comment)
{
    return lm_mark_is_break(comment);
}

bool lm_whole_directive(const lm_sqltok *comment)
{
    return lm_mark_is_break(comment) || lm_mark_opts_out(comment);
}

bool lm_yoyo_directive(const lm_sqltok *comment)
{
    return lm_mark_is_line(comment) &&
           (lm_mark_begins(comment, "transactional:") ||
            lm_mark_begins(comment, "depends:"));
}

/* The mark ends with its words: what follows them on the line is SQL. */
static int cut_at_breaks(const char *text, size_t len, lm_err *err,
                         lm_parts *out)
{
    static const char words[] = "--> statement-breakpoint";
    size_t end;
    lm_sqltok t;
    int rc = LM_OK;

    lm_sqltok_start(&t, text, len);
    while (rc == LM_OK && lm_sqltok_next(&t) != LM_TOK_END) {
        if (t.kind != LM_TOK_COMMENT || !lm_mark_is_break(&t))
            continue;
        end = t.start + sizeof words - 1;
        rc = lm_parts_cut(out, t.start, end, err);
        t.pos = end;
    }
    return rc;
}

int lm_broken_parse(const char *text, size_t len, lm_err *err, lm_parts *out)
{
    int rc = lm_parts_begin(out, 0, true, err);

    if (rc == LM_OK && strstr(text, "--> statement-breakpoint") != NULL)
        rc = cut_at_breaks(text, len, err, out);
    lm_parts_end(out, len);
    return rc;
}

int lm_whole_parse(const char *text, size_t len, lm_err *err, lm_parts *out)
{
    lm_sqltok t;

    lm_sqltok_start(&t, text, len);
    lm_sqltok_next(&t);
    out->no_txn = lm_mark_opts_out(&t);
    return lm_broken_parse(text, len, err, out);
}

/* Comments before the first statement count, as for yoyo. */
int lm_yoyo_parse(const char *text, size_t len, lm_err *err, lm_parts *out)
{
    const char *body;
    size_t n;
    lm_sqltok t;

    lm_sqltok_start(&t, text, len);
    while (lm_sqltok_next(&t) == LM_TOK_SPACE || t.kind == LM_TOK_COMMENT) {
        if (t.kind == LM_TOK_SPACE || !lm_mark_begins(&t, "transactional:"))
            continue;
        body = lm_mark_body(&t, &n);
        if (n >= 5 && memcmp(body + n - 5, "false", 5) == 0)
            out->no_txn = true;
    }
    return lm_broken_parse(text, len, err, out);
}

static int add_file(lm_claim *c, size_t i)
{
    const char *name = c->dir->entries[i].name;
    int rc = lm_claim_read(c, i);

    if (rc == LM_OK &&
        lm_claim_add(c, i, name, strlen(name) - 4) == NULL)
        rc = LM_ENOMEM;
    return rc;
}

/* All but one or two begin with a digit: are these two migrations? */
static int note_odd_names(lm_claim *c)
{
    const lm_source *odd[2] = {NULL, NULL};
    size_t i, n = 0, count = c->out->count - c->first;
    char *text;

    for (i = c->first; i < c->out->count; i++) {
        if (lm_claim_digits(c->out->list[i].file) > 0)
            continue;
        if (n < 2)
            odd[n] = &c->out->list[i];
        n++;
    }
    if (n == 0 || n > 2 || count - n < 2)
        return LM_OK;
    text = lm_format("%s%s%s: not numbered as the others are, but a "
                     "migration like them; move it out of the folder if it "
                     "is none", odd[0]->file, n == 2 ? ", " : "",
                     n == 2 ? odd[1]->file : "");
    return lm_sources_note(c->out, text) ? LM_OK : lm_err_nomem(c->err);
}

/* What the way down of x.sql may be called: x and one of these, which stand
 * one behind another. The first two must not run even without x.sql. */
static const char suffixes[] = ".rollback.sql\0.down.sql\0.undo.sql\0"
    ".revert.sql\0_down.sql\0-down.sql\0_rollback.sql\0_undo.sql\0";

/* Which of them has the name? "": none. */
static const char *suffix_of(const char *name)
{
    const char *s = suffixes;

    while (*s != '\0' && !lm_ends(name, s))
        s += strlen(s) + 1;
    return s;
}

/* A way down stands beside x.sql. */
static bool is_beside(const lm_claim *c, const char *name)
{
    const char *suffix = suffix_of(name);
    char *up = lm_format("%.*s.sql", (int)(strlen(name) - strlen(suffix)),
                         name);
    bool yes = *suffix != '\0' && up != NULL && lm_claim_there(c, up);

    free(up);
    return yes;
}

int lm_plain_claim(lm_claim *c)
{
    const char *name;
    size_t i;
    int rc = LM_OK;

    for (i = 0; i < c->dir->count && rc == LM_OK; i++) {
        name = c->dir->entries[i].name;
        if (!lm_claim_entry(c, i, ".sql") || is_beside(c, name))
            continue;
        if (lm_ends(name, ".rollback.sql") || lm_ends(name, ".down.sql"))
            lm_claim_leave(c, name);
        else
            rc = add_file(c, i);
    }
    return rc == LM_OK ? note_odd_names(c) : rc;
}

static int find_down(lm_claim *c, lm_source *s)
{
    int stem = (int)strlen(s->file) - 4;
    const char *suffix = suffixes;
    bool last = false;

    for (; s->down_file == NULL && !last; suffix += strlen(suffix) + 1) {
        last = *suffix == '\0';
        s->down_file = last ? lm_format("down/%s", s->file)
                            : lm_format("%.*s%s", stem, s->file, suffix);
        if (s->down_file == NULL)
            return lm_err_nomem(c->err);
        if (!lm_claim_there(c, s->down_file)) {
            free(s->down_file);
            s->down_file = NULL;
        }
    }
    return LM_OK;
}

bool lm_yoyo_fits(lm_claim *c)
{
    const char *name;
    bool has_folder;
    size_t i;

    has_folder = lm_claim_has(c, "down", &i) &&
                 c->dir->entries[i].kind == LM_ENTRY_DIR;
    for (i = 0; i < c->dir->count; i++) {
        name = c->dir->entries[i].name;
        if (!lm_claim_entry(c, i, ".sql"))
            continue;
        if (is_beside(c, name))
            return true;
        if (has_folder && lm_claim_holds(c, "down", name))
            return true;
    }
    return false;
}

int lm_yoyo_claim(lm_claim *c)
{
    size_t i;
    int rc = lm_plain_claim(c);

    for (i = c->first; i < c->out->count && rc == LM_OK; i++)
        rc = find_down(c, &c->out->list[i]);
    lm_claim_rest(c);
    return rc;
}
