/* SPDX-License-Identifier: MIT */
#include "mark.h"

#include <string.h>

#include "../base/text.h"

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

bool lm_mark_is_line(const lm_sqltok *t)
{
    return t->kind == LM_TOK_COMMENT && t->text[t->start] == '-';
}

const char *lm_mark_body(const lm_sqltok *t, size_t *len)
{
    const char *s = t->text + t->start;
    size_t n = t->size;

    while (n > 0 && *s == '-') {
        s++;
        n--;
    }
    while (n > 0 && is_blank(*s)) {
        s++;
        n--;
    }
    while (n > 0 && is_blank(s[n - 1]))
        n--;
    *len = n;
    return s;
}

bool lm_mark_begins(const lm_sqltok *t, const char *word)
{
    size_t n, m = strlen(word);
    const char *s = lm_mark_body(t, &n);

    return n >= m && lm_same_name_n(s, m, word, m) &&
           (n == m || is_blank(s[m]));
}

bool lm_mark_is_break(const lm_sqltok *t)
{
    static const char words[] = "--> statement-breakpoint";
    size_t n = sizeof words - 1;

    return lm_mark_is_line(t) && t->size >= n &&
           memcmp(t->text + t->start, words, n) == 0;
}

bool lm_mark_opts_out(const lm_sqltok *t)
{
    static const char words[] = "-- no-transaction";
    size_t n = sizeof words - 1;

    return t->start == 0 && lm_mark_is_line(t) && t->size >= n &&
           memcmp(t->text, words, n) == 0;
}

bool lm_mark_is_indented(const lm_sqltok *t)
{
    size_t at = t->start;

    if (lm_sqltok_at_line(t))
        return false;
    while (at > 0 && (t->text[at - 1] == ' ' || t->text[at - 1] == '\t'))
        at--;
    return at == 0 || t->text[at - 1] == '\n';
}

/* Signs, a number before it and words with a + do not count; but 1. or 1)
 * begins a heading. */
bool lm_mark_turns_down(const lm_sqltok *t)
{
    const char *s, *marks = "down\0downs\0undo\0downmigration\0"
        "ramblerdown\0createabovedropbelow\0";
    char said[21];
    size_t used = 0, n;
    int c;

    if (!lm_mark_is_line(t) || !lm_sqltok_at_line(t))
        return false;
    for (s = lm_mark_body(t, &n); n > 0; s++, n--) {
        c = lm_fold((unsigned char)*s);
        for (; c == '+' && n > 1 && !is_blank(s[1]); n--)
            s++;
        if (c >= '0' && c <= '9' && n > 1 && (s[1] == '.' || s[1] == ')'))
            return false;
        if (c != '_' && (c < 'a' || c > 'z'))
            continue;
        if (used == sizeof said - 1)
            return false;
        said[used++] = (char)c;
    }
    said[used] = '\0';
    while (*marks != '\0' && strcmp(said, marks) != 0)
        marks += strlen(marks) + 1;
    return *marks != '\0';
}

/* migrate:up and the like: the word, then nothing, a blank or an option. */
bool lm_mark_is_dbmate(const lm_sqltok *t)
{
    return lm_mark_is_line(t) && (lm_mark_begins(t, "migrate:up") ||
                                  lm_mark_begins(t, "migrate:down"));
}

static unsigned tool_of(const lm_sqltok *t)
{
    if (!lm_mark_is_line(t))
        return 0;
    if (lm_mark_begins(t, "+goose"))
        return LM_MARKS_GOOSE;
    if (lm_mark_begins(t, "+migrate"))
        return LM_MARKS_SQL_MIGRATE;
    return lm_mark_is_dbmate(t) ? LM_MARKS_DBMATE : 0;
}

/* Most files hold no such word, and need not be looked at by tokens. */
static bool may_hold_marks(const char *text, size_t len)
{
    const char *at = text, *end = text + len;
    int c;

    while ((at = memchr(at, '+', (size_t)(end - at))) != NULL) {
        c = ++at < end ? lm_fold((unsigned char)*at) : 0;
        if (c == 'g' || c == 'm')
            return true;
    }
    at = text;
    while ((at = memchr(at, ':', (size_t)(end - at))) != NULL) {
        if (at - text >= 7 && lm_fold((unsigned char)at[-1]) == 'e')
            return true;
        at++;
    }
    return false;
}

unsigned lm_marks_of(const char *text, size_t len, size_t *first)
{
    unsigned found = 0, one;
    lm_sqltok t;

    if (!may_hold_marks(text, len))
        return 0;
    lm_sqltok_start(&t, text, len);
    while (lm_sqltok_next(&t) != LM_TOK_END) {
        one = t.kind == LM_TOK_COMMENT ? tool_of(&t) : 0;
        if (one != 0 && (found & one) == 0)
            *first = t.start;
        found |= one;
    }
    return found;
}

const char *lm_mark_next_word(const char **at, size_t *left, size_t *size)
{
    const char *word;

    while (*left > 0 && is_blank(**at)) {
        ++*at;
        --*left;
    }
    word = *at;
    while (*left > 0 && !is_blank(**at)) {
        ++*at;
        --*left;
    }
    *size = (size_t)(*at - word);
    return word;
}
