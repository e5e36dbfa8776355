/* SPDX-License-Identifier: MIT */
/*
 * dumpform.h - the lines by which dump.c and load.c know a dump.
 */
#ifndef LM_DB_DUMPFORM_H
#define LM_DB_DUMPFORM_H

extern const char lm_dump_first[], lm_dump_last[], lm_dump_ledger_mark[];

/* A transaction for whoever loads it with another program; we skip both. */
#define LM_DUMP_BEGIN "BEGIN"
#define LM_DUMP_END "COMMIT"

#endif
