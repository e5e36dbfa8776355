/* SPDX-License-Identifier: MIT */
/*
 * tokens.h - what a tokenizer makes of a text, as "w1 _1 o1". Who includes it
 * has a render() that writes that.
 *
 *   expect, expect_n   the tokens of a text, of one with its length
 */
#ifndef LM_TEST_TOKENS_H
#define LM_TEST_TOKENS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void render(const char *text, size_t len, char *out, size_t size);

static void expect_n(const char *text, size_t len, const char *tokens)
{
    char got[512];

    render(text, len, got, sizeof got);
    if (strcmp(got, tokens) != 0)
        print_error("in: %s\n", text);
    assert_string_equal(got, tokens);
}

static void expect(const char *text, const char *tokens)
{
    expect_n(text, strlen(text), tokens);
}

#endif
