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
    int committed;          /* it had done it after all */
    bool whole;             /* all in one transaction */
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

static const char *fate_of(const story *s)
{
    const lm_verdict *v = s->verdict;

    if (s->committed)
        return v->down ? "the way down had been committed"
                       : "the migration had been committed";
    if (s->whole && v->id[0] != '\0')
        return "the whole run was one transaction and was rolled back: "
               "nothing was changed";
    if (v->outside)
        return v->down ? "the way down ran outside a transaction: what it "
                         "had done stays, and the migration is still "
                         "recorded as applied"
                       : "the migration ran outside a transaction: what it "
                         "had done stays, and it is not recorded as applied";
    if (v->id[0] == '\0')
        return "nothing was changed";
    return v->down ? "the way down was rolled back"
                   : "the migration was rolled back";
}

static void tell_state(story *s, int rc, const char *reason)
{
    const lm_verdict *v = s->verdict;
    const char *word = v->reverted > 0 ? "reverted" : "applied";
    long n = v->reverted > 0 ? v->reverted : v->applied;

    if (rc != LUMIGRATE_OK)
        lm_str_printf(&s->state, "what it left is rolled back by the next "
                      "run; now it could not be: %s", reason);
    else
        lm_str_puts(&s->state, fate_of(s));
    if (n > 0 && (!s->whole || s->committed))
        lm_str_printf(&s->state, "; %ld migration%s %s before it stay%s %s",
                      n, n == 1 ? "" : "s", word, n == 1 ? "s" : "", word);
}

/* Reverted by now, by this run or, in the same moments, by another. */
static void list_reverted(lm_json_out *json, lumigrate *lm,
                          const char *began)
{
    lumigrate_log *log = NULL;
    const lumigrate_attempt *a;
    long i;

    if (lumigrate_history(lm, &log) != LUMIGRATE_OK)
        return;
    for (i = 0; i < log->count; i++) {
        a = &log->attempts[i];
        if (strcmp(a->action, "down") == 0 &&
            strcmp(a->outcome, "done") == 0 &&
            strcmp(a->started_at, began) >= 0)
            lm_json_out_went(json, a);
    }
    lumigrate_log_free(log);
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
    json->failed_down = json->failed && s->verdict->down;
    lm_str_puts(&json->backup, s->verdict->backup);
    if (app->settings.format != LM_TEXT)
        lm_json_out_result(json, &error);
}

static int recover(story *s, const lm_aftermath_of *of)
{
    lumigrate_loss loss = {0};

    loss.id = s->verdict->id;
    loss.reason = lm_str_text(&s->message);
    loss.interrupted = s->code == LUMIGRATE_INTERRUPTED;
    loss.down = s->verdict->down;
    loss.from_file = of->from_file;
    return lumigrate_recover(of->lm, &loss, &s->committed);
}

int lm_aftermath(lm_app *app, const lm_aftermath_of *of)
{
    const lumigrate_config *config = &app->settings.config;
    story s = {.verdict = of->verdict};
    int rc;

    s.whole = config->transaction == LUMIGRATE_TRANSACTION_ALL;
    tell_why(&s, config->timeout);
    rc = recover(&s, of);
    tell_state(&s, rc, lumigrate_errmsg(of->lm));
    if (app->settings.format != LM_TEXT && of->json->chosen.len > 0)
        list_reverted(of->json, of->lm, of->began);
    else if (app->settings.format != LM_TEXT)
        list_migrations(of->json, of->lm, of->verdict, of->began);
    tell(app, of->json, &s);
    lm_str_clear(&s.message);
    lm_str_clear(&s.state);
    return s.code;
}
