/* SPDX-License-Identifier: MIT */
/*
 * sha256_x86.h - the rounds of SHA-256 by the processor's own instructions.
 *
 *   lm_sha256_x86   the function that does them; NULL where this processor
 *                   cannot, or is none of this kind
 */
#ifndef LM_BASE_SHA256_X86_H
#define LM_BASE_SHA256_X86_H

#include "sha256.h"

lm_sha256_rounds lm_sha256_x86(void);

#endif
