/* SPDX-License-Identifier: MIT */
/*
 * shape.h - whose schema_migrations is it? Told by its columns, never by its
 * rows.
 *
 *   lm_shape_of        pure: judge a table by its columns
 *   lm_shape_tool      the name of the tool, for messages
 *
 * The columns of other tools' tables are facts about their current releases.
 */
#ifndef LM_CORE_SHAPE_H
#define LM_CORE_SHAPE_H

#include <stdbool.h>
#include <stddef.h>

typedef enum lm_shape {
    LM_SHAPE_OURS,
    LM_SHAPE_HOME_MADE,     /* a text id, but not all of our columns */
    LM_SHAPE_GOLANG_MIGRATE,
    LM_SHAPE_RAILS,
    LM_SHAPE_DBMATE,
    LM_SHAPE_ECTO,
    LM_SHAPE_SQL_MIGRATE,   /* told by its rows: lm_look_at */
    LM_SHAPE_BY_VERSION,    /* home-made: version numbers */
    LM_SHAPE_BY_NAME,       /* home-made: names of files */
    LM_SHAPE_UNKNOWN
} lm_shape;

typedef struct lm_column {
    const char *name, *type;
    const char *value;      /* its default as SQL, NULL: none */
    bool not_null, generated;
    int pk;
} lm_column;

lm_shape lm_shape_of(const lm_column *columns, size_t count,
                     bool rails_metadata);
const char *lm_shape_tool(lm_shape shape);

#endif
