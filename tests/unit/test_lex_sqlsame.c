/* SPDX-License-Identifier: MIT */
/* Do two definitions say the same? */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../runner/lex/sqlsame.h"

static bool same(const char *a, const char *b)
{
    return lm_sql_same(a, strlen(a), b, strlen(b)) &&
           lm_sql_same(b, strlen(b), a, strlen(a));
}

static void looks_through_writing(void **state)
{
    (void)state;
    assert_true(same("CREATE TABLE t (a INT)",
                     "create  table T -- all\n(A /* one */ int);"));
    assert_true(same("CREATE TABLE \"t\" ([a] INT)", "CREATE TABLE t (`a` int)"));
    assert_true(same("CREATE TABLE T (a)", "CREATE TABLE \"t\" (\"A\")"));
    assert_true(same("CREATE TABLE \"a\"\"b\" (x)", "CREATE TABLE `a\"b` (x)"));
    assert_true(same("SELECT 1E5, X'ab'", "SELECT 1e5, x'AB'"));
    assert_true(same("", " ;-- nothing"));
}

static void sees_what_is_another(void **state)
{
    (void)state;
    assert_false(same("CREATE TABLE t (a INT)", "CREATE TABLE t (a TEXT)"));
    assert_false(same("CREATE TABLE t (a INT)", "CREATE TABLE t (a)"));
    assert_false(same("CHECK (a = 'X')", "CHECK (a = 'x')"));
    assert_false(same("CHECK (a = 'x')", "CHECK (a = x)"));
    assert_false(same("CHECK (a < 1)", "CHECK (a <= 1)"));
    assert_false(same("CREATE TABLE \"a\"\"b\" (x)", "CREATE TABLE \"ab\" (x)"));
}

/* A name in quotes that no column has is a string to SQLite. */
static void holds_what_may_be_strings_apart(void **state)
{
    (void)state;
    assert_false(same("CHECK (a = \"X\")", "CHECK (a = \"x\")"));
    assert_true(same("CHECK (a = \"X\")", "CHECK (a = [X])"));
    assert_false(same("a DEFAULT \"X\"", "a DEFAULT X"));
    assert_false(same("a DEFAULT \"X\"", "a DEFAULT \"x\""));
    assert_true(same("a DEFAULT Now", "a DEFAULT now"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(looks_through_writing),
        cmocka_unit_test(sees_what_is_another),
        cmocka_unit_test(holds_what_may_be_strings_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
