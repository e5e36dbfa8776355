/* SPDX-License-Identifier: MIT */
/*
 * marked.h - dialects whose marks divide one file: goose, sql-migrate, dbmate.
 *
 *   lm_…_parse       the parts of a file; what its tool would refuse, or
 *                    silently not see, is refused
 *   lm_…_directive   which comments count
 *   lm_…_claim       all *.sql with the marks
 *   lm_goose_expand  ENVSUB
 *   lm_marked_refuse an error at a mark
 *   lm_marked_statement, _refuse_open   StatementBegin and StatementEnd
 *
 * A mark is a -- comment token at the beginning of a line, so that what looks
 * like one in a string is none. SQL before the first mark is an error.
 */
#ifndef LM_SQLFILE_MARKED_H
#define LM_SQLFILE_MARKED_H

#include "../lex/sqltok.h"
#include "claim.h"
#include "expand.h"
#include "parts.h"

/* A StatementBegin that has no end yet. */
typedef struct lm_begun {
    bool open;
    size_t at;
} lm_begun;

int lm_marked_refuse(const lm_sqltok *t, lm_err *err, const char *what);
int lm_marked_statement(lm_begun *b, const lm_sqltok *t, bool begins,
                        lm_parts *out, lm_err *err);
int lm_marked_refuse_open(const lm_begun *b, const char *text, lm_err *err);

int lm_goose_parse(const char *text, size_t len, lm_err *err, lm_parts *out);
bool lm_goose_directive(const lm_sqltok *comment);
int lm_goose_claim(lm_claim *c);
int lm_goose_expand(const lm_expansion *from, lm_err *err, lm_expanded *out);

int lm_sql_migrate_parse(const char *text, size_t len, lm_err *err,
                         lm_parts *out);
bool lm_sql_migrate_directive(const lm_sqltok *comment);
int lm_sql_migrate_claim(lm_claim *c);

int lm_dbmate_parse(const char *text, size_t len, lm_err *err,
                    lm_parts *out);
bool lm_dbmate_directive(const lm_sqltok *comment);
int lm_dbmate_claim(lm_claim *c);

/* Claim the files with these marks. One without is left alone where `passes`
 * says that the tool does so (NULL: it never does); blank ones run as empty;
 * else it is refused. */
int lm_marked_claim(lm_claim *c, unsigned marks,
                    bool (*passes)(const char *name));

#endif
