/* SPDX-License-Identifier: MIT */
#include "out.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A pipe that was made non-blocking by whoever shares it. */
static bool wait_for_room(int fd)
{
    struct pollfd p;

    p.fd = fd;
    p.events = POLLOUT;
    p.revents = 0;
    return poll(&p, 1, -1) >= 0 || errno == EINTR;
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
        } else if (errno != EINTR &&
                   !(errno == EAGAIN && wait_for_room(out->fd))) {
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
