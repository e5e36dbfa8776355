/* SPDX-License-Identifier: MIT */
/*
 * The memory of a script. What is refused makes Lua collect in the middle of
 * what it does, and Lua before 5.4.8 can be made to use freed memory then; so
 * over the limit the script is doomed, and gets what it asked for.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "../../runner/script/script.h"

enum { MIB = 1 << 20, LIMIT = 4 * MIB, SMALL = 48, LARGE = 17 * MIB };

static void open_heap(lm_script *sc)
{
    memset(sc, 0, sizeof *sc);
    lm_heap_open(&sc->heap, LIMIT);
}

static void *take(lm_script *sc, size_t size)
{
    return lm_heap_alloc(sc, NULL, 0, size);
}

/* Until it is doomed; every request is granted on the way. */
static void fill(lm_script *sc, size_t size)
{
    size_t taken = 0;

    while (sc->doom == LM_OK) {
        assert_non_null(take(sc, size));
        taken += size;
        assert_true(taken <= LIMIT + size);
    }
}

static void grants_what_is_over_the_limit(void **state)
{
    static const size_t sizes[] = {SMALL, 4000, MIB};
    lm_script sc;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        open_heap(&sc);
        fill(&sc, sizes[i]);
        assert_int_equal(sc.doom, LM_EFAILED);
        assert_non_null(strstr(sc.doom_text, "its limit of 4 MiB"));
        assert_non_null(take(&sc, sizes[i]));
        lm_heap_close(&sc.heap);
    }
}

static void refuses_what_is_large(void **state)
{
    lm_script sc;
    void *block;

    (void)state;
    open_heap(&sc);
    assert_null(take(&sc, LARGE));
    assert_int_equal(sc.doom, LM_EFAILED);
    lm_heap_close(&sc.heap);
    open_heap(&sc);
    block = take(&sc, MIB);
    assert_non_null(block);
    memset(block, 7, MIB);
    assert_null(lm_heap_alloc(&sc, block, MIB, LARGE + MIB));
    /* What was there stays. */
    assert_int_equal(((char *)block)[MIB - 1], 7);
    lm_heap_close(&sc.heap);
}

static void refuses_all_when_far_beyond(void **state)
{
    lm_script sc;
    size_t taken = 0;

    (void)state;
    open_heap(&sc);
    while (take(&sc, MIB) != NULL) {
        taken += MIB;
        assert_true(taken < 100 * (size_t)MIB);
    }
    assert_true(taken > 32 * (size_t)MIB);
    lm_heap_close(&sc.heap);
}

static void counts_what_is_given_back(void **state)
{
    lm_script sc;
    void *block;
    int i;

    (void)state;
    open_heap(&sc);
    for (i = 0; i < 100; i++) {
        block = take(&sc, MIB);
        assert_non_null(block);
        block = lm_heap_alloc(&sc, block, MIB, 3 * MIB);
        assert_non_null(block);
        block = lm_heap_alloc(&sc, block, 3 * MIB, SMALL);
        assert_non_null(block);
        assert_null(lm_heap_alloc(&sc, block, SMALL, 0));
    }
    assert_int_equal(sc.doom, LM_OK);
    lm_heap_close(&sc.heap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grants_what_is_over_the_limit),
        cmocka_unit_test(refuses_what_is_large),
        cmocka_unit_test(refuses_all_when_far_beyond),
        cmocka_unit_test(counts_what_is_given_back)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
