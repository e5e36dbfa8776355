/* SPDX-License-Identifier: MIT */
#include "error_out.h"

#include <string.h>

#include "utf.h"
#include "words.h"

enum {
    LABEL = 13,  /* columns before what a label names */
    BEFORE = 50, /* columns of SQL shown before the fault */
    SHOWN = 100, /* columns of SQL shown in all */
    TRACE_LINES = 20
};

static void put_label(lm_str *to, const char *label)
{
    size_t len = strlen(label) + 2;

    lm_str_puts(to, "  ");
    lm_str_puts(to, label);
    lm_str_pad(to, len < LABEL ? LABEL - len : 1);
}

static void put_field(lm_str *to, const char *label, const char *text)
{
    if (text == NULL || *text == '\0')
        return;
    put_label(to, label);
    lm_words_text(to, text);
    lm_str_putc(to, '\n');
}

static void put_place(lm_str *to, const lumigrate_error *e)
{
    if (e->id == NULL && e->file == NULL)
        return;
    put_label(to, e->id != NULL ? "migration" : "file");
    if (e->id != NULL)
        lm_words_text(to, e->id);
    if (e->file != NULL) {
        lm_str_puts(to, e->id != NULL ? " (" : "");
        lm_words_text(to, e->file);
        if (e->line > 0)
            lm_str_printf(to, ":%d", e->line);
        if (e->line > 0 && e->column > 0)
            lm_str_printf(to, ":%d", e->column);
        lm_str_puts(to, e->id != NULL ? ")" : "");
    }
    lm_str_putc(to, '\n');
}

/* The line of a text that holds the byte `at`, and which one it is. */
static long find_line(const char *text, size_t at, size_t *begin, size_t *end)
{
    long line = 1;
    size_t i;

    *begin = 0;
    for (i = 0; i < at; i++)
        if (text[i] == '\n') {
            *begin = i + 1;
            line++;
        }
    *end = at + strcspn(text + at, "\n");
    while (*begin < at && (text[*begin] == ' ' || text[*begin] == '\t'))
        (*begin)++;
    if (*end > at && text[*end - 1] == '\r')
        (*end)--;
    return line;
}

/* The line with the fault, as much of it as fits, and a caret below. */
static void put_caret(lm_str *to, const char *sql, size_t at)
{
    size_t begin, end, width, shown, caret;
    long line = find_line(sql, at, &begin, &end);
    lm_str label = {0}, text = {0};

    lm_str_puts(&label, "SQL");
    if (line > 1 || sql[end + strspn(sql + end, "\r\n \t")] != '\0')
        lm_str_printf(&label, " line %ld", line);
    width = lm_utf_width(sql + begin, at - begin);
    if (width > BEFORE) {
        begin += lm_utf_cut(sql + begin, at - begin, width - BEFORE);
        lm_str_puts(&text, "…");
    }
    lm_utf_show(&text, sql + begin, at - begin);
    caret = lm_utf_width(lm_str_text(&text), text.len);
    shown =
        at + lm_utf_cut(sql + at, end - at, caret < SHOWN ? SHOWN - caret : 1);
    lm_utf_show(&text, sql + at, shown - at);
    put_label(to, lm_str_text(&label));
    lm_str_printf(to, "%s%s\n", lm_str_text(&text), shown < end ? "…" : "");
    lm_str_pad(to, (label.len + 2 < LABEL ? LABEL : label.len + 3) + caret);
    lm_str_puts(to, "^\n");
    lm_str_clear(&label);
    lm_str_clear(&text);
}

static void put_statement(lm_str *to, const lumigrate_error *e)
{
    if (e->sql == NULL || *e->sql == '\0')
        return;
    if (e->sql_offset >= 0 && (size_t)e->sql_offset <= strlen(e->sql)) {
        put_caret(to, e->sql, (size_t)e->sql_offset);
    } else {
        put_label(to, "SQL");
        lm_words_flat(to, e->sql, strlen(e->sql), SHOWN);
        lm_str_putc(to, '\n');
    }
}

static void put_code(lm_str *to, const lumigrate_error *e)
{
    if (e->sqlite_code == 0)
        return;
    put_label(to, "SQLite");
    lm_words_text(to, e->sqlite_name != NULL ? e->sqlite_name : "error");
    lm_str_printf(to, " (%d)\n", e->sqlite_code);
}

/* Lua puts a tab before "(skipping n levels)". */
static void put_trace_line(lm_str *to, const char *text, size_t len)
{
    const char *tab = memchr(text, '\t', len);
    size_t first = tab != NULL ? (size_t)(tab - text) : len;

    lm_words_cut(to, text, first, 2UL * SHOWN);
    if (tab == NULL)
        return;
    lm_str_putc(to, ' ');
    lm_words_cut(to, tab + 1, len - first - 1, 2UL * SHOWN);
}

/* Lua's own heading says no more than our label. */
static void put_traceback(lm_str *to, const char *text)
{
    static const char heading[] = "stack traceback:";
    int lines = 0;

    if (text == NULL)
        return;
    if (strncmp(text, heading, sizeof heading - 1) == 0)
        text += sizeof heading - 1;
    text += strspn(text, "\r\n\t ");
    if (*text == '\0')
        return;
    put_label(to, "traceback");
    for (; *text != '\0' && lines < TRACE_LINES; lines++) {
        size_t len = strcspn(text, "\n");

        if (lines > 0)
            lm_str_pad(to, LABEL);
        put_trace_line(to, text, len);
        lm_str_putc(to, '\n');
        text += len;
        text += strspn(text, "\r\n\t ");
    }
    if (*text != '\0') {
        lm_str_pad(to, LABEL);
        lm_str_puts(to, "…\n");
    }
}

/* Where the library has no better advice. */
static const char *hint_for(const lumigrate_error *error)
{
    if (error->hint == NULL && error->code == LUMIGRATE_INTERRUPTED)
        return "run it again to go on";
    if (error->hint == NULL && error->code == LUMIGRATE_FAILED &&
        error->id != NULL)
        return "correct the migration and run \"lumigrate up\" again";
    return error->hint;
}

void lm_error_out(lm_out *out, const lumigrate_error *error)
{
    lm_str *to = &out->text;

    lm_str_puts(to, "lumigrate: ");
    lm_out_paint(out, LM_RED, "error:");
    lm_str_putc(to, ' ');
    lm_words_text(to, error->message);
    lm_str_putc(to, '\n');
    put_place(to, error);
    put_statement(to, error);
    put_code(to, error);
    put_traceback(to, error->traceback);
    put_field(to, "state", error->state);
    put_field(to, "hint", hint_for(error));
}
