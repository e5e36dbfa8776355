/* SPDX-License-Identifier: MIT */
/*
 * The checksums of other tools, to see whether a file was edited since. Each
 * is a fact of its tool's format.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sha2.h>

#include "../base/buf.h"
#include "../base/sha256.h"
#include "../base/text.h"
#include "adopt_tool.h"

static bool is_sha256(const char *text, size_t len, const char *sum)
{
    char hex[LM_SHA256_HEX];
    lm_sha256 h;

    lm_sha256_begin(&h);
    lm_sha256_add(&h, text, len);
    lm_sha256_end(&h, hex);
    return lm_same_name(hex, sum);
}

bool lm_sum_sha256(const lm_source *s, const char *sum)
{
    return is_sha256(s->text, s->len, sum);
}

/* The text with each line end as `end`. */
static void with_ends(const lm_source *s, const char *end, lm_buf *out)
{
    size_t i;

    for (i = 0; i < s->len; i++) {
        if (s->text[i] == '\r' && i + 1 < s->len && s->text[i + 1] == '\n')
            continue;
        if (s->text[i] == '\n')
            lm_buf_puts(out, end);
        else
            lm_buf_putc(out, s->text[i]);
    }
}

/* A checkout may have changed the line ends. Without memory nothing is said
 * to be edited. */
bool lm_sum_prisma(const lm_source *s, const char *sum)
{
    static const char *const ends[] = {"\n", "\r\n"};
    bool same = is_sha256(s->text, s->len, sum);
    size_t i;

    /* Old releases dropped a zero before each byte. */
    if (strlen(sum) != LM_SHA256_HEX - 1)
        return true;
    for (i = 0; i < 2 && !same; i++) {
        lm_buf b = {0};

        with_ends(s, ends[i], &b);
        same = lm_buf_failed(&b) || is_sha256(lm_buf_text(&b), b.len, sum);
        lm_buf_clear(&b);
    }
    return same;
}

bool lm_sum_sqlx(const lm_source *s, const char *sum)
{
    uint8_t digest[SHA384_DIGEST_LENGTH];
    char hex[SHA384_DIGEST_STRING_LENGTH];
    SHA2_CTX state;
    size_t i;

    SHA384Init(&state);
    SHA384Update(&state, (const uint8_t *)s->text, s->len);
    SHA384Final(digest, &state);
    for (i = 0; i < sizeof digest; i++)
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    return lm_same_name(hex, sum);
}

static uint32_t crc32(uint32_t crc, const unsigned char *p, size_t n)
{
    int bit;

    for (; n > 0; n--, p++) {
        crc ^= *p;
        for (bit = 0; bit < 8; bit++)
            crc = crc & 1 ? crc >> 1 ^ 0xEDB88320u : crc >> 1;
    }
    return crc;
}

/* CRC-32 over the lines without their ends and without the BOM, as a signed
 * number. */
bool lm_sum_flyway(const lm_source *s, const char *sum)
{
    const unsigned char *p = (const unsigned char *)s->text;
    uint32_t crc = 0xFFFFFFFFu;
    char text[16];
    size_t i, from;

    from = s->len >= 3 && memcmp(p, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    for (i = from; i < s->len; i++) {
        if (p[i] != '\n' && p[i] != '\r')
            continue;
        crc = crc32(crc, p + from, i - from);
        from = i + 1;
    }
    crc = ~crc32(crc, p + from, s->len - from);
    snprintf(text, sizeof text, "%" PRId32, (int32_t)crc);
    return strcmp(text, sum) == 0;
}

/* SipHash with one round for each word and three at the end, key 0. */
typedef struct siphash {
    uint64_t v[4];
    unsigned char tail[8];
    size_t len;
} siphash;

static uint64_t rotate(uint64_t x, int n)
{
    return x << n | x >> (64 - n);
}

static void round_of(uint64_t v[4])
{
    v[0] += v[1];
    v[1] = rotate(v[1], 13) ^ v[0];
    v[0] = rotate(v[0], 32);
    v[2] += v[3];
    v[3] = rotate(v[3], 16) ^ v[2];
    v[0] += v[3];
    v[3] = rotate(v[3], 21) ^ v[0];
    v[2] += v[1];
    v[1] = rotate(v[1], 17) ^ v[2];
    v[2] = rotate(v[2], 32);
}

static uint64_t word_of(const unsigned char b[8])
{
    uint64_t m = 0;
    int i;

    for (i = 7; i >= 0; i--)
        m = m << 8 | b[i];
    return m;
}

static void sip_add(siphash *h, const void *bytes, size_t n)
{
    const unsigned char *p = bytes;
    uint64_t m;

    for (; n > 0; n--, p++) {
        h->tail[h->len++ % 8] = *p;
        if (h->len % 8 != 0)
            continue;
        m = word_of(h->tail);
        h->v[3] ^= m;
        round_of(h->v);
        h->v[0] ^= m;
    }
}

static uint64_t sip_end(siphash *h)
{
    uint64_t m;
    size_t i;

    for (i = h->len % 8; i < 8; i++)
        h->tail[i] = 0;
    m = word_of(h->tail) | (uint64_t)h->len << 56;
    h->v[3] ^= m;
    round_of(h->v);
    h->v[0] ^= m;
    h->v[2] ^= 0xFF;
    for (i = 0; i < 3; i++)
        round_of(h->v);
    return h->v[0] ^ h->v[1] ^ h->v[2] ^ h->v[3];
}

/* Over the name, the version in `bytes` bytes and the text; a text ends with
 * 0xFF. The ID is V<version>__<name>. */
static uint64_t sum_refinery(const lm_source *s, size_t bytes)
{
    siphash h = {{0x736f6d6570736575, 0x646f72616e646f6d,
                  0x6c7967656e657261, 0x7465646279746573}, {0}, 0};
    const char *name = strstr(s->id, "__");
    long long version = strtoll(s->id + 1, NULL, 10);
    unsigned char number[8], end = 0xFF;
    size_t i;

    for (i = 0; i < sizeof number; i++)
        number[i] = (unsigned char)((uint64_t)version >> 8 * i);
    name = name == NULL ? "" : name + 2;
    sip_add(&h, name, strlen(name));
    sip_add(&h, &end, 1);
    sip_add(&h, number, bytes);
    sip_add(&h, s->text, s->len);
    sip_add(&h, &end, 1);
    return sip_end(&h);
}

bool lm_sum_refinery(const lm_source *s, const char *sum)
{
    char text[24];
    size_t bytes;

    if (s->id[0] == '\0')
        return true;
    for (bytes = 4; bytes <= 8; bytes += 4) {
        snprintf(text, sizeof text, "%" PRIu64, sum_refinery(s, bytes));
        if (strcmp(text, sum) == 0)
            return true;
    }
    return false;
}
