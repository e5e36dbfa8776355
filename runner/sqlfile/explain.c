/* SPDX-License-Identifier: MIT */
#include "explain.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "../base/text.h"
#include "../db/db.h"
#include "../lex/sqlsplit.h"

/* sqlite.org/changes.html: what came with which release, 3.minor; words one
 * behind another, each with its NUL. */
typedef struct novelty {
    int minor;
    const char *words;
} novelty;

static const novelty functions[] = {
    {32, "iif\0"},
    {35, "sign\0sqrt\0pow\0power\0exp\0ln\0log\0log10\0log2\0ceil\0"
         "ceiling\0floor\0trunc\0mod\0pi\0sin\0cos\0tan\0asin\0acos\0"
         "atan\0atan2\0radians\0degrees\0"},
    {38, "format\0unixepoch\0"},
    {41, "unhex\0"},
    {42, "json_error_position\0"},
    {43, "timediff\0octet_length\0"},
    {44, "concat\0concat_ws\0string_agg\0"},
    {45, "jsonb\0jsonb_array\0jsonb_extract\0jsonb_insert\0"
         "jsonb_object\0jsonb_patch\0jsonb_remove\0jsonb_replace\0"
         "jsonb_set\0jsonb_group_array\0jsonb_group_object\0"},
    {46, "json_pretty\0"},
    {48, "if\0"},
    {50, "unistr\0unistr_quote\0"},
    {0, NULL}
};

static const novelty words[] = {
    {35, "RETURNING\0MATERIALIZED\0DROP\0"},
    {37, "STRICT\0"},
    {38, "->\0->>\0"},
    {39, "RIGHT\0FULL\0DISTINCT\0"},
    {44, "ORDER\0"},
    {0, NULL}
};

static int our_minor(void)
{
    const char *version = lm_db_version();

    return strncmp(version, "3.", 2) == 0 ? (int)strtol(version + 2, NULL, 10)
                                          : 0;
}

static int minor_of(const novelty *list, const char *s, size_t n)
{
    const char *word;

    for (; list->words != NULL; list++)
        for (word = list->words; *word != '\0'; word += strlen(word) + 1)
            if (lm_same_name_n(s, n, word, strlen(word)))
                return list->minor;
    return 0;
}

/* Behind `prefix` in the message, up to a quote or the end. */
static const char *named_in(const lm_err *err, const char *prefix, size_t *n)
{
    const char *message = lm_err_text(err), *at = strstr(message, prefix);

    if (at == NULL)
        return NULL;
    at += strlen(prefix);
    *n = strcspn(at, "\"(");
    return *n > 0 ? at : NULL;
}

static void explain_function(lm_err *err, const char *name, size_t n)
{
    int minor = minor_of(functions, name, n);

    if (minor > our_minor())
        lm_err_hint(err, "%.*s() came with SQLite 3.%d, and this is %s",
                    (int)n, name, minor, lm_db_version());
    else
        lm_err_hint(err, "%.*s() is no function of SQLite's own: the program "
                    "that ran this folder until now makes it, or an "
                    "extension; apply this migration there, then lumigrate "
                    "baseline --only its ID", (int)n, name);
}

/* What only another program's shell knows, by the statement's beginning. */
static const char *shell_of(const char *sql, size_t len)
{
    if (len > 0 && sql[0] == '.')
        return "a command of the sqlite3 shell";
    if (len > 0 && sql[0] == '\\')
        return "a command of psql";
    if (len > 0 && sql[0] == '#')
        return "a comment of another database";
    if (lm_sql_word_is(sql, len, 0, "DELIMITER"))
        return "a command of MySQL's client";
    if (lm_sql_word_is(sql, len, 0, "GO") || (len > 0 && sql[0] == '/'))
        return "what divides statements in another program";
    if (lm_sql_word_is(sql, len, 0, "SET") ||
        lm_sql_word_is(sql, len, 0, "USE"))
        return "a statement of another database";
    return NULL;
}

static bool has_no_break_space(const char *sql, size_t len)
{
    size_t i;

    for (i = 0; i + 1 < len; i++)
        if ((unsigned char)sql[i] == 0xC2 && (unsigned char)sql[i + 1] == 0xA0)
            return true;
    return false;
}

static void explain_syntax(lm_err *err, const char *sql, size_t len,
                           const char *near, size_t n)
{
    const char *shell = shell_of(sql, len);
    int minor = minor_of(words, near, n);

    if (shell != NULL)
        lm_err_hint(err, "this is %s, which SQLite does not know", shell);
    else if (has_no_break_space(sql, len))
        lm_err_hint(err, "there is a no-break space (U+00A0) in the "
                    "statement, which is no blank to SQLite: write an "
                    "ordinary one");
    else if (minor > our_minor())
        lm_err_hint(err, "%.*s came with SQLite 3.%d here, and this is %s",
                    (int)n, near, minor, lm_db_version());
    else if (memchr(near, '_', n) != NULL && *near >= '0' && *near <= '9' &&
             our_minor() < 46)
        lm_err_hint(err, "digits with _ between them came with SQLite 3.46, "
                    "and this is %s", lm_db_version());
}

void lm_explain(lm_err *err, const char *sql, size_t len)
{
    const char *name;
    size_t n;

    if ((name = named_in(err, "no such function: ", &n)) != NULL)
        explain_function(err, name, n);
    else if ((name = named_in(err, "no such module: ", &n)) != NULL)
        lm_err_hint(err, "the virtual table's module %.*s is not in this "
                    "SQLite: it is an extension, or the program that ran "
                    "this folder until now brings it", (int)n, name);
    else if ((name = named_in(err, "near \"", &n)) != NULL ||
             (name = named_in(err, "unrecognized token: \"", &n)) != NULL)
        explain_syntax(err, sql, len, name, n);
    else if (lm_ends(lm_err_text(err), "TRANSACTION = false"))
        lm_err_hint(err, "a SQL file has a mark of its tool for it, a plain "
                    "one -- no-transaction in line 1");
    else if (lm_ends(lm_err_text(err), " already exists"))
        lm_err_hint(err, "if the database has already what this migration "
                    "makes: lumigrate baseline ID records it, and all before "
                    "it, as applied; where another tool keeps a record, "
                    "lumigrate adopt takes that over");
}

/* The modifier 'subsec' makes older releases answer NULL. */
const char *lm_explain_silent(const char *sql, size_t len)
{
    lm_sqltok t;

    if (our_minor() >= 42)
        return NULL;
    lm_sqltok_start(&t, sql, len);
    while (lm_sqltok_next(&t) != LM_TOK_END)
        if (t.kind == LM_TOK_STRING &&
            (lm_same_name_n(sql + t.start, t.size, "'subsec'", 8) ||
             lm_same_name_n(sql + t.start, t.size, "'subsecond'", 11)))
            return "the modifier 'subsec' came with SQLite 3.42; this one "
                   "answers NULL";
    return NULL;
}
