/* SPDX-License-Identifier: MIT */
/*
 * folders.h - one folder for each migration, or a journal that lists them:
 * diesel, Prisma, drizzle.
 *
 *   lm_folders_find       whose folder is it? Its name, or NULL
 *   lm_diesel_claim       x/up.sql, x/down.sql, x/metadata.toml
 *   lm_prisma_claim       x/migration.sql
 *   lm_drizzle_claim      meta/_journal.json and what it lists; or its newer
 *                         layout, x/migration.sql with x/snapshot.json
 *   lm_toml_value         the value of a key at the top of a TOML text, as it
 *                         is written; false: the text is no TOML. For
 *                         metadata.toml and migration_lock.toml, which hold
 *                         a key or two.
 */
#ifndef LM_SQLFILE_FOLDERS_H
#define LM_SQLFILE_FOLDERS_H

#include "claim.h"

const char *lm_folders_find(lm_claim *c);
int lm_diesel_claim(lm_claim *c);
int lm_prisma_claim(lm_claim *c);
int lm_drizzle_claim(lm_claim *c);
bool lm_toml_value(const char *text, const char *key, const char **value,
                   size_t *len);
/* The folders that hold this file, as migrations of the claim's dialect. */
int lm_folders_claim(lm_claim *c, const char *file);

#endif
