/* SPDX-License-Identifier: MIT */
/*
 * faults.h - the n-th of something fails, once or from there on, during one
 * run through the library.
 *
 *   for_ever          from there on, or once?
 *   fails_now         does this one? Whatever can fail asks, and is counted
 *   run_with_fault    open, `call`, close; the at-th fails, with 0 none
 *   counted           how many there were
 *   all_faults        every n, or a sample?
 *   choose_database, remove_database
 *                     of the box, and back to none
 */
#ifndef LM_TEST_FAULTS_H
#define LM_TEST_FAULTS_H

#include "../unit/box.h"

static long armed_at;           /* the one that fails; 0: none */
static long counted;
static int for_ever;

static inline int fails_now(void)
{
    if (armed_at == 0)
        return 0;
    counted++;
    return for_ever ? counted >= armed_at : counted == armed_at;
}

static inline int run_with_fault(box *b, long at, int (*call)(lumigrate *))
{
    lumigrate_config config = box_config(b);
    lumigrate *lm = NULL;
    int rc;

    counted = 0;
    armed_at = at;
    rc = lumigrate_open(&lm, &config);
    if (rc == LUMIGRATE_OK)
        rc = call(lm);
    lumigrate_close(lm);
    armed_at = 0;
    return rc;
}

static inline int all_faults(void)
{
    const char *all = getenv("LUMIGRATE_TEST_FAULTS");

    return all != NULL && strcmp(all, "all") == 0;
}

/* On a file system in memory where there is one: the runs sync a lot. */
static inline void choose_database(box *b)
{
    if (access("/dev/shm", W_OK) == 0)
        snprintf(b->database, sizeof b->database, "/dev/shm/%s.db",
                 strrchr(b->dir, '/') + 1);
}

static inline void remove_database(const box *b)
{
    static const char *const ends[] = {"", "-journal", "-wal", "-shm"};
    char path[200];
    size_t i;

    for (i = 0; i < 4; i++) {
        snprintf(path, sizeof path, "%s%s", b->database, ends[i]);
        unlink(path);
    }
}

#endif
