/* SPDX-License-Identifier: MIT */
#include "variable.h"

#include <stdlib.h>
#include <string.h>

#include "../lumigrate.h"
#include "utf.h"
#include "words.h"

enum { LONGEST_VALUE = 8192, DEEPEST = 100 };

static const char *const kinds[] = {"identifier", "identifiers", "type",
                                    "columns",    "text",        "flag"};

int lm_var_kind_find(const char *name, size_t len)
{
    int i;

    for (i = 0; i <= LM_VAR_FLAG; i++)
        if (strlen(kinds[i]) == len && memcmp(kinds[i], name, len) == 0)
            return i;
    return -1;
}

const char *lm_var_kind_name(lm_var_kind kind)
{
    return kinds[kind];
}

bool lm_var_yes(const char *text)
{
    return strcmp(text, "yes") == 0;
}

/* ---- what is wrong with a value ---- */

static bool has_control(const char *s)
{
    size_t left = strlen(s);

    while (left > 0) {
        unsigned long code;
        size_t n = lm_utf_next(s, left, &code);

        if (n == 0 || code < 0x20 || (code >= 0x7F && code < 0xA0))
            return true;
        s += n;
        left -= n;
    }
    return false;
}

/* Past what stands in quotes at s; NULL when they are never closed. */
static const char *skip_quoted(const char *s)
{
    char end = *s == '[' ? ']' : *s;

    for (s++; *s != '\0'; s++) {
        if (*s != end)
            continue;
        if (end != ']' && s[1] == end)
            s++;
        else
            return s + 1;
    }
    return NULL;
}

static bool is_quote(char c)
{
    return c == '\'' || c == '"' || c == '`' || c == '[';
}

/*
 * The end of the definition at s: a comma outside parentheses, or the end of
 * the text. NULL when it would not stay where it is put, with the reason.
 */
static const char *definition_end(const char *s, const char **why)
{
    int depth = 0;
    const char *next;

    for (; *s != '\0' && (*s != ',' || depth > 0); s = next) {
        next = s + 1;
        *why = NULL;
        if (*s == ';')
            *why = "has a semicolon in it";
        else if ((*s == '-' && *next == '-') || (*s == '/' && *next == '*'))
            *why = "has a comment in it";
        else if (*s == '(' && ++depth > DEEPEST)
            *why = "has too many parentheses";
        else if (*s == ')' && --depth < 0)
            *why = "closes a parenthesis that is not open";
        else if (is_quote(*s) && (next = skip_quoted(s)) == NULL)
            *why = "has a quote that is not closed";
        if (*why != NULL)
            return NULL;
    }
    *why = depth > 0 ? "has a parenthesis that is not closed" : NULL;
    return depth > 0 ? NULL : s;
}

static const char *trim(const char *s, const char *end, size_t *len)
{
    while (s < end && *s == ' ')
        s++;
    while (end > s && end[-1] == ' ')
        end--;
    *len = (size_t)(end - s);
    return s;
}

static const char *problem_of_definitions(const char *s, bool many)
{
    const char *why = NULL, *end;
    size_t len;

    for (;; s = end + 1) {
        end = definition_end(s, &why);
        if (end == NULL)
            return why;
        trim(s, end, &len);
        if (len == 0)
            return "is empty between two commas";
        if (*end == '\0')
            return NULL;
        if (!many)
            return "has a comma in it";
    }
}

static const char *problem_of_names(const char *s)
{
    const char *end;
    size_t len;

    for (;; s = end + 1) {
        end = s + strcspn(s, ",");
        trim(s, end, &len);
        if (len == 0)
            return "has an empty name in it";
        if (*end == '\0')
            return NULL;
    }
}

static const char *find_problem(lm_var_kind kind, const char *text)
{
    size_t len;

    trim(text, text + strlen(text), &len);
    if (kind != LM_VAR_TEXT && len == 0)
        return "is empty";
    if (strlen(text) > LONGEST_VALUE)
        return "is too long";
    if (!lm_utf_valid(text, strlen(text)))
        return "is not valid UTF-8";
    if (has_control(text))
        return "has a control character in it";
    switch (kind) {
    case LM_VAR_IDENTIFIERS: return problem_of_names(text);
    case LM_VAR_TYPE: return problem_of_definitions(text, false);
    case LM_VAR_COLUMNS: return problem_of_definitions(text, true);
    case LM_VAR_FLAG:
        return lm_var_yes(text) || strcmp(text, "no") == 0
                   ? NULL
                   : "is neither yes nor no";
    default: return NULL;
    }
}

bool lm_var_problem(lm_var_kind kind, const char *text, lm_str *why)
{
    const char *problem = find_problem(kind, text);

    if (problem == NULL)
        return false;
    lm_str_putc(why, '"');
    lm_words_cut(why, text, strlen(text), 60);
    lm_str_printf(why, "\" %s", problem);
    return true;
}

/* ---- how it is written ---- */

static void put_ident(lm_str *to, const char *name, size_t len)
{
    lm_str copy = {0};
    char *quoted = NULL;

    lm_str_add(&copy, name, len);
    if (!copy.failed)
        quoted = lumigrate_quote_ident(lm_str_text(&copy));
    if (quoted != NULL)
        lm_str_puts(to, quoted);
    else
        to->failed = true;
    free(quoted);
    lm_str_clear(&copy);
}

void lm_var_lua_text(lm_str *to, const char *text, size_t len, char quote)
{
    size_t i;

    for (i = 0; i < len; i++) {
        if (text[i] == quote || text[i] == '\\')
            lm_str_putc(to, '\\');
        lm_str_putc(to, text[i]);
    }
}

static void put_lua(lm_str *to, const char *text, size_t len)
{
    lm_str_putc(to, '"');
    lm_var_lua_text(to, text, len, '"');
    lm_str_putc(to, '"');
}

/* The names of a list, each by `put`. */
static void put_names(lm_str *to, const char *s, const char *between,
                      void (*put)(lm_str *, const char *, size_t))
{
    const char *end, *name;
    size_t len;

    for (;; s = end + 1) {
        end = s + strcspn(s, ",");
        name = trim(s, end, &len);
        put(to, name, len);
        if (*end == '\0')
            return;
        lm_str_puts(to, between);
    }
}

/* One definition a line. */
static void put_columns(lm_str *to, const char *s, size_t indent)
{
    const char *why, *end, *one;
    size_t len;

    while ((end = definition_end(s, &why)) != NULL) {
        one = trim(s, end, &len);
        lm_str_add(to, one, len);
        if (*end == '\0')
            return;
        lm_str_puts(to, ",\n");
        lm_str_pad(to, indent);
        s = end + 1;
    }
}

void lm_var_plain(lm_str *to, lm_var_kind kind, const char *text,
                  const char *between)
{
    if (kind == LM_VAR_IDENTIFIERS)
        put_names(to, text, between, lm_str_add);
    else
        lm_str_puts(to, text);
}

void lm_var_sql(lm_str *to, lm_var_kind kind, const char *text, size_t indent)
{
    if (kind == LM_VAR_IDENTIFIER)
        put_ident(to, text, strlen(text));
    else if (kind == LM_VAR_IDENTIFIERS)
        put_names(to, text, ", ", put_ident);
    else if (kind == LM_VAR_COLUMNS)
        put_columns(to, text, indent);
    else
        lm_str_puts(to, text);
}

void lm_var_lua(lm_str *to, lm_var_kind kind, const char *text)
{
    if (kind == LM_VAR_FLAG) {
        lm_str_puts(to, lm_var_yes(text) ? "true" : "false");
    } else if (kind == LM_VAR_IDENTIFIERS) {
        lm_str_puts(to, "{ ");
        put_names(to, text, ", ", put_lua);
        lm_str_puts(to, " }");
    } else {
        put_lua(to, text, strlen(text));
    }
}
