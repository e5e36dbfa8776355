/* SPDX-License-Identifier: MIT */
/*
 * ${name} in Flyway's files, everywhere, in comments and strings too. The
 * values come from FLYWAY_PLACEHOLDERS_NAME in the environment, as Flyway
 * itself takes them; the names' case does not count.
 */
#include <stdlib.h>
#include <string.h>

#include "../base/text.h"
#include "versioned.h"

/* ${app.user} is FLYWAY_PLACEHOLDERS_APP_USER. NULL: no memory. */
static char *variable_of(const char *name, size_t n)
{
    static const char prefix[] = "FLYWAY_PLACEHOLDERS_";
    size_t m = sizeof prefix - 1, i;
    char *out = malloc(m + n + 1), c;

    if (out == NULL)
        return NULL;
    memcpy(out, prefix, m);
    for (i = 0; i < n; i++) {
        c = (char)lm_fold((unsigned char)name[i]);
        out[m + i] = c >= 'a' && c <= 'z' ? (char)(c - ('a' - 'A'))
            : c >= '0' && c <= '9' ? c : '_';
    }
    out[m + n] = '\0';
    return out;
}

/* What Flyway knows by itself, where it means something here. */
static const char *built_in(const lm_source *s, const char *name, size_t n)
{
    const char *slash = strrchr(s->file, '/');

    if (lm_same_name_n(name, n, "flyway:filename", 15))
        return slash != NULL ? slash + 1 : s->file;
    if (lm_same_name_n(name, n, "flyway:defaultSchema", 20))
        return "main";
    return NULL;
}

static int put_value(const lm_expansion *from, size_t at, size_t n,
                     lm_err *err, lm_expanded *out)
{
    const lm_sql_context *ctx = from->context;
    const char *name = from->text + at + 2, *value;
    char *variable = variable_of(name, n);
    int rc;

    if (variable == NULL)
        return lm_err_nomem(err);
    value = ctx->getenv(ctx->env_user, variable);
    if (value == NULL)
        value = built_in(from->source, name, n);
    if (value != NULL)
        rc = lm_expanded_put(out, at, value, strlen(value), err);
    else {
        rc = lm_parts_refuse(from->text, at, err, "the placeholder ${%.*s} "
                             "has no value", (int)(n < 100 ? n : 100), name);
        lm_err_hint(err, "set %s in the environment", variable);
    }
    free(variable);
    return rc;
}

int lm_flyway_expand(const lm_expansion *from, lm_err *err, lm_expanded *out)
{
    size_t at = from->start, done = at;
    const char *end;
    int rc = LM_OK;

    for (; at + 1 < from->end && rc == LM_OK; at++) {
        if (from->text[at] != '$' || from->text[at + 1] != '{')
            continue;
        end = memchr(from->text + at, '}', from->end - at);
        if (end == NULL)
            return lm_parts_refuse(from->text, at, err, "the placeholder "
                                   "that begins here is never closed");
        rc = lm_expanded_copy(out, from, done, at - done, err);
        if (rc == LM_OK)
            rc = put_value(from, at,
                           (size_t)(end - from->text) - at - 2, err, out);
        done = (size_t)(end - from->text) + 1;
        at = done - 1;
    }
    if (rc == LM_OK)
        rc = lm_expanded_copy(out, from, done, from->end - done, err);
    return rc;
}
