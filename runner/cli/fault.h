/* SPDX-License-Identifier: MIT */
/*
 * fault.h - what the front door itself found wrong, before or around the
 * library: an unknown option, a number that is none, a file that is there.
 *
 *   lm_fault_set    record it; returns its code. The first one wins
 *   lm_fault_hint   what the user can do now; of the first one as well
 *   lm_fault_info   the same as the library's error, borrowed from the fault
 *   lm_fault_clear  free; may be called twice
 */
#ifndef LM_CLI_FAULT_H
#define LM_CLI_FAULT_H

#include "../lumigrate.h"
#include "str.h"

typedef struct lm_fault {
    int code; /* LUMIGRATE_OK: nothing is wrong */
    lm_str message, hint;
} lm_fault;

int lm_fault_set(lm_fault *fault, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void lm_fault_hint(lm_fault *fault, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
lumigrate_error lm_fault_info(const lm_fault *fault);
void lm_fault_clear(lm_fault *fault);

#endif
