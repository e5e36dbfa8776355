/* SPDX-License-Identifier: MIT */
/*
 * A script is woken at the worst of moments: while it is inside one C
 * function, after which, with no instruction of Lua in between, another
 * coroutine runs than the one that was reached.
 *
 * That is how it is in a process that does nothing but migrate; so this one
 * does nothing else. What is not reached loops for ever: SIGALRM ends it.
 */
#include <unistd.h>

#include "box.h"

enum { SECONDS = 20 };

static int wake(void *user, const lumigrate_event *event)
{
    lumigrate **lm = user;

    if (event->type == LUMIGRATE_EVENT_PRINT)
        lumigrate_interrupt(*lm);
    return 0;
}

static void is_reached(box *b, const char *body)
{
    lumigrate_config config = box_config(b);
    lumigrate *lm;

    box_migration(b, "1", body);
    config.on_event = wake;
    config.user = &lm;
    alarm(SECONDS);
    assert_int_equal(lumigrate_open(&lm, &config), LUMIGRATE_OK);
    assert_int_equal(lumigrate_up(lm, NULL), LUMIGRATE_INTERRUPTED);
    lumigrate_close(lm);
    alarm(0);
    assert_string_equal(box_text(b, "SELECT outcome FROM "
                                 "schema_migrations_history"),
                        "interrupted");
}

/* Closed one after the other: print, then a coroutine that was made before. */
static void reaches_the_one_that_is_resumed_next(void **state)
{
    is_reached(*state,
               "local function close(f)"
               " return setmetatable({}, {__close = f}) end "
               "local a <close> = close(coroutine.wrap(function()"
               " while true do end end)) "
               "local b <close> = close(print)");
}

/* The coroutine that prints is over before it could be told. */
static void reaches_the_one_that_it_was_inside_of(void **state)
{
    is_reached(*state,
               "coroutine.wrap(function()"
               " coroutine.wrap(print)() while true do end end)()");
}

static void reaches_it_where_errors_are_caught(void **state)
{
    is_reached(*state,
               "coroutine.wrap(function() coroutine.wrap(print)() "
               " while true do pcall(function() while true do end end) end "
               "end)()");
}

static int dedicate(void **state)
{
    (void)state;
    return lumigrate_dedicate(0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOX_TEST(reaches_the_one_that_is_resumed_next),
        BOX_TEST(reaches_the_one_that_it_was_inside_of),
        BOX_TEST(reaches_it_where_errors_are_caught)
    };

    return cmocka_run_group_tests(tests, dedicate, NULL);
}
