/* SPDX-License-Identifier: MIT */
/*
 * claim.h - a folder in which a dialect looks for its files.
 *
 *   lm_claim_begin, _end    around everything: the folder, what is claimed
 *   lm_claim_entry          is this entry a file that may be a migration?
 *   lm_claim_has            is there an entry of this name? Its index
 *   lm_claim_there          is there a file of this path?
 *   lm_claim_holds          is there a file x/file in the sub-folder x?
 *   lm_claim_read           the text of an entry, read once and kept
 *   lm_claim_text           the text of a file that is no migration
 *   lm_claim_add            a source of this ID from an entry, its text too
 *   lm_claim_add_path       a source from a file in a sub-folder
 *   lm_claim_down           the way down of a source is this file
 *   lm_claim_sorted         the sources of this claim, in an order of their
 *                           own; to be freed, NULL: no memory
 *   lm_claim_rank           number the sources in the dialect's order
 *   lm_claim_unique         no two of them may be the same to the tool
 *   lm_claim_leave          left alone, because the tool does so; said once
 *                           for all when the claim ends
 *   lm_claim_say_left       say it now, and as what; NULL: as its tool would
 *   lm_claim_rest           claim what else there is of *.sql, unsaid
 *   lm_claim_leave_rest     leave alone what else there is of *.sql
 *   lm_claim_by_number, _by_id   orders to rank by
 *   lm_claim_refuse         an error about a file of the folder
 *
 * Ownership: texts that no source took over are freed by lm_claim_end. A
 * source's address holds until the next is added.
 */
#ifndef LM_SQLFILE_CLAIM_H
#define LM_SQLFILE_CLAIM_H

#include "../base/buf.h"
#include "../engine/engine.h"

typedef struct lm_dialect lm_dialect;

/* What the engine was told; it outlives every claim. */
typedef struct lm_sql_context {
    const lm_dialect *forced;   /* --dialect; NULL: found out */
    char *table;                /* the ledger's name */
    void *env_user;
    const char *(*getenv)(void *env_user, const char *name);
} lm_sql_context;

typedef struct lm_filetext {
    char *path, *text;      /* text NULL: not read, or it cannot be */
    size_t len;
    unsigned marks;         /* of mark.h */
    size_t mark_at;         /* where the first of the last tool stands */
} lm_filetext;

typedef struct lm_claim {
    const lm_sql_context *context;
    const lm_dialect *dialect;
    const lm_dir *dir;
    const char *folder;
    bool *claimed;
    lm_sources *out;
    size_t first;           /* of our sources in out */
    lm_filetext *texts;     /* one for each entry of dir */
    lm_buf left;            /* names that are left alone */
    lm_err *err;
} lm_claim;

/* Of two sources, handed by pointers to their addresses. */
typedef int (*lm_claim_cmp)(const void *a, const void *b);

int lm_claim_begin(lm_claim *c);
int lm_claim_end(lm_claim *c, int rc);
bool lm_claim_entry(const lm_claim *c, size_t i, const char *suffix);
bool lm_claim_has(const lm_claim *c, const char *name, size_t *index);
bool lm_claim_there(const lm_claim *c, const char *path);
bool lm_claim_holds(const lm_claim *c, const char *sub, const char *file);
int lm_claim_read(lm_claim *c, size_t i);
int lm_claim_text(lm_claim *c, const char *file, char **text, size_t *len);
lm_source *lm_claim_add(lm_claim *c, size_t i, const char *id, size_t len);
lm_source *lm_claim_add_path(lm_claim *c, const char *path, const char *id,
                             size_t len);
int lm_claim_down(lm_claim *c, lm_source *source, const char *file);
lm_source **lm_claim_sorted(lm_claim *c, lm_claim_cmp cmp, size_t *count);
int lm_claim_rank(lm_claim *c, lm_claim_cmp cmp);
int lm_claim_unique(lm_claim *c, lm_claim_cmp cmp);
void lm_claim_leave(lm_claim *c, const char *file);
int lm_claim_say_left(lm_claim *c, const char *as);
void lm_claim_rest(lm_claim *c);
void lm_claim_leave_rest(lm_claim *c);
int lm_claim_by_number(const void *a, const void *b);
int lm_claim_by_id(const void *a, const void *b);
int lm_claim_refuse(lm_claim *c, const char *file, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static inline const lm_source *lm_claim_at(const void *p)
{
    return *(const lm_source *const *)p;
}

/* Leading digits of two names as numbers; none is less than any. */
int lm_claim_cmp_number(const char *a, const char *b);
size_t lm_claim_digits(const char *name);

#endif
