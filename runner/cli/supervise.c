/* SPDX-License-Identifier: MIT */
#include "supervise.h"

#include <errno.h>
#include <math.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "progress.h"

/* How long a script may go on after it was asked to end, in ms. What can
 * answer does so within a few; an answer takes longer on a busy machine. */
enum { GRACE_TIMEOUT = 100, GRACE_SIGNAL = 60, LOOK_EVERY = 10 };

/* A page of memory that both processes see. The child writes. */
typedef struct lm_board {
    _Atomic bool running;   /* a script runs: it may be ended */
    _Atomic double deadline; /* on the progress clock; 0: none */
    _Atomic long applied, reverted;
    _Atomic bool down;      /* the script's way down runs */
    _Atomic bool outside;   /* the script has TRANSACTION = false */
    char id[256];           /* whole before `running` becomes true, */
    char backup[1024];      /* and so is this */
} lm_board;

static void fill_set(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGCHLD);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGHUP);
}

/* An ignored SIGCHLD, which a parent may leave behind, would hide the end. */
static void watch_children(void)
{
    struct sigaction action;

    memset(&action, 0, sizeof action);
    action.sa_handler = SIG_DFL;
    sigaction(SIGCHLD, &action, NULL);
}

/* The child must not outlive a parent that is killed: whoever killed it
 * takes the run for ended. */
static void die_with(pid_t parent)
{
#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
    if (getppid() != parent)
        raise(SIGKILL);
}

static bool make_board(lm_supervisor *s)
{
    void *page = mmap(NULL, sizeof *s->board, PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (page == MAP_FAILED)
        return false;
    s->board = page;
    return true;
}

int lm_supervise_begin(lm_supervisor *s)
{
    pid_t parent = getpid();
    sigset_t set;

    if (s->watched || s->child != 0 || !make_board(s))
        return 0;
    watch_children();
    fill_set(&set);
    sigprocmask(SIG_BLOCK, &set, &s->mask);
    s->child = fork();
    if (s->child > 0)
        return 1;
    if (s->child == 0) {
        s->watched = true;
        die_with(parent);
    }
    s->child = 0;
    sigprocmask(SIG_SETMASK, &s->mask, NULL);
    return 0;
}

/* SIGALRM comes when the time is up; its handler wakes the script. */
static void set_alarm(double seconds)
{
    struct itimerval timer;

    memset(&timer, 0, sizeof timer);
    timer.it_value.tv_sec = (time_t)seconds;
    timer.it_value.tv_usec =
        (suseconds_t)((seconds - floor(seconds)) * 1e6);
    setitimer(ITIMER_REAL, &timer, NULL);
}

static void note_start(lm_supervisor *s, const lumigrate_event *event)
{
    lm_board *b = s->board;
    size_t n = event->id == NULL ? 0 : strlen(event->id);

    if (s->timeout > 0)
        set_alarm(s->timeout);
    if (b == NULL)
        return;
    n = n < sizeof b->id ? n : sizeof b->id - 1;
    memcpy(b->id, event->id == NULL ? "" : event->id, n);
    b->id[n] = '\0';
    atomic_store(&b->outside, event->outside != 0);
    atomic_store(&b->down, event->down != 0);
    atomic_store(&b->deadline, s->timeout > 0
                 ? lm_progress_clock() + s->timeout * 1e3 : 0);
    atomic_store(&b->running, true);
}

static void note_end(lm_supervisor *s)
{
    if (s->timeout > 0)
        set_alarm(0);
    if (s->board != NULL)
        atomic_store(&s->board->running, false);
}

static void note_backup(lm_supervisor *s, const lumigrate_event *event)
{
    if (s->board != NULL)
        snprintf(s->board->backup, sizeof s->board->backup, "%s",
                 event->text);
}

void lm_supervise_note(lm_supervisor *s, const lumigrate_event *event)
{
    if (event->type == LUMIGRATE_EVENT_BACKUP)
        note_backup(s, event);
    if (event->type == LUMIGRATE_EVENT_START)
        note_start(s, event);
    else if (event->type == LUMIGRATE_EVENT_ENDING)
        note_end(s);
    else if (event->type == LUMIGRATE_EVENT_APPLIED && s->board != NULL)
        atomic_fetch_add(&s->board->applied, 1);
    else if (event->type == LUMIGRATE_EVENT_REVERTED && s->board != NULL)
        atomic_fetch_add(&s->board->reverted, 1);
}

/* Wait for a signal or for so many ms (negative: for ever); the signal's
 * number, 0 when none came. */
static int next_signal(double ms)
{
    struct timespec wait;
    sigset_t set;
    int number;

    fill_set(&set);
    if (ms < 0)
        number = sigwaitinfo(&set, NULL);
    else {
        wait.tv_sec = (time_t)(ms / 1e3);
        wait.tv_nsec = (long)(fmod(ms, 1e3) * 1e6);
        number = sigtimedwait(&set, NULL, &wait);
    }
    return number < 0 ? 0 : number;
}

/* The watch of one child. */
typedef struct watch {
    lm_supervisor *s;
    lm_verdict *out;
    int asked;              /* the first signal that was handed on */
    double asked_at;
    double told_at;         /* when it was handed on last */
    bool killed;
} watch;

/* Between the moment at which a process looks whether it was asked and a
 * write to a reader that reads nothing a signal may come, and be missed. */
static void remind(watch *w, double now)
{
    if (w->asked == 0 || now - w->told_at < GRACE_SIGNAL)
        return;
    w->told_at = now;
    kill(w->s->child, w->asked);
}

/* End a script that has had its time. */
static void judge(watch *w)
{
    lm_board *b = w->s->board;
    double now = lm_progress_clock(), deadline = atomic_load(&b->deadline);

    if (w->killed)
        return;
    if (!atomic_load(&b->running)) {
        remind(w, now);
        return;
    }
    if (w->asked != 0 && now - w->asked_at >= GRACE_SIGNAL)
        w->out->asked = w->asked;
    else if (deadline > 0 && now - deadline >= GRACE_TIMEOUT)
        w->out->timed_out = true;
    else
        return;
    w->killed = true;
    kill(w->s->child, SIGKILL);
}

static void hand_on(watch *w, int number)
{
    if (w->asked == 0) {
        w->asked = number;
        w->asked_at = lm_progress_clock();
    }
    w->told_at = lm_progress_clock();
    kill(w->s->child, number);
}

static bool has_ended(watch *w)
{
    int status;
    pid_t got = waitpid(w->s->child, &status, WNOHANG);

    if (got == 0 || (got < 0 && errno == EINTR))
        return false;
    if (got > 0 && WIFEXITED(status))
        w->out->status = WEXITSTATUS(status);
    else if (got > 0 && WIFSIGNALED(status))
        w->out->killed_by = WTERMSIG(status);
    else if (got > 0)
        return false;
    return true;
}

void lm_supervise_wait(lm_supervisor *s, lm_verdict *out)
{
    watch w = {.s = s, .out = out};
    int number;

    memset(out, 0, sizeof *out);
    out->status = -1;
    while (!has_ended(&w)) {
        number = next_signal(s->timeout > 0 || w.asked != 0 ? LOOK_EVERY
                                                            : -1);
        if (number != 0 && number != SIGCHLD)
            hand_on(&w, number);
        judge(&w);
    }
    if (w.asked != 0 && out->asked == 0)
        out->asked = w.asked;
    out->applied = atomic_load(&s->board->applied);
    out->reverted = atomic_load(&s->board->reverted);
    out->down = atomic_load(&s->board->down);
    out->outside = atomic_load(&s->board->outside);
    snprintf(out->backup, sizeof out->backup, "%s", s->board->backup);
    memcpy(out->id, s->board->id, sizeof out->id);
    sigprocmask(SIG_SETMASK, &s->mask, NULL);
    s->child = 0;
}

void lm_supervise_end(lm_supervisor *s)
{
    if (s->board != NULL)
        munmap(s->board, sizeof *s->board);
    s->board = NULL;
}
