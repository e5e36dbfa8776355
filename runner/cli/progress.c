/* SPDX-License-Identifier: MIT */
#include "progress.h"

#include <string.h>
#include <time.h>

#include "words.h"

static const double bar_every_ms = 100, line_every_ms = 5000;

enum { BAR = 24, LABEL = 24 };

double lm_progress_clock(void)
{
    struct timespec t;

    if (clock_gettime(CLOCK_MONOTONIC, &t) != 0)
        return 0;
    return (double)t.tv_sec * 1000 + (double)t.tv_nsec / 1e6;
}

static long whole(double n)
{
    return n > -1e15 && n < 1e15 ? (long)n : 0;
}

static void put_bar(lm_str *to, double share)
{
    int i, filled = (int)(share * BAR);

    lm_str_putc(to, '[');
    for (i = 0; i < BAR; i++)
        lm_str_putc(to, i < filled ? '#' : ' ');
    lm_str_puts(to, "] ");
}

static void put_rate(lm_str *to, const lm_progress *p, double total,
                     double spent_ms)
{
    double rate = (p->last - p->first) / spent_ms * 1000;

    if (!(rate > 0) || spent_ms < 1)
        return;
    lm_str_puts(to, ", ");
    lm_words_count(to, whole(rate + 0.5));
    lm_str_puts(to, "/s");
    if (total > p->last) {
        lm_str_puts(to, ", ");
        lm_words_duration(to, (total - p->last) / rate * 1000);
        lm_str_puts(to, " left");
    }
}

/* label: 45 %, 450,000 of 1,000,000, 12,000/s, 46.0 s left */
static void put_state(lm_str *to, const lm_progress *p,
                      const lumigrate_event *event, bool bar)
{
    double share = event->total > 0 ? event->done / event->total : 0;

    lm_str_puts(to, "    ");
    if (event->text != NULL && *event->text != '\0') {
        lm_words_cut(to, event->text, strlen(event->text), LABEL);
        lm_str_puts(to, bar ? " " : ": ");
    }
    if (share > 1)
        share = 1;
    if (bar && event->total > 0)
        put_bar(to, share);
    if (event->total > 0)
        lm_str_printf(to, "%d %%, ", (int)(share * 100));
    lm_words_count(to, whole(event->done));
    if (event->total > 0) {
        lm_str_puts(to, " of ");
        lm_words_count(to, whole(event->total));
    }
    put_rate(to, p, event->total, p->told_ms - p->begun_ms);
}

void lm_progress_show(lm_progress *p, lm_out *out,
                      const lumigrate_event *event)
{
    bool terminal = lm_out_terminal(out);
    double now = lm_progress_clock();

    if (!p->begun || event->done < p->last) {
        lm_progress_end(p, out);
        p->begun = true;
        p->begun_ms = p->told_ms = now;
        p->first = event->done;
    }
    p->last = event->done;
    if (now - p->told_ms < (terminal ? bar_every_ms : line_every_ms))
        return;
    p->told_ms = now;
    lm_progress_wipe(p, out);
    put_state(&out->text, p, event, terminal);
    if (!terminal)
        lm_str_putc(&out->text, '\n');
    p->standing = terminal;
    lm_out_flush(out);
}

/* To the first column, and clear to the end of the line. */
void lm_progress_wipe(lm_progress *p, lm_out *out)
{
    if (p->standing)
        lm_str_puts(&out->text, "\r\033[K");
    p->standing = false;
}

void lm_progress_end(lm_progress *p, lm_out *out)
{
    lm_progress_wipe(p, out);
    memset(p, 0, sizeof *p);
}
