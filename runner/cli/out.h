/* SPDX-License-Identifier: MIT */
/*
 * out.h - standard output and standard error, written when we say so.
 *
 * Text is gathered in `text` and goes out in one write() at lm_out_flush. A
 * full disk or a reader that went away is remembered in `error` and looked
 * at when everything is over: it must never end a migration. A reader that
 * reads nothing is waited for until a signal comes; then that is EINTR.
 *
 *   lm_out_flush      write what was gathered
 *   lm_out_terminal   is somebody watching? Asked once, when first needed
 *   lm_out_paint      append text in a colour, where colour is wanted
 *   lm_out_mark       append one of the marks: ✓ → · ! ✗
 *   lm_out_clear      free; may be called twice. Flushes nothing
 */
#ifndef LM_CLI_OUT_H
#define LM_CLI_OUT_H

#include "str.h"

typedef enum lm_answer { LM_UNASKED, LM_NO, LM_YES } lm_answer;

typedef struct lm_out {
    int fd;
    int error; /* errno of the first write that failed, 0: none */
    lm_answer terminal, color;
    lm_str text;
} lm_out;

typedef enum lm_color {
    LM_RED = 31,
    LM_GREEN = 32,
    LM_YELLOW = 33,
    LM_CYAN = 36
} lm_color;

typedef enum lm_mark {
    LM_MARK_NONE,
    LM_MARK_DONE,  /* ✓ */
    LM_MARK_NEXT,  /* → */
    LM_MARK_WAITS, /* · */
    LM_MARK_LOOK,  /* ! */
    LM_MARK_FAILED /* ✗ */
} lm_mark;

void lm_out_flush(lm_out *out);
bool lm_out_terminal(lm_out *out);
void lm_out_paint(lm_out *out, lm_color color, const char *text);
void lm_out_mark(lm_out *out, lm_mark mark);
void lm_out_clear(lm_out *out);

#endif
