/* SPDX-License-Identifier: MIT */
/*
 * sqlkeep.h - a migration as the history keeps it, one text for both ways.
 *
 *   lm_sqlkeep_write  the text to keep; *out stays NULL where the file's own
 *                     is enough
 *   lm_sqlkeep_read   take a kept text apart: kind, text, down_text and mode
 *                     of the source are set. *mine is false, and nothing
 *                     changed, when it does not fit the source's checksum
 *
 * What stands in two files, and what would be read otherwise if the dialect
 * were guessed from the text, is kept with a line of our own before it, which
 * names the dialect and counts the bytes of each:
 *
 *   -- lumigrate: diesel, up 38 bytes, down 19 bytes, no transaction
 *   CREATE TABLE rooms (id INTEGER);
 *
 *   -- lumigrate: down
 *   DROP TABLE rooms;
 */
#ifndef LM_SQLFILE_SQLKEEP_H
#define LM_SQLFILE_SQLKEEP_H

#include "../base/err.h"
#include "../engine/source.h"

int lm_sqlkeep_write(const lm_source *source, lm_err *err, char **out,
                     size_t *len);
int lm_sqlkeep_read(lm_source *source, bool *mine, lm_err *err);
/* The fingerprint of a source whose texts, kind and mode are set. `opted`:
 * a file beside it says that it runs outside a transaction. */
void lm_sqlkeep_fingerprint(const lm_source *source, bool opted, char *out);

#endif
