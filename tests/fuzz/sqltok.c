/* SPDX-License-Identifier: MIT */
/* Tokens of SQL lie side by side over the whole text, and each is what its
 * kind says. */
#include "fuzz.h"

#include "../../runner/lex/sqltok.h"

static void check_token(const lm_sqltok *t)
{
    const char *s = t->text + t->start;
    char last = s[t->size - 1];

    switch (t->kind) {
    case LM_TOK_STRING: MUST(t->size >= 2 && s[0] == '\'' && last == '\'');
        break;
    case LM_TOK_QUOTED: MUST(t->size >= 2 && strchr("\"`[", s[0]) != NULL &&
                             last == (s[0] == '[' ? ']' : s[0]));
        break;
    case LM_TOK_BLOB: MUST(t->size >= 3 && (s[0] == 'x' || s[0] == 'X') &&
                           last == '\'');
        break;
    case LM_TOK_SEMI: MUST(t->size == 1 && s[0] == ';');
        break;
    case LM_TOK_COMMENT: MUST(t->size >= 2 && (s[0] == '-' || s[0] == '/'));
        break;
    case LM_TOK_OPERATOR: MUST(t->size <= 3);
        break;
    default: break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size);
    int line, column;
    size_t end = 0;
    lm_sqltok t;

    lm_sqltok_start(&t, text, size);
    while (lm_sqltok_next(&t) != LM_TOK_END) {
        MUST(t.start == end && t.size > 0 && t.start + t.size <= size);
        check_token(&t);
        end = t.start + t.size;
    }
    MUST(end == size);
    MUST(lm_sqltok_next(&t) == LM_TOK_END);
    lm_text_position(text, size, &line, &column);
    MUST(line >= 1 && column >= 1);
    free(text);
    return 0;
}
