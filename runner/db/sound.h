/* SPDX-License-Identifier: MIT */
/*
 * sound.h - is what the database holds sound? Reads only.
 *
 *   lm_sound_code   does every view and trigger compile? Cheap: nothing runs
 *   lm_sound_made   the same of what the migration that runs has made, after
 *                   lm_check_end; costs nothing where the schema is as it was
 *   lm_sound_deep   does every page hang together (quick_check), does every
 *                   row keep its table's rules, and does every foreign key
 *                   point to a row? Reads all of the database
 *
 * Each fault is one sentence, handed to a function that may stop the search.
 * A database that cannot be read at all is an error as ever.
 */
#ifndef LM_DB_SOUND_H
#define LM_DB_SOUND_H

#include "db.h"

typedef enum lm_flaw {
    LM_FLAW_SCHEMA,     /* a view, a trigger, a row that breaks a rule */
    LM_FLAW_DAMAGE      /* the file itself */
} lm_flaw;

/* `text` is borrowed for the call. */
typedef int (*lm_flaw_fn)(void *user, lm_db *db, lm_flaw flaw,
                          const char *text);

int lm_sound_code(lm_db *db, lm_flaw_fn each, void *user);
int lm_sound_made(lm_db *db, lm_flaw_fn each, void *user);
int lm_sound_deep(lm_db *db, lm_flaw_fn each, void *user);

#endif
