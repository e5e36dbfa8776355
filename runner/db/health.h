/* SPDX-License-Identifier: MIT */
/*
 * health.h - how a database's file is, without SQLite and without a touch.
 *
 *   lm_health_look     what can be seen of the file and of those beside it
 *   lm_health_is_wal   is it in WAL mode?
 *   lm_health_holder   has another process a lock on it? Which one, as far as
 *                      it can be told (0: unknown)
 *
 * The file is opened and closed again, which drops every lock that this
 * process holds on it (fcntl(2)): not while a connection to it is open.
 */
#ifndef LM_DB_HEALTH_H
#define LM_DB_HEALTH_H

#include <stdbool.h>
#include <stdint.h>

typedef struct lm_health {
    bool exists;
    uint64_t size;      /* of the file, and of a -wal beside it */
    bool wal;
    bool hot;           /* a journal is there whose writer is gone: the next
                           connection rolls it back */
    bool locked;        /* somebody writes now */
    long writer;        /* its process; 0: unknown */
} lm_health;

void lm_health_look(const char *path, lm_health *out);
bool lm_health_is_wal(const char *path);
/* `name` gets at most 63 bytes and a NUL. */
bool lm_health_holder(const char *path, long *pid, char name[64]);

#endif
