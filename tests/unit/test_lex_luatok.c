/* SPDX-License-Identifier: MIT */
/* The Lua tokenizer, and what string literals stand for. */
#include <stdlib.h>

#include "tokens.h"
#include "../../runner/lex/luatok.h"
#include "../../runner/lex/luaword.h"

/* A letter for each kind, in the order of the enum. */
static const char kinds[] = "._cwslno!";

/* "w1 _1 o1" for x =: kind and bytes of each token. */
static void render(const char *text, size_t len, char *out, size_t size)
{
    size_t used = 0, pos = 0;
    lm_luatok t;

    out[0] = '\0';
    lm_luatok_start(&t, text, len);
    while (lm_luatok_next(&t) != LM_LUA_END) {
        assert_int_equal(t.start, pos);
        assert_true(t.size > 0);
        pos = t.pos;
        used += (size_t)snprintf(out + used, size - used, "%s%c%zu",
                                 used > 0 ? " " : "", kinds[t.kind], t.size);
        assert_true(used < size);
    }
    assert_int_equal(pos, len);
}

static void reads_names_and_blanks(void **state)
{
    (void)state;
    expect("", "");
    expect("local _a1\t\v\f\r\nB", "w5 _1 w3 _5 w1");
    expect("a$\xC3\xA9", "w1 !1 !1 !1");
}

static void reads_comments(void **state)
{
    (void)state;
    expect("--a\nb", "c3 _1 w1");
    expect("--a\rb", "c3 _1 w1");
    expect("--", "c2");
    expect("--[[a\n]]b", "c8 w1");
    expect("--[==[ ]] ]=] ]==]b", "c18 w1");
    expect("--[=a\nb", "c5 _1 w1");
    expect("---[[a\nb", "c6 _1 w1");
    expect("--[[a\nb", "!7");
    expect("- -", "o1 _1 o1");
}

static void reads_the_first_line(void **state)
{
    (void)state;
    expect("#!/usr/bin/lua\nx", "c14 _1 w1");
    expect("\xEF\xBB\xBF# x\nx", "_3 c3 _1 w1");
    expect("\xEF\xBB\xBFx", "_3 w1");
    expect("x\n#y", "w1 _1 o1 w1");
    expect(" #y", "_1 o1 w1");
    expect("x \xEF\xBB\xBF", "w1 _1 !1 !1 !1");
}

static void reads_short_strings(void **state)
{
    (void)state;
    expect("'a' \"b\"", "s3 _1 s3");
    expect("'\\'' '\\\\'x", "s4 _1 s4 w1");
    expect("'a\"' '--'", "s4 _1 s4");
    expect("'a\\\nb'x", "s6 w1");
    expect("'a\\\r\nb'x", "s7 w1");
    expect("'a\\z \r\n b'x", "s10 w1");
    expect("'a\nb'", "!2 _1 w1 !1");
    expect("'a\rb", "!2 _1 w1");
    expect("'a\\", "!3");
    expect("'a\\z  ", "!6");
    expect("'a", "!2");
}

static void reads_long_strings(void **state)
{
    (void)state;
    expect("[[a]]x", "l5 w1");
    expect("[=[a]]\n]=]x", "l10 w1");
    expect("[[a]=]b]]", "l9");
    expect("[==[]=]==]", "l10");
    expect("[[a]", "!4");
    expect("[==", "!3");
    expect("a[b[c]]", "w1 o1 w1 o1 w1 o1 o1");
}

static void reads_numbers(void **state)
{
    (void)state;
    expect("1 1.5 .5 5. 1e5 1E-10", "n1 _1 n3 _1 n2 _1 n2 _1 n3 _1 n5");
    expect("0xA 0x.1p-4 0X1P+2 0xe+1", "n3 _1 n7 _1 n6 _1 n3 o1 n1");
    expect("3..2 1a", "n4 _1 n2");
    expect("a.b.. 1", "w1 o1 w1 o2 _1 n1");
    expect("1x", "n2");
}

static void reads_operators(void **state)
{
    (void)state;
    expect("...==~=<=>=//::<<>>..", "o3 o2 o2 o2 o2 o2 o2 o2 o2 o2");
    expect("+-*/%^#&~|<>=(){}];:,.",
           "o1 o1 o1 o1 o1 o1 o1 o1 o1 o1 o1 o2 o1 o1 o1 o1 o1 o1 o1 o1 o1");
    expect("!@?`\\", "!1 !1 !1 !1 !1");
    expect_n("a\0b", 3, "w1 !1 w1");
    expect_n("'a\0b'", 5, "s5");
    expect_n("[[a]]", 4, "!4");
    expect_n("'a'", 2, "!2");
}

static void compares_tokens(void **state)
{
    lm_luatok t;

    (void)state;
    lm_luatok_start(&t, "end", 3);
    lm_luatok_next(&t);
    assert_true(lm_luatok_is(&t, "end"));
    assert_false(lm_luatok_is(&t, "END"));
    assert_false(lm_luatok_is(&t, "en"));
    assert_false(lm_luatok_is(&t, "ends"));
}

static int word(const char *text)
{
    lm_luatok t;

    lm_luatok_start(&t, text, strlen(text));
    lm_luatok_next(&t);
    return lm_lua_word(&t);
}

static void knows_every_keyword(void **state)
{
    static const char *const words[] = {
        "and", "break", "do", "else", "elseif", "end", "false", "for",
        "function", "goto", "if", "in", "local", "nil", "not", "or",
        "repeat", "return", "then", "true", "until", "while"
    };
    static const char *const names[] = {
        "a", "an", "ands", "End", "x", "z", "els", "functions", "elseifs",
        "_", "untile", "g"
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof words / sizeof *words; i++)
        assert_true(word(words[i]) & LM_WORD_KEYWORD);
    for (i = 0; i < sizeof names / sizeof *names; i++)
        assert_int_equal(word(names[i]), LM_WORD_ENDS);
}

static void check_value(const char *literal, const char *value, size_t len)
{
    lm_luatok t;
    char *got;
    size_t n;
    bool bad;

    lm_luatok_start(&t, literal, strlen(literal));
    lm_luatok_next(&t);
    assert_int_equal(t.size, strlen(literal));
    got = lm_lua_string(&t, &n, &bad);
    assert_non_null(got);
    assert_false(bad);
    assert_int_equal(n, len);
    assert_memory_equal(got, value, len + 1);
    free(got);
}

static void resolves_escapes(void **state)
{
    (void)state;
    check_value("''", "", 0);
    check_value("'\\a\\b\\f\\n\\r\\t\\v\\\\\\\"\\''",
                 "\a\b\f\n\r\t\v\\\"'", 10);
    check_value("'\\x41\\x0a\\xFf'", "A\n\xFF", 3);
    check_value("'\\0\\65\\0651\\255'", "\0A" "A1\xFF", 5);
    check_value("'a\\z  \n\t b'", "ab", 2);
    check_value("'a\\\nb\\\r\nc\\\rd\\\n\re'", "a\nb\nc\nd\ne", 9);
    check_value("'\\u{41}\\u{e9}\\u{20AC}\\u{1F680}'",
                 "A\xC3\xA9\xE2\x82\xAC\xF0\x9F\x9A\x80", 10);
    check_value("'\\u{7FFFFFFF}'", "\xFD\xBF\xBF\xBF\xBF\xBF", 6);
    check_value("'\\u{200000}\\u{3FFFFFF}\\u{4000000}'",
                 "\xF8\x88\x80\x80\x80\xFB\xBF\xBF\xBF\xBF"
                 "\xFC\x84\x80\x80\x80\x80", 16);
    check_value("'\\u{0}\\u{00000041}'", "\0A", 2);
}

static void reads_long_brackets(void **state)
{
    (void)state;
    check_value("[[]]", "", 0);
    check_value("[==[a]]b]==]", "a]]b", 4);
    check_value("[[\na\\n]]", "a\\n", 3);
    check_value("[[\r\na\r\nb\rc\n\rd\n]]", "a\nb\nc\nd\n", 8);
    check_value("[[\n\n]]", "\n", 1);
}

static void check_bad(const char *literal)
{
    lm_luatok t;
    size_t n;
    bool bad;

    lm_luatok_start(&t, literal, strlen(literal));
    assert_int_equal(lm_luatok_next(&t), LM_LUA_STRING);
    assert_null(lm_lua_string(&t, &n, &bad));
    assert_true(bad);
}

static void refuses_bad_escapes(void **state)
{
    (void)state;
    check_bad("'\\q'");
    check_bad("'\\256'");
    check_bad("'\\x4'");
    check_bad("'\\xg0'");
    check_bad("'\\u41'");
    check_bad("'\\u{}'");
    check_bad("'\\u{41'");
    check_bad("'\\u{80000000}'");
    check_bad("'\\u{FFFFFFFFFFFFFFFFFFFF}'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_names_and_blanks),
        cmocka_unit_test(reads_comments),
        cmocka_unit_test(reads_the_first_line),
        cmocka_unit_test(reads_short_strings),
        cmocka_unit_test(reads_long_strings),
        cmocka_unit_test(reads_numbers),
        cmocka_unit_test(reads_operators),
        cmocka_unit_test(compares_tokens),
        cmocka_unit_test(knows_every_keyword),
        cmocka_unit_test(resolves_escapes),
        cmocka_unit_test(reads_long_brackets),
        cmocka_unit_test(refuses_bad_escapes)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
