/* SPDX-License-Identifier: MIT */
/*
 * createtable.h - the text of a CREATE TABLE as spans of itself.
 *
 * SQLite keeps the definition of a table as the text that made it, comments
 * and all, and its pragmas tell only a part of what is in there. Here the
 * text is taken apart without being rebuilt: every part is a span, so that
 * whoever changes a table can cut and insert in place and leaves every other
 * byte as it was.
 *
 *   lm_createtable_parse   text[0..len) to spans
 *   lm_createtable_column  the column of a name, ASCII case aside, or NULL
 *   lm_createtable_clear   free what it holds; may be called twice
 *   lm_action_name         "NO ACTION" and so on
 *   lm_conflict_name       "ABORT" and so on; "" when none was written
 *
 * It takes every CREATE TABLE that SQLite 3.40 stores (parse.y) and also the
 * forms that are not stored: TEMP, IF NOT EXISTS, a schema before the name.
 * CREATE TABLE AS is stored as an ordinary definition. What is not this
 * grammar is an error (LM_EFAILED) and never guessed at. It does not know
 * what SQLite makes of it: whether a column exists or a type is allowed in a
 * STRICT table is for SQLite to say. To look at one column's definition,
 * parse "CREATE TABLE x(" + it + "\n)".
 *
 * The whole text is, byte for byte:
 *
 *   text[0..body.start)
 *   for each item of columns, then of constraints:
 *     lead, span, trail, comma, post
 *   text[body.end..len)
 *
 * Ownership: names are the parse's own until lm_createtable_clear; spans are
 * offsets into the text, which stays the caller's.
 */
#ifndef LM_LEX_CREATETABLE_H
#define LM_LEX_CREATETABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "../base/arena.h"
#include "../base/err.h"

/* text[start..end); start == end: there is none. */
typedef struct lm_span {
    size_t start, end;
} lm_span;

/*
 * One column or table constraint in the body, with the blanks and comments
 * that belong to it. A comment on the item's last line belongs to it, also
 * behind the comma; one on a line of its own belongs to what comes after.
 */
typedef struct lm_item {
    lm_span lead;       /* blanks and comments before it */
    lm_span span;       /* from its first to its last token */
    lm_span trail;      /* before the comma; of the last: up to body.end */
    lm_span comma;      /* may be missing between table constraints */
    lm_span post;       /* behind the comma: blanks and comments of its line,
                           without the line's end */
} lm_item;

typedef enum lm_conkind {
    LM_CON_NAME,        /* CONSTRAINT x with nothing behind it */
    LM_CON_PRIMARY_KEY,
    LM_CON_NOT_NULL,
    LM_CON_NULL,        /* NULL, which says nothing */
    LM_CON_UNIQUE,
    LM_CON_CHECK,
    LM_CON_DEFAULT,
    LM_CON_COLLATE,
    LM_CON_FOREIGN_KEY, /* REFERENCES, or FOREIGN KEY at the table */
    LM_CON_DEFER,       /* [NOT] DEFERRABLE of a column: a constraint of its
                           own to SQLite, which acts on the foreign key read
                           last, even on an earlier column's */
    LM_CON_GENERATED
} lm_conkind;

typedef enum lm_conflict {
    LM_CONFLICT_NONE,
    LM_CONFLICT_ROLLBACK,
    LM_CONFLICT_ABORT,
    LM_CONFLICT_FAIL,
    LM_CONFLICT_IGNORE,
    LM_CONFLICT_REPLACE
} lm_conflict;

typedef enum lm_action {
    LM_NO_ACTION,
    LM_RESTRICT,
    LM_SET_NULL,
    LM_SET_DEFAULT,
    LM_CASCADE
} lm_action;

/* One element of the list of a key, an index or a foreign key. */
typedef struct lm_key {
    lm_span span;       /* all of it */
    lm_span all;        /* without ASC, DESC, NULLS */
    lm_span expr;       /* and without COLLATE */
    const char *column; /* when expr is one name, else NULL */
    const char *collation;  /* the outermost COLLATE, or NULL */
    bool desc;
} lm_key;

typedef struct lm_keys {
    lm_span span;       /* with its parentheses */
    lm_key *list;
    size_t count, size;
} lm_keys;

typedef struct lm_constraint {
    lm_item item;       /* of a table constraint; of a column's only span is
                           set: it begins at CONSTRAINT */
    lm_conkind kind;
    const char *name;   /* CONSTRAINT name, or NULL */
    lm_span name_span;
    lm_span core;       /* without CONSTRAINT name */
    lm_span inner;      /* CHECK, GENERATED: between the parentheses;
                           DEFAULT: the value, with parentheses and sign;
                           COLLATE: the name */
    lm_keys keys;       /* at the table: PRIMARY KEY, UNIQUE, FOREIGN KEY */
    lm_conflict conflict;
    lm_span conflict_span;  /* ON CONFLICT x */
    bool desc;          /* a column's PRIMARY KEY DESC */
    bool autoincrement;
    lm_span autoincrement_span;
    bool stored;        /* GENERATED ... STORED */
    const char *collation;  /* COLLATE: its name, decoded */
    /* FOREIGN KEY: */
    const char *target;
    lm_span target_span;
    lm_keys target_keys;    /* count 0: the parent's primary key */
    lm_action on_delete, on_update;
    bool deferrable;        /* as it holds in the end, */
    bool initially_deferred;    /* with every LM_CON_DEFER seen to */
    lm_span defer_span;     /* the last [NOT] DEFERRABLE that acts on it */
} lm_constraint;

typedef struct lm_column {
    lm_item item;
    const char *name;   /* without its quotes */
    lm_span name_span;
    lm_span type;       /* with (n,m); empty when there is none */
    lm_constraint *constraints;
    size_t count, size;
} lm_column;

typedef struct lm_createtable {
    const char *text;   /* the caller's */
    size_t len;
    bool temp;
    const char *schema; /* "x" of x.name, or NULL */
    const char *name;
    lm_span name_span;  /* without the schema */
    lm_span body;       /* between the outer parentheses */
    lm_column *columns;
    size_t column_count, column_size;
    lm_constraint *constraints;     /* the table's */
    size_t constraint_count, constraint_size;
    bool strict, without_rowid;
    lm_span strict_span, without_span;  /* without their commas */
    lm_span options;    /* all options, empty when there are none */
    lm_arena names;
} lm_createtable;

int lm_createtable_parse(const char *text, size_t len, lm_createtable *out,
                         lm_err *err);
const lm_column *lm_createtable_column(const lm_createtable *table,
                                       const char *name);
void lm_createtable_clear(lm_createtable *table);

const char *lm_action_name(lm_action action);
const char *lm_conflict_name(lm_conflict conflict);

#endif
