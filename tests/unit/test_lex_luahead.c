/* SPDX-License-Identifier: MIT */
/* What a script says of itself is read from its text, and only from there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../runner/base/buf.h"
#include "../../runner/base/text.h"
#include "../../runner/lex/luahead.h"
#include "../../runner/lex/summary.h"

static const char *or_none(const char *s)
{
    return s != NULL ? s : "-";
}

/* id|description|transaction|foreign_keys|run, or the error with its line
 * and column. */
static char *read_head(const char *text, size_t len)
{
    lm_luahead head;
    lm_err err = {0};
    char *got;

    if (lm_luahead_read(text, len, "m/x.lua", &err, &head) == LM_OK) {
        assert_int_equal(err.code, LM_OK);
        got = lm_format("%s|%s|%s|%d|%s", or_none(head.id), head.description,
                        or_none(head.transaction), head.foreign_keys,
                        or_none(head.run));
    } else {
        assert_int_equal(err.code, LM_EUSAGE);
        assert_string_equal(err.file, "m/x.lua");
        assert_null(head.id);
        got = lm_format("%d:%d %s", err.line, err.column, lm_err_text(&err));
    }
    lm_luahead_clear(&head);
    lm_luahead_clear(&head);
    lm_err_clear(&err);
    return got;
}

static void expect(const char *text, const char *head)
{
    char *got = read_head(text, strlen(text));

    assert_non_null(got);
    if (strcmp(got, head) != 0)
        print_error("in: %s\n", text);
    assert_string_equal(got, head);
    free(got);
}

static void reads_all_five(void **state)
{
    (void)state;
    expect("MIGRATION_ID = \"2026_x\"\nDESCRIPTION = 'words'\n"
           "TRANSACTION = false\nFOREIGN_KEYS = true\nRUN = [[always]]\n"
           "function upgrade(conn) end\n",
           "2026_x|words|false|1|always");
    expect("MIGRATION_ID='a';TRANSACTION='batch';RUN='once'",
           "a||batch|-1|once");
    expect("TRANSACTION = true FOREIGN_KEYS = false RUN = 'on_change'",
           "-||true|0|on_change");
    expect("", "-||-|-1|-");
}

static void resolves_the_literal(void **state)
{
    (void)state;
    expect("MIGRATION_ID = '\\65\\x42\\u{20AC}'", "AB\xE2\x82\xAC||-|-1|-");
    expect("MIGRATION_ID = [==[\na]]b]==]", "a]]b||-|-1|-");
}

static void keeps_every_byte_of_the_id(void **state)
{
    static const char text[] = "MIGRATION_ID = 'a\\0b'";
    lm_luahead head;
    lm_err err = {0};

    (void)state;
    assert_int_equal(lm_luahead_read(text, sizeof text - 1, "x", &err, &head),
                     LM_OK);
    assert_int_equal(head.id_len, 3);
    assert_memory_equal(head.id, "a\0b", 4);
    lm_luahead_clear(&head);
    assert_null(head.id);
}

static void accepts_what_may_follow(void **state)
{
    static const char *const behind[] = {
        "", "\n", ";", " -- .. x", " x = 1", " local y", "::top::",
        "\n(f or g)()", " return 1", " function f() end", "\nif x then end"
    };
    char text[128];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof behind / sizeof *behind; i++) {
        snprintf(text, sizeof text, "MIGRATION_ID = 'a'%s", behind[i]);
        expect(text, "a||-|-1|-");
    }
}

static void refuses_longer_expressions(void **state)
{
    static const char *const values[] = {
        "'a' .. 'b'", "'a'\n.. x", "'a' and x", "'a' or x", "'a' == x",
        "('a')", "f()", "x", "nil", "1", "true", "-1", "#'a'", "{'a'}",
        "function() end", "not x", "'a', 1", "os.getenv('a')", "...",
        "'a' + 1", "'a':rep(2)", "'a'.x", "'a'[1]", "'a' 'b'", "'a' {}"
    };
    char text[128];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof values / sizeof *values; i++) {
        snprintf(text, sizeof text, "\n MIGRATION_ID = %s", values[i]);
        expect(text, "2:2 MIGRATION_ID must be one string literal");
    }
}

static void refuses_wrong_types(void **state)
{
    (void)state;
    expect("DESCRIPTION = nil",
           "1:1 DESCRIPTION must be one string literal");
    expect("TRANSACTION = 'none'",
           "1:1 TRANSACTION must be true, false or \"batch\"");
    expect("TRANSACTION = 0",
           "1:1 TRANSACTION must be true, false or \"batch\"");
    expect("TRANSACTION = nil",
           "1:1 TRANSACTION must be true, false or \"batch\"");
    expect("TRANSACTION = not true",
           "1:1 TRANSACTION must be true, false or \"batch\"");
    expect("FOREIGN_KEYS = 'true'",
           "1:1 FOREIGN_KEYS must be true or false");
    expect("RUN = 'often'",
           "1:1 RUN must be \"once\", \"on_change\" or \"always\"");
    expect("RUN = true",
           "1:1 RUN must be \"once\", \"on_change\" or \"always\"");
    expect("RUN = 'once\\0'",
           "1:1 RUN must be \"once\", \"on_change\" or \"always\"");
}

static void refuses_a_second_assignment(void **state)
{
    (void)state;
    expect("RUN = 'once'\r\nRUN = 'once'", "2:1 RUN is set twice");
    expect("MIGRATION_ID = 'a'\nx = 1\n  MIGRATION_ID = f()",
           "3:3 MIGRATION_ID is set twice");
}

static void refuses_longer_assignments(void **state)
{
    static const char *const texts[] = {
        "MIGRATION_ID, X = 'a', 1", "X, MIGRATION_ID = 1, 'a'",
        "X, MIGRATION_ID, Y = 1, 'a', 2", "t.x[1], MIGRATION_ID = 1, 'a'",
        "f().x, MIGRATION_ID = 1, 'a'", "(f()).x, MIGRATION_ID = 1, 'a'",
        "local a, b; MIGRATION_ID, X = 'a', 1",
        "local a MIGRATION_ID, b = f()",
        "for i = 1, 2 do end X, MIGRATION_ID = 1, 'a'"
    };
    char *got;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof texts / sizeof *texts; i++) {
        got = read_head(texts[i], strlen(texts[i]));
        assert_non_null(got);
        if (strstr(got, "MIGRATION_ID must be one string literal") == NULL)
            fail_msg("%s: %s", texts[i], got);
        free(got);
    }
}

static void sees_the_outermost_level_only(void **state)
{
    static const char *const around[] = {
        "function f() @ end",
        "local function f(a) if a then @ end end",
        "if x then @ elseif y then @ else @ end",
        "while x do @ end",
        "for i = 1, 2 do @ end",
        "for k, v in pairs(t) do @ end",
        "repeat @ until x",
        "do do @ end @ end",
        "do repeat if x then end until y @ end",
        "t = {@}",
        "t = {a = function() return {@} end; @}",
        "f(function() @ end)",
        "f{[function() @ end] = 1}",
        "x = [[ @ ]]",
        "x = 1 -- @",
        "x = 1 --[==[ \n @ ]] ]==]",
        "return function() @ end"
    };
    lm_buf text = {0};
    const char *s;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof around / sizeof *around; i++) {
        for (s = around[i]; *s != '\0'; s++)
            if (*s == '@')
                lm_buf_puts(&text, "MIGRATION_ID = 'a'");
            else
                lm_buf_putc(&text, *s);
        lm_buf_puts(&text, "\nRUN = 'once'");
        expect(lm_buf_text(&text), "-||-|-1|once");
        lm_buf_clear(&text);
    }
}

static void ignores_other_uses(void **state)
{
    static const char *const texts[] = {
        "local MIGRATION_ID = 'a'", "local MIGRATION_ID <const> = 'a'",
        "local x, MIGRATION_ID = 1, 'a'", "local MIGRATION_ID, x = 'a', 1",
        "local x <const>, MIGRATION_ID, y = 1, 'a'", "local MIGRATION_ID",
        "_G.MIGRATION_ID = 'a'", "_G.MIGRATION_ID, x = 'a', 1",
        "x, _G.MIGRATION_ID = 'a', 1", "_G['MIGRATION_ID'] = 'a'",
        "x:MIGRATION_ID()", "MIGRATION_ID()", "MIGRATION_ID.x = 'a'",
        "print(MIGRATION_ID, 1)", "x = MIGRATION_ID", "x = MIGRATION_ID, 1",
        "x, y = 1, MIGRATION_ID, 2", "return MIGRATION_ID, 1",
        "return x, MIGRATION_ID, 1", "x = MIGRATION_ID == 'a'",
        "for MIGRATION_ID = 1, 2 do end", "goto MIGRATION_ID",
        "for i, MIGRATION_ID in pairs(t) do end", "::MIGRATION_ID::",
        "if MIGRATION_ID == 'a' then end", "repeat until MIGRATION_ID == 1",
        "MIGRATION_IDS = 'a'", "migration_id = 'a'",
        "function f(MIGRATION_ID, x) end"
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof texts / sizeof *texts; i++)
        expect(texts[i], "-||-|-1|-");
}

static void finds_the_statement_behind(void **state)
{
    static const char *const before[] = {
        "local x\n", "local x <const>\n", "local x <close> = f()\n",
        "x = y\n", "x = nil ", "x = 1 ", "x = 'a' ", "x = [[a]] ", "f() ",
        "f{} ", "t[1] = t[2] ", "x = ... ", "::top:: ", "goto top ",
        "do end ", "repeat until x ", "for i = 1, 2 do end ", ";;",
        "if a then if b then end else end ", "x = function() end ",
        "local function f() return function() end end ", "#!lua\n",
        "\xEF\xBB\xBF#!lua\n", "\xEF\xBB\xBF", "x = {f = function() end} ",
        "while f(function() end) do break end ", "x, y = 1, 2 ",
        "local function f() goto out ::out:: end "
    };
    char text[256];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof before / sizeof *before; i++) {
        snprintf(text, sizeof text, "%sRUN = 'once'", before[i]);
        expect(text, "-||-|-1|once");
    }
}

static void leaves_broken_text_to_lua(void **state)
{
    (void)state;
    expect("MIGRATION_ID = 'a'\nx = 'open\nRUN = 1", "a||-|-1|-");
    expect("MIGRATION_ID = 'a'\nx = [[open\nRUN = 1", "a||-|-1|-");
    expect("MIGRATION_ID = 'a' $ RUN = 1", "a||-|-1|-");
    expect("MIGRATION_ID = 'a' end RUN = 1", "a||-|-1|-");
    expect("MIGRATION_ID = 'open", "-||-|-1|-");
    expect("MIGRATION_ID = 'bad \\q' RUN = 1", "-||-|-1|-");
    expect("MIGRATION_ID =", "-||-|-1|-");
    expect("MIGRATION_ID", "-||-|-1|-");
    expect(")", "-||-|-1|-");
}

static void describes_by_its_comments(void **state)
{
    (void)state;
    expect("--- Add users. \r\n--- More.\r\n", "-|Add users.|-|-1|-");
    expect("#!lua\n--- Add users.", "-|Add users.|-|-1|-");
    expect("\xEF\xBB\xBF--- Add users.", "-|Add users.|-|-1|-");
    expect("---\n---  \n--- Add users.\n", "-|Add users.|-|-1|-");
    expect("-- Licence\n\n--- Add users.\n", "-|Add users.|-|-1|-");
    expect("--\n-- Add users.\n-- More.\n", "-|Add users.|-|-1|-");
    expect("-----------\n-- Add users.\n-----------", "-|Add users.|-|-1|-");
    expect("--[[\n\n  Add users.\n  More.\n]]", "-|Add users.|-|-1|-");
    expect("--[==[ Add users. ]==] x = 1", "-|Add users.|-|-1|-");
    expect("--[ Add users.", "-|[ Add users.|-|-1|-");
    expect("--[[]]--", "-||-|-1|-");
    expect("x = 1 --- Add users.", "-||-|-1|-");
    expect("--- Comment.\nDESCRIPTION = 'Add\tusers.\\n'",
           "-|Add users.|-|-1|-");
    expect("--- Comment.\nDESCRIPTION = ''", "-||-|-1|-");
}

static void check_line(const char *text, const char *line)
{
    char *got = lm_summary_line(text, strlen(text));

    assert_non_null(got);
    assert_string_equal(got, line);
    free(got);
}

static void makes_one_short_line(void **state)
{
    char text[260], *got;

    (void)state;
    check_line("", "");
    check_line(" \t\r\n", "");
    check_line("\x1B[31mred\x7F", "[31mred");
    check_line("a\xC2\x9B" "b\xFF\xC2", "a b\xFF\xC2");
    memset(text, 'a', sizeof text);
    memcpy(text + 198, "\xE2\x82\xAC", 3);
    got = lm_summary_line(text, sizeof text);
    assert_non_null(got);
    assert_int_equal(strlen(got), 198);
    free(got);
    memcpy(text + 197, "\xE2\x82\xAC", 3);
    got = lm_summary_line(text, sizeof text);
    assert_non_null(got);
    assert_int_equal(strlen(got), 200);
    free(got);
}

static bool has_down(const char *text)
{
    lm_luahead head;
    lm_err err = {0};
    bool found;

    assert_int_equal(lm_luahead_read(text, strlen(text), "x", &err, &head),
                     LM_OK);
    found = head.has_down;
    lm_luahead_clear(&head);
    return found;
}

static void finds_a_way_down(void **state)
{
    static const char *const yes[] = {
        "function downgrade(conn) end",
        "function upgrade() end function downgrade () end",
        "downgrade = function() end",
        "x = 1; downgrade=f",
        "local x <const> = 1 function downgrade() end",
        "upgrade, downgrade = f, g",
        "downgrade, upgrade = f, g",
        "-- a comment\nfunction --[[ x ]] downgrade\n(conn) end",
        "do local x = 1 end function downgrade() end",
        "return_ = 1 function downgrade() end"
    };
    static const char *const no[] = {
        "", "function upgrade() end",
        "local function downgrade() end",
        "local downgrade = f", "local a, downgrade = 1, f",
        "function downgrade.x() end", "function downgrade:x() end",
        "function x.downgrade() end", "x.downgrade = f",
        "-- function downgrade() end",
        "s = \"function downgrade() end\"",
        "s = [[function downgrade() end]]",
        "if x then function downgrade() end end",
        "function upgrade() downgrade = f end",
        "t = {downgrade = f}", "print(downgrade)", "x = downgrade",
        "downgrade()", "x = a, downgrade == 1", "for downgrade = 1, 2 do end",
        "function downgrader() end"
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof yes / sizeof *yes; i++)
        if (!has_down(yes[i]))
            fail_msg("%s", yes[i]);
    for (i = 0; i < sizeof no / sizeof *no; i++)
        if (has_down(no[i]))
            fail_msg("%s", no[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_all_five),
        cmocka_unit_test(resolves_the_literal),
        cmocka_unit_test(keeps_every_byte_of_the_id),
        cmocka_unit_test(accepts_what_may_follow),
        cmocka_unit_test(refuses_longer_expressions),
        cmocka_unit_test(refuses_wrong_types),
        cmocka_unit_test(refuses_a_second_assignment),
        cmocka_unit_test(refuses_longer_assignments),
        cmocka_unit_test(sees_the_outermost_level_only),
        cmocka_unit_test(ignores_other_uses),
        cmocka_unit_test(finds_the_statement_behind),
        cmocka_unit_test(leaves_broken_text_to_lua),
        cmocka_unit_test(describes_by_its_comments),
        cmocka_unit_test(finds_a_way_down),
        cmocka_unit_test(makes_one_short_line)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
