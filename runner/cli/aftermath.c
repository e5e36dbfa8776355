/* SPDX-License-Identifier: MIT */
#include "aftermath.h"

#include <signal.h>
#include <string.h>

#include "error_out.h"
#include "signals.h"

/* What is known, put together for the reader. */
typedef struct story {
    const lm_verdict *verdict;
    lm_str message, state;
    const char *hint;
    int code;
    int applied;            /* it had committed after all */
} story;

static void tell_why(story *s, double timeout)
{
    const lm_verdict *v = s->verdict;

    s->code = LUMIGRATE_FAILED;
    s->hint = "the script was inside one long call and did not answer, so "
              "its process was ended";
    if (v->timed_out) {
        lm_str_printf(&s->message, "timeout: the migration took longer than "
                      "%g s", timeout);
    } else if (v->asked != 0) {
        s->code = LUMIGRATE_INTERRUPTED;
        lm_str_printf(&s->message, "interrupted by %s",
                      lm_signals_name(v->asked));
    } else {
        s->hint = "a kernel that runs out of memory kills like this; "
                  "otherwise it is a fault of lumigrate's: please report it";
        lm_str_printf(&s->message, "the process that ran the migration was "
                      "killed by signal %d", v->killed_by);
    }
}

static void tell_state(story *s, int rc, const char *reason)
{
    const lm_verdict *v = s->verdict;

    if (rc != LUMIGRATE_OK)
        lm_str_printf(&s->state, "what it left is rolled back by the next "
                      "run; now it could not be: %s", reason);
    else if (s->applied)
        lm_str_puts(&s->state, "the migration had been committed");
    else if (v->outside)
        lm_str_puts(&s->state, "the migration ran outside a transaction: "
                    "what it had done stays, and it is not recorded as "
                    "applied");
    else if (v->id[0] != '\0')
        lm_str_puts(&s->state, "the migration was rolled back");
    else
        lm_str_puts(&s->state, "nothing was changed");
    if (v->applied > 0)
        lm_str_printf(&s->state, "; %ld migration%s applied before it "
                      "stay%s applied", v->applied,
                      v->applied == 1 ? "" : "s",
                      v->applied == 1 ? "s" : "");
}

/* What the child did and what is left, from the database: the child took
 * what it knew with it. */
static void list_migrations(lm_json_out *json, lumigrate *lm,
                            const lm_verdict *v, const char *began)
{
    lumigrate_report *report = NULL;
    const lumigrate_item *item;
    long i;

    if (lumigrate_status(lm, &report) != LUMIGRATE_OK)
        return;
    for (i = 0; i < report->count; i++) {
        item = &report->items[i];
        if (item->applied_at != NULL && strcmp(item->applied_at, began) >= 0)
            lm_json_out_ran(json, item);
        else if ((item->applied_at == NULL ||
                  item->status == LUMIGRATE_ITEM_PENDING) &&
                 strcmp(item->id, v->id) != 0)
            lm_json_out_remains(json, item->id);
    }
    lumigrate_report_free(report);
}

static void tell(lm_app *app, lm_json_out *json, story *s)
{
    lumigrate_error error;

    memset(&error, 0, sizeof error);
    error.code = s->code;
    error.message = lm_str_text(&s->message);
    error.state = lm_str_text(&s->state);
    error.hint = s->hint;
    error.id = s->verdict->id[0] != '\0' ? s->verdict->id : NULL;
    error.sql_offset = -1;
    error.rolled_back = error.id != NULL && !s->verdict->outside;
    lm_error_out(&app->err, &error);
    lm_out_flush(&app->err);
    json->failed = error.id != NULL;
    lm_str_puts(&json->backup, s->verdict->backup);
    if (app->settings.format != LM_TEXT)
        lm_json_out_result(json, &error);
}

int lm_aftermath(lm_app *app, lm_json_out *json, lumigrate *lm,
                 const lm_verdict *verdict, const char *began)
{
    story s = {.verdict = verdict};
    int rc;

    tell_why(&s, app->settings.config.timeout);
    rc = lumigrate_recover(lm, verdict->id, lm_str_text(&s.message),
                           s.code == LUMIGRATE_INTERRUPTED, &s.applied);
    tell_state(&s, rc, lumigrate_errmsg(lm));
    if (app->settings.format != LM_TEXT)
        list_migrations(json, lm, verdict, began);
    tell(app, json, &s);
    lm_str_clear(&s.message);
    lm_str_clear(&s.state);
    return s.code;
}
