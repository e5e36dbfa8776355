/* SPDX-License-Identifier: MIT */
/*
 * What the instructions do: Intel 64 and IA-32 manual, volume 2, SHA256RNDS2,
 * SHA256MSG1, SHA256MSG2. Two registers hold the state as (A B E F) and
 * (C D G H); one step is four rounds.
 *
 * glibc has asked the processor already when the program was loaded; to ask
 * it again costs microseconds on a virtual machine, at every digest.
 */
#include "sha256_x86.h"

#if defined(__x86_64__) && defined(__GNUC__) && defined(__has_include)
#if __has_include(<sys/platform/x86.h>)
#define LM_HAS_SHA_INSTRUCTIONS
#endif
#endif

#ifdef LM_HAS_SHA_INSTRUCTIONS
#include <immintrin.h>
#include <sys/platform/x86.h>

/* FIPS 180-4, 4.2.2 */
static const uint32_t constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,
    0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
    0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
    0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
    0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
    0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
    0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
    0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
    0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2
};

#define WITH_SHA __attribute__((target("sha,sse4.1")))

static inline __m128i load(const void *p)
{
    return _mm_loadu_si128(p);
}

/* The next four words of the message schedule; w[step % 4] are the oldest
 * four of sixteen. */
WITH_SHA static inline __m128i next_words(const __m128i w[4], int step)
{
    __m128i last = w[(step + 3) & 3];
    __m128i seventh = _mm_alignr_epi8(last, w[(step + 2) & 3], 4);
    __m128i sum = _mm_sha256msg1_epu32(w[step & 3], w[(step + 1) & 3]);

    return _mm_sha256msg2_epu32(_mm_add_epi32(sum, seventh), last);
}

WITH_SHA static void take_block(__m128i *abef, __m128i *cdgh,
                                const unsigned char *block)
{
    const __m128i big_endian =
        _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    __m128i a = *abef, c = *cdgh, w[4], sum;
    int step;

    for (step = 0; step < 16; step++) {
        w[step & 3] = step < 4
            ? _mm_shuffle_epi8(load(block + 16 * step), big_endian)
            : next_words(w, step);
        sum = _mm_add_epi32(w[step & 3], load(constants + 4 * step));
        c = _mm_sha256rnds2_epu32(c, a, sum);
        a = _mm_sha256rnds2_epu32(a, c, _mm_shuffle_epi32(sum, 0x0E));
    }
    *abef = _mm_add_epi32(*abef, a);
    *cdgh = _mm_add_epi32(*cdgh, c);
}

static inline __m128i swap_words(__m128i v)
{
    return _mm_shuffle_epi32(v, 0xB1);
}

WITH_SHA static void rounds(uint32_t state[8], const unsigned char *block,
                            size_t count)
{
    __m128i first = swap_words(load(state));
    __m128i second = swap_words(load(state + 4));
    __m128i abef = _mm_unpacklo_epi64(second, first);
    __m128i cdgh = _mm_unpackhi_epi64(second, first);

    for (; count > 0; count--, block += LM_SHA256_BLOCK)
        take_block(&abef, &cdgh, block);
    first = swap_words(abef);
    second = swap_words(cdgh);
    _mm_storeu_si128((void *)state, _mm_unpackhi_epi64(first, second));
    _mm_storeu_si128((void *)(state + 4), _mm_unpacklo_epi64(first, second));
}

lm_sha256_rounds lm_sha256_x86(void)
{
    return CPU_FEATURE_ACTIVE(SHA) && CPU_FEATURE_ACTIVE(SSE4_1) ? rounds
                                                                 : NULL;
}
#else
lm_sha256_rounds lm_sha256_x86(void)
{
    return NULL;
}
#endif
