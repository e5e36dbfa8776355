/* SPDX-License-Identifier: MIT */
/*
 * adopt_tool.h - the other tools: how the ledger of each is recognised, the
 * query that reads it, and how its rows name the migrations of the folder.
 * All of it is one table (adopt_tool.c).
 *
 *   lm_tool_find       by the name that --from takes, NULL: none
 *   lm_tool_of         the tool of a table with these columns, NULL: none
 *   lm_tool_of_shape   the tool of a table that is told by its shape alone
 *   lm_tool_has        is this the name of some tool's own table?
 *   lm_tool_is_usual   is this a name that home-made runners give a ledger?
 *
 * A query gives, of each row: an order, the key that names the migration, when
 * it was applied, its state, for how many ms it ran, the tool's checksum as
 * text, a second name (or NULL), the tool's kind of row, and the file where
 * the ledger has it. The state is 1 (applied), 0 (not applied) or a sentence
 * that says why nothing of this ledger may be taken over. The table is t, and
 * in it {} stands for its name.
 */
#ifndef LM_CORE_ADOPT_TOOL_H
#define LM_CORE_ADOPT_TOOL_H

#include "../engine/source.h"
#include "look.h"

typedef enum lm_match {
    LM_MATCH_NUMBER,    /* the digits that a name begins with, as a number */
    LM_MATCH_DIGITS,    /* the same as text */
    LM_MATCH_NAME,      /* the name, with or without its suffix */
    LM_MATCH_ANY,       /* the name or the number: one way for all rows */
    LM_MATCH_DIESEL,    /* the name up to its first _, without - */
    LM_MATCH_DRIZZLE,   /* the journal's time, else the text's hash */
    LM_MATCH_FLYWAY,    /* versions, repeatable ones, baselines */
    LM_MATCH_REFINERY   /* the version and the name, both */
} lm_match;

typedef struct lm_tool {
    const char *name;       /* as --from takes it */
    const char *shown;      /* as messages call it */
    const char *table;      /* its ledger's name; NULL: told by its shape */
    const char *columns;    /* of the ledger, a blank between two; NULL */
    const char *rows;       /* what the query selects; NULL: made from the
                               columns */
    lm_match match;
    bool anywhere;          /* these columns and no others tell it, whatever
                               the table is called; of many, others are no
                               matter */
    bool highest;           /* one row holds the highest version there is */
    bool home_made;
    bool plain;             /* `rows` is short: every row is applied */
    const char *lock;       /* a table whose rows say that the tool runs; _x:
                               those with is_locked of the one that is called
                               as the ledger is, and _x */
    bool (*same_text)(const lm_source *source, const char *sum);
    const char *refusal;    /* recognised, and never taken over: why */
} lm_tool;

const lm_tool *lm_tool_find(const char *name);
/* *broken is true when only the table's name is the tool's. `named`: somebody
 * has said that this table is a ledger, so it may have other columns too. */
const lm_tool *lm_tool_of(const char *table, const lm_columns *columns,
                          bool named, bool *broken);
const lm_tool *lm_tool_of_shape(lm_shape shape);
bool lm_tool_has(const char *table);
bool lm_tool_is_usual(const char *table);

/* Is the text of the file the one that the tool saw? (adopt_sum.c) */
bool lm_sum_prisma(const lm_source *source, const char *sum);
bool lm_sum_sha256(const lm_source *source, const char *sum);
bool lm_sum_sqlx(const lm_source *source, const char *sum);
bool lm_sum_flyway(const lm_source *source, const char *sum);
bool lm_sum_refinery(const lm_source *source, const char *sum);

#endif
