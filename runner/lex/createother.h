/* SPDX-License-Identifier: MIT */
/*
 * createother.h - CREATE INDEX, TRIGGER, VIEW and VIRTUAL TABLE as spans.
 *
 *   lm_createindex_parse, _clear
 *   lm_createtrigger_parse, _clear
 *   lm_createview_parse, _clear
 *   lm_createvirtual_parse, _clear
 *
 * As createtable.h: what SQLite stores is taken, anything else is an error
 * (LM_EFAILED), nothing is rebuilt; the same ownership.
 */
#ifndef LM_LEX_CREATEOTHER_H
#define LM_LEX_CREATEOTHER_H

#include "createtable.h"

typedef struct lm_createindex {
    bool unique;
    const char *name;
    lm_span name_span;
    const char *table;
    lm_span table_span;
    lm_keys keys;
    lm_span where;      /* the condition behind WHERE; empty: none */
    lm_arena names;
} lm_createindex;

int lm_createindex_parse(const char *text, size_t len, lm_createindex *out,
                         lm_err *err);
void lm_createindex_clear(lm_createindex *index);

typedef enum lm_timing {
    LM_BEFORE,          /* also when nothing is written */
    LM_AFTER,
    LM_INSTEAD_OF
} lm_timing;

typedef enum lm_event { LM_ON_INSERT, LM_ON_UPDATE, LM_ON_DELETE } lm_event;

typedef struct lm_createtrigger {
    bool temp;
    const char *name;
    lm_span name_span;
    lm_timing timing;
    lm_event event;
    lm_keys update_of;  /* names alone; span empty: none. It has no
                           parentheses */
    const char *table_schema;   /* of ON x.t, or NULL */
    const char *table;
    lm_span table_span; /* without the schema */
    lm_span for_each;   /* FOR EACH ROW; empty: not written */
    lm_span when;       /* the condition; empty: none */
    lm_span body;       /* from BEGIN to END, both included */
    lm_arena names;
} lm_createtrigger;

int lm_createtrigger_parse(const char *text, size_t len,
                           lm_createtrigger *out, lm_err *err);
void lm_createtrigger_clear(lm_createtrigger *trigger);

typedef struct lm_createview {
    bool temp;
    const char *name;
    lm_span name_span;
    lm_keys columns;    /* the column list; count 0: none */
    lm_span select;     /* what is behind AS */
    lm_arena names;
} lm_createview;

int lm_createview_parse(const char *text, size_t len, lm_createview *out,
                        lm_err *err);
void lm_createview_clear(lm_createview *view);

typedef struct lm_createvirtual {
    const char *name;
    lm_span name_span;
    const char *module;
    lm_span arguments;  /* between the parentheses; empty: none */
    lm_arena names;
} lm_createvirtual;

int lm_createvirtual_parse(const char *text, size_t len,
                           lm_createvirtual *out, lm_err *err);
void lm_createvirtual_clear(lm_createvirtual *virtual_table);

#endif
