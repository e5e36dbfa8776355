/* SPDX-License-Identifier: MIT */
/* A text whose blanks and comments are others has the same fingerprint. */
#include "fuzz.h"

#include "../../runner/base/buf.h"
#include "../../runner/lex/fingerprint.h"
#include "../../runner/lex/luatok.h"
#include "../../runner/lex/sqltok.h"

static void must_be_same(const char *a, const char *b)
{
    MUST(strlen(a) == 3 + 64 && strncmp(a, "t1:", 3) == 0);
    MUST(strcmp(a, b) == 0);
}

/* A minus or a slash before a comment of ours would become a part of it, and
 * its minus a part of a number that breaks off behind its E. */
static void put_space(lm_buf *out, const char *space)
{
    char last = out->len > 0 ? out->data[out->len - 1] : '\0';

    if (strchr("-/eEpP", last) != NULL)
        lm_buf_putc(out, ' ');
    lm_buf_puts(out, space);
}

/* Each blank and comment as one of ours, chosen by where it stands; none
 * where the tokens touched. False: there is no such text. */
static int respace_sql(const char *text, size_t size, lm_buf *out)
{
    static const char *const spaces[] = {" ", "\n", "/* x */", "-- y\n",
                                         "\t\r\n"};
    lm_sqltok t;

    lm_sqltok_start(&t, text, size);
    while (lm_sqltok_next(&t) != LM_TOK_END) {
        if (t.kind == LM_TOK_BAD)
            return 0;
        if (t.kind == LM_TOK_SPACE || t.kind == LM_TOK_COMMENT)
            put_space(out, spaces[t.start % 5]);
        else
            lm_buf_add(out, text + t.start, t.size);
    }
    return !lm_buf_failed(out);
}

static int respace_lua(const char *text, size_t size, lm_buf *out)
{
    static const char *const spaces[] = {" ", "\n", "--[[ x ]]", "--y\n",
                                         "--[==[ ]] ]==]"};
    lm_luatok t;

    lm_luatok_start(&t, text, size);
    while (lm_luatok_next(&t) != LM_LUA_END) {
        if (t.kind == LM_LUA_BAD)
            return 0;
        if (t.kind == LM_LUA_SPACE || t.kind == LM_LUA_COMMENT)
            put_space(out, spaces[t.start % 5]);
        else
            lm_buf_add(out, text + t.start, t.size);
    }
    return !lm_buf_failed(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size);
    char before[LM_FINGERPRINT_SIZE], after[LM_FINGERPRINT_SIZE];
    lm_buf out = {0};

    lm_fingerprint_sql(text, size, NULL, before);
    if (respace_sql(text, size, &out)) {
        lm_fingerprint_sql(lm_buf_text(&out), out.len, NULL, after);
        must_be_same(before, after);
    }
    lm_buf_clear(&out);
    lm_fingerprint_lua(text, size, before);
    if (respace_lua(text, size, &out)) {
        lm_fingerprint_lua(lm_buf_text(&out), out.len, after);
        must_be_same(before, after);
    }
    lm_buf_clear(&out);
    free(text);
    return 0;
}
