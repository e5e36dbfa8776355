/* SPDX-License-Identifier: MIT */
/*
 * alter/alter.h - what the files of alter/ share and nobody else sees.
 *
 *   alter.c        the course of a call: plan, begin, run, verify, end
 *   find.c         which table is meant
 *   refuse.c       saying no, texts that live as long as the call, steps
 *   draft.c        the definition being changed: text, parse, columns
 *   body.c         putting columns and constraints in, out and elsewhere
 *   column.c, newcolumn.c, gone.c (gonecode.c), constraint.c, key.c, define.c
 *                  the operations, on the draft alone
 *   turn.c         what an operation's expressions see of those before it
 *   rename.c       names, which SQLite changes best
 *   follow.c, mend.c
 *                  triggers and views that SQLite leaves behind
 *   blame.c        at whom SQLite stops, and whom else it would break
 *   rowname.c      a column that is called like the rowid
 *   detour.c       a column that SQLite cannot rename
 *   strings.c      indexes that SQLite would spoil
 *   pure.c         expressions that ask the clock
 *   rights.c       what alter may do and a script may not: begin and end
 *   busy.c, ahead.c  cursors that are in the way
 *   probe.c, index.c, before.c, compare.c, natural.c, program.c, shown.c,
 *   places.c       what compiles and what it reads, before and after
 *   trial.c        what would not compile without a column
 *   meant.c        does a name under a star mean a column?
 *   scratch.c      the new definition, tried under another name
 *   alone.c        new columns whose CHECK and REFERENCES need one look
 *   native.c, store.c, rebuild.c (move.c, wide.c)
 *                  the three ways to do it
 *   keep.c         what DROP TABLE takes along, put back
 *   rows.c         rows that do not fit
 *   keys.c         foreign keys that are violated
 *   match.c        and by which rows, old and new
 *   fulltext.c     full-text tables over its rows
 *   full.c         check = "full"
 *   dry.c          what hangs on what, for those who only look
 *
 * All functions return LM_OK or a code, with the cause in lm_db_err; a
 * refusal is LM_EFAILED with out->refused set.
 *
 * Ownership: texts come from lm_alter.arena and live as long as the call.
 */
#ifndef LM_DB_ALTER_ALTER_H
#define LM_DB_ALTER_ALTER_H

#include "../../base/buf.h"
#include "../../base/list.h"
#include "../../base/text.h"
#include "../../lex/createtable.h"
#include "../../lex/sqltext.h"
#include "../alter.h"
#include "../catalog.h"
#include "../internal.h"
#include "../schema.h"
#include "../stale.h"

/* One column of the draft, in the order of draft.def.columns. */
typedef struct lm_col {
    const char *first;      /* its name when the call began; NULL: added */
    const char *source;     /* the stored column that it is; NULL: new */
    const char *value;      /* SQL over the old row, or NULL: as it is */
    bool added;             /* by an operation of this call */
    const char *type_set, *default_set, *collate_set;   /* by an operation */
    int null_set;           /* -1 false, 1 true, 0 not */
    bool no_default, no_collate;    /* set to nothing */
} lm_col;

typedef struct lm_def {
    const char *text;
    lm_createtable def;
    bool parsed;
    lm_col *cols;
    size_t col_count;
    const char *stored;     /* the text that the database has */
} lm_def;

/* How the pending changes can be made. */
enum {
    LM_NEEDS_NATIVE = 1,
    LM_NEEDS_EDIT = 2,
    LM_NEEDS_REBUILD = 4
};

typedef struct lm_texts {
    const char **list;
    size_t count, size;
} lm_texts;

/* What is compiled before and after, and where each of them is. */
typedef struct lm_sounds {
    struct lm_sound *list;
    size_t count, size;
    struct lm_slot *slots;
    size_t slot_count, slot_size, *heads;
} lm_sounds;

/* A view, trigger or table that compiled before. */
typedef struct lm_sound lm_sound;

/* A row that points nowhere. */
typedef struct lm_loose {
    uint64_t key;
    bool met;               /* and there is one like it after */
} lm_loose;

/* A new column whose CHECK or REFERENCES reads nothing else, or whose default
 * may not fit its type. */
typedef struct lm_alone {
    const char *native;     /* the one of natives that adds it, or NULL:
                               only its default is asked */
    const char *column;
    const char *text, *bare;    /* its definition, and without CHECK */
    const char *check;      /* what all CHECKs say; NULL: not asked */
    bool refers;            /* its default points to another table */
    bool holds, points;     /* the CHECKs are true; there is such a row */
} lm_alone;

typedef struct lm_alter_run {
    lm_db *db;
    const lm_alter_request *req;
    lm_alter_result *out;
    lm_arena arena;
    const char *schema;
    const char *in, *in_text;   /* the same in double and in single quotes */
    const char *table;      /* as it is called now */
    const char *first;      /* as it was called when the call began */
    size_t renames_done;    /* those among so many operations */
    const char *scratch;    /* the new table's name of the moment, or NULL */
    const lm_op *op;        /* the one being planned */
    lm_def draft;

    /* Pending since the last flush: */
    unsigned needs;
    bool forced;            /* rebuild() or using: also without a change */
    bool key_risk;          /* foreign keys may be violated by it */
    bool key_added;         /* one came, over nothing but NULL */
    bool key_moved;         /* the primary key is another one */
    bool any_loosened;      /* STRICT went: ANY is another affinity now */
    lm_texts natives;       /* ALTER TABLE statements */
    lm_alone *alones;
    size_t alone_count, alone_size;
    lm_texts drops;         /* of what cascade names; the views and triggers
                               of it as type, schema and name: */
    lm_texts dropping;
    lm_texts exprs;         /* new ones, over the new row */
    lm_texts unnull;        /* columns that became NOT NULL */
    lm_texts checks;        /* CHECK expressions that were added */
    lm_texts touched;       /* columns whose values may be others by then */

    lm_texts gone;          /* first names of columns that were dropped */
    lm_texts renamed;       /* names that columns had in this call */
    lm_texts left;          /* names that are no more, by this call */
    lm_texts added_names;   /* constraints added by this call: canonical */

    lm_texts new_names;     /* of columns: added, or renamed to */
    lm_texts order;         /* columns as they stood when it began */
    size_t places;          /* so many of the first stand where they stood, */
    bool places_changed;    /* others do not, or came, or went, */
    bool places_moved;      /* and there are as many as before */

    bool begun;
    bool stale;             /* the runner's foreign keys are not those of
                               now; */
    bool renewed;           /* and they were read anew */
    bool done;              /* something was changed */
    lm_loose *loose;
    size_t loose_count, loose_size;
    const char *mismatch;   /* why one could not be looked at after */
    lm_texts unlooked;      /* tables that could not be looked at before */
    bool astray;            /* the table had some of its own, */
    bool matched;           /* and has no others, in what it became */
    bool given;             /* they do not count until it is known what they
                               became (lm_foreign_give) */
    bool known;             /* they counted, and must go on to */
    lm_texts children;
    lm_texts numberless;    /* those without rowids that have such rows */
    bool full_damaged;      /* check = "full": it was so before */
    lm_texts full_broken;   /* and these full-text tables */
    struct lm_rights *rights;
    bool written;           /* the schema could be written */
    lm_sounds sounds;
    lm_stales stales;       /* triggers that did not compile before: hidden
                               while others are compiled, and no sounds */
    bool was_broken;        /* something did not compile before */
    const char *stopped;    /* why SQLite's ALTER stopped, or NULL */
    lm_texts breaks;        /* what would not mean the same any more */
    bool breaks_code;       /* views or triggers are among them */
    bool fk_on;
    int strict_on, wr_on, auto_on;  /* what operations asked: -1 no, 1 yes */
    bool pk_set;
} lm_alter_run;

/* refuse.c */
int lm_alter_refuse(lm_alter_run *a, lm_reason reason, const char *format,
                    ...) __attribute__((format(printf, 3, 4)));
/* Refuse for all of these, after the words of `say`; for none, LM_OK. */
int lm_alter_refuse_all(lm_alter_run *a, lm_reason reason, const char *say,
                        const lm_texts *all);
/* Turn SQLite's last error, which is in db->err, into a refusal, unless it
 * is one that nobody survives. */
int lm_alter_rejected(lm_alter_run *a, lm_reason reason, const char *what);
/* A text of the call; NULL: out of memory, and recorded. */
const char *lm_alter_text(lm_alter_run *a, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
const char *lm_alter_copy(lm_alter_run *a, const char *s, size_t n);
/* "" where it is no text. */
const char *lm_alter_value(lm_alter_run *a, const lm_value *v);
const char *lm_alter_take(lm_alter_run *a, lm_buf *b);
int lm_texts_add(lm_alter_run *a, lm_texts *list, const char *text);
bool lm_texts_has(const lm_texts *list, const char *name);
/* A name as SQL: bare where that is possible; always quoted. */
const char *lm_alter_name(lm_alter_run *a, const char *name);
const char *lm_alter_quote(lm_alter_run *a, const char *name);
const char *lm_alter_literal(lm_alter_run *a, const char *text);
/* "main"."t" of the table now. */
const char *lm_alter_here(lm_alter_run *a);
/* A statement that is a step of the work: noted and run. */
int lm_alter_step(lm_alter_run *a, const char *sql);
/* Noted, and not run. */
int lm_alter_plan_step(lm_alter_run *a, const char *sql);
/* A text with the table's own name for that of the moment. */
const char *lm_alter_show(lm_alter_run *a, const char *text);
/* One that is not worth telling. */
int lm_alter_exec(lm_alter_run *a, const char *sql);
int lm_alter_hanger(lm_alter_run *a, const lm_hanger *hanger);

/* What hangs on this column of the table; NULL: on the table. The answer
 * lasts until the next question. */
int lm_alter_dependents(lm_alter_run *a, const char *column,
                        const lm_dependent **out, size_t *count);

/* The first text that a query of one text gives; NULL: no row, or NULL. */
int lm_alter_ask(lm_alter_run *a, const char *sql, const char *text,
                 const char **out);
/* The schema in which a temporary object finds this table or view when it
 * does not say in which. */
int lm_alter_meant(lm_alter_run *a, const char *name, const char **schema);
int lm_alter_ask_integer(lm_alter_run *a, const char *sql, const char *text,
                         int64_t *out);

/* draft.c */
int lm_def_load(lm_alter_run *a);
/* The text that the database has now; a refusal where it is gone. */
int lm_def_stored(lm_alter_run *a, const char **out);
int lm_def_set(lm_alter_run *a, const char *text);
void lm_def_clear(lm_def *draft);
/* Exchange a span of the text. */
int lm_def_replace(lm_alter_run *a, lm_span span, const char *with);
int lm_def_insert(lm_alter_run *a, size_t at, const char *text);
/* Take a span out, with the blanks before it. */
int lm_def_cut(lm_alter_run *a, lm_span span);
/* The place of the column, or a refusal when it is not there. */
int lm_def_need(lm_alter_run *a, const char *name, size_t *out);
/* The same; *out is the column count when it is not there. */
size_t lm_def_find(const lm_alter_run *a, const char *name);
const char *lm_def_span(lm_alter_run *a, lm_span span);
bool lm_def_same(const lm_alter_run *a, lm_span span, const char *text);
/* May this text be put into a definition? */
int lm_def_piece(lm_alter_run *a, const char *text, const char *what);
const lm_constraint *lm_column_has(const lm_column *c, lm_conkind kind);
/* The constraint (of the table or a column) of this name. */
const lm_constraint *lm_def_named(const lm_alter_run *a, const char *name);
bool lm_keys_are(const lm_keys *keys, const char **columns, size_t count);
/* Does a piece of SQL name this column, bare or in double quotes? */
bool lm_text_names(const char *text, size_t len, const char *name);
/* Is this keyword among its tokens? */
bool lm_text_says(const char *text, const char *word);
/* Is this name in double quotes in it? */
bool lm_text_quotes(const char *text, size_t len, const char *name);

/* body.c */
/* Behind the column at `at` (0: first) goes a new one, without a source. */
int lm_body_add_column(lm_alter_run *a, size_t at, const char *definition);
int lm_body_drop_column(lm_alter_run *a, size_t at);
/* order[i]: which of the columns so far comes i-th. */
int lm_body_order(lm_alter_run *a, const size_t *order);
int lm_body_add_constraint(lm_alter_run *a, const char *text);
int lm_body_drop_constraint(lm_alter_run *a, size_t at);

/* The operations. */
int lm_op_columns(lm_alter_run *a, const char **out);
int lm_op_set_type(lm_alter_run *a);
int lm_op_set_not_null(lm_alter_run *a);
int lm_op_set_default(lm_alter_run *a);
int lm_op_set_collate(lm_alter_run *a);
int lm_op_add_column(lm_alter_run *a);
int lm_op_drop_column(lm_alter_run *a);
int lm_op_reorder(lm_alter_run *a);
int lm_op_define(lm_alter_run *a);
/* Have both the same primary key? */
bool lm_key_same(const lm_createtable *a, const lm_createtable *b);
/* A refusal where foreign keys mean the primary key without naming it. */
int lm_key_check_references(lm_alter_run *a);
int lm_op_add_check(lm_alter_run *a);
int lm_op_drop_check(lm_alter_run *a);
int lm_op_add_unique(lm_alter_run *a);
int lm_op_drop_unique(lm_alter_run *a);
int lm_op_add_foreign_key(lm_alter_run *a);
int lm_op_drop_foreign_key(lm_alter_run *a);
int lm_op_set_primary_key(lm_alter_run *a);
int lm_op_set_autoincrement(lm_alter_run *a);
int lm_op_set_strict(lm_alter_run *a);
int lm_op_set_without_rowid(lm_alter_run *a);
int lm_op_rename_columns(lm_alter_run *a);
int lm_op_rename_to(lm_alter_run *a);

/* find.c */
int lm_alter_find(lm_alter_run *a);

/* alter.c */
/* Do what is pending. */
int lm_alter_flush(lm_alter_run *a);
/* From here on something may change: a savepoint, and what compiles now. */
int lm_alter_begin(lm_alter_run *a);
/* The same, and it will change, this way: no cursor may be in it. */
int lm_alter_start(lm_alter_run *a, lm_strategy strategy);

/* turn.c: around the planning of each operation */
int lm_turn_begin(lm_alter_run *a);
int lm_turn_end(lm_alter_run *a);

/* busy.c */
int lm_busy_check(lm_alter_run *a, lm_strategy strategy);
/* The same for those that functions opened while rows were read. */
int lm_busy_after(lm_alter_run *a);

/* ahead.c: before a rename, for what comes behind it */
int lm_ahead_check(lm_alter_run *a);

/* dry.c */
int lm_dry_note(lm_alter_run *a);

/* before.c, compare.c, probe.c */
int lm_probe_before(lm_alter_run *a);
/* Some triggers were dropped: what those beside them read. */
int lm_probe_dropped(lm_alter_run *a);
int lm_probe_after(lm_alter_run *a);
void lm_probe_clear(lm_alter_run *a);
/* places.c: how far the columns stand where they stood. */
void lm_places_note(lm_alter_run *a);
/* Tables with a foreign key to this one. */
int lm_alter_children(lm_alter_run *a, lm_row_fn each, void *user);

/* full.c: check = "full" */
int lm_full_before(lm_alter_run *a);
int lm_full_after(lm_alter_run *a);
/* Of it, what full-text tables need; `changed`: columns that may have other
 * values, or NULL. */
int lm_full_text(lm_alter_run *a, bool after, const lm_texts *changed);

/* keys.c */
int lm_keys_before(lm_alter_run *a);
int lm_keys_after(lm_alter_run *a);
/* While a rebuild has both tables, and all that point nowhere did before. */
int lm_keys_give(lm_alter_run *a);
/* Hand on parent, foreign key and value of each row of this table that points
 * nowhere, once for each value; all three as texts. */
int lm_match_values(lm_alter_run *a, const char *table, lm_row_fn each,
                    void *user);
int lm_keys_refuse(lm_alter_run *a, const char *table, const char *parent);

/* scratch.c */
const char *lm_alter_free_name(lm_alter_run *a);
int lm_scratch_make(lm_alter_run *a);
/* Would SQLite take it? Where the schema may be written its ALTER does not
 * tell. */
int lm_scratch_try(lm_alter_run *a);
/* A statement for the caller to finalize. */
int lm_alter_prepare(lm_alter_run *a, const char *sql, sqlite3_stmt **out);
/* "?, ?, ?" */
const char *lm_alter_marks(lm_alter_run *a, size_t n);
/* Is it a statement? It is not run. */
int lm_alter_compile(lm_alter_run *a, const char *sql);
int lm_scratch_exprs(lm_alter_run *a, const char *table);

/* fulltext.c */
/* A refusal that names the full-text tables which have their text in this
 * column (NULL: in the table), if there are any; `what` they do. */
int lm_fulltext_refuse(lm_alter_run *a, const char *column,
                       const char *what);
/* Those that have their text in the table, or in a view that reads it. */
int lm_fulltext_names(lm_alter_run *a, lm_texts *out);

/* alone.c */
/* The new column, if it is one; `native`: the last of natives adds it. */
int lm_alone_note(lm_alter_run *a, const lm_createtable *given, bool native);
int lm_alone_ask(lm_alter_run *a, lm_strategy strategy);
int lm_alone_native(lm_alter_run *a, const char *native);

/* native.c, store.c, rebuild.c */
int lm_native(lm_alter_run *a);
int lm_edit(lm_alter_run *a);
int lm_rebuild(lm_alter_run *a);
int lm_store_text(lm_alter_run *a, const char *text);
/* Forget every schema as this connection knows it. */
int lm_store_forget(lm_alter_run *a);
/* Can SQLite read back what is stored now? A refusal where it cannot. */
int lm_store_reread(lm_alter_run *a);

/* blame.c */
/* After SQLite's ALTER: where it stopped at a view or trigger, run it again
 * so that it does not. */
int lm_blame_retry(lm_alter_run *a, int rc, const char *sql);
/* lm_alter_rejected; what the message names is a dependent. */
int lm_blame_rejected(lm_alter_run *a, lm_reason otherwise);
/* Note the view, trigger or index that SQLite's message names, if it does. */
int lm_blame_note(lm_alter_run *a, const char *text);
/* Where it stopped, and nothing was found to be broken after all. */
int lm_blame_refuse(lm_alter_run *a);

/* follow.c: triggers that do not compile, when the table is renamed */
int lm_follow_name(lm_alter_run *a, const char *from, const char *to);

/* strings.c: around SQLite's ALTER; *out is to be freed, and shown again */
int lm_strings_hide(lm_alter_run *a, lm_texts *out);
int lm_strings_show(lm_alter_run *a, lm_texts *list);
/* Before a column gets this name: it stays a string in indexes, or a refusal;
 * a refusal where it is one. */
int lm_strings_keep(lm_alter_run *a, const char *name);
int lm_strings_check(lm_alter_run *a, const char *name);
int lm_strings_refuse(lm_alter_run *a, const char *string, const char *kind,
                      const char *name);

/* rowname.c: before a column gets this name: does it hide the rowid from what
 * reads it so? */
int lm_rowname_check(lm_alter_run *a, const char *column);
/* A full-text table that has its text here, and its rowids by this name. */
int lm_fulltext_rowid(lm_alter_run *a, const char *rowid, const char **out);

/* pure.c: a refusal where a new CHECK, or generated column, asks the clock */
int lm_pure_check(lm_alter_run *a, const char *expr, bool generated);

/* detour.c: around SQLite's RENAME COLUMN, where it would fail */
typedef struct lm_detour {
    bool taken;
    size_t unique, key;     /* constraints that are exchanged; */
    const char *type;       /* or the type that is not said; NULL: not so */
} lm_detour;

int lm_detour_begin(lm_alter_run *a, const char *from, lm_detour *d);
int lm_detour_end(lm_alter_run *a, const char *to, const lm_detour *d);

/* keep.c */
int lm_keep_renamed(lm_alter_run *a, const char *from, const char *to);
int lm_keep_aside(lm_alter_run *a);
int lm_keep_back(lm_alter_run *a, const char *scratch);
int lm_keep_sequence(lm_alter_run *a, bool *there, int64_t *value);
int lm_keep_sequence_back(lm_alter_run *a, int64_t value, bool exact);
int lm_keep_sequence_empty(lm_alter_run *a);

/* rows.c */
/* A name by which the rowid can be reached; NULL: there is none. */
const char *lm_rowid_name(const lm_createtable *def);
int lm_rows_misfit(lm_alter_run *a, const lm_value *rowid,
                   const lm_value *value);
int lm_rows_refuse(lm_alter_run *a, const char *why);
int lm_rows_null(lm_alter_run *a, const char *column);
/* Where the value that the column is given is NULL. */
int lm_rows_null_value(lm_alter_run *a, const char *column,
                       const char *value);
int lm_rows_check(lm_alter_run *a, const char *expr);
int lm_rows_try(lm_alter_run *a, const lm_texts *into, const char *columns,
                const char *select, const char *rowid);

/* wide.c */
/* More columns than a SELECT can give? */
bool lm_wide_is(const lm_alter_run *a, size_t columns);

/* rights.c */
int lm_rights_begin(lm_alter_run *a);
void lm_rights_end(lm_alter_run *a);
int lm_rights_flag(lm_alter_run *a, int what, bool on);

#endif
