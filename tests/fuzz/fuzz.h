/* SPDX-License-Identifier: MIT */
/*
 * fuzz.h - what the harnesses share.
 *
 * A harness is one file here, with one function LLVMFuzzerTestOneInput, and
 * a folder corpus/NAME of inputs to begin with; `make fuzz` finds both.
 *
 *   MUST        what holds for every input; otherwise the input is kept and
 *               the run ends
 *   fuzz_text   a copy of the input with a NUL behind it, in a block of its
 *               own size, so that reading past its end is seen; the caller
 *               frees it
 */
#ifndef LM_FUZZ_H
#define LM_FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(what) \
    do { \
        if (!(what)) { \
            fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, \
                    __LINE__, #what); \
            abort(); \
        } \
    } while (0)

static inline char *fuzz_text(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);

    MUST(text != NULL);
    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    return text;
}

#endif
