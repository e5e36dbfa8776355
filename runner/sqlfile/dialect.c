/* SPDX-License-Identifier: MIT */
#include "dialect.h"

#include <string.h>

#include "../base/text.h"
#include "folders.h"
#include "loose.h"
#include "marked.h"
#include "pairs.h"
#include "versioned.h"
#include "whole.h"

static const lm_dialect table[] = {
    {"sql", false, lm_loose_directive, lm_whole_parse, NULL, lm_loose_claim},
    {"goose", true, lm_goose_directive, lm_goose_parse, lm_goose_expand,
     lm_goose_claim},
    {"sql-migrate", true, lm_sql_migrate_directive, lm_sql_migrate_parse,
     NULL, lm_sql_migrate_claim},
    {"dbmate", true, lm_dbmate_directive, lm_dbmate_parse, NULL,
     lm_dbmate_claim},
    {"golang-migrate", true, NULL, NULL, NULL, lm_golang_claim},
    {"pairs", false, lm_loose_directive, lm_whole_parse, NULL,
     lm_pairs_claim},
    {"sqlx", true, lm_whole_directive, lm_whole_parse, NULL, lm_sqlx_claim},
    {"diesel", true, NULL, NULL, NULL, lm_diesel_claim},
    {"prisma", false, NULL, NULL, NULL, lm_prisma_claim},
    {"drizzle", true, lm_broken_directive, lm_broken_parse, NULL,
     lm_drizzle_claim},
    {"flyway", false, NULL, NULL, lm_flyway_expand, lm_flyway_claim},
    {"refinery", true, NULL, NULL, NULL, lm_refinery_claim},
    {"yoyo", true, lm_yoyo_directive, lm_yoyo_parse, NULL, lm_loose_claim}
};

const lm_dialect *lm_dialect_each(size_t index)
{
    return index < sizeof table / sizeof *table ? &table[index] : NULL;
}

const lm_dialect *lm_dialect_named(const char *name)
{
    size_t i;

    if (lm_same_name(name, "plain"))
        return &table[0];
    for (i = 0; i < sizeof table / sizeof *table; i++)
        if (lm_same_name(name, table[i].name))
            return &table[i];
    return NULL;
}

const lm_dialect *lm_dialect_of(const lm_source *source)
{
    size_t i;

    for (i = 1; i < sizeof table / sizeof *table; i++)
        if (source->kind == table[i].name)
            return &table[i];
    return &table[0];
}

/* A file that is the way down is so as a whole, whatever it was parsed to. */
static void turn_down(lm_parts *parts)
{
    size_t i;

    for (i = 0; i < parts->count; i++)
        parts->list[i].up = false;
    parts->has_down = true;
    parts->down_no_txn = parts->no_txn;
    parts->no_txn = false;
}

int lm_dialect_parse(const lm_source *source, bool down, lm_err *err,
                     lm_parts *out)
{
    const lm_dialect *dialect = lm_dialect_of(source);
    const char *text = down ? source->down_text : source->text;
    size_t len = down ? source->down_len : source->len;
    int rc;

    memset(out, 0, sizeof *out);
    if (dialect->parse != NULL)
        rc = dialect->parse(text, len, err, out);
    else {
        rc = lm_parts_begin(out, 0, true, err);
        lm_parts_end(out, len);
    }
    if (rc == LM_OK && down)
        turn_down(out);
    if (rc != LM_OK && down)
        lm_err_migration(err, source->id, source->down_path);
    if (rc != LM_OK)
        lm_parts_clear(out);
    return rc;
}
