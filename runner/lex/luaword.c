/* SPDX-License-Identifier: MIT */
#include "luaword.h"

#include <string.h>

enum {
    KEY = LM_WORD_KEYWORD,
    OPENS = LM_WORD_OPENS,
    CLOSES = LM_WORD_CLOSES,
    ENDS = LM_WORD_ENDS,
    LONGEST = 8
};

/* while and for open their block with do, if and elseif theirs with then. */
static const struct {
    char text[LONGEST + 1];
    int traits;
} words[] = {
    {"and", KEY | LM_WORD_JOINS},
    {"break", KEY | ENDS},
    {"do", KEY | OPENS},
    {"else", KEY | CLOSES | OPENS},
    {"elseif", KEY | CLOSES},
    {"end", KEY | CLOSES | ENDS},
    {"false", KEY | ENDS},
    {"for", KEY | LM_WORD_LISTS},
    {"function", KEY | OPENS},
    {"goto", KEY},
    {"if", KEY},
    {"in", KEY},
    {"local", KEY | LM_WORD_LISTS},
    {"nil", KEY | ENDS},
    {"not", KEY},
    {"or", KEY | LM_WORD_JOINS},
    {"repeat", KEY | OPENS},
    {"return", KEY},
    {"then", KEY | OPENS},
    {"true", KEY | ENDS},
    {"until", KEY | CLOSES},
    {"while", KEY}
};

/* Where the words with a letter begin; those of 'a' + i end where those of
 * 'a' + i + 1 begin. */
static const unsigned char first[27] = {
    0, 1, 2, 2, 3, 6, 9, 10, 10, 12, 12, 12, 13, 13,
    15, 16, 16, 16, 18, 18, 20, 21, 21, 22, 22, 22, 22
};

int lm_lua_word(const lm_luatok *t)
{
    const char *s = t->text + t->start;
    int i, end;

    if (*s < 'a' || *s > 'z' || t->size > LONGEST)
        return ENDS;
    end = first[*s - 'a' + 1];
    for (i = first[*s - 'a']; i < end; i++)
        if (memcmp(words[i].text, s, t->size) == 0 &&
            words[i].text[t->size] == '\0')
            return words[i].traits;
    return ENDS;
}
