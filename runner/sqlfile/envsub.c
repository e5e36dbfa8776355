/* SPDX-License-Identifier: MIT */
/*
 * ENVSUB of goose: $NAME and ${NAME…} in the lines between ENVSUB ON and OFF.
 *
 *   $NAME ${NAME}         the value; nothing when it is not set
 *   ${NAME:-text}         text when it is not set or empty
 *   ${NAME-text}          text when it is not set
 *   ${NAME?text}          an error when it is not set
 *   ${NAME:2} ${NAME:2:3} bytes of the value from the third on
 *   $$ \$                 a dollar
 *
 * A line that is nothing but a comment stays as it is. The result is split
 * into statements, so that a value may hold several.
 */
#include <stdlib.h>
#include <string.h>

#include "../base/text.h"
#include "marked.h"

typedef struct expanding {
    const lm_expansion *from;
    lm_err *err;
    lm_expanded *out;
    size_t at;              /* where the variable stands in the file */
} expanding;

static bool is_letter(char c)
{
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static size_t name_length(const char *s, size_t n)
{
    size_t i = 0;

    if (n == 0 || !is_letter(*s))
        return 0;
    while (i < n && (is_letter(s[i]) || (s[i] >= '0' && s[i] <= '9')))
        i++;
    return i;
}

static int put(expanding *x, const char *s, size_t n)
{
    return lm_expanded_put(x->out, x->at, s, n, x->err);
}

static int find_value(expanding *x, const char *name, size_t n,
                      const char **value)
{
    const lm_sql_context *ctx = x->from->context;
    char *copy = lm_strndup(name, n);

    if (copy == NULL)
        return lm_err_nomem(x->err);
    *value = ctx->getenv(ctx->env_user, copy);
    free(copy);
    return LM_OK;
}

static int refuse(expanding *x, const char *what, const char *s, size_t n)
{
    return lm_parts_refuse(x->from->text, x->at, x->err, "%s: %.*s", what,
                           (int)(n < 100 ? n : 100), s);
}

/* Digits, at least one. */
static bool read_count(const char **s, size_t *n, size_t *out)
{
    size_t value = 0;
    const char *first = *s;

    while (*n > 0 && **s >= '0' && **s <= '9' && value < 1000000000) {
        value = value * 10 + (size_t)(**s - '0');
        ++*s;
        --*n;
    }
    *out = value;
    return *s > first;
}

/* :2 and :2:3 */
static int put_slice(expanding *x, const char *value, const char *s, size_t n)
{
    size_t size = value == NULL ? 0 : strlen(value), from, count = size;
    const char *shown = s;
    size_t shown_n = n;

    s++;
    n--;
    if (!read_count(&s, &n, &from) ||
        (n > 0 && (*s++ != ':' || (n--, !read_count(&s, &n, &count)))) ||
        n > 0)
        return refuse(x, "ENVSUB cannot read this", shown, shown_n);
    if (from > size)
        from = size;
    if (count > size - from)
        count = size - from;
    return count == 0 ? LM_OK : put(x, value + from, count);
}

static int expand(expanding *x, const char *s, size_t n);

/* What stands between the braces. */
static int put_braced(expanding *x, const char *s, size_t n)
{
    size_t len = name_length(s, n);
    const char *value = NULL, *rest = s + len;
    size_t left = n - len;
    int rc;

    if (len == 0)
        return refuse(x, "ENVSUB finds no name here", s, n);
    rc = find_value(x, s, len, &value);
    if (rc != LM_OK)
        return rc;
    if (left >= 2 && rest[0] == ':' && rest[1] == '-')
        return value != NULL && value[0] != '\0'
            ? put(x, value, strlen(value)) : expand(x, rest + 2, left - 2);
    if (left >= 1 && rest[0] == ':')
        return put_slice(x, value, rest, left);
    if (left >= 1 && rest[0] == '-')
        return value != NULL ? put(x, value, strlen(value))
                             : expand(x, rest + 1, left - 1);
    if (left >= 1 && rest[0] == '?' && value == NULL) {
        rc = refuse(x, "a variable is not set", s, n);
        lm_err_hint(x->err, "set %.*s in the environment", (int)len, s);
        return rc;
    }
    if (left > 0 && rest[0] != '?')
        return refuse(x, "ENVSUB cannot read this", s, n);
    return value == NULL ? LM_OK : put(x, value, strlen(value));
}

/* The brace that closes the one before s. */
static size_t find_brace(const char *s, size_t n)
{
    size_t i, depth = 1;

    for (i = 0; i < n; i++) {
        if (s[i] == '$' && i + 1 < n && s[i + 1] == '{')
            depth++;
        if (s[i] == '}' && --depth == 0)
            return i;
    }
    return n;
}

/* One variable or escaped dollar at s; *used: its bytes, 0: it is none. */
static int put_one(expanding *x, const char *s, size_t n, size_t *used)
{
    const char *value = NULL;
    size_t len, end;
    int rc;

    *used = 2;
    if (n >= 2 && (s[0] == '$' || s[0] == '\\') && s[1] == '$')
        return put(x, "$", 1);
    if (s[0] == '$' && n >= 2 && s[1] == '{') {
        end = find_brace(s + 2, n - 2);
        if (end == n - 2)
            return refuse(x, "this is never closed", s, n);
        *used = end + 3;
        return put_braced(x, s + 2, end);
    }
    len = s[0] == '$' ? name_length(s + 1, n - 1) : 0;
    *used = len > 0 ? len + 1 : 0;
    if (len == 0)
        return LM_OK;
    rc = find_value(x, s + 1, len, &value);
    if (rc != LM_OK || value == NULL)
        return rc;
    return put(x, value, strlen(value));
}

/* A default, which may hold variables itself: all of it stands at one place
 * of the file. */
static int expand(expanding *x, const char *s, size_t n)
{
    size_t i = 0, used;
    int rc = LM_OK;

    while (i < n && rc == LM_OK) {
        rc = put_one(x, s + i, n - i, &used);
        if (rc == LM_OK && used == 0) {
            rc = put(x, s + i, 1);
            used = 1;
        }
        i += used;
    }
    return rc;
}

static int expand_stretch(expanding *x, size_t from, size_t end)
{
    const lm_expansion *e = x->from;
    size_t done = from, used;
    int rc = LM_OK;

    while (from < end && rc == LM_OK) {
        if (e->text[from] != '$' && e->text[from] != '\\') {
            from++;
            continue;
        }
        rc = lm_expanded_copy(x->out, e, done, from - done, x->err);
        done = x->at = from;
        if (rc == LM_OK)
            rc = put_one(x, e->text + from, end - from, &used);
        if (rc != LM_OK)
            return rc;
        from += used > 0 ? used : 1;
        if (used > 0)
            done = from;
    }
    if (rc == LM_OK)
        rc = lm_expanded_copy(x->out, e, done, end - done, x->err);
    return rc;
}

/* Is the line that begins here nothing but a comment? */
static bool is_comment(const char *s, size_t n)
{
    while (n > 0 && (*s == ' ' || *s == '\t')) {
        s++;
        n--;
    }
    return n >= 2 && s[0] == '-' && s[1] == '-';
}

static bool is_live(const lm_parts *parts, size_t at, size_t *until)
{
    size_t i;

    for (i = 0; i < parts->live_count; i++)
        if (at >= parts->live[i].start && at < parts->live[i].end) {
            *until = parts->live[i].end;
            return true;
        }
    return false;
}

/* A variable may reach over lines, so a stretch goes on until a line that is
 * a comment. */
static size_t end_of_stretch(const lm_expansion *e, size_t at, size_t until)
{
    const char *lf;

    while (at < until) {
        lf = memchr(e->text + at, '\n', until - at);
        if (lf == NULL)
            return until;
        at = (size_t)(lf - e->text) + 1;
        if (is_comment(e->text + at, until - at))
            return at;
    }
    return until;
}

static size_t end_of_line(const lm_expansion *e, size_t at)
{
    const char *lf = memchr(e->text + at, '\n', e->end - at);

    return lf == NULL ? e->end : (size_t)(lf - e->text) + 1;
}

int lm_goose_expand(const lm_expansion *from, lm_err *err, lm_expanded *out)
{
    expanding x = {from, err, out, 0};
    size_t at = from->start, next, until;
    int rc = LM_OK;

    while (at < from->end && rc == LM_OK) {
        if (is_live(from->parts, at, &until) &&
            !is_comment(from->text + at, from->end - at)) {
            if (until > from->end)
                until = from->end;
            next = end_of_stretch(from, at, until);
            rc = expand_stretch(&x, at, next);
        } else {
            next = end_of_line(from, at);
            rc = lm_expanded_copy(out, from, at, next - at, err);
        }
        at = next;
    }
    return rc;
}
