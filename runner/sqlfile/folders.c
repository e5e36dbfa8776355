/* SPDX-License-Identifier: MIT */
#include "folders.h"

#include <stdlib.h>
#include <string.h>

#include "../base/text.h"
#include "dialect.h"

static bool is_folder(const lm_claim *c, size_t i)
{
    return c->dir->entries[i].kind == LM_ENTRY_DIR;
}

const char *lm_folders_find(lm_claim *c)
{
    const char *found = NULL, *name;
    size_t i;

    if (lm_claim_has(c, "meta", &i) && is_folder(c, i) &&
        lm_claim_holds(c, "meta", "_journal.json"))
        return "drizzle";
    for (i = 0; i < c->dir->count; i++) {
        name = c->dir->entries[i].name;
        if (!is_folder(c, i))
            continue;
        if (lm_claim_holds(c, name, "migration.sql"))
            return !lm_claim_there(c, "migration_lock.toml") &&
                   lm_claim_holds(c, name, "snapshot.json") ? "drizzle"
                                                            : "prisma";
        if (found == NULL && lm_claim_holds(c, name, "up.sql"))
            found = "diesel";
    }
    return found;
}

/* x.sql beside x/up.sql: which of the two is x? */
static int refuse_both(lm_claim *c, const char *name, const char *file)
{
    char *both = lm_format("%s.sql", name);
    int rc = LM_OK;

    if (both == NULL)
        return lm_err_nomem(c->err);
    if (lm_claim_there(c, both)) {
        rc = lm_claim_refuse(c, both, "%s and %s/%s are the same migration",
                             both, name, file);
        lm_err_hint(c->err, "keep one of them");
    }
    free(both);
    return rc;
}

static int add_folder(lm_claim *c, const char *name, const char *file)
{
    char *path;
    int rc = refuse_both(c, name, file);

    if (rc != LM_OK)
        return rc;
    path = lm_path_join(name, file);
    if (path == NULL || lm_claim_add_path(c, path, name, strlen(name)) == NULL)
        rc = lm_err_nomem(c->err);
    free(path);
    return rc;
}

/* lib, old and the like are no migrations; a number or a date is. */
static int refuse_empty(lm_claim *c, const char *name, const char *file)
{
    if (lm_claim_digits(name) == 0)
        return LM_OK;
    lm_claim_refuse(c, name, "there is no %s in the folder %s, which %s "
                    "takes for a migration", file, name, c->dialect->name);
    lm_err_hint(c->err, "write it, or remove the folder");
    return c->err->code;
}

int lm_folders_claim(lm_claim *c, const char *file)
{
    const char *name;
    size_t i;
    int rc = LM_OK;

    for (i = 0; i < c->dir->count && rc == LM_OK; i++) {
        name = c->dir->entries[i].name;
        if (c->claimed[i])
            continue;
        if (!is_folder(c, i)) {
            if (lm_claim_entry(c, i, ".sql"))
                lm_claim_leave(c, name);
            continue;
        }
        if (!lm_claim_holds(c, name, file))
            rc = refuse_empty(c, name, file);
        else {
            c->claimed[i] = true;
            rc = add_folder(c, name, file);
        }
    }
    return rc;
}

/* ---- TOML, as far as these files have it ---- */

static size_t skip_blanks(const char *s, size_t at, size_t end)
{
    while (at < end && (s[at] == ' ' || s[at] == '\t' || s[at] == '\r'))
        at++;
    return at;
}

/* key = value in s[at..end). */
static bool read_pair(const char *s, size_t at, size_t end, const char *key,
                      const char **value, size_t *len)
{
    size_t name = at, n = strlen(key), stop;
    const char *hash;

    while (at < end && s[at] != '=' && s[at] != ' ' && s[at] != '\t')
        at++;
    stop = at;
    at = skip_blanks(s, at, end);
    if (stop == name || at == end || s[at] != '=')
        return false;
    at = skip_blanks(s, at + 1, end);
    hash = memchr(s + at, '#', end - at);
    if (hash != NULL && s[at] != '"' && s[at] != '\'')
        end = (size_t)(hash - s);
    while (end > at && (s[end - 1] == ' ' || s[end - 1] == '\t' ||
                        s[end - 1] == '\r'))
        end--;
    if (at == end)
        return false;
    if (stop - name == n && memcmp(s + name, key, n) == 0) {
        *value = s + at;
        *len = end - at;
    }
    return true;
}

bool lm_toml_value(const char *text, const char *key, const char **value,
                   size_t *len)
{
    size_t at = 0, end, size = strlen(text);
    bool top = true, ok = true;
    const char *ignored = NULL;
    size_t n;

    *value = NULL;
    *len = 0;
    if (size >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0)
        at = 3;
    for (; at < size && ok; at = end + 1) {
        end = at + strcspn(text + at, "\n");
        at = skip_blanks(text, at, end);
        if (at == end || text[at] == '#')
            continue;
        if (text[at] == '[')
            top = false;
        else
            ok = read_pair(text, at, end, key, top ? value : &ignored,
                           top ? len : &n);
    }
    return ok;
}

/* ---- diesel ---- */

/* A metadata.toml without the key means false to diesel, and one that is no
 * TOML means true. */
static int read_metadata(lm_claim *c, lm_source *s, const char *path)
{
    const char *value;
    char *text;
    size_t len, size;
    int rc = lm_claim_text(c, path, &text, &size);

    if (rc != LM_OK)
        return rc;
    if (lm_toml_value(text, "run_in_transaction", &value, &len) &&
        (value == NULL || (len == 5 && memcmp(value, "false", 5) == 0)))
        s->txn = s->down_txn = LM_TXN_NONE;
    free(text);
    return LM_OK;
}

static int complete(lm_claim *c, lm_source *s)
{
    char *down = lm_format("%s/down.sql", s->id);
    char *meta = lm_format("%s/metadata.toml", s->id);
    int rc = down == NULL || meta == NULL ? lm_err_nomem(c->err) : LM_OK;

    if (rc == LM_OK && lm_claim_there(c, down))
        rc = lm_claim_down(c, s, down);
    if (rc == LM_OK && lm_claim_there(c, meta))
        rc = read_metadata(c, s, meta);
    free(down);
    free(meta);
    return rc;
}

/* The next byte of a version: the name up to its first _, without dashes. */
static int version_byte(const char **s)
{
    while (**s == '-')
        ++*s;
    return **s == '_' || **s == '\0' ? 0 : (unsigned char)*(*s)++;
}

static int by_version(const void *a, const void *b)
{
    const char *x = lm_claim_at(a)->id, *y = lm_claim_at(b)->id;
    int c, d;

    do {
        c = version_byte(&x);
        d = version_byte(&y);
    } while (c == d && c != 0);
    return c - d;
}

int lm_diesel_claim(lm_claim *c)
{
    size_t i;
    int rc = lm_folders_claim(c, "up.sql");

    for (i = c->first; i < c->out->count && rc == LM_OK; i++)
        rc = complete(c, &c->out->list[i]);
    if (rc == LM_OK)
        rc = lm_claim_unique(c, by_version);
    return rc == LM_OK ? lm_claim_rank(c, by_version) : rc;
}

/* ---- Prisma ---- */

/* A folder made for another engine holds that engine's SQL. */
static int check_lock(lm_claim *c)
{
    static const char file[] = "migration_lock.toml";
    const char *value;
    char *text;
    size_t size, len;
    int rc;

    if (!lm_claim_there(c, file))
        return LM_OK;
    rc = lm_claim_text(c, file, &text, &size);
    if (rc != LM_OK)
        return rc;
    lm_toml_value(text, "provider", &value, &len);
    if (value != NULL && (len != 8 || memcmp(value + 1, "sqlite", 6) != 0))
        rc = lm_claim_refuse(c, file, "these migrations were made for "
                             "another database: provider = %.*s", (int)len,
                             value);
    free(text);
    return rc;
}

int lm_prisma_claim(lm_claim *c)
{
    int rc = check_lock(c);

    if (rc == LM_OK)
        rc = lm_folders_claim(c, "migration.sql");
    return rc == LM_OK ? lm_claim_rank(c, lm_claim_by_id) : rc;
}
