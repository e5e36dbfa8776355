/* SPDX-License-Identifier: MIT */
/*
 * alter/probe.h - views, triggers and tables, compiled without being run.
 *
 *   lm_probe_list     what there is to compile, into a->sounds
 *   lm_probe          compile one and note what it reads
 *   lm_probe_fulltext, lm_fulltext_probes
 *                     what full-text tables read from views (fulltext.c)
 *   lm_sounds_free    free a list of them
 *   lm_sound_reads    does it read this column?
 *   lm_hash_read      a column as lm_seen has it
 *
 * Ownership: a->sounds and their reads are freed by lm_probe_clear.
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
                           F: what a full-text table reads */
    const char *text;   /* of the view, or of the triggers, joined; of F the
                           statement */
    const char *shown;  /* name for people */
    lm_texts members;   /* the triggers by name */
    bool ok, strict;    /* compiles; also without strings in double quotes */
    lm_seen *reads;
    size_t read_count, read_size;
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
int lm_fulltext_probes(lm_alter_run *a);
void lm_sounds_free(lm_sound *list, size_t count);
bool lm_sound_reads(const lm_sound *sound, uint64_t full);
uint64_t lm_hash_read(const char *schema, const char *table,
                      const char *column);

#endif
