/* SPDX-License-Identifier: MIT */
/*
 * sha256.h - SHA-256: its rounds by the processor where it can do them, by
 * libmd elsewhere.
 *
 *   lm_sha256_begin, _add, _end   the digest as 64 hex digits and a NUL
 *   lm_sha256_software            the rounds of libmd
 *
 * At every start each applied file is read and its fingerprint taken. With
 * 1,000 of them two fifths of all instructions went into libmd's rounds; the
 * processor's take a tenth of that.
 */
#ifndef LM_BASE_SHA256_H
#define LM_BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

enum { LM_SHA256_HEX = 65, LM_SHA256_BLOCK = 64 };

/* Takes `count` blocks of 64 bytes into the state. */
typedef void (*lm_sha256_rounds)(uint32_t state[8], const unsigned char *block,
                                 size_t count);

typedef struct lm_sha256 {
    uint32_t state[8];
    uint64_t size;                          /* bytes so far */
    unsigned char rest[LM_SHA256_BLOCK];    /* size % 64 of them wait here */
    lm_sha256_rounds rounds;
} lm_sha256;

void lm_sha256_begin(lm_sha256 *h);
void lm_sha256_add(lm_sha256 *h, const void *bytes, size_t n);
void lm_sha256_end(lm_sha256 *h, char hex[LM_SHA256_HEX]);

void lm_sha256_software(uint32_t state[8], const unsigned char *block,
                        size_t count);

#endif
