/* SPDX-License-Identifier: MIT */
/*
 * clock.h - what time it is.
 *
 *   lm_clock_ms       milliseconds of a clock that never goes back, for
 *                     durations and deadlines
 *   lm_clock_since    milliseconds from then on, to the microsecond: what a
 *                     person reads and a dump writes in a few digits
 *   lm_clock_utc      now as 2026-01-28T09:30:00.123Z
 *   lm_clock_stamp    the same as 20260128T093000.123Z, for names of files
 */
#ifndef LM_BASE_CLOCK_H
#define LM_BASE_CLOCK_H

enum { LM_UTC_SIZE = 32 };

double lm_clock_ms(void);
double lm_clock_since(double then_ms);
void lm_clock_utc(char out[LM_UTC_SIZE]);
void lm_clock_stamp(char out[LM_UTC_SIZE]);

#endif
