/* SPDX-License-Identifier: MIT */
#include "sha256.h"

#include <string.h>
#include <sys/types.h>
#include <sha2.h>

#include "sha256_x86.h"

void lm_sha256_software(uint32_t state[8], const unsigned char *block,
                        size_t count)
{
    for (; count > 0; count--, block += LM_SHA256_BLOCK)
        SHA256Transform(state, block);
}

void lm_sha256_begin(lm_sha256 *h)
{
    SHA2_CTX start;

    SHA256Init(&start);
    memcpy(h->state, start.state.st32, sizeof h->state);
    h->size = 0;
    h->rounds = lm_sha256_x86();
    if (h->rounds == NULL)
        h->rounds = lm_sha256_software;
}

/* Fill what waits up to a block. Returns how many bytes that took. */
static size_t fill(lm_sha256 *h, const unsigned char *bytes, size_t n)
{
    size_t used = (size_t)(h->size % LM_SHA256_BLOCK);
    size_t room = LM_SHA256_BLOCK - used;

    if (n > room)
        n = room;
    memcpy(h->rest + used, bytes, n);
    if (n == room)
        h->rounds(h->state, h->rest, 1);
    h->size += n;
    return n;
}

void lm_sha256_add(lm_sha256 *h, const void *bytes, size_t n)
{
    const unsigned char *at = bytes;
    size_t done, whole;

    if (n == 0)
        return;
    if (h->size % LM_SHA256_BLOCK != 0) {
        done = fill(h, at, n);
        at += done;
        n -= done;
    }
    whole = n / LM_SHA256_BLOCK;
    if (whole > 0)
        h->rounds(h->state, at, whole);
    h->size += whole * LM_SHA256_BLOCK;
    if (n % LM_SHA256_BLOCK > 0)
        fill(h, at + whole * LM_SHA256_BLOCK, n % LM_SHA256_BLOCK);
}

/* One bit, zeros, and the length in bits, up to the end of a block (FIPS
 * 180-4, 5.1.1). */
static void pad(lm_sha256 *h)
{
    static const unsigned char one[LM_SHA256_BLOCK] = {0x80};
    uint64_t bits = h->size * 8;
    size_t used = (size_t)(h->size % LM_SHA256_BLOCK);
    unsigned char length[8];
    int i;

    for (i = 0; i < 8; i++)
        length[i] = (unsigned char)(bits >> (56 - 8 * i));
    lm_sha256_add(h, one, (used < 56 ? 56 : 120) - used);
    lm_sha256_add(h, length, sizeof length);
}

void lm_sha256_end(lm_sha256 *h, char hex[LM_SHA256_HEX])
{
    static const char digits[] = "0123456789abcdef";
    size_t i;

    pad(h);
    for (i = 0; i < LM_SHA256_HEX - 1; i++)
        hex[i] = digits[h->state[i / 8] >> (28 - 4 * (i % 8)) & 15];
    hex[i] = '\0';
}
