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

bool lm_flyname_callback(const char *name)
{
    static const char *const hooks[] = {
        "beforeMigrate", "afterMigrate", "beforeEachMigrate",
        "afterEachMigrate", "afterMigrateApplied", "afterMigrateError",
        "afterEachMigrateError", "afterVersioned", "beforeVersioned",
        "beforeRepeatables", "beforeConnect", "afterConnect", "createSchema",
        "beforeCreateSchema", "beforeEachMigrateStatement",
        "afterEachMigrateStatement", "afterEachMigrateStatementError",
        "beforeClean", "afterClean", "afterCleanError", "beforeInfo",
        "afterInfo", "afterInfoError", "beforeValidate", "afterValidate",
        "afterValidateError", "beforeBaseline", "afterBaseline",
        "afterBaselineError", "beforeRepair", "afterRepair",
        "afterRepairError", "beforeUndo", "afterUndo", "afterUndoError",
        "beforeEachUndo", "afterEachUndo"
    };
    size_t i, n, len = strlen(name);

    if (!has_suffix(name, len))
        return false;
    for (i = 0; i < sizeof hooks / sizeof *hooks; i++) {
        n = strlen(hooks[i]);
        if (len >= n + 4 && memcmp(name, hooks[i], n) == 0 &&
            (len == n + 4 || memcmp(name + n, "__", 2) == 0))
            return true;
    }
    return false;
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
