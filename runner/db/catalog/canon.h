/* SPDX-License-Identifier: MIT */
/*
 * canon.h - parts of a schema in the one form that they have for the
 * fingerprint.
 *
 *   lm_canon_field   a text as it is; NULL is not ""
 *   lm_canon_name    a name, ASCII case aside
 *   lm_canon_count   a number
 *   lm_canon_exact   a piece of SQL: only spaces and comments aside
 *   lm_canon_expression  an expression over one table's columns: spaces,
 *                        comments, case, quoting aside, but not the case of
 *                        what is a string in double quotes
 *   lm_canon_code        the same for a piece of a view's or trigger's text,
 *                        which is given as a whole
 *   lm_canon_default     what stands behind DEFAULT
 *   lm_canon_type        a declared type
 *   lm_canon_table   an ordinary table
 *   lm_canon_index   an index with a text of its own
 *
 *   lm_canon_not_null, _constraint, _foreign, _parts, _where
 *                        what these two are made of; _constraint is false
 *                        where it is told elsewhere or says nothing
 *   lm_canon_last        the last constraint of a kind: the one that SQLite
 *                        takes; NULL: none
 *   lm_canon_collation   that of a column
 *
 * Every part says how long it is, so that no two lists of parts look alike.
 * Failure for want of memory is sticky in the buffer (lm_buf_take sees it).
 */
#ifndef LM_DB_CATALOG_CANON_H
#define LM_DB_CATALOG_CANON_H

#include "../../base/buf.h"
#include "inner.h"

void lm_canon_field(lm_buf *b, const char *s);
void lm_canon_name(lm_buf *b, const char *name);
void lm_canon_count(lm_buf *b, size_t n);
void lm_canon_exact(lm_buf *b, const char *text, lm_span span);
void lm_canon_expression(lm_buf *b, const lm_table_info *t, const char *text,
                         lm_span span);
int lm_canon_code(lm_buf *b, lm_db *db, const char *sql, lm_span span);
void lm_canon_default(lm_buf *b, const char *text, lm_span span);
void lm_canon_type(lm_buf *b, const char *text, lm_span span);
int lm_canon_table(lm_db *db, const lm_table_info *t, lm_buf *b);
void lm_canon_index(const lm_table_info *t, const lm_index_info *index,
                    lm_buf *b);

const lm_constraint *lm_canon_last(const lm_column *c, lm_conkind kind);
const char *lm_canon_collation(const lm_table_info *t, const char *column);
void lm_canon_not_null(lm_buf *b, const lm_constraint *con);
bool lm_canon_constraint(lm_buf *b, const lm_table_info *t,
                         const lm_constraint *con, const char *column);
void lm_canon_foreign(lm_buf *b, const lm_foreign_info *f);
void lm_canon_parts(lm_buf *b, const lm_table_info *t,
                    const lm_index_info *index);
void lm_canon_where(lm_buf *b, const lm_table_info *t,
                    const lm_index_info *index);

#endif
