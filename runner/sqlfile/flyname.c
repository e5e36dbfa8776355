/* SPDX-License-Identifier: MIT */
#include "flyname.h"

#include <string.h>

#include "../base/text.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_version(const char *s, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (!is_digit(s[i]) && s[i] != '.' && s[i] != '_')
            return false;
    return n > 0 && is_digit(s[0]) && is_digit(s[n - 1]);
}

static bool has_suffix(const char *name, size_t n)
{
    return n > 4 && lm_same_name_n(name + n - 4, 4, ".sql", 4);
}

/* A letter alone makes no such name: there must be digits or __ behind it. */
bool lm_flyname_read(const char *name, lm_flyname *out)
{
    size_t n = strlen(name);
    const char *divider = strstr(name, "__");

    memset(out, 0, sizeof *out);
    if (!has_suffix(name, n) || strchr("VUBR", name[0]) == NULL ||
        divider == NULL)
        return false;
    out->prefix = name[0];
    out->stem = n - 4;
    out->version = name + 1;
    out->version_len = (size_t)(divider - name) - 1;
    out->words = divider + 2;
    out->words_len = (size_t)(name + out->stem - out->words);
    if ((size_t)(divider - name) + 2 > out->stem)
        return false;
    if (name[0] == 'R') {
        out->valid = out->version_len == 0;
        return out->valid;
    }
    out->valid = is_version(out->version, out->version_len);
    return out->valid || out->version_len == 0 || is_digit(name[1]);
}

/* Steps over one of the words, which stand one behind another. */
static bool step(const char **at, const char *words)
{
    for (; *words != '\0'; words += strlen(words) + 1)
        if (lm_starts(*at, words)) {
            *at += strlen(words);
            return true;
        }
    return false;
}

/* before or after, Each, what is done, and how it went. */
bool lm_flyname_callback(const char *name)
{
    const char *at = name;

    if (!has_suffix(name, strlen(name)))
        return false;
    if (!step(&at, "createSchema\0")) {
        if (!step(&at, "before\0after\0"))
            return false;
        step(&at, "Each\0");
        if (!step(&at, "Migrate\0Versioned\0Repeatables\0Connect\0"
                  "CreateSchema\0Clean\0Info\0Validate\0Baseline\0"
                  "Repair\0Undo\0"))
            return false;
        step(&at, "StatementError\0Statement\0Applied\0Error\0");
    }
    return strlen(at) == 4 || lm_starts(at, "__");
}

/* Does its version consist of digits alone? */
static bool is_number(const lm_flyname *n)
{
    size_t i;

    for (i = 0; i < n->version_len; i++)
        if (!is_digit(n->version[i]))
            return false;
    return n->version_len > 0;
}

static bool is_word(const char *s, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (s[i] >= 0 && s[i] != '_' && !is_digit(s[i]) &&
            !(lm_fold(s[i]) >= 'a' && lm_fold(s[i]) <= 'z'))
            return false;
    return n > 0;
}

bool lm_flyname_refinery(const lm_flyname *n)
{
    return (n->prefix == 'V' || n->prefix == 'U') && is_number(n) &&
           is_word(n->words, n->words_len);
}
