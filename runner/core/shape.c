/* SPDX-License-Identifier: MIT */
#include "shape.h"

#include <string.h>

#include "../base/text.h"

static const lm_column *find(const lm_column *columns, size_t count,
                             const char *name)
{
    size_t i;

    for (i = 0; i < count; i++)
        if (lm_same_name(columns[i].name, name))
            return &columns[i];
    return NULL;
}

/* TEXT affinity: the declared type holds CHAR, CLOB or TEXT, and no INT
 * (sqlite.org/datatype3.html 3.1). */
static bool holds(const char *type, const char *word)
{
    size_t n = strlen(word);

    for (; *type != '\0'; type++)
        if (strlen(type) >= n && lm_same_name_n(type, n, word, n))
            return true;
    return false;
}

static bool is_text(const char *type)
{
    return !holds(type, "INT") &&
           (holds(type, "CHAR") || holds(type, "CLOB") ||
            holds(type, "TEXT"));
}

static bool is_ours(const lm_column *c, size_t n)
{
    static const char *const names[] = {
        "id", "position", "description", "checksum", "effect", "applied_at",
        "duration_ms"
    };
    size_t i;

    for (i = 0; i < sizeof names / sizeof *names; i++)
        if (find(c, n, names[i]) == NULL)
            return false;
    return true;
}

static lm_shape by_version(const lm_column *c, size_t n, bool rails)
{
    const lm_column *version = find(c, n, "version");

    if (find(c, n, "dirty") != NULL)
        return LM_SHAPE_GOLANG_MIGRATE;
    if (n == 1 && rails)
        return LM_SHAPE_RAILS;
    if (n == 1 && lm_same_name(version->type, "varchar(128)"))
        return LM_SHAPE_DBMATE;
    if (n == 1 && is_text(version->type) && version->not_null)
        return LM_SHAPE_RAILS;
    if (find(c, n, "inserted_at") != NULL)
        return LM_SHAPE_ECTO;
    return LM_SHAPE_BY_VERSION;
}

lm_shape lm_shape_of(const lm_column *c, size_t n, bool rails)
{
    const lm_column *id = find(c, n, "id");

    if (is_ours(c, n))
        return LM_SHAPE_OURS;
    if (find(c, n, "version") != NULL)
        return by_version(c, n, rails);
    if (id != NULL && is_text(id->type))
        return LM_SHAPE_HOME_MADE;
    if (find(c, n, "name") != NULL || find(c, n, "filename") != NULL ||
        find(c, n, "migration") != NULL || find(c, n, "path") != NULL)
        return LM_SHAPE_BY_NAME;
    return LM_SHAPE_UNKNOWN;
}

const char *lm_shape_tool(lm_shape shape)
{
    switch (shape) {
    case LM_SHAPE_GOLANG_MIGRATE:
        return "golang-migrate";
    case LM_SHAPE_RAILS:
        return "Rails";
    case LM_SHAPE_DBMATE:
        return "dbmate";
    case LM_SHAPE_ECTO:
        return "Ecto";
    case LM_SHAPE_SQL_MIGRATE:
        return "sql-migrate";
    case LM_SHAPE_BY_VERSION:
        return "a home-made runner that counts versions";
    case LM_SHAPE_BY_NAME:
        return "a home-made runner that records names";
    default:
        return "another program";
    }
}
