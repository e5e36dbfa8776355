/* SPDX-License-Identifier: MIT */
#include "schedule.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "../base/list.h"
#include "../base/text.h"

bool lm_status_is_pending(lm_status s)
{
    return s == LM_STATUS_PENDING || s == LM_STATUS_OUT_OF_ORDER ||
           s == LM_STATUS_FAILED || s == LM_STATUS_PARTIAL;
}

void lm_schedule_clear(lm_schedule *s)
{
    size_t i;

    for (i = 0; i < s->warning_count; i++)
        free(s->warnings[i].text);
    free(s->warnings);
    free(s->steps);
    memset(s, 0, sizeof *s);
}

static int add_step(lm_schedule *s, const lm_source *source,
                    const lm_applied *applied, lm_err *err)
{
    lm_step *grown = lm_list_grow(s->steps, s->count, &s->size,
                                  sizeof *grown);

    if (grown == NULL)
        return lm_err_nomem(err);
    s->steps = grown;
    grown[s->count].source = source;
    grown[s->count].applied = applied;
    grown[s->count].status = LM_STATUS_PENDING;
    s->count++;
    return LM_OK;
}

static int warn(lm_schedule *s, const lm_source *source, lm_err *err,
                const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static int warn(lm_schedule *s, const lm_source *source, lm_err *err,
                const char *format, ...)
{
    lm_warning *grown = lm_list_grow(s->warnings, s->warning_count,
                                     &s->warning_size, sizeof *grown);
    va_list args;

    if (grown == NULL)
        return lm_err_nomem(err);
    s->warnings = grown;
    grown += s->warning_count;
    va_start(args, format);
    grown->text = lm_vformat(format, args);
    va_end(args);
    grown->source = source;
    if (grown->text == NULL)
        return lm_err_nomem(err);
    s->warning_count++;
    return LM_OK;
}

int lm_schedule_note(lm_schedule *s, char *text, lm_err *err)
{
    int rc = warn(s, NULL, err, "%s", text);

    free(text);
    return rc;
}

/* The folder's migrations, in order. */
static int add_sources(lm_schedule *s, const lm_folder *folder,
                       const lm_ledger *ledger, lm_err *err)
{
    const lm_source *source;
    size_t i;
    int rc = LM_OK;

    for (i = 0; i < folder->sources.count && rc == LM_OK; i++) {
        source = &folder->sources.list[i];
        rc = add_step(s, source, lm_ledger_find(ledger, source->id), err);
    }
    return rc;
}

static int compare_pointers(const void *a, const void *b)
{
    const lm_applied *x = *(const lm_applied *const *)a;
    const lm_applied *y = *(const lm_applied *const *)b;

    return x < y ? -1 : x > y;
}

/* What is applied and not in the folder. The ledger is sorted by ID, so that
 * a row is in the folder when its address is among those found for it. */
static int add_missing(lm_schedule *s, const lm_ledger *ledger, lm_err *err)
{
    size_t i, n = 0, known = s->count;
    const lm_applied **found, *row;
    int rc = LM_OK;

    found = malloc((known + 1) * sizeof *found);
    if (found == NULL)
        return lm_err_nomem(err);
    for (i = 0; i < known; i++)
        if (s->steps[i].applied != NULL)
            found[n++] = s->steps[i].applied;
    lm_list_sort(found, n, sizeof *found, compare_pointers);
    for (i = 0; i < ledger->count && n < ledger->count && rc == LM_OK; i++) {
        row = &ledger->rows[i];
        if (bsearch(&row, found, n, sizeof *found, compare_pointers) == NULL)
            rc = add_step(s, NULL, row, err);
    }
    free(found);
    return rc;
}

static int by_id(const void *a, const void *b)
{
    return lm_natural_cmp(((const lm_step *)a)->applied->id,
                          ((const lm_step *)b)->applied->id);
}

static int by_position(const void *a, const void *b)
{
    int64_t x = ((const lm_step *)a)->applied->position;
    int64_t y = ((const lm_step *)b)->applied->position;

    return x < y ? -1 : x > y;
}

/* Do all of them run in the order of a tool of their own? */
static bool is_ranked(const lm_step *steps, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (steps[i].source->rank == 0)
            return false;
    return n > 0;
}

/* Does any of these, which come next, stand before the missing one? In
 * natural order its ID says so, among a tool's files when it was applied. */
static bool comes_later(const lm_step *missing, const lm_step *next, size_t n,
                        bool ranked)
{
    size_t i;

    if (!ranked)
        return lm_natural_cmp(missing->applied->id, next->source->file) >= 0;
    for (i = 0; i < n; i++)
        if (next[i].applied != NULL &&
            next[i].applied->position < missing->applied->position)
            return true;
    return false;
}

/* The missing ones, which stand behind the folder's, go to where they would
 * stand among them. The folder's own order stays, whatever tool's it is. */
static int place_missing(lm_schedule *s, size_t known, lm_err *err)
{
    size_t n = s->count - known, i, m = 0, to = 0;
    bool ranked = is_ranked(s->steps, known);
    lm_step *missing = s->steps + known, *placed;

    if (n == 0)
        return LM_OK;
    lm_list_sort(missing, n, sizeof *missing, ranked ? by_position : by_id);
    placed = malloc(s->count * sizeof *placed);
    if (placed == NULL)
        return lm_err_nomem(err);
    for (i = 0; i < known; i++) {
        while (m < n && !comes_later(&missing[m], &s->steps[i], known - i,
                                     ranked))
            placed[to++] = missing[m++];
        placed[to++] = s->steps[i];
    }
    memcpy(placed + to, missing + m, (n - m) * sizeof *placed);
    free(s->steps);
    s->steps = placed;
    s->size = s->count;
    return LM_OK;
}

/* It began outside a transaction, and its process was killed or a signal
 * ended it. */
static bool is_half_done(const lm_source *source, const char *outcome)
{
    return strcmp(outcome, "started") == 0 ||
           (source->txn == LM_TXN_NONE &&
            strcmp(outcome, "interrupted") == 0);
}

/* A row that was completed or imported has no fingerprint to compare. */
static bool is_changed(const lm_source *source, const lm_applied *applied)
{
    return applied->checksum[0] != '\0' &&
           strcmp(applied->checksum, source->checksum) != 0;
}

bool lm_runs_again(const lm_source *source, const lm_applied *applied,
                   const lm_rules *rules)
{
    if (source->run == LM_RUN_ALWAYS)
        return true;
    return is_changed(source, applied) &&
           (source->run == LM_RUN_ON_CHANGE || rules->reapply);
}

/* What runs at every start is never pending, and never edited. */
static lm_status status_of_applied(const lm_step *step,
                                   const lm_rules *rules)
{
    if (step->source->run == LM_RUN_ALWAYS ||
        !is_changed(step->source, step->applied))
        return LM_STATUS_APPLIED;
    return lm_runs_again(step->source, step->applied, rules)
        ? LM_STATUS_PENDING : LM_STATUS_EDITED;
}

static lm_status status_of(const lm_step *step, const lm_ledger *ledger,
                           const lm_rules *rules, bool late)
{
    const char *outcome;

    if (step->source == NULL)
        return LM_STATUS_MISSING;
    if (step->applied != NULL)
        return status_of_applied(step, rules);
    outcome = lm_ledger_last_outcome(ledger, step->source->id);
    if (outcome != NULL && is_half_done(step->source, outcome))
        return LM_STATUS_PARTIAL;
    if (outcome != NULL && strcmp(outcome, "failed") == 0)
        return LM_STATUS_FAILED;
    return late ? LM_STATUS_OUT_OF_ORDER : LM_STATUS_PENDING;
}

/* One that runs again and again has no place in time: what comes before it
 * is not too late. */
static bool has_place(const lm_step *step)
{
    return step->applied != NULL && step->source != NULL &&
           step->source->run == LM_RUN_ONCE;
}

static void judge(lm_schedule *s, const lm_ledger *ledger,
                  const lm_rules *rules)
{
    bool later_applied = false, later_source = false, missing = false;
    bool ahead = true;
    lm_step *step;
    size_t i;

    for (i = s->count; i > 0; i--) {
        step = &s->steps[i - 1];
        step->status = status_of(step, ledger, rules, later_applied);
        step->late = later_applied &&
                     (step->status == LM_STATUS_OUT_OF_ORDER ||
                      step->status == LM_STATUS_FAILED);
        step->runs = lm_status_is_pending(step->status) ||
                     (step->source != NULL &&
                      step->source->run == LM_RUN_ALWAYS);
        later_applied = later_applied || has_place(step);
        if (step->status == LM_STATUS_MISSING) {
            missing = true;
            ahead = ahead && !later_source;
        } else
            later_source = true;
        if (lm_status_is_pending(step->status))
            s->pending++;
        else
            s->applied++;
        if (step->status == LM_STATUS_EDITED ||
            step->status == LM_STATUS_MISSING ||
            step->status == LM_STATUS_PARTIAL)
            s->mismatch = true;
    }
    s->ahead = missing && ahead;
}

static int complain(lm_err *err, int code, const lm_source *source,
                    const char *text)
{
    lm_err_set(err, code, "%s", text);
    if (source != NULL)
        lm_err_migration(err, source->id, source->path);
    return code;
}

/* Under --strict the sentence is an error, else a warning. */
static int say(lm_schedule *s, const lm_step *step, bool error, lm_err *err,
               const char *what)
{
    const char *id = step->source != NULL ? step->source->id
                                          : step->applied->id;
    char *text;
    int rc;

    if (!error)
        return warn(s, step->source, err, "%s %s", id, what);
    text = lm_format("%s %s", id, what);
    if (text == NULL)
        return lm_err_nomem(err);
    rc = complain(err, LM_EHISTORY, step->source, text);
    free(text);
    return rc;
}

static int refuse_ahead(const lm_schedule *s, lm_err *err)
{
    size_t i = 0;

    while (s->steps[i].status != LM_STATUS_MISSING)
        i++;
    lm_err_set(err, LM_EAHEAD, "the database is ahead of this folder: %s is "
               "applied, and its file is not here",
               s->steps[i].applied->id);
    lm_err_hint(err, "a newer release has been here: start that one, or "
                "accept it with --if-ahead ok");
    return LM_EAHEAD;
}

static int speak(lm_schedule *s, const lm_step *step, const lm_rules *rules,
                 bool errors, lm_err *err)
{
    bool strict = errors && rules->strict;
    bool accepted = s->ahead && rules->if_ahead == LM_POLICY_WARN;

    switch (step->status) {
    case LM_STATUS_EDITED:
        return say(s, step, strict, err,
                   "was edited after it was applied");
    case LM_STATUS_MISSING:
        return say(s, step, strict && !accepted, err,
                   "is applied, but its file is missing");
    case LM_STATUS_PARTIAL:
        return say(s, step, false, err, "was begun outside a transaction "
                   "and not finished; it runs again");
    default:
        if (!step->late || rules->out_of_order == LM_POLICY_APPLY)
            return LM_OK;
        return say(s, step, errors && rules->out_of_order == LM_POLICY_ERROR,
                   err, "is out of order: one that comes after it is "
                   "applied already");
    }
}

/* What the engines found odd in the folder. A run that has nothing to do does
 * not say it every time. */
static int take_notes(lm_schedule *s, const lm_folder *folder, bool running,
                      lm_err *err)
{
    const lm_sources *all = &folder->sources;
    size_t i;
    int rc = LM_OK;

    if (running && s->pending == 0)
        return LM_OK;
    for (i = 0; i < all->note_count && rc == LM_OK; i++)
        rc = warn(s, NULL, err, "%s", all->notes[i]);
    return rc;
}

/* A script's name and its ID should agree; the ID counts. The ID of a folder
 * of SQL files is the folder's name, and files in sub-folders have theirs; x
 * may be that of x.up.sql and x_up.sql. */
static int check_name(lm_schedule *s, const lm_source *source, bool strict,
                      lm_err *err)
{
    const char *slash = strrchr(source->file, '/');
    const char *name = slash != NULL ? slash + 1 : source->file;
    size_t n = strlen(source->id);
    int rc;

    if (strcmp(source->file, source->id) == 0)
        return LM_OK;
    if (strncmp(name, source->id, n) == 0 &&
        strchr(lm_ends(name, ".sql") ? "._-" : ".", name[n]) != NULL)
        return LM_OK;
    if (strncmp(source->file, source->id, n) == 0 && source->file[n] == '/')
        return LM_OK;
    rc = warn(s, source, err, "the ID %s does not match the name of its "
              "file %s", source->id, source->file);
    if (rc == LM_OK && strict)
        rc = complain(err, LM_EUSAGE, source,
                      s->warnings[s->warning_count - 1].text);
    return rc;
}

int lm_schedule_make(const lm_folder *folder, const lm_ledger *ledger,
                     const lm_rules *rules, bool errors, lm_err *err,
                     lm_schedule *out)
{
    const lm_step *step;
    size_t i;
    int rc;

    memset(out, 0, sizeof *out);
    rc = add_sources(out, folder, ledger, err);
    if (rc == LM_OK)
        rc = add_missing(out, ledger, err);
    if (rc == LM_OK)
        rc = place_missing(out, folder->sources.count, err);
    if (rc == LM_OK) {
        judge(out, ledger, rules);
        rc = take_notes(out, folder, errors, err);
    }
    if (rc == LM_OK && errors && out->ahead &&
        rules->if_ahead == LM_POLICY_ERROR)
        rc = refuse_ahead(out, err);
    for (i = 0; i < out->count && rc == LM_OK; i++) {
        step = &out->steps[i];
        if (step->source != NULL)
            rc = check_name(out, step->source, errors && rules->strict, err);
        if (rc == LM_OK)
            rc = speak(out, step, rules, errors, err);
    }
    if (rc != LM_OK)
        lm_schedule_clear(out);
    return rc;
}
