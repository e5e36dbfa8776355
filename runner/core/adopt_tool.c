/* SPDX-License-Identifier: MIT */
#include "adopt_tool.h"

#include <string.h>

#include "../base/text.h"

/* A query gives, in this order:
 * ord, key, at, state, ms, sum, name, kind, file
 * and a plain one the first three: all its rows are applied. */
static const lm_tool tools[] = {
    {.name = "goose", .shown = "goose", .table = "goose_db_version",
     .columns = "id version_id is_applied tstamp",
     .anywhere = true, .match = LM_MATCH_NUMBER,
     /* The newest row of a version counts; version 0 is no migration. */
     .rows = "id, version_id, tstamp, CASE WHEN id IS NULL THEN "
             "'is in a row without an id' WHEN version_id = 0 OR id < (SELECT "
             "max(id) FROM {} WHERE version_id IS t.version_id) THEN 0 WHEN "
             "is_applied IN (0, 1) THEN is_applied ELSE "
             "'is neither applied nor rolled back' END, 0, NULL, NULL, NULL, "
             "NULL"},
    {.name = "sql-migrate", .shown = "sql-migrate",
     .table = "gorp_migrations", .columns = "id applied_at",
     .match = LM_MATCH_NAME,
     .plain = true, .rows = "applied_at, id, applied_at"},
    {.name = "dbmate", .shown = "dbmate", .columns = "version",
     .match = LM_MATCH_DIGITS,
     .plain = true, .rows = "version, version, NULL"},
    {.name = "golang-migrate", .shown = "golang-migrate",
     .columns = "version dirty", .anywhere = true,
     .match = LM_MATCH_NUMBER, .highest = true,
     .rows = "version, version, NULL, CASE dirty WHEN 0 THEN 1 ELSE "
             "'is marked dirty: it failed half-way' END, 0, NULL, NULL, "
             "NULL, NULL"},
    /* Before sqlx, whose columns it has as well. */
    {.name = "flyway", .shown = "Flyway", .table = "flyway_schema_history",
     .columns = "installed_rank version description type script "
                "checksum installed_by installed_on execution_time "
                "success",
     .anywhere = true, .match = LM_MATCH_FLYWAY,
     .same_text = lm_sum_flyway,
     .rows = "installed_rank, version, installed_on, CASE success WHEN 1 "
             "THEN 1 ELSE 'failed (success is 0)' END, execution_time, "
             "checksum, description, type, script"},
    {.name = "sqlx", .shown = "sqlx", .table = "_sqlx_migrations",
     .columns = "version description installed_on success checksum "
                "execution_time",
     .anywhere = true, .match = LM_MATCH_NUMBER, .same_text = lm_sum_sqlx,
     .rows = "version, version, installed_on, CASE success WHEN 1 THEN 1 "
             "ELSE 'did not succeed (success is 0)' END, "
             "max(execution_time, 0) / 1e6, hex(checksum), NULL, NULL, NULL"},
    {.name = "diesel", .shown = "diesel",
     .table = "__diesel_schema_migrations", .columns = "version run_on",
     .anywhere = true, .match = LM_MATCH_DIESEL,
     .plain = true, .rows = "version, version, run_on"},
    {.name = "prisma", .shown = "Prisma", .table = "_prisma_migrations",
     .columns = "id checksum finished_at migration_name logs "
                "rolled_back_at started_at applied_steps_count",
     .anywhere = true, .match = LM_MATCH_NAME, .same_text = lm_sum_prisma,
     .rows = "started_at, migration_name, finished_at, CASE WHEN "
             "rolled_back_at IS NOT NULL THEN 0 WHEN finished_at IS NOT NULL "
             "THEN 1 ELSE 'failed, and was neither finished nor marked as "
             "rolled back' END, CASE WHEN typeof(finished_at) = 'integer' "
             "AND typeof(started_at) = 'integer' THEN max(finished_at - "
             "started_at, 0) ELSE 0 END, checksum, NULL, NULL, NULL"},
    {.name = "drizzle", .shown = "drizzle", .table = "__drizzle_migrations",
     .columns = "id hash created_at", .anywhere = true,
     .match = LM_MATCH_DRIZZLE, .same_text = lm_sum_sha256,
     .rows = "created_at, CAST(created_at AS INTEGER), NULL, 1, 0, hash, "
             "NULL, strftime('%Y%m%d%H%M%S_', created_at / 1000, "
             "'unixepoch'), NULL"},
    {.name = "refinery", .shown = "refinery",
     .table = "refinery_schema_history",
     .columns = "version name applied_on checksum",
     .anywhere = true, .match = LM_MATCH_REFINERY,
     .same_text = lm_sum_refinery,
     .rows = "version, version, applied_on, 1, 0, checksum, name, NULL, "
             "NULL"},
    {.name = "yoyo", .shown = "yoyo", .table = "_yoyo_migration",
     .columns = "migration_hash migration_id applied_at_utc",
     .anywhere = true, .match = LM_MATCH_NAME, .lock = "yoyo_lock",
     .plain = true,
     .rows = "applied_at_utc, migration_id, applied_at_utc"},
    /* Its older releases. */
    {.name = "yoyo", .shown = "yoyo", .table = "_yoyo_migration",
     .columns = "id ctime", .match = LM_MATCH_NAME,
     .lock = "yoyo_lock", .plain = true,
     .rows = "ctime, id, ctime"},
    {.name = "knex", .shown = "Knex", .table = "knex_migrations",
     .columns = "id name batch migration_time", .anywhere = true,
     .match = LM_MATCH_NAME, .lock = "_lock",
     .plain = true, .rows = "id, name, migration_time"},
    {.name = "umzug", .shown = "umzug", .table = "SequelizeMeta",
     .columns = "name createdAt updatedAt", .anywhere = true,
     .match = LM_MATCH_NAME,
     .plain = true, .rows = "name, name, createdAt"},
    {.name = "umzug", .shown = "umzug", .table = "SequelizeMeta",
     .columns = "name", .match = LM_MATCH_NAME,
     .plain = true, .rows = "name, name, NULL"},
    {.name = "rails", .shown = "Rails", .columns = "version",
     .match = LM_MATCH_ANY,
     .plain = true, .rows = "version, version, NULL"},
    {.name = "ecto", .shown = "Ecto", .columns = "version inserted_at",
     .match = LM_MATCH_NUMBER,
     .plain = true, .rows = "version, version, inserted_at"},
    {.name = "wrangler", .shown = "Wrangler", .table = "d1_migrations",
     .columns = "id name applied_at", .match = LM_MATCH_NAME,
     .plain = true, .rows = "id, name, applied_at"},
    {.name = "home-made", .shown = "a home-made runner",
     .match = LM_MATCH_ANY, .home_made = true},
    /* The same table, read as the one that holds the highest version. */
    {.name = "highest-version", .shown = "a home-made runner",
     .match = LM_MATCH_NUMBER, .home_made = true, .highest = true},
    {.name = "alembic", .shown = "Alembic", .table = "alembic_version",
     .columns = "version_num", .anywhere = true,
     .refusal = "it names only the revision it stands at, and the chain that "
                "led there is in the revisions' Python files"},
    {.name = "django", .shown = "Django", .table = "django_migrations",
     .columns = "id app name applied", .anywhere = true,
     .refusal = "it mixes the migrations of all apps, which are Python "
                "classes and no files of this folder"},
    {.name = "sqitch", .shown = "sqitch", .table = "changes",
     .columns = "change_id script_hash change project",
     .refusal = "its changes are ordered by a plan file, and each has "
                "scripts in three folders"},
    {.name = NULL}
};

const lm_tool *lm_tool_find(const char *name)
{
    const lm_tool *t;

    for (t = tools; t->name != NULL; t++)
        if (lm_same_name(t->name, name))
            return t;
    return NULL;
}

static bool has(const lm_columns *c, const char *name, size_t len)
{
    size_t i;

    for (i = 0; i < c->count; i++)
        if (lm_same_name_n(c->list[i].name, strlen(c->list[i].name), name,
                           len))
            return true;
    return false;
}

/* All of the tool's columns, and *exact: no others. So many are nobody
 * else's, whatever stands beside them: old releases and forks have more. */
static bool has_all(const lm_tool *t, const lm_columns *c, bool *exact)
{
    const char *name = t->columns;
    size_t n, len;

    for (n = 0; *name != '\0'; n++, name += len + (name[len] == ' ')) {
        len = strcspn(name, " ");
        if (!has(c, name, len))
            return false;
    }
    *exact = n == c->count || n >= 6;
    return true;
}

/* Tables of some tools have names that an application may use as well. */
static bool is_its_own(const lm_tool *t)
{
    return t->table != NULL && strcmp(t->name, "sqitch") != 0;
}

bool lm_tool_has(const char *table)
{
    const lm_tool *t;

    for (t = tools; t->name != NULL; t++)
        if (is_its_own(t) && lm_same_name(t->table, table))
            return true;
    return false;
}

const lm_tool *lm_tool_of(const char *table, const lm_columns *columns,
                          bool is_named, bool *broken)
{
    const lm_tool *t, *named = NULL;
    bool same, exact = false;

    *broken = false;
    for (t = tools; t->name != NULL; t++) {
        same = t->table != NULL && lm_same_name(t->table, table);
        if (t->columns != NULL && (same || t->anywhere) &&
            has_all(t, columns, &exact) && (same || exact || is_named))
            return t;
        if (same && named == NULL && is_its_own(t))
            named = t;
    }
    *broken = named != NULL;
    return named;
}

const lm_tool *lm_tool_of_shape(lm_shape shape)
{
    switch (shape) {
    case LM_SHAPE_GOLANG_MIGRATE: return lm_tool_find("golang-migrate");
    case LM_SHAPE_RAILS: return lm_tool_find("rails");
    case LM_SHAPE_DBMATE: return lm_tool_find("dbmate");
    case LM_SHAPE_ECTO: return lm_tool_find("ecto");
    case LM_SHAPE_SQL_MIGRATE: return lm_tool_find("sql-migrate");
    case LM_SHAPE_HOME_MADE:
    case LM_SHAPE_BY_VERSION:
    case LM_SHAPE_BY_NAME: return lm_tool_find("home-made");
    default: return NULL;
    }
}

bool lm_tool_is_usual(const char *table)
{
    static const char *const names[] = {
        "schema_migrations", "migrations", "_migrations", "__migrations",
        "schema_version", "db_migrations"
    };
    size_t i;

    for (i = 0; i < sizeof names / sizeof *names; i++)
        if (lm_same_name(names[i], table))
            return true;
    return false;
}
