/* SPDX-License-Identifier: MIT */
#include "foreign.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/text.h"
#include "../lex/sqltok.h"

int lm_foreign_refuse(lm_err *err, const char *what, const char *tool)
{
    lm_err_set(err, LM_EUSAGE, "%s is a migration of %s, which this version "
               "does not read yet", what, tool);
    lm_err_hint(err, "nothing was run, because such files hold a way down "
                "as well; plain .sql files, dbmate's and .lua scripts run");
    return LM_EUSAGE;
}

/* Is there a file of this name in the sub-folder? */
static bool holds(const lm_dir *dir, const char *sub, const char *file)
{
    char *path = lm_path_join(sub, file);
    bool yes = path != NULL && faccessat(dir->fd, path, F_OK, 0) == 0;

    free(path);
    return yes;
}

static const char *tool_of_folder(const lm_dir *dir, const char *sub)
{
    if (strcmp(sub, "meta") == 0 && holds(dir, sub, "_journal.json"))
        return "drizzle";
    if (holds(dir, sub, "migration.sql"))
        return "Prisma";
    if (holds(dir, sub, "up.sql"))
        return "diesel";
    return NULL;
}

int lm_foreign_folder(const lm_dir *dir, const char *folder, lm_err *err)
{
    const char *tool;
    char *shown;
    size_t i;
    int rc = LM_OK;

    for (i = 0; i < dir->count && rc == LM_OK; i++) {
        if (dir->entries[i].kind != LM_ENTRY_DIR)
            continue;
        tool = tool_of_folder(dir, dir->entries[i].name);
        if (tool == NULL)
            continue;
        shown = lm_path_join(folder, dir->entries[i].name);
        rc = shown == NULL ? lm_err_nomem(err)
                           : lm_foreign_refuse(err, shown, tool);
        free(shown);
    }
    return rc;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

const char *lm_foreign_name(const char *file)
{
    bool up = strstr(file, ".up.") != NULL;
    bool down = strstr(file, ".down.") != NULL;

    if (up || down)
        return "golang-migrate";
    if (lm_ends(file, ".rollback.sql"))
        return "yoyo";
    if (strstr(file, "__") == NULL)
        return NULL;
    if (lm_starts(file, "R__") ||
        (strchr("VUB", file[0]) != NULL && is_digit(file[1])))
        return "Flyway or refinery";
    return NULL;
}

static bool contains(const char *s, size_t n, const char *word)
{
    size_t m = strlen(word), i;

    for (i = 0; i + m <= n; i++)
        if (lm_same_name_n(s + i, m, word, m))
            return true;
    return false;
}

static const char *tool_of_comment(const char *s, size_t n)
{
    if (n < 2 || s[0] != '-')
        return NULL;
    if (contains(s, n, "+goose"))
        return "goose";
    if (contains(s, n, "+migrate "))
        return "sql-migrate";
    if (n >= 3 && s[2] == '>' && contains(s, n, "statement-breakpoint"))
        return "drizzle";
    return NULL;
}

/* Marks are looked for among tokens, never in strings. */
const char *lm_foreign_text(const char *text, size_t len)
{
    const char *tool = NULL;
    lm_sqltok t;

    if (len >= 17 && memcmp(text, "-- no-transaction", 17) == 0)
        return "sqlx";
    lm_sqltok_start(&t, text, len);
    while (tool == NULL && lm_sqltok_next(&t) != LM_TOK_END)
        if (t.kind == LM_TOK_COMMENT)
            tool = tool_of_comment(text + t.start, t.size);
    return tool;
}
