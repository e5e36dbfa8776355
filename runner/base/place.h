/* SPDX-License-Identifier: MIT */
/*
 * place.h - what the place is like that a process runs in: volumes, limits.
 *
 *   lm_place_free          bytes that may still be written where a path is
 *   lm_place_is_read_only  is the volume?
 *   lm_place_is_alone      is this file mounted by itself, without its
 *                          folder?
 *   lm_place_file_limit    the size that a file may have (RLIMIT_FSIZE)
 *   lm_place_open_limit    how many files may be open (RLIMIT_NOFILE)
 *   lm_place_is_dated      is a time, as lm_clock_utc writes it, one at which
 *                          a clock that was set may stand?
 *
 * Nothing is opened, made or changed. What cannot be found out is no limit.
 */
#ifndef LM_BASE_PLACE_H
#define LM_BASE_PLACE_H

#include <stdbool.h>
#include <stdint.h>

/* What cannot be found out, or has no limit. */
#define LM_PLACE_ENDLESS UINT64_MAX

uint64_t lm_place_free(const char *path);
bool lm_place_is_read_only(const char *path);
bool lm_place_is_alone(const char *file, const char *folder);
uint64_t lm_place_file_limit(void);
uint64_t lm_place_open_limit(void);
bool lm_place_is_dated(const char *utc);

#endif
