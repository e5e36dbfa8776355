/* SPDX-License-Identifier: MIT */
#include "sqlapart.h"

#include <string.h>

#include "sqltext.h"
#include "sqltok.h"

enum { BEFORE = 3, PIECE = 48, LEAD = 8 };

/* A text on the way, and where its last tokens began. */
typedef struct reading {
    lm_sqltok t;
    size_t starts[BEFORE];
} reading;

static bool is_blank(lm_sqlkind kind)
{
    return kind == LM_TOK_SPACE || kind == LM_TOK_COMMENT;
}

static void begin(reading *r, const char *text)
{
    memset(r, 0, sizeof *r);
    lm_sqltok_start(&r->t, text, strlen(text));
}

static bool next(reading *r)
{
    memmove(r->starts, r->starts + 1, (BEFORE - 1) * sizeof *r->starts);
    r->starts[BEFORE - 1] = r->t.start;
    while (is_blank(lm_sqltok_next(&r->t)))
        continue;
    return r->t.kind != LM_TOK_END;
}

static void place(const reading *r, lm_apart *out)
{
    out->at = r->t.start;
    out->from = out->at - r->starts[0] < PIECE / 2 ? r->starts[0] : out->at;
}

/* Two long tokens may part far behind their beginning: the pieces begin a
 * little before that, at a whole character. */
static void step_inside(const reading *x, const reading *y, lm_apart *in_a,
                        lm_apart *in_b)
{
    const char *a = x->t.text + x->t.start, *b = y->t.text + y->t.start;
    size_t n = 0;

    while (n < x->t.size && n < y->t.size && a[n] == b[n])
        n++;
    if (n < PIECE / 2)
        return;
    n -= LEAD;
    while (n > 0 && ((unsigned char)a[n] & 0xC0) == 0x80)
        n--;
    in_a->from = in_a->at + n;
    in_b->from = in_b->at + n;
}

bool lm_sqlapart(const char *a, const char *b, lm_apart *in_a, lm_apart *in_b)
{
    bool more, other;
    reading x, y;

    begin(&x, a);
    begin(&y, b);
    do {
        more = next(&x);
        other = next(&y);
    } while (more && other &&
             lm_sqltext_same(a + x.t.start, x.t.size, b + y.t.start,
                             y.t.size));
    place(&x, in_a);
    place(&y, in_b);
    step_inside(&x, &y, in_a, in_b);
    return more || other;
}

/* So much of it as fits; the first token, and one that never would, also in
 * part, but whole characters of it. */
static size_t fitting(const char *s, size_t size, size_t most, bool first)
{
    if (size <= most)
        return size;
    while (most > 0 && ((unsigned char)s[most] & 0xC0) == 0x80)
        most--;
    return first || size > PIECE ? most : 0;
}

void lm_sqlapart_show(lm_buf *out, const char *text, size_t len, size_t most)
{
    bool first = true, blank = false;
    lm_sqltok t;
    size_t n;

    lm_sqltok_start(&t, text, len);
    while (lm_sqltok_next(&t) != LM_TOK_END) {
        if (is_blank(t.kind)) {
            blank = true;
            continue;
        }
        if (blank && !first)
            lm_buf_putc(out, ' ');
        n = fitting(text + t.start, t.size, most, first);
        lm_buf_add(out, text + t.start, n);
        if (n < t.size) {
            lm_buf_puts(out, "…");
            return;
        }
        most -= n;
        first = blank = false;
    }
}

void lm_sqlapart_here(lm_buf *out, const char *text, const lm_apart *place)
{
    if (place->from > 0)
        lm_buf_puts(out, "… ");
    lm_sqlapart_show(out, text + place->from, strlen(text + place->from),
                     PIECE);
}
