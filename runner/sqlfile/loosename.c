/* SPDX-License-Identifier: MIT */
/* What the name of a file says of it, where no tool has laid names down. */
#include <string.h>

#include "../base/text.h"
#include "loose.h"

/* Which way begins here, behind a dot? */
static lm_name_way way_at(const char *s, bool loose)
{
    static const char words[][13] = {"up.", "down.", "do.", "undo.",
                                     "rollback.sql", "revert.sql"};
    size_t i, n;

    for (i = 0; i < (loose ? 6 : 2); i++) {
        n = strlen(words[i]);
        if (strncmp(s, words[i], n) == 0 ||
            (loose && lm_same_name_n(s, n, words[i], n)))
            return i == 0 || i == 2 ? LM_WAY_UP : LM_WAY_DOWN;
    }
    return LM_NO_WAY;
}

/* golang-migrate's pattern is greedy: the last .up. or .down. counts. Loosely
 * read, x-up.sql, x_DOWN.sql and x.undo.sql have a way, too. */
lm_name_way lm_way_split(const char *name, bool loose, size_t *title)
{
    const char *at, *before = loose ? "._-" : ".";
    lm_name_way found = LM_NO_WAY, one;

    for (at = name; (at = strpbrk(at, before)) != NULL; at++) {
        one = way_at(at + 1, loose);
        if (one == LM_NO_WAY)
            continue;
        found = one;
        *title = (size_t)(at - name);
    }
    return found;
}

/* Words one behind another, each with its NUL. */
static bool ends_with_any(const char *s, size_t n, const char *words)
{
    size_t m;

    for (; *words != '\0'; words += m + 1) {
        m = strlen(words);
        if (n > m && lm_same_name_n(s + n - m, m, words, m))
            return true;
    }
    return false;
}

bool lm_name_takes_back(const char *name)
{
    return ends_with_any(name, strlen(name), ".down.sql\0.rollback.sql\0"
                         ".undo.sql\0.revert.sql\0");
}

/* x.mysql.up.sql stands beside x.sqlite.up.sql, and is not for us. */
bool lm_name_for_others(const char *name, size_t title)
{
    return ends_with_any(name, title, ".mysql\0.mariadb\0.postgres\0"
                         ".postgresql\0.pg\0.mssql\0.sqlserver\0"
                         ".cockroach\0.cockroachdb\0.oracle\0"
                         ".clickhouse\0");
}

/* And what no tool takes for SQL. */
bool lm_name_is_litter(const lm_claim *c, size_t i)
{
    const char *name = c->dir->entries[i].name;

    return c->claimed[i] || name[0] == '#' ||
           ends_with_any(name, strlen(name), "~\0.bak\0.orig\0.swp\0"
                         ".md\0.txt\0.json\0.yml\0") ||
           c->dir->entries[i].kind == LM_ENTRY_DIR;
}
