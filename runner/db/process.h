/* SPDX-License-Identifier: MIT */
/*
 * process.h - SQLite set up for a process that does nothing but migrate.
 *
 *   lm_process_dedicate   one thread, no mutexes, and a limit on the memory
 *                         that SQLite takes; once, before any other call
 *   lm_process_is_dedicated   was it?
 *   lm_process_temp       temporary files go to this folder where the system
 *                         has none for them; nothing in other processes
 *
 * SQLite is configured for a whole process (sqlite.org/c3ref/config.html), so
 * this is the front door's to ask for, never done on a host's behalf.
 */
#ifndef LM_DB_PROCESS_H
#define LM_DB_PROCESS_H

#include <stdbool.h>
#include <stddef.h>

/* `limit` in bytes; 0: none. False when SQLite has been in use already. */
bool lm_process_dedicate(size_t limit);
bool lm_process_is_dedicated(void);
/* False: no memory. */
bool lm_process_temp(const char *folder);

#endif
