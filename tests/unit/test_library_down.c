/* SPDX-License-Identifier: MIT */
/* The way back by the public header. What other processes do in between is
 * done by a second handle, from the first one's events. */
#include "box.h"

typedef struct watcher {
    box *b;
    void (*meanwhile)(box *b);  /* at PENDING: all is chosen */
    char seen[400];
} watcher;

static void note(watcher *w, const char *word, const lumigrate_event *e)
{
    size_t n = strlen(w->seen);

    snprintf(w->seen + n, sizeof w->seen - n, "%s%s %s", n > 0 ? ", " : "",
             word, e->id);
}

static int watch(void *user, const lumigrate_event *e)
{
    watcher *w = user;

    switch (e->type) {
    case LUMIGRATE_EVENT_CHOSEN: note(w, "chosen", e); break;
    case LUMIGRATE_EVENT_START: note(w, e->down ? "down" : "up", e); break;
    case LUMIGRATE_EVENT_REVERTED: note(w, "reverted", e); break;
    case LUMIGRATE_EVENT_APPLIED: note(w, "applied", e); break;
    case LUMIGRATE_EVENT_SKIPPED: note(w, "skipped", e); break;
    case LUMIGRATE_EVENT_PENDING:
        if (w->meanwhile != NULL)
            w->meanwhile(w->b);
        break;
    default: break;
    }
    return 0;
}

static lumigrate *handle(watcher *w, box *b)
{
    lumigrate_config config = box_config(b);
    lumigrate *lm = NULL;

    memset(w, 0, sizeof *w);
    w->b = b;
    config.on_event = watch;
    config.user = w;
    assert_int_equal(lumigrate_open(&lm, &config), LUMIGRATE_OK);
    return lm;
}

static void run_up(box *b)
{
    watcher w;
    lumigrate *lm = handle(&w, b);

    assert_int_equal(lumigrate_up(lm, NULL), LUMIGRATE_OK);
    lumigrate_close(lm);
}

static void run_down(box *b)
{
    watcher w;
    lumigrate *lm = handle(&w, b);

    assert_int_equal(lumigrate_down(lm, NULL), LUMIGRATE_OK);
    lumigrate_close(lm);
}

static void three(box *b)
{
    box_reversible(b, "1", "a");
    box_reversible(b, "2", "b");
    box_reversible(b, "3", "c");
    run_up(b);
}

/* Three are applied, and somebody goes on from there. */
static lumigrate *after_three(watcher *w, box *b)
{
    three(b);
    return handle(w, b);
}

static const char *applied(box *b)
{
    return box_text(b, "SELECT coalesce(group_concat(id), '') FROM (SELECT "
                    "id FROM schema_migrations ORDER BY position)");
}

static void goes_as_far_as_the_target_says(void **state)
{
    box *b = *state;
    lumigrate_target t = {0};
    watcher w;
    lumigrate *lm = after_three(&w, b);

    t.dry_run = 1;
    t.all = 1;
    assert_int_equal(lumigrate_down(lm, &t), LUMIGRATE_OK);
    assert_string_equal(w.seen, "chosen 3, chosen 2, chosen 1");
    assert_string_equal(applied(b), "1,2,3");
    memset(&t, 0, sizeof t);
    t.to = "2";
    assert_int_equal(lumigrate_down(lm, &t), LUMIGRATE_OK);
    assert_string_equal(applied(b), "1,2");
    memset(&t, 0, sizeof t);
    t.count = 2;
    assert_int_equal(lumigrate_down(lm, &t), LUMIGRATE_OK);
    assert_string_equal(applied(b), "");
    assert_int_equal(lumigrate_down(lm, NULL), LUMIGRATE_OK);
    lumigrate_close(lm);
}

static void refuse(lumigrate *lm, const lumigrate_target *t,
                   const char *words)
{
    assert_int_equal(lumigrate_down(lm, t), LUMIGRATE_USAGE);
    assert_non_null(strstr(lumigrate_errmsg(lm), words));
    assert_string_equal(lumigrate_errinfo(lm)->state, "nothing was changed");
}

static void refuses_what_makes_no_sense(void **state)
{
    box *b = *state;
    lumigrate_target t = {0};
    watcher w;
    lumigrate *lm = after_three(&w, b);

    t.before = "2";
    refuse(lm, &t, "no way back");
    memset(&t, 0, sizeof t);
    t.to = "4";
    refuse(lm, &t, "4 is not applied");
    t.all = 1;
    refuse(lm, &t, "exclude each other");
    assert_int_equal(lumigrate_redo(lm, "4"), LUMIGRATE_USAGE);
    assert_int_equal(lumigrate_down(NULL, NULL), LUMIGRATE_NOMEM);
    assert_int_equal(lumigrate_redo(NULL, NULL), LUMIGRATE_NOMEM);
    lumigrate_close(lm);
    assert_string_equal(applied(b), "1,2,3");
}

static void passes_over_what_another_has_reverted(void **state)
{
    box *b = *state;
    watcher w;
    lumigrate *lm = after_three(&w, b);

    w.meanwhile = run_down;
    assert_int_equal(lumigrate_down(lm, NULL), LUMIGRATE_OK);
    lumigrate_close(lm);
    assert_string_equal(w.seen, "chosen 3, skipped 3");
    assert_string_equal(applied(b), "1,2");
    assert_int_equal(box_integer(b, "SELECT count(*) FROM "
                                 "schema_migrations_history"), 4);
}

static void down_and_up(box *b)
{
    run_down(b);
    run_up(b);
}

/* It is applied again, but that is not the application that was chosen. */
static void passes_over_what_another_has_applied_anew(void **state)
{
    box *b = *state;
    watcher w;
    lumigrate *lm = after_three(&w, b);

    w.meanwhile = down_and_up;
    assert_int_equal(lumigrate_down(lm, NULL), LUMIGRATE_OK);
    lumigrate_close(lm);
    assert_string_equal(w.seen, "chosen 3, skipped 3");
    assert_string_equal(applied(b), "1,2,3");
}

static void apply_another(box *b)
{
    box_reversible(b, "4", "d");
    run_up(b);
}

static void leaves_alone_what_others_have_built_upon(void **state)
{
    box *b = *state;
    watcher w;
    lumigrate *lm = after_three(&w, b);

    w.meanwhile = apply_another;
    assert_int_equal(lumigrate_down(lm, NULL), LUMIGRATE_MISMATCH);
    assert_string_equal(lumigrate_errmsg(lm), "4 was applied by another "
                        "process in the meantime, on top of 3, which stays "
                        "applied");
    assert_string_equal(lumigrate_errinfo(lm)->state, "nothing was changed");
    lumigrate_close(lm);
    assert_string_equal(applied(b), "1,2,3,4");
    assert_int_equal(box_integer(b, "SELECT count(*) FROM "
                                 "schema_migrations_history"), 4);
}

static void redoes_in_two_steps(void **state)
{
    box *b = *state;
    watcher w;
    lumigrate *lm = after_three(&w, b);

    assert_int_equal(lumigrate_redo(lm, "2"), LUMIGRATE_OK);
    lumigrate_close(lm);
    assert_string_equal(w.seen, "chosen 2, down 2, reverted 2, up 2, "
                        "applied 2");
    assert_string_equal(applied(b), "1,3,2");
}

static void is_stopped_by_its_listener(void **state)
{
    box *b = *state;
    lumigrate_config config;
    watcher w;
    lumigrate *lm;

    three(b);
    memset(&w, 0, sizeof w);
    config = box_config(b);
    assert_int_equal(lumigrate_open(&lm, &config), LUMIGRATE_OK);
    lumigrate_interrupt(lm);
    assert_int_equal(lumigrate_down(lm, NULL), LUMIGRATE_INTERRUPTED);
    assert_string_equal(lumigrate_errinfo(lm)->state, "nothing was changed");
    assert_string_equal(applied(b), "1,2,3");
    /* The next call begins anew. */
    assert_int_equal(lumigrate_down(lm, NULL), LUMIGRATE_OK);
    lumigrate_close(lm);
    assert_string_equal(applied(b), "1,2");
}

/* The host's own connection, in memory: no file to be reopened or locked. */
static void works_on_a_connection_of_the_host(void **state)
{
    box *b = *state;
    lumigrate_config config = box_config(b);
    lumigrate_target t = {0};
    sqlite3 *db = box_open(":memory:");
    lumigrate *lm;

    box_reversible(b, "1", "a");
    box_reversible(b, "2", "b");
    config.database = NULL;
    assert_int_equal(lumigrate_attach(&lm, db, &config), LUMIGRATE_OK);
    assert_int_equal(lumigrate_up(lm, NULL), LUMIGRATE_OK);
    t.all = 1;
    assert_int_equal(lumigrate_down(lm, &t), LUMIGRATE_OK);
    lumigrate_close(lm);
    assert_string_equal(box_ask(b, db, "SELECT count(*) FROM sqlite_schema "
                                "WHERE name IN ('a', 'b')"), "0");
    assert_string_equal(box_ask(b, db, "SELECT count(*) FROM "
                                "schema_migrations_history"), "4");
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void recover(box *b, const char *id, int down, int expected)
{
    lumigrate_loss loss = {0};
    int committed = -1;
    watcher w;
    lumigrate *lm = handle(&w, b);

    loss.id = id;
    loss.reason = "gone";
    loss.down = down;
    assert_int_equal(lumigrate_recover(lm, &loss, &committed), LUMIGRATE_OK);
    assert_int_equal(committed, expected);
    lumigrate_close(lm);
}

static void knows_what_a_killed_process_had_done(void **state)
{
    box *b = *state;

    three(b);
    recover(b, "3", 0, 1);
    recover(b, "3", 1, 0);
    assert_string_equal(box_text(b, "SELECT id || action || outcome || error "
                                 "FROM schema_migrations_history ORDER BY "
                                 "seq DESC"), "3downfailedgone");
    run_down(b);
    recover(b, "3", 1, 1);
    recover(b, "3", 0, 0);
    assert_string_equal(box_text(b, "SELECT id || action || outcome || error "
                                 "FROM schema_migrations_history ORDER BY "
                                 "seq DESC"), "3upfailedgone");
    assert_int_equal(box_integer(b, "SELECT count(source) FROM "
                                 "schema_migrations_history"), 3);
    recover(b, "", 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOX_TEST(goes_as_far_as_the_target_says),
        BOX_TEST(refuses_what_makes_no_sense),
        BOX_TEST(passes_over_what_another_has_reverted),
        BOX_TEST(passes_over_what_another_has_applied_anew),
        BOX_TEST(leaves_alone_what_others_have_built_upon),
        BOX_TEST(redoes_in_two_steps),
        BOX_TEST(is_stopped_by_its_listener),
        BOX_TEST(works_on_a_connection_of_the_host),
        BOX_TEST(knows_what_a_killed_process_had_done),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
