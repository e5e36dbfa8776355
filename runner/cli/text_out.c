/* SPDX-License-Identifier: MIT */
#include "text_out.h"

#include <string.h>

#include "utf.h"
#include "words.h"

enum {
    LEAST_WIDTH = 29, /* of an ID before its description, */
    MOST_WIDTH = 60,  /* and of what all of them are aligned for */
    GAP = 3,
    SQL_WIDTH = 100
};

/* A line that begins with a mark, now. */
static void put_line(lm_out *out, size_t indent, lm_mark mark,
                     const char *text)
{
    lm_str_pad(&out->text, indent);
    lm_out_mark(out, mark);
    lm_str_printf(&out->text, " %s\n", text);
}

/* ---- before the first migration ---- */

/* Descriptions stand in one column; an ID of exceptional length has its own
 * behind it and does not push those of all others away. */
static void set_width(lm_text_out *t, const char *widest)
{
    size_t width = widest == NULL ? 0 : lm_utf_width(widest, strlen(widest));

    t->width = width < LEAST_WIDTH ? LEAST_WIDTH
             : width > MOST_WIDTH ? MOST_WIDTH : width;
}

static void hold_ledger(lm_text_out *t, const lumigrate_event *e)
{
    const char *table = t->app->settings.config.table;

    lm_words_text(&t->held, table != NULL ? table : "schema_migrations");
    lm_str_puts(&t->held, " table ready");
    /* One that was made is ready; one that was changed is worth a word. */
    if (e->text != NULL && strcmp(e->text, "created") != 0) {
        lm_str_puts(&t->held, " (");
        lm_words_text(&t->held, e->text);
        lm_str_putc(&t->held, ')');
        t->telling = true;
    }
    lm_str_putc(&t->held, '\n');
}

static void hold_discovery(lm_text_out *t, const lumigrate_event *e)
{
    lm_str *to = &t->held;

    t->pending = e->pending;
    if (t->kind == LM_RUN_UP)
        set_width(t, e->text);
    if (t->kind != LM_RUN_UP) {
        lm_words_many(to, e->applied, "migration");
        lm_str_puts(to, " applied, ");
        lm_words_count(to, e->pending);
        lm_str_puts(to, " to revert\n");
        return;
    }
    lm_str_puts(to, "Discovered ");
    lm_words_many(to, e->found, "migration file");
    lm_str_puts(to, ", ");
    lm_words_count(to, e->applied);
    lm_str_puts(to, " applied, ");
    lm_words_count(to, e->pending);
    lm_str_puts(to, " pending\n");
}

static void release(lm_text_out *t, lm_out *out)
{
    const char *line = lm_str_text(&t->held);

    while (*line != '\0') {
        size_t n = strcspn(line, "\n");

        lm_out_mark(out, LM_MARK_DONE);
        lm_str_putc(&out->text, ' ');
        lm_str_add(&out->text, line, n + 1);
        line += n + 1;
    }
    t->held.len = 0;
}

/* ---- a migration ---- */

static void put_start(lm_text_out *t, lm_out *out, const lumigrate_event *e)
{
    lm_str *to = &out->text;
    size_t from, width;

    lm_out_mark(out, LM_MARK_NEXT);
    lm_str_putc(to, ' ');
    from = to->len;
    lm_words_text(to, e->id);
    if (e->description != NULL && *e->description != '\0') {
        width = lm_utf_width(lm_str_text(to) + from, to->len - from);
        lm_str_pad(to, (width < t->width ? t->width - width : 0) + GAP);
        lm_words_text(to, e->description);
    }
    lm_str_putc(to, '\n');
}

static void put_statement(lm_out *out, const lumigrate_event *e)
{
    lm_str_puts(&out->text, "    sql: ");
    lm_words_flat(&out->text, e->text, e->text_len, SQL_WIDTH);
    lm_str_putc(&out->text, '\n');
}

static void put_guard(lm_out *out, const lumigrate_event *e)
{
    lm_str_puts(&out->text, "    ");
    lm_words_text(&out->text, e->text);
    lm_str_puts(&out->text, e->answer ? " → true\n" : " → false\n");
}

/* The newline that ends a text is not a line of its own. */
static void put_print(lm_out *out, const lumigrate_event *e)
{
    size_t n = e->text_len;

    if (n > 0 && e->text[n - 1] == '\n')
        n--;
    lm_utf_lines(&out->text, 4, e->text, n);
}

static bool is_warning(const lumigrate_event *e)
{
    return e->type == LUMIGRATE_EVENT_WARNING ||
           (e->type == LUMIGRATE_EVENT_LOG && e->level != NULL &&
            strcmp(e->level, "warn") == 0);
}

/* The first line may stand behind the word; the others as print's do. */
static void put_log(lm_out *out, const lumigrate_event *e)
{
    const char *end = memchr(e->text, '\n', e->text_len);
    size_t first = end == NULL ? e->text_len : (size_t)(end - e->text);

    lm_str_puts(&out->text, "    ");
    if (is_warning(e)) {
        lm_out_paint(out, LM_YELLOW, "warning:");
        lm_str_putc(&out->text, ' ');
    }
    lm_utf_lines(&out->text, 0, e->text, first);
    if (first + 1 < e->text_len)
        lm_utf_lines(&out->text, 4, end + 1, e->text_len - first - 1);
}

static void put_applied(lm_out *out, const lumigrate_event *e)
{
    bool down = e->type == LUMIGRATE_EVENT_REVERTED;
    lm_str text = {0};

    lm_str_puts(&text, down ? "reverted in " : "applied in ");
    lm_words_duration(&text, e->duration_ms);
    if (e->rows > 0) {
        lm_str_puts(&text, ", ");
        lm_words_many(&text, e->rows, "row");
        lm_str_puts(&text, " changed");
    } else if (e->effect != NULL && strcmp(e->effect, "no_op") == 0) {
        lm_str_puts(&text, " (no change)");
    }
    put_line(out, 2, LM_MARK_DONE, lm_str_text(&text));
    lm_str_clear(&text);
}

static void put_skipped(lm_out *out, const lumigrate_event *e)
{
    lm_out_mark(out, LM_MARK_WAITS);
    lm_str_putc(&out->text, ' ');
    lm_words_text(&out->text, e->id);
    lm_str_puts(&out->text, "   another process has reverted it\n");
}

static void put_failed(lm_out *out, const lumigrate_event *e)
{
    lm_str text = {0};

    lm_str_puts(&text, "failed after ");
    lm_words_duration(&text, e->duration_ms);
    put_line(out, 2, LM_MARK_FAILED, lm_str_text(&text));
    lm_str_clear(&text);
}

/* ---- the end ---- */

static void put_nothing(lm_text_out *t, lm_out *out)
{
    const lumigrate_target *target = t->target;
    const char *limit = target->to != NULL ? target->to : target->before;
    lm_str text = {0};

    if (t->pending > 0 && limit != NULL) {
        lm_str_printf(&text, "Nothing to apply %s ",
                      target->to != NULL ? "up to" : "before");
        lm_words_text(&text, limit);
    } else {
        lm_str_puts(&text, "All migrations already applied");
    }
    put_line(out, 0, LM_MARK_DONE, lm_str_text(&text));
    lm_str_clear(&text);
}

/* After a way back that had nothing to do. */
static void put_no_way_back(lm_text_out *t, lm_out *out,
                            const lumigrate_event *e)
{
    lm_str text = {0};

    if (e->text != NULL)
        lm_str_printf(&text, "Nothing to %s: ",
                      t->kind == LM_RUN_REDO ? "redo" : "revert");
    lm_str_puts(&text, e->text != NULL ? e->text
                : "Another process has done it already");
    put_line(out, 0, LM_MARK_DONE, lm_str_text(&text));
    lm_str_clear(&text);
}

/* "3 migrations applied in ", and the like. */
static void put_sum(const lm_text_out *t, lm_str *to,
                    const lumigrate_event *e)
{
    long n = t->kind == LM_RUN_DOWN ? e->reverted : e->applied;

    lm_words_many(to, n, "migration");
    lm_str_puts(to, t->kind == LM_RUN_UP ? " applied"
                : t->kind == LM_RUN_DOWN ? " reverted"
                : e->reverted > 0 ? " reverted and applied again"
                                  : " applied again");
    lm_str_puts(to, " in ");
}

static void put_dry_run(lm_out *out, const lumigrate_event *e)
{
    lm_str text = {0};

    lm_words_many(&text, e->pending, "migration");
    lm_str_puts(&text, " would be reverted, nothing was changed");
    put_line(out, 0, LM_MARK_DONE, lm_str_text(&text));
    lm_str_clear(&text);
}

static void put_done(lm_text_out *t, lm_out *out, const lumigrate_event *e)
{
    lm_str text = {0};

    if (t->failed)
        return;
    if (t->app->settings.verbose || t->telling)
        release(t, out);
    if (t->target->dry_run && e->text == NULL) {
        put_dry_run(out, e);
        return;
    }
    if (e->applied + e->reverted == 0) {
        if (t->kind == LM_RUN_UP)
            put_nothing(t, out);
        else
            put_no_way_back(t, out, e);
        return;
    }
    put_sum(t, &text, e);
    lm_words_duration(&text, e->duration_ms);
    if (e->waited_ms >= 1000) {
        lm_str_puts(&text, ", ");
        lm_words_duration(&text, e->waited_ms);
        lm_str_puts(&text, " of them waiting for another process");
    }
    put_line(out, 0, LM_MARK_DONE, lm_str_text(&text));
    lm_str_clear(&text);
}

/* What is said whatever else is: it needs no lines before it. */
static bool put_alone(lm_text_out *t, lm_out *out, const lumigrate_event *e)
{
    switch (e->type) {
    case LUMIGRATE_EVENT_LEDGER: hold_ledger(t, e); return true;
    case LUMIGRATE_EVENT_DISCOVERED: hold_discovery(t, e); return true;
    case LUMIGRATE_EVENT_DONE: put_done(t, out, e); return true;
    case LUMIGRATE_EVENT_CREATED:
        lm_out_mark(out, LM_MARK_DONE);
        lm_str_puts(&out->text, " created ");
        lm_words_text(&out->text, e->text);
        lm_str_putc(&out->text, '\n');
        return true;
    case LUMIGRATE_EVENT_BACKUP:
        lm_out_mark(out, LM_MARK_DONE);
        lm_str_puts(&out->text, " backup ");
        lm_words_text(&out->text, e->text);
        lm_str_putc(&out->text, '\n');
        return true;
    case LUMIGRATE_EVENT_WAITING:
        put_line(out, 0, LM_MARK_WAITS,
                 "waiting for another process that holds the lock");
        lm_out_flush(out);
        return true;
    default: return false;
    }
}

static void put_migration(lm_text_out *t, lm_out *out,
                          const lumigrate_event *e)
{
    switch (e->type) {
    case LUMIGRATE_EVENT_START:
    case LUMIGRATE_EVENT_CHOSEN: put_start(t, out, e); break;
    case LUMIGRATE_EVENT_STATEMENT: put_statement(out, e); break;
    case LUMIGRATE_EVENT_GUARD: put_guard(out, e); break;
    case LUMIGRATE_EVENT_PRINT: put_print(out, e); break;
    case LUMIGRATE_EVENT_LOG: put_log(out, e); break;
    case LUMIGRATE_EVENT_APPLIED:
    case LUMIGRATE_EVENT_REVERTED: put_applied(out, e); break;
    case LUMIGRATE_EVENT_SKIPPED: put_skipped(out, e); break;
    case LUMIGRATE_EVENT_FAILED: put_failed(out, e); break;
    default: break;
    }
}

/* Warnings, and of a quiet run nothing else. */
static bool passes(lm_text_out *t, const lumigrate_event *e)
{
    const lm_settings *s = &t->app->settings;

    if (e->type == LUMIGRATE_EVENT_WARNING || (s->quiet && is_warning(e))) {
        lm_progress_wipe(&t->progress, lm_app_people(t->app));
        lm_app_warn(t->app, e->id, e->text);
        return false;
    }
    if (s->quiet || (e->type == LUMIGRATE_EVENT_CHOSEN &&
                     !t->target->dry_run))
        return false;
    return s->verbose || (e->type != LUMIGRATE_EVENT_STATEMENT &&
                          e->type != LUMIGRATE_EVENT_GUARD);
}

/*
 * Whoever watches sees what has begun and what a script prints at once; a
 * migration that is done waits for the next line, one write() for both.
 */
void lm_text_out_event(lm_text_out *t, const lumigrate_event *event)
{
    lm_out *out = lm_app_people(t->app);

    if (event->type == LUMIGRATE_EVENT_FAILED)
        t->failed = true;
    if (event->type == LUMIGRATE_EVENT_CHOSEN)
        set_width(t, event->text);
    if (!passes(t, event))
        return;
    if (event->type == LUMIGRATE_EVENT_PROGRESS) {
        lm_progress_show(&t->progress, out, event);
        return;
    }
    if (event->type == LUMIGRATE_EVENT_START ||
        event->type == LUMIGRATE_EVENT_APPLIED ||
        event->type == LUMIGRATE_EVENT_REVERTED ||
        event->type == LUMIGRATE_EVENT_FAILED)
        lm_progress_end(&t->progress, out);
    lm_progress_wipe(&t->progress, out);
    if (put_alone(t, out, event))
        return;
    release(t, out);
    put_migration(t, out, event);
    if (event->type == LUMIGRATE_EVENT_START ||
        event->type == LUMIGRATE_EVENT_PRINT ||
        event->type == LUMIGRATE_EVENT_LOG)
        lm_out_flush(out);
}

void lm_text_out_clear(lm_text_out *t)
{
    lm_str_clear(&t->held);
}
