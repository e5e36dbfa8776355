/* SPDX-License-Identifier: MIT */
/*
 * dbmate's files (amacneil/dbmate: pkg/dbmate/migration.go). A mark is a
 * comment at the beginning of a line; case counts, blanks after the dashes do
 * not. Of the options behind it only transaction:false acts, and anywhere in
 * the file for all of it.
 */
#include <stdlib.h>
#include <string.h>

#include "../base/text.h"
#include "dialect.h"
#include "loose.h"
#include "mark.h"
#include "marked.h"

typedef enum mark { MARK_NONE, MARK_UP, MARK_DOWN } mark;

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* -- migrate:up key:value ...; what stands behind the word must be nothing
 * or begin with a blank. */
static mark read_mark(const char *s, size_t n, bool *no_txn)
{
    const char *word;
    size_t size, left;
    mark found;

    for (s += 2, n -= 2; n > 0 && is_blank(*s); n--)
        s++;
    if (n >= 10 && memcmp(s, "migrate:up", 10) == 0) {
        found = MARK_UP;
        size = 10;
    } else if (n >= 12 && memcmp(s, "migrate:down", 12) == 0) {
        found = MARK_DOWN;
        size = 12;
    } else
        return MARK_NONE;
    s += size;
    left = n - size;
    if (left > 0 && !is_blank(*s))
        return MARK_NONE;
    while (word = lm_mark_next_word(&s, &left, &size), size > 0)
        if (size == 17 && memcmp(word, "transaction:false", 17) == 0)
            *no_txn = true;
    return found;
}

static mark mark_of(const lm_sqltok *t, bool *no_txn)
{
    if (!lm_mark_is_line(t) || !lm_sqltok_at_line(t))
        return MARK_NONE;
    return read_mark(t->text + t->start, t->size, no_txn);
}

bool lm_dbmate_directive(const lm_sqltok *comment)
{
    bool ignored = false;

    return mark_of(comment, &ignored) != MARK_NONE;
}

static int take_token(const lm_sqltok *t, lm_parts *out, lm_err *err)
{
    mark m = mark_of(t, &out->no_txn);

    if (m == MARK_NONE && lm_mark_is_dbmate(t))
        return lm_marked_refuse(t, err, "dbmate sees no mark "
                                "here: it must begin its line, as "
                                "-- migrate:up");
    if (m == MARK_NONE) {
        if (out->count > 0 || t->kind == LM_TOK_SPACE || lm_mark_is_line(t))
            return LM_OK;
        return lm_marked_refuse(t, err, "something stands "
                                "before the first -- migrate:up");
    }
    if (m == MARK_DOWN && out->count == 0)
        return lm_marked_refuse(t, err, "-- migrate:down "
                                "stands before -- migrate:up");
    lm_parts_end(out, t->start);
    return lm_parts_begin(out, t->pos, m == MARK_UP, err);
}

int lm_dbmate_parse(const char *text, size_t len, lm_err *err, lm_parts *out)
{
    lm_sqltok t;
    int rc = LM_OK;

    lm_sqltok_start(&t, text, len);
    while (rc == LM_OK && lm_sqltok_next(&t) != LM_TOK_END)
        rc = take_token(&t, out, err);
    lm_parts_end(out, len);
    out->down_no_txn = out->no_txn;
    return rc;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(lm_claim_at(a)->file, lm_claim_at(b)->file);
}

/* The digits as text; files without any are all different. */
static int by_version(const void *a, const void *b)
{
    const char *x = lm_claim_at(a)->file, *y = lm_claim_at(b)->file;
    size_t n = lm_claim_digits(x), m = lm_claim_digits(y);

    if (n != m)
        return n < m ? -1 : 1;
    return n == 0 ? strcmp(x, y) : memcmp(x, y, n);
}

static bool has_no_number(const char *name)
{
    return lm_claim_digits(name) == 0;
}

/* 10_x before 2_x surprises whoever thinks in numbers. */
static int note_order(lm_claim *c)
{
    size_t n, i;
    lm_source **list = lm_claim_sorted(c, by_text, &n);
    char *text = NULL;
    int rc = LM_OK;

    if (list == NULL)
        return LM_ENOMEM;
    for (i = 1; i < n && text == NULL; i++) {
        if (lm_natural_cmp(list[i - 1]->file, list[i]->file) < 0)
            continue;
        text = lm_format("dbmate orders its files as text, so %s runs before "
                         "%s", list[i - 1]->file, list[i]->file);
        if (!lm_sources_note(c->out, text)) {
            rc = lm_err_nomem(c->err);
            break;
        }
    }
    free(list);
    return rc;
}

/* 2026_01_28_words.sql (or 2026_01_28b_words.sql), as "lumigrate new --sql"
 * writes them, with dbmate's marks. To dbmate all of a year were one version,
 * so it is not its folder. */
static bool is_dated(const char *name)
{
    static const char shape[] = "0000_00_00";
    size_t i;

    for (i = 0; shape[i] != '\0'; i++)
        if (shape[i] == '0' ? name[i] < '0' || name[i] > '9'
                            : name[i] != shape[i])
            return false;
    while (name[i] >= 'a' && name[i] <= 'z')
        i++;
    return name[i] == '_';
}

static bool is_ours(const lm_claim *c)
{
    size_t i;

    for (i = 0; i < c->dir->count; i++)
        if (lm_claim_entry(c, i, ".sql") &&
            is_dated(c->dir->entries[i].name))
            return true;
    return false;
}

/* Flyway's U1__x.sql takes V1__x.sql back. */
static bool is_undo(const char *name)
{
    return name[0] == 'U' && lm_claim_digits(name + 1) > 0 &&
           strstr(name, "__") != NULL;
}

/* A file without marks is all way up, whatever its name says. */
static int refuse_downs(lm_claim *c)
{
    const char *name;
    lm_loose loose;
    size_t i;
    int rc = lm_loose_read(c, &loose);

    for (i = 0; i < c->dir->count && rc == LM_OK; i++) {
        name = c->dir->entries[i].name;
        if (!lm_claim_entry(c, i, ".sql") || c->texts[i].marks != 0 ||
            (loose.up[i] == LM_LOOSE_NONE && !lm_name_takes_back(name) &&
             !is_undo(name)))
            continue;
        rc = lm_claim_refuse(c, name, "%s is a way down by its name, and "
                             "among files with -- migrate:up that is none",
                             name);
        lm_err_hint(c->err, "move what is in it behind -- migrate:down in "
                    "the file of its migration, or the file out of the "
                    "folder");
    }
    lm_loose_clear(&loose);
    return rc;
}

/* Natural order, and a file without marks is all way up. */
static int claim_ours(lm_claim *c)
{
    const lm_dialect *marked = c->dialect;
    const char *name;
    size_t i;
    int rc = LM_OK;

    for (i = 0; i < c->dir->count && rc == LM_OK; i++)
        if (lm_claim_entry(c, i, ".sql"))
            rc = lm_claim_read(c, i);
    if (rc == LM_OK)
        rc = refuse_downs(c);
    for (i = 0; i < c->dir->count && rc == LM_OK; i++) {
        if (!lm_claim_entry(c, i, ".sql"))
            continue;
        name = c->dir->entries[i].name;
        c->dialect = c->texts[i].marks != 0 ? marked
                                            : lm_dialect_named("sql");
        if (rc == LM_OK &&
            lm_claim_add(c, i, name, strlen(name) - 4) == NULL)
            rc = LM_ENOMEM;
    }
    c->dialect = marked;
    return rc;
}

int lm_dbmate_claim(lm_claim *c)
{
    int rc;

    if (is_ours(c))
        return claim_ours(c);
    rc = lm_marked_claim(c, LM_MARKS_DBMATE, has_no_number);
    if (rc == LM_OK)
        rc = lm_claim_unique(c, by_version);
    if (rc == LM_OK)
        rc = lm_claim_rank(c, by_text);
    return rc == LM_OK ? note_order(c) : rc;
}
