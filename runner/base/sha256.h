/* SPDX-License-Identifier: MIT */
/*
 * sha256.h - SHA-256 by libmd.
 *
 *   lm_sha256_begin, _add, _end   the digest as 64 hex digits and a NUL
 */
#ifndef LM_BASE_SHA256_H
#define LM_BASE_SHA256_H

#include <stddef.h>
#include <sys/types.h>
#include <sha2.h>

enum { LM_SHA256_HEX = 65 };

typedef struct lm_sha256 {
    SHA2_CTX state;
} lm_sha256;

void lm_sha256_begin(lm_sha256 *h);
void lm_sha256_add(lm_sha256 *h, const void *bytes, size_t n);
void lm_sha256_end(lm_sha256 *h, char hex[LM_SHA256_HEX]);

#endif
