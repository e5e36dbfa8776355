/* SPDX-License-Identifier: MIT */
/* Small blocks of one thread. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../runner/base/pool.h"

static void an_empty_pool_must_grow(void **state)
{
    lm_pool pool = {0};

    (void)state;
    assert_null(lm_pool_take(&pool, 1));
    assert_true(lm_pool_grow(&pool, 256));
    assert_non_null(lm_pool_take(&pool, 1));
    lm_pool_clear(&pool);
    assert_null(lm_pool_take(&pool, 1));
}

static void a_block_comes_back(void **state)
{
    lm_pool pool = {0};
    void *a, *b;

    (void)state;
    assert_true(lm_pool_grow(&pool, 1024));
    a = lm_pool_take(&pool, 33);
    memset(a, 1, 48);
    lm_pool_give(&pool, a, 33);
    b = lm_pool_take(&pool, 48);
    assert_ptr_equal(a, b);
    assert_ptr_not_equal(lm_pool_take(&pool, 48), b);
    lm_pool_clear(&pool);
}

static void blocks_do_not_overlap(void **state)
{
    lm_pool pool = {0};
    unsigned char *block[200];
    size_t i, n = 0, size;

    (void)state;
    for (i = 0; i < 200; i++) {
        size = 1 + i * 7 % LM_POOL_LARGEST;
        block[i] = lm_pool_take(&pool, size);
        if (block[i] == NULL) {
            assert_true(lm_pool_grow(&pool, 4096));
            n++;
            block[i] = lm_pool_take(&pool, size);
        }
        assert_non_null(block[i]);
        assert_int_equal((size_t)block[i] % 16, 0);
        memset(block[i], (int)i, size);
    }
    for (i = 0; i < 200; i++) {
        size = 1 + i * 7 % LM_POOL_LARGEST;
        assert_int_equal(block[i][0], (unsigned char)i);
        assert_int_equal(block[i][size - 1], (unsigned char)i);
    }
    assert_true(n > 1);
    lm_pool_clear(&pool);
}

static void sizes_that_share_room_fit(void **state)
{
    (void)state;
    assert_true(lm_pool_fits(1, 16));
    assert_false(lm_pool_fits(16, 17));
    assert_true(lm_pool_fits(497, LM_POOL_LARGEST));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_pool_must_grow),
        cmocka_unit_test(a_block_comes_back),
        cmocka_unit_test(blocks_do_not_overlap),
        cmocka_unit_test(sizes_that_share_room_fit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
