/* SPDX-License-Identifier: MIT */
/*
 * foreign.h - marks and names of other tools' migrations.
 *
 *   lm_foreign_folder   refuse a folder that only another tool reads
 *   lm_foreign_name     the tool whose naming this file follows, or NULL
 *   lm_foreign_text     the tool whose marks are in this text, or NULL
 *   lm_foreign_refuse   the error that names it
 *
 * A file with a way down in it must never run whole, so it is better to
 * refuse too much. The names are static.
 */
#ifndef LM_SQLFILE_FOREIGN_H
#define LM_SQLFILE_FOREIGN_H

#include "../base/file.h"

int lm_foreign_folder(const lm_dir *dir, const char *folder, lm_err *err);
const char *lm_foreign_name(const char *file);
const char *lm_foreign_text(const char *text, size_t len);
int lm_foreign_refuse(lm_err *err, const char *what, const char *tool);

#endif
