/* SPDX-License-Identifier: MIT */
/*
 * dump.h - a schema as SQL text, with the ledger's rows, and the way back.
 *
 *   lm_dump          the text: objects in the order in which they can be made,
 *                    the ledger's rows, user_version and application_id
 *   lm_dump_schema   the definitions alone: what conn:schema_dump gives
 *   lm_dump_is       does the text begin as a dump does?
 *   lm_dump_check    LM_OK for a whole dump for this ledger; otherwise why not
 *   lm_dump_load     run it, inside an open transaction
 *
 * The same database gives the same text, and so does another that was made of
 * the same definitions in another order (objects.h). The text is SQL that the
 * sqlite3 shell takes as well. Its first line says what it is and its last
 * one that it is all there. The history is not in it: what is loaded begins
 * its own.
 *
 * Loading takes what a dump holds and nothing else: definitions, rows for the
 * ledger, the two pragmas. Anything else in it is refused with its line.
 *
 * Ownership: texts belong to the caller, but for that of lm_dump_schema: it
 * belongs to the connection until the next call.
 */
#ifndef LM_DB_DUMP_H
#define LM_DB_DUMP_H

#include "../base/buf.h"
#include "db.h"

int lm_dump(lm_db *db, lm_buf *out);
int lm_dump_schema(lm_db *db, const char **out);
bool lm_dump_is(const char *text, size_t len);
/* LM_EUSAGE, or LM_EDATA for one that was cut off. */
int lm_dump_check(const char *text, size_t len, const char *table,
                  lm_err *err);
/* `into` must be empty; *objects counts what was made. The text encoding of
 * the dump must be set before the transaction: lm_dump_encoding. */
int lm_dump_encoding(lm_db *into, const char *text, size_t len);
int lm_dump_load(lm_db *into, const char *text, size_t len,
                 size_t *objects);

#endif
