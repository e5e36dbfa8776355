/* SPDX-License-Identifier: MIT */
#include "out.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "signals.h"

/* So long, in ms, who was asked to end waits for a reader that reads nothing.
 * What a pipe has no room for is lost then: nobody may read it ever. */
enum { LAST_WAIT = 30 };

static int wait_for_room(int fd, int ms)
{
    struct pollfd p;

    p.fd = fd;
    p.events = POLLOUT;
    p.revents = 0;
    return poll(&p, 1, ms);
}

/* After a write that did not write: shall it be tried again? EAGAIN is a pipe
 * that was made non-blocking by whoever shares it. */
static bool try_again(int fd)
{
    if (errno == EAGAIN && wait_for_room(fd, -1) < 0 && errno != EINTR)
        return false;
    if (errno != EAGAIN && errno != EINTR)
        return false;
    if (lm_signals_caught() == 0 || wait_for_room(fd, LAST_WAIT) > 0)
        return true;
    errno = EINTR;
    return false;
}

void lm_out_flush(lm_out *out)
{
    const char *text = lm_str_text(&out->text);
    size_t left = out->text.len;

    if (out->text.failed && out->error == 0)
        out->error = ENOMEM;
    while (left > 0 && out->error == 0) {
        ssize_t n = write(out->fd, text, left);

        if (n >= 0) {
            text += n;
            left -= (size_t)n;
        } else if (!try_again(out->fd)) {
            out->error = errno;
        }
    }
    out->text.len = 0;
}

bool lm_out_terminal(lm_out *out)
{
    if (out->terminal == LM_UNASKED)
        out->terminal = isatty(out->fd) ? LM_YES : LM_NO;
    return out->terminal == LM_YES;
}

/* https://no-color.org; a terminal that says it is dumb is believed. */
static bool colored(lm_out *out)
{
    const char *no = getenv("NO_COLOR");
    const char *term;

    if (out->color == LM_UNASKED) {
        term = getenv("TERM");
        out->color = LM_NO;
        if ((no == NULL || *no == '\0') && term != NULL &&
            strcmp(term, "dumb") != 0 && lm_out_terminal(out))
            out->color = LM_YES;
    }
    return out->color == LM_YES;
}

void lm_out_paint(lm_out *out, lm_color color, const char *text)
{
    if (colored(out))
        lm_str_printf(&out->text, "\033[%dm%s\033[0m", (int)color, text);
    else
        lm_str_puts(&out->text, text);
}

void lm_out_mark(lm_out *out, lm_mark mark)
{
    switch (mark) {
    case LM_MARK_NONE: break;
    case LM_MARK_DONE: lm_out_paint(out, LM_GREEN, "✓"); break;
    case LM_MARK_NEXT: lm_out_paint(out, LM_CYAN, "→"); break;
    case LM_MARK_WAITS: lm_str_puts(&out->text, "·"); break;
    case LM_MARK_LOOK: lm_out_paint(out, LM_YELLOW, "!"); break;
    case LM_MARK_FAILED: lm_out_paint(out, LM_RED, "✗"); break;
    }
}

void lm_out_clear(lm_out *out)
{
    lm_str_clear(&out->text);
}
