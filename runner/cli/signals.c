/* SPDX-License-Identifier: MIT */
#include "signals.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/time.h>

/*
 * The only mutable data of the program that belongs to nobody: a signal
 * handler is given a number and nothing else. `running` is written before
 * the handlers are there and after the run; the handler only reads it.
 */
static lumigrate *volatile running;
static volatile sig_atomic_t caught;

static void on_signal(int number)
{
    lumigrate *lm = running;

    if (caught == 0 && number != SIGALRM)
        caught = number;
    if (lm != NULL)
        lumigrate_interrupt(lm);
}

static void ignore(int number)
{
    struct sigaction action;

    memset(&action, 0, sizeof action);
    action.sa_handler = SIG_IGN;
    sigaction(number, &action, NULL);
}

/* Without SA_RESTART, so that a wait in a system call ends too. */
static void install(int number)
{
    struct sigaction action;

    memset(&action, 0, sizeof action);
    action.sa_handler = on_signal;
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, NULL);
}

/* nohup asks that the end of the terminal be ignored: so it stays. */
static int hangup_is_ignored(void)
{
    struct sigaction action;

    return sigaction(SIGHUP, NULL, &action) == 0 &&
           action.sa_handler == SIG_IGN;
}

void lm_signals_ignore(void)
{
    ignore(SIGPIPE);
    ignore(SIGXFSZ);
}

void lm_signals_begin(lumigrate *lm)
{
    running = lm;
    install(SIGINT);
    install(SIGTERM);
    install(SIGALRM);
    if (!hangup_is_ignored())
        install(SIGHUP);
}

void lm_signals_end(void)
{
    running = NULL;
}

int lm_signals_caught(void)
{
    return (int)caught;
}

void lm_signals_note(int number)
{
    if (caught == 0)
        caught = number;
}

const char *lm_signals_name(int number)
{
    switch (number) {
    case SIGINT: return "SIGINT";
    case SIGTERM: return "SIGTERM";
    case SIGHUP: return "SIGHUP";
    default: return "a signal";
    }
}

static void reset(int number)
{
    struct sigaction action;

    memset(&action, 0, sizeof action);
    action.sa_handler = SIG_DFL;
    sigaction(number, &action, NULL);
}

void lm_signals_die(int number)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, number);
    reset(number);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    raise(number);
}

/* One of those that end a run and came while all were blocked. */
static void note_pending(void)
{
    static const int ending[] = {SIGTERM, SIGINT, SIGHUP};
    sigset_t set;
    size_t i;

    if (sigpending(&set) != 0)
        return;
    for (i = 0; i < sizeof ending / sizeof *ending; i++)
        if (sigismember(&set, ending[i]) == 1)
            lm_signals_note(ending[i]);
}

/*
 * For process 1 of a container the kernel drops a signal that nobody handles:
 * so each one is looked for before its handler goes. From then on it is the
 * program's affair.
 */
int lm_signals_hand_over(void)
{
    static const int ours[] = {SIGPIPE, SIGXFSZ, SIGINT, SIGTERM, SIGALRM,
                               SIGCHLD};
    struct itimerval none;
    sigset_t set;
    size_t i;

    sigfillset(&set);
    sigprocmask(SIG_BLOCK, &set, NULL);
    note_pending();
    if (caught != 0)
        return (int)caught;
    memset(&none, 0, sizeof none);
    setitimer(ITIMER_REAL, &none, NULL);
    for (i = 0; i < sizeof ours / sizeof *ours; i++)
        reset(ours[i]);
    if (!hangup_is_ignored())
        reset(SIGHUP);
    sigemptyset(&set);
    sigprocmask(SIG_SETMASK, &set, NULL);
    return 0;
}
