/* SPDX-License-Identifier: MIT */
#include "sqlway.h"

#include <stdlib.h>
#include <string.h>

#include "../base/list.h"
#include "../lex/sqltok.h"
#include "dialect.h"

void lm_sqlway_clear(lm_sqlway *way)
{
    size_t i;

    for (i = 0; i < way->count; i++)
        lm_expanded_clear(&way->list[i].expanded);
    free(way->list);
    memset(way, 0, sizeof *way);
}

void lm_sqlway_place(const lm_sqlway *way, const lm_chunk *chunk,
                     size_t offset, lm_err *err)
{
    const lm_source *s = way->source;
    const char *text = chunk->in_down_file ? s->down_text : s->text;
    int line, column;
    size_t at = chunk->expanded.count > 0
        ? lm_expanded_place(&chunk->expanded, offset)
        : chunk->start + offset;

    lm_text_position(text, at, &line, &column);
    lm_err_line(err, line, column);
    if (chunk->in_down_file)
        lm_err_migration(err, s->id, s->down_path);
}

static int expand(const lm_sql_context *context, const lm_parts *parts,
                  const lm_sqlway *way, lm_err *err, lm_chunk *chunk)
{
    const lm_dialect *dialect = lm_dialect_of(way->source);
    lm_expansion from = {0};
    int rc;

    from.context = context;
    from.source = way->source;
    from.text = chunk->text - chunk->start;
    from.start = chunk->start;
    from.end = chunk->start + chunk->size;
    from.parts = parts;
    rc = dialect->expand(&from, err, &chunk->expanded);
    if (rc == LM_OK && chunk->expanded.count > 0) {
        chunk->text = lm_buf_text(&chunk->expanded.text);
        chunk->size = chunk->expanded.text.len;
    }
    if (rc != LM_OK && chunk->in_down_file)
        lm_err_migration(err, way->source->id, way->source->down_path);
    return rc;
}

/* Is there anything that could be put in? */
static bool may_expand(const lm_dialect *d, const lm_parts *parts,
                       const lm_chunk *chunk)
{
    if (d->expand == NULL || memchr(chunk->text, '$', chunk->size) == NULL)
        return false;
    return parts->live_count > 0 || d->parse == NULL;
}

static int add_part(const lm_sql_context *context, const lm_parts *parts,
                    const lm_part *part, bool down_file, lm_err *err,
                    lm_sqlway *out)
{
    const lm_source *s = out->source;
    lm_chunk *chunk = lm_list_grow(out->list, out->count, &out->size,
                                   sizeof *chunk);

    if (chunk == NULL)
        return lm_err_nomem(err);
    out->list = chunk;
    chunk += out->count++;
    memset(chunk, 0, sizeof *chunk);
    chunk->text = (down_file ? s->down_text : s->text) + part->start;
    chunk->size = part->size;
    chunk->start = part->start;
    chunk->in_down_file = down_file;
    if (!may_expand(lm_dialect_of(s), parts, chunk))
        return LM_OK;
    return expand(context, parts, out, err, chunk);
}

/* dbmate's blocks of the way down run in the reverse order. */
static bool runs_backwards(const lm_sqlway *way)
{
    return way->way == LM_DOWN && strcmp(way->source->kind, "dbmate") == 0;
}

static int add_file(const lm_sql_context *context, bool down_file,
                    lm_err *err, lm_sqlway *out)
{
    const lm_part *part;
    lm_parts parts;
    size_t i;
    int rc = lm_dialect_parse(out->source, down_file, err, &parts);

    for (i = 0; rc == LM_OK && i < parts.count; i++) {
        part = &parts.list[runs_backwards(out) ? parts.count - 1 - i : i];
        if (part->up == (out->way == LM_UP))
            rc = add_part(context, &parts, part, down_file, err, out);
    }
    lm_parts_clear(&parts);
    return rc;
}

int lm_sqlway_load(const lm_sql_context *context, const lm_source *source,
                   lm_way way, lm_err *err, lm_sqlway *out)
{
    int rc;

    memset(out, 0, sizeof *out);
    out->source = source;
    out->way = way;
    out->txn = lm_source_txn(source, way);
    out->wraps = lm_dialect_of(source)->wraps;
    rc = add_file(context, false, err, out);
    if (rc == LM_OK && way == LM_DOWN && source->down_text != NULL)
        rc = add_file(context, true, err, out);
    if (rc != LM_OK)
        lm_sqlway_clear(out);
    return rc;
}
