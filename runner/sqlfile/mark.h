/* SPDX-License-Identifier: MIT */
/*
 * mark.h - comments that mean something.
 *
 *   lm_mark_is_line     is the token a -- comment?
 *   lm_mark_body        what it says, without dashes and blanks around it
 *   lm_mark_begins      does what it says begin with this word?
 *   lm_mark_is_break    is it drizzle's --> statement-breakpoint?
 *   lm_mark_opts_out    is it sqlx's -- no-transaction, which counts as the
 *                       very first bytes of a file alone?
 *   lm_mark_is_indented is it the first in its line, behind blanks?
 *   lm_mark_is_dbmate   is it nearly a mark of dbmate, at least?
 *   lm_mark_turns_down  is it -- Down, -- !Downs, -- 2 down, -- //@UNDO or
 *                       what else a tool unknown here divides a file by?
 *   lm_marks_of         the tools whose marks are in a text, as bits
 *   lm_mark_next_word   the words of a body, one after another
 *
 * Marks are looked for among tokens: what stands in a string or in a block
 * comment is none. lm_marks_of takes more for a mark than the tools do: a file
 * with a way down in it must never run whole, so that what is nearly a mark
 * is better refused by the dialect's own parser. Nothing is allocated.
 */
#ifndef LM_SQLFILE_MARK_H
#define LM_SQLFILE_MARK_H

#include <stdbool.h>
#include <stddef.h>

#include "../lex/sqltok.h"

enum {
    LM_MARKS_GOOSE = 1,
    LM_MARKS_SQL_MIGRATE = 2,
    LM_MARKS_DBMATE = 4
};

bool lm_mark_is_line(const lm_sqltok *t);
const char *lm_mark_body(const lm_sqltok *t, size_t *len);
bool lm_mark_begins(const lm_sqltok *t, const char *word);
bool lm_mark_is_break(const lm_sqltok *t);
bool lm_mark_opts_out(const lm_sqltok *t);
bool lm_mark_is_indented(const lm_sqltok *t);
bool lm_mark_is_dbmate(const lm_sqltok *t);
bool lm_mark_turns_down(const lm_sqltok *t);
unsigned lm_marks_of(const char *text, size_t len, size_t *first);
const char *lm_mark_next_word(const char **at, size_t *left, size_t *size);

#endif
