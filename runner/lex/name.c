/* SPDX-License-Identifier: MIT */
#include "name.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "../base/text.h"

enum { ID_LIMIT = 255 };

/* C0, DEL, and in UTF-8 also C1: a terminal obeys all of them. */
static bool has_control(const char *id, size_t len)
{
    const unsigned char *s = (const unsigned char *)id;
    size_t i;

    for (i = 0; i < len; i++) {
        if (s[i] < 0x20 || s[i] == 0x7F)
            return true;
        if (s[i] == 0xC2 && i + 1 < len && s[i + 1] < 0xA0)
            return true;
    }
    return false;
}

const char *lm_id_problem(const char *id, size_t len)
{
    if (len == 0)
        return "is empty";
    if (len > ID_LIMIT)
        return "is longer than 255 bytes";
    if (!lm_utf8_valid(id, len))
        return "is not valid UTF-8";
    if (has_control(id, len))
        return "has a control character in it";
    if (memchr(id, '/', len) != NULL)
        return "has a slash in it";
    return NULL;
}

char *lm_quote_ident(const char *name)
{
    size_t n = strlen(name), quotes = 0, i;
    char *quoted, *to;

    for (i = 0; i < n; i++)
        if (name[i] == '"')
            quotes++;
    to = quoted = malloc(n + quotes + 3);
    if (quoted == NULL)
        return NULL;
    *to++ = '"';
    for (i = 0; i < n; i++) {
        if (name[i] == '"')
            *to++ = '"';
        *to++ = name[i];
    }
    *to++ = '"';
    *to = '\0';
    return quoted;
}

char *lm_stem(const char *file, const char *suffix)
{
    size_t n = strlen(file);

    if (lm_ends(file, suffix))
        n -= strlen(suffix);
    return lm_strndup(file, n);
}
