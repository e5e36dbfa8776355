/* SPDX-License-Identifier: MIT */
/*
 * reverts.h - what is going to be taken back, newest first, and by which
 * text.
 *
 * An application is reverted by the way down of the text that was applied. A
 * file with the same fingerprint is that text; otherwise it comes from the
 * history, where a file may have been edited or be gone since. Rows of a
 * home-made ledger name no text: then the file's is taken.
 *
 *   lm_reverts_choose  the newest so many, or all that were applied after an
 *                      ID, or one; by the ledger's positions, never by names
 *   lm_reverts_find    the text for each; then nothing else can be refused
 *                      but by compiling it
 *   lm_reverts_renew   the rows anew, after the ledger was rebuilt
 *   lm_reverts_warn    tell what is worth knowing about where a text is from
 *   lm_reverts_clear   free; may be called twice
 *
 * Ownership: a list owns its rows and the texts that come from the history;
 * `file` is the folder's.
 */
#ifndef LM_CORE_REVERTS_H
#define LM_CORE_REVERTS_H

#include "session.h"

typedef struct lm_revert {
    lm_applied row;             /* as it stood in the ledger when chosen */
    const lm_source *file;      /* the folder's of this ID; NULL: missing */
    bool edited;                /* it is not what was applied */
    bool halved;                /* a way down was begun outside a
                                   transaction, and not finished */
    lm_source kept;             /* from the history; its engine is NULL when
                                   it was not needed or not there */
    const lm_source *source;    /* the one whose way down runs */
} lm_revert;

typedef struct lm_reverts {
    lm_revert *list;
    size_t count;
    bool again;                 /* to be applied anew: for redo, which takes
                                   no way down from a file */
    lm_arena strings;
} lm_reverts;

/* What to choose. All zero: the newest one. */
typedef struct lm_choice {
    size_t count;
    const char *after;          /* all that were applied after this ID */
    const char *only;           /* this one */
    bool all;
} lm_choice;

/* LM_EUSAGE when an ID is not applied. */
int lm_reverts_choose(lm_session *s, const lm_choice *choice,
                      lm_reverts *out);
/* `from_file`: by the file as it is now. The session's database is open. */
int lm_reverts_find(lm_session *s, lm_reverts *reverts,
                    const lm_folder *folder, bool from_file);
int lm_reverts_renew(lm_session *s, lm_reverts *reverts);
void lm_reverts_warn(lm_session *s, const lm_reverts *reverts);
void lm_reverts_clear(lm_reverts *reverts);

#endif
