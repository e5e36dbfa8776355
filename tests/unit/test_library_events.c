/* SPDX-License-Identifier: MIT */
/* Events of the library: which, in which order, with what; and cancelling. */
#include "box.h"

enum { MOST = 64 };

/* What happened, one line each; and when to say no. */
typedef struct listener {
    char lines[MOST][200];
    int count;
    int cancel_at;          /* a type; 0: never */
    const char *cancel_id;  /* of this migration only, or NULL */
    lumigrate *interrupt;   /* say so by lumigrate_interrupt instead */
    double duration_ms;     /* of the last event that has one */
} listener;

static const char *or_dash(const char *s)
{
    return s == NULL ? "-" : s;
}

static void note(char *line, size_t size, const lumigrate_event *e)
{
    switch (e->type) {
    case LUMIGRATE_EVENT_LEDGER:
        snprintf(line, size, "ledger %s", or_dash(e->text));
        break;
    case LUMIGRATE_EVENT_PENDING:
        snprintf(line, size, "pending %ld", e->pending);
        break;
    case LUMIGRATE_EVENT_DISCOVERED:
        snprintf(line, size, "found %ld applied %ld pending %ld", e->found,
                 e->applied, e->pending);
        break;
    case LUMIGRATE_EVENT_WARNING:
        snprintf(line, size, "warning %s %s", or_dash(e->id), e->text);
        break;
    case LUMIGRATE_EVENT_START:
        snprintf(line, size, "start %s %s%s", e->id, e->description,
                 e->outside ? " outside" : "");
        break;
    case LUMIGRATE_EVENT_STATEMENT:
    case LUMIGRATE_EVENT_PRINT:
        snprintf(line, size, "%s %s %s %lu",
                 e->type == LUMIGRATE_EVENT_PRINT ? "print" : "statement",
                 e->id, e->text, e->text_len);
        break;
    case LUMIGRATE_EVENT_GUARD:
        snprintf(line, size, "guard %s %s %d", e->id, e->text, e->answer);
        break;
    case LUMIGRATE_EVENT_LOG:
        snprintf(line, size, "log %s %s %s", e->id, e->level, e->text);
        break;
    case LUMIGRATE_EVENT_PROGRESS:
        snprintf(line, size, "progress %s %s %g of %g", e->id, e->text,
                 e->done, e->total);
        break;
    case LUMIGRATE_EVENT_ENDING:
        snprintf(line, size, "ending %s", e->id);
        break;
    case LUMIGRATE_EVENT_APPLIED:
        snprintf(line, size, "applied %s %s %ld", e->id, e->effect, e->rows);
        break;
    case LUMIGRATE_EVENT_FAILED:
        snprintf(line, size, "failed %s line %d %s", e->id, e->error->line,
                 e->error->message);
        break;
    case LUMIGRATE_EVENT_DONE:
        snprintf(line, size, "done %ld", e->applied);
        break;
    default:
        snprintf(line, size, "type %d %s", e->type, or_dash(e->text));
    }
}

static int listen(void *user, const lumigrate_event *e)
{
    listener *l = user;

    if (l->count < MOST)
        note(l->lines[l->count++], sizeof l->lines[0], e);
    l->duration_ms = e->duration_ms;
    if (e->type != l->cancel_at ||
        (l->cancel_id != NULL && strcmp(l->cancel_id, e->id) != 0))
        return 0;
    if (l->interrupt == NULL)
        return 1;
    lumigrate_interrupt(l->interrupt);
    return 0;
}

static lumigrate *listened(const box *b, listener *l)
{
    lumigrate_config config = box_config(b);
    lumigrate *lm;

    memset(l, 0, sizeof *l);
    config.on_event = listen;
    config.user = l;
    assert_int_equal(lumigrate_open(&lm, &config), LUMIGRATE_OK);
    assert_int_equal(l->count, 0);
    return lm;
}

static void assert_heard(const listener *l, const char *const *lines)
{
    int i;

    for (i = 0; i < l->count && lines[i] != NULL; i++)
        assert_string_equal(l->lines[i], lines[i]);
    assert_int_equal(i, l->count);
    assert_null(lines[i]);
}

static void two_migrations(box *b)
{
    box_write(b, "migrations/2026_01_01_a.lua",
              "--- Make it.\n"
              "MIGRATION_ID = \"2026_01_01_a\"\n"
              "function upgrade(conn)\n"
              "  if not table_exists(\"a\") then\n"
              "    conn:execute(\"CREATE TABLE a (x)\")\n"
              "  end\n"
              "  print(\"made\", 1)\n"
              "  log.warn(\"careful\")\n"
              "end\n");
    box_migration(b, "2026_01_02_b",
                  "conn:execute(\"INSERT INTO a VALUES (1), (2)\")");
}

static void come_in_order_with_their_values(void **state)
{
    static const char *const first[] = {
        "pending 2",
        "ledger created",
        "found 2 applied 0 pending 2",
        "start 2026_01_01_a Make it.",
        "guard 2026_01_01_a table_exists(\"a\") 0",
        "statement 2026_01_01_a CREATE TABLE a (x) 18",
        "print 2026_01_01_a made\t1 6",
        "log 2026_01_01_a warn careful",
        "ending 2026_01_01_a",
        "applied 2026_01_01_a changed 0",
        "start 2026_01_02_b ",
        "statement 2026_01_02_b INSERT INTO a VALUES (1), (2) 29",
        "ending 2026_01_02_b",
        "applied 2026_01_02_b changed 2",
        "done 2",
        NULL,
    };
    static const char *const second[] = {
        "found 2 applied 2 pending 0", "done 0", NULL,
    };
    box *b = *state;
    listener l;
    lumigrate *lm;

    two_migrations(b);
    lm = listened(b, &l);
    assert_int_equal(lumigrate_up(lm, NULL), LUMIGRATE_OK);
    assert_heard(&l, first);
    assert_true(l.duration_ms > 0);
    l.count = 0;
    assert_int_equal(lumigrate_up(lm, NULL), LUMIGRATE_OK);
    assert_heard(&l, second);
    lumigrate_close(lm);
}

static void tell_of_a_failure(void **state)
{
    static const char *const lines[] = {
        "pending 1",
        "ledger created",
        "found 1 applied 0 pending 1",
        "start 1 ",
        "ending 1",
        "failed 1 line 2 no such thing",
        NULL,
    };
    box *b = *state;
    listener l;
    lumigrate *lm;

    box_migration(b, "1", "\nerror(\"no such thing\")");
    lm = listened(b, &l);
    assert_int_equal(lumigrate_up(lm, NULL), LUMIGRATE_FAILED);
    assert_heard(&l, lines);
    lumigrate_close(lm);
}

static void tell_what_is_unusual(void **state)
{
    static const char *const lines[] = {
        "pending 1",
        "ledger -",
        "found 1 applied 0 pending 1",
        "start 1  outside",
        "progress 1 rows 1 of 2",
        "ending 1",
        "applied 1 no_op 0",
        "done 1",
        NULL,
    };
    box *b = *state;
    listener l;
    lumigrate *lm;

    box_migration(b, "0", "");
    lm = listened(b, &l);
    assert_int_equal(lumigrate_up(lm, NULL), LUMIGRATE_OK);
    lumigrate_close(lm);
    box_exec(b, "DELETE FROM schema_migrations");
    assert_int_equal(remove(strcat(strcpy(b->text, b->migrations),
                                   "/0.lua")), 0);
    box_write(b, "migrations/1.lua", "MIGRATION_ID = \"1\"\n"
              "TRANSACTION = false\n"
              "function upgrade()\n"
              "  progress(2, \"rows\")(1)\n"
              "end\n");
    lm = listened(b, &l);
    assert_int_equal(lumigrate_up(lm, NULL), LUMIGRATE_OK);
    assert_heard(&l, lines);
    lumigrate_close(lm);
}

/* Cancel at this event of the second migration: the first one stays. */
/* No signal wakes a script here, and it asks by itself but seldom. */
static void lets_no_script_go_on_when_its_time_is_up_in_sql(void **state)
{
    box *b = *state;
    lumigrate_config config = box_config(b);
    listener l = {0};
    lumigrate *lm;
    int i;

    box_migration(b, "1", "pcall(conn.execute, conn, \"WITH RECURSIVE n (i) "
                  "AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
                  "SELECT count(*) FROM n\") print(\"went on\")");
    config.timeout = 0.05;
    config.on_event = listen;
    config.user = &l;
    assert_int_equal(lumigrate_open(&lm, &config), LUMIGRATE_OK);
    assert_int_equal(lumigrate_up(lm, NULL), LUMIGRATE_FAILED);
    assert_string_equal(lumigrate_errmsg(lm), "timeout: the migration took "
                        "longer than 0.05 s");
    lumigrate_close(lm);
    for (i = 0; i < l.count; i++)
        assert_null(strstr(l.lines[i], "print"));
}

static void cancel_at(box *b, int type, int by_interrupt)
{
    listener l;
    lumigrate *lm = listened(b, &l);

    l.cancel_at = type;
    l.cancel_id = "2026_01_02_b";
    l.interrupt = by_interrupt ? lm : NULL;
    assert_int_equal(lumigrate_up(lm, NULL), LUMIGRATE_INTERRUPTED);
    assert_int_equal(lumigrate_errcode(lm), LUMIGRATE_INTERRUPTED);
    assert_string_equal(lumigrate_errinfo(lm)->id, "2026_01_02_b");
    assert_int_equal(lumigrate_errinfo(lm)->rolled_back, 1);
    assert_memory_equal(l.lines[l.count - 1], "failed 2026_01_02_b", 19);
    assert_int_equal(box_integer(b, "SELECT count(*) FROM "
                                 "schema_migrations"), 1);
    assert_int_equal(box_integer(b, "SELECT count(*) FROM a"), 0);
    assert_string_equal(box_text(b, "SELECT outcome FROM "
                                 "schema_migrations_history ORDER BY seq "
                                 "DESC"), "interrupted");
    lumigrate_close(lm);
}

static void cancel_the_running_migration(void **state)
{
    static const int types[] = {
        LUMIGRATE_EVENT_START, LUMIGRATE_EVENT_GUARD,
        LUMIGRATE_EVENT_STATEMENT, LUMIGRATE_EVENT_PRINT,
        LUMIGRATE_EVENT_LOG, LUMIGRATE_EVENT_ENDING,
    };
    box *b = *state;
    listener l;
    lumigrate *lm;
    size_t i;

    two_migrations(b);
    box_migration(b, "2026_01_02_b", "if table_exists(\"a\") then "
                  "conn:execute(\"INSERT INTO a VALUES (1)\") print(1) "
                  "log.info(2) end");
    for (i = 0; i < sizeof types / sizeof *types; i++) {
        cancel_at(b, types[i], 0);
        cancel_at(b, types[i], 1);
    }
    /* And nothing of it is left in the way of the next run. */
    lm = listened(b, &l);
    assert_int_equal(lumigrate_up(lm, NULL), LUMIGRATE_OK);
    lumigrate_close(lm);
    assert_int_equal(box_integer(b, "SELECT count(*) FROM a"), 1);
}

static void cancel_before_anything_is_written(void **state)
{
    box *b = *state;
    listener l;
    lumigrate *lm;

    two_migrations(b);
    lm = listened(b, &l);
    l.cancel_at = LUMIGRATE_EVENT_PENDING;
    assert_int_equal(lumigrate_up(lm, NULL), LUMIGRATE_INTERRUPTED);
    assert_int_equal(l.count, 1);
    assert_int_equal(access(b->database, F_OK), -1);
    assert_string_equal(lumigrate_errinfo(lm)->state,
                        "nothing was changed");
    lumigrate_close(lm);
}

/* What is committed stays; what is pending is not begun. */
static void cancel_between_two_migrations(void **state)
{
    box *b = *state;
    listener l;
    lumigrate *lm;

    two_migrations(b);
    lm = listened(b, &l);
    l.cancel_at = LUMIGRATE_EVENT_APPLIED;
    assert_int_equal(lumigrate_up(lm, NULL), LUMIGRATE_INTERRUPTED);
    assert_memory_equal(l.lines[l.count - 1], "applied 2026_01_01_a", 20);
    assert_int_equal(box_integer(b, "SELECT count(*) FROM "
                                 "schema_migrations_history"), 1);
    assert_non_null(strstr(lumigrate_errinfo(lm)->state,
                           "1 migration applied before it stays applied"));
    l.cancel_at = 0;
    assert_int_equal(lumigrate_up(lm, NULL), LUMIGRATE_OK);
    lumigrate_close(lm);
    assert_int_equal(box_integer(b, "SELECT count(*) FROM a"), 2);
}

static void cancel_a_script_that_catches_errors(void **state)
{
    box *b = *state;
    listener l;
    lumigrate *lm;

    box_migration(b, "1", "conn:execute(\"CREATE TABLE a (x)\")\n"
                  "while true do\n"
                  "  pcall(conn.execute, conn, \"SELECT 1\")\n"
                  "end");
    lm = listened(b, &l);
    l.cancel_at = LUMIGRATE_EVENT_STATEMENT;
    assert_int_equal(lumigrate_up(lm, NULL), LUMIGRATE_INTERRUPTED);
    lumigrate_close(lm);
    assert_int_equal(box_integer(b, "SELECT count(*) FROM sqlite_schema "
                                 "WHERE name = 'a'"), 0);
}

static void cancel_the_whole_run_of_one_transaction(void **state)
{
    box *b = *state;
    lumigrate_config config = box_config(b);
    listener l;
    lumigrate *lm;

    two_migrations(b);
    memset(&l, 0, sizeof l);
    config.transaction = LUMIGRATE_TRANSACTION_ALL;
    config.on_event = listen;
    config.user = &l;
    l.cancel_at = LUMIGRATE_EVENT_STATEMENT;
    l.cancel_id = "2026_01_02_b";
    assert_int_equal(lumigrate_open(&lm, &config), LUMIGRATE_OK);
    assert_int_equal(lumigrate_up(lm, NULL), LUMIGRATE_INTERRUPTED);
    assert_non_null(strstr(lumigrate_errinfo(lm)->state,
                           "one transaction and was rolled back"));
    lumigrate_close(lm);
    assert_int_equal(box_integer(b, "SELECT count(*) FROM sqlite_schema "
                                 "WHERE name = 'a'"), 0);
    assert_int_equal(box_integer(b, "SELECT count(*) FROM "
                                 "schema_migrations"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOX_TEST(come_in_order_with_their_values),
        BOX_TEST(tell_of_a_failure),
        BOX_TEST(tell_what_is_unusual),
        BOX_TEST(cancel_the_running_migration),
        BOX_TEST(cancel_before_anything_is_written),
        BOX_TEST(cancel_between_two_migrations),
        BOX_TEST(cancel_a_script_that_catches_errors),
        BOX_TEST(cancel_the_whole_run_of_one_transaction),
        BOX_TEST(lets_no_script_go_on_when_its_time_is_up_in_sql),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
