/* SPDX-License-Identifier: MIT */
/*
 * A signal at the n-th system call of the very run that test_allocations.c
 * sweeps, done by the program: SIGTERM to it, SIGKILL to it, SIGKILL to the
 * process that migrates for it alone. Work and ledger agree, nothing is left
 * beside the database that the next run does not clear away, and that run
 * completes.
 *
 * System calls are where a process meets the world: between two of them
 * nothing that a kill could leave half done is outside of its memory. They
 * are counted by ptrace(2), so that n means the same moment each time.
 *
 * A sample of n is tried; LUMIGRATE_TEST_FAULTS=all tries every one.
 */
#include "whole_cursor.h"

#ifdef __linux__
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>

enum { SECONDS = 20 };      /* after which something hangs */

/* One run of the program, watched. */
typedef struct trial {
    pid_t program;
    long at;                /* the stop at which it is hit; 0: never */
    int signal;
    int worker;             /* hit who stopped, not the program */
    long stops;             /* so far: two for each system call */
    int hit;                /* somebody was */
    int status;             /* as waitpid tells it */
} trial;

static const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK |
                            PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |
                            PTRACE_O_EXITKILL;

static void become_program(const box *b)
{
    const char *program = getenv("LUMIGRATE");
    int null = open("/dev/null", O_RDWR);

    if (program == NULL)
        program = "build/lumigrate";
    /* The leak check traces as well, which cannot be done twice. */
    setenv("ASAN_OPTIONS", "exitcode=99:detect_leaks=0", 1);
    if (null < 0 || dup2(null, 0) < 0 || dup2(null, 1) < 0 ||
        dup2(null, 2) < 0 || ptrace(PTRACE_TRACEME, 0, 0, 0) != 0)
        _exit(125);
    raise(SIGSTOP);
    execl(program, program, "up", "--database", b->database, "--migrations",
          b->migrations, (char *)NULL);
    _exit(124);
}

/* 0 where processes may not be traced. */
static int start(trial *t, const box *b)
{
    int status;

    t->program = fork();
    assert_true(t->program >= 0);
    if (t->program == 0)
        become_program(b);
    assert_int_equal(waitpid(t->program, &status, 0), t->program);
    if (WIFEXITED(status))
        return 0;
    assert_int_equal(ptrace(PTRACE_SETOPTIONS, t->program, 0, options), 0);
    assert_int_equal(ptrace(PTRACE_SYSCALL, t->program, 0, 0), 0);
    return 1;
}

static void strike(trial *t, pid_t stopped)
{
    pid_t whom = t->worker ? stopped : t->program;

    t->hit = whom != t->program || !t->worker;
    if (t->hit)
        kill(whom, t->signal);
}

/* The signal with which a process that stopped goes on; 0: none. */
static int take_stop(trial *t, pid_t pid, int status)
{
    int number = WSTOPSIG(status);

    if (number == (SIGTRAP | 0x80)) {
        t->stops++;
        if (t->at > 0 && t->stops >= t->at && !t->hit)
            strike(t, pid);
        return 0;
    }
    /* An event of ptrace, or a new process that begins stopped. */
    if (number == SIGTRAP || number == SIGSTOP)
        return 0;
    return number;
}

/* Until the program and all that it started have ended. */
static void watch(trial *t)
{
    time_t begun = time(NULL);
    int status, number;
    pid_t pid;

    for (;;) {
        pid = waitpid(-1, &status, __WALL);
        if (pid < 0 && errno == ECHILD)
            return;
        assert_true(pid > 0);
        assert_true(time(NULL) - begun < SECONDS);
        if (!WIFSTOPPED(status)) {
            if (pid == t->program)
                t->status = status;
            continue;
        }
        number = take_stop(t, pid, status);
        ptrace(t->hit ? PTRACE_CONT : PTRACE_SYSCALL, pid, 0, number);
    }
}

static int try_run(trial *t, const box *b)
{
    if (!start(t, b))
        return 0;
    watch(t);
    return 1;
}

static int has_file(const box *b, const char *suffix)
{
    char path[200];

    snprintf(path, sizeof path, "%s%s", b->database, suffix);
    return access(path, F_OK) == 0;
}

static void check_answer(box *b, const trial *t)
{
    int left = has_file(b, "-journal");
    long done = assert_whole(b);

    assert_false(left);
    assert_true(WIFEXITED(t->status));
    assert_int_equal(WEXITSTATUS(t->status), done ? 0 : 143);
    if (box_integer(b, "SELECT count(*) FROM sqlite_schema WHERE name = "
                    "'schema_migrations_history'") == 1)
        assert_int_equal(0, box_integer(b, "SELECT count(*) FROM "
                         "schema_migrations_history WHERE outcome NOT IN "
                         "('done', 'interrupted')"));
}

/* It was asked to end, and had ended its affairs; or it had none yet, not
 * even a handler. */
static void check_asked(box *b, const trial *t)
{
    if (WIFSIGNALED(t->status)) {
        assert_int_equal(WTERMSIG(t->status), SIGTERM);
        assert_false(has_file(b, ""));
        return;
    }
    check_answer(b, t);
}

/* The program mends what its worker left, and says how that ended. */
static void check_killed(box *b, const trial *t)
{
    int left = has_hot_journal(b);

    assert_whole(b);
    if (!t->hit)
        return;
    assert_true(WIFSIGNALED(t->status));
    assert_int_equal(WTERMSIG(t->status), SIGKILL);
    if (t->worker)
        assert_false(left);
}

static void assert_completes(box *b)
{
    lumigrate_config config = box_config(b);
    lumigrate *lm;

    assert_int_equal(lumigrate_open(&lm, &config), LUMIGRATE_OK);
    assert_int_equal(lumigrate_up(lm, NULL), LUMIGRATE_OK);
    lumigrate_close(lm);
    assert_int_equal(box_integer(b, "SELECT count(*) FROM t"), 5);
    assert_false(has_file(b, "-journal"));
    remove_database(b);
}

/* 1: somebody was hit. */
static int try_one(box *b, const trial *plan, long at)
{
    trial t = *plan;

    t.at = at;
    assert_true(try_run(&t, b));
    if (t.signal == SIGTERM && t.hit)
        check_asked(b, &t);
    else
        check_killed(b, &t);
    assert_completes(b);
    return t.hit;
}

static void sweep(box *b, int signal, int worker)
{
    trial plan = {.signal = signal, .worker = worker};
    trial whole = plan;
    long n, step, hits = 0;

    choose_database(b);
    box_migration(b, "2026_01_01_a", whole_cursor);
    if (!try_run(&whole, b))
        skip();
    assert_true(WIFEXITED(whole.status));
    assert_int_equal(WEXITSTATUS(whole.status), 0);
    assert_true(whole.stops > 200);
    remove_database(b);
    step = all_faults() ? 1 : whole.stops / 43 + 1;
    for (n = 1; n <= whole.stops; n += step)
        hits += try_one(b, &plan, n);
    assert_true(hits > 20);
}

static void survives_sigterm(void **state)
{
    sweep(*state, SIGTERM, 0);
}

static void survives_sigkill(void **state)
{
    sweep(*state, SIGKILL, 0);
}

static void survives_sigkill_of_the_worker(void **state)
{
    sweep(*state, SIGKILL, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOX_TEST(survives_sigterm),
        BOX_TEST(survives_sigkill),
        BOX_TEST(survives_sigkill_of_the_worker)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
#else
int main(void)
{
    puts("ok 1 # SKIP processes are traced by Linux");
    return 0;
}
#endif
