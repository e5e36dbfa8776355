/* SPDX-License-Identifier: MIT */
#include "sha256.h"

void lm_sha256_begin(lm_sha256 *h)
{
    SHA256Init(&h->state);
}

void lm_sha256_add(lm_sha256 *h, const void *bytes, size_t n)
{
    if (n > 0)
        SHA256Update(&h->state, bytes, n);
}

void lm_sha256_end(lm_sha256 *h, char hex[LM_SHA256_HEX])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char digest[SHA256_DIGEST_LENGTH];
    size_t i;

    SHA256Final(digest, &h->state);
    for (i = 0; i < sizeof digest; i++) {
        hex[2 * i] = digits[digest[i] >> 4];
        hex[2 * i + 1] = digits[digest[i] & 15];
    }
    hex[2 * sizeof digest] = '\0';
}
