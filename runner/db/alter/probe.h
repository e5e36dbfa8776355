/* SPDX-License-Identifier: MIT */
/*
 * alter/probe.h - views, triggers and tables, compiled without being run.
 *
 *   lm_probe_list     what there is to compile, into a->sounds
 *   lm_probe          compile one and note what it reads
 *   lm_probe_fulltext, lm_fulltext_probes
 *                     what full-text tables read from views (fulltext.c)
 *   lm_probe_column   what reads a column of a view by its name
 *   lm_probe_text     the statement that compiles it
 *   lm_shown_note     what columns a view shows
 *   lm_shown_left     may another column have the name of one that went?
 *   lm_shown_taken    does a new column take the name of one of these?
 *   lm_places_counted does it count columns that have other places now?
 *   lm_program_hash   what it is compiled into; 0: it does not compile
 *   lm_name_meant    does a name in it mean this column of the table?
 *                    (meant.c)
 *   lm_text_star     has it a star that stands for columns?
 *   lm_programs_read  what all of them are compiled into
 *   lm_programs_same  mark those which are compiled into something else now
 *   lm_mend_renamed   put right what a rename left wrong in them (mend.c)
 *   lm_sounds_clear   free them all
 *   lm_sound_reads    does it read this column?
 *   lm_sound_here     does it read the table that is altered?
 *   lm_natural_meets  may a NATURAL JOIN in it join by this column?
 *   lm_natural_by     a name by which a NATURAL JOIN in it joins now, or did
 *   lm_hash_read      a column as lm_seen has it
 *   lm_sound_is_view  is one of them this view?
 *   lm_sound_find     the one of this kind, event, schema and name, or NULL
 *   lm_sound_after    the same in a->sounds of what was there before
 *                     (compare.c)
 *   lm_hash_sound, lm_hash_trigger
 *                     a sound, or the name of one of its triggers, likewise
 *   lm_index_add      what a hash stands for
 *   lm_index_trigger  is it the name of a trigger, and of this sound?
 *
 * Ownership: a->sounds and their reads are freed by lm_probe_clear, those of
 * lm_programs_read by lm_sounds_clear, also after an error.
 */
#ifndef LM_DB_ALTER_PROBE_H
#define LM_DB_ALTER_PROBE_H

#include "alter.h"

/* One column of a table that is read, as hashes. */
typedef struct lm_seen {
    uint64_t full;      /* schema, table and column */
    bool here;          /* of the table that is altered */
} lm_seen;

struct lm_sound {
    const char *kind;   /* "view", "trigger", "table" or "fts5" */
    const char *schema, *name;  /* of a trigger: what it stands on */
    char event;         /* I, U, D: of INSERT, UPDATE, DELETE; 0: a view;
                           F: what a full-text table reads, C: who reads
                           a column of a view */
    const char *text;   /* of the view, or of the triggers, joined; of F the
                           statement */
    const char *shown;  /* name for people */
    const char *home;   /* of a trigger: its own schema */
    lm_texts members;   /* the triggers by name, */
    lm_texts texts;     /* and what makes them, */
    lm_texts homes;     /* and the schemas that they are in */
    lm_texts columns;   /* that a view with a star shows */
    bool ok, strict;    /* compiles; also without strings in double quotes */
    lm_seen *reads;
    size_t read_count, read_size;
    uint64_t program;   /* a hash, by lm_programs_read; 0: none */
    const char *moved;  /* how it became another one by a rename */
};

/* Who listens to the authorizer. */
typedef struct lm_ear {
    lm_alter_run *a;
    lm_sound *sound;
    bool after;         /* names are those of the end, not the beginning */
    bool failed;
} lm_ear;

typedef struct lm_verdict {
    bool ok;
    char *why;          /* for the caller to free; NULL: ok */
} lm_verdict;

int lm_probe_list(lm_alter_run *a);
/* `strict`: try it with names alone in double quotes; `loose`: where that
 * was not tried or failed, also with strings. */
int lm_probe(lm_ear *e, bool strict, bool loose, lm_verdict *out);
int lm_probe_fulltext(lm_alter_run *a, const char *schema, const char *name,
                      const char *sql);
/* The view is a->sounds.list[view]. */
int lm_probe_column(lm_alter_run *a, size_t view, const char *column);
int lm_fulltext_probes(lm_alter_run *a);
int lm_probe_text(lm_alter_run *a, const lm_sound *s, const char **out);

int lm_shown_note(lm_alter_run *a, lm_sound *s, sqlite3_stmt *stmt);
bool lm_shown_left(const lm_sound *old, const lm_sound *new,
                   const char *name);
bool lm_shown_taken(const lm_alter_run *a, const lm_sound *old,
                    const lm_sound *new, size_t column);

/* *why: NULL, or what it is. */
int lm_places_counted(lm_alter_run *a, const lm_sound *old,
                      const lm_sound *new, const char **why);

int lm_program_hash(lm_alter_run *a, const lm_sound *s, uint64_t *out);
int lm_name_meant(lm_alter_run *a, const lm_sound *s, const char *name,
                  bool *out);
bool lm_text_star(const char *text);
int lm_programs_read(lm_alter_run *a, lm_sounds *out);
int lm_programs_same(lm_alter_run *a, const lm_sounds *old);
/* *any: some text was changed. */
int lm_mend_renamed(lm_alter_run *a, const lm_sounds *old,
                    const lm_sounds *new, bool *any);
void lm_sounds_clear(lm_sounds *all);
bool lm_sound_reads(const lm_sound *sound, uint64_t full);
bool lm_sound_here(const lm_sound *sound);
int lm_natural_meets(lm_alter_run *a, const lm_sound *s, const char *column,
                     bool *out);
int lm_natural_by(lm_alter_run *a, const lm_sound *s, const char **out);
uint64_t lm_hash_read(const char *schema, const char *table,
                      const char *column);


/* What is called so, and the next one (its place + 1) of the same head. */
typedef struct lm_slot {
    uint64_t hash;
    size_t sound, next;
} lm_slot;

uint64_t lm_hash_sound(const lm_sound *s);
uint64_t lm_hash_trigger(const char *name);
bool lm_sound_is_view(const lm_alter_run *a, const char *schema,
                      const char *name);
lm_sound *lm_sound_find(const lm_sounds *all, const lm_sound *like);
const lm_sound *lm_sound_after(const lm_alter_run *a, const lm_sound *old);
int lm_index_add(lm_sounds *all, uint64_t hash, size_t sound, lm_err *err);
bool lm_index_trigger(const lm_sounds *all, const lm_sound *s,
                      const char *inside, bool *own);

#endif
