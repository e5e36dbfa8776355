/* SPDX-License-Identifier: MIT */
/* Our events and errors in the words of the public header. */
#include <limits.h>
#include <string.h>

#include "handle.h"

void lm_show_error(const lm_err *err, const char *state,
                   lumigrate_error *out)
{
    memset(out, 0, sizeof *out);
    out->code = err->code;
    out->message = lm_err_text(err);
    out->hint = err->hint;
    out->state = state;
    out->id = err->migration;
    out->file = err->file;
    out->line = err->line;
    out->column = err->column;
    out->sql = err->sql;
    out->sql_offset = err->sql == NULL ? -1 : err->sql_offset;
    out->sqlite_code = err->sqlite_code;
    out->sqlite_name = err->sqlite_code == 0
        ? NULL : lm_db_code_name(err->sqlite_code);
    out->traceback = err->traceback;
    out->rolled_back = err->migration != NULL;
}

static int public_type(lm_event_type type)
{
    switch (type) {
    case LM_EVENT_CREATED: return LUMIGRATE_EVENT_CREATED;
    case LM_EVENT_LEDGER: return LUMIGRATE_EVENT_LEDGER;
    case LM_EVENT_DISCOVERED: return LUMIGRATE_EVENT_DISCOVERED;
    case LM_EVENT_BACKUP: return LUMIGRATE_EVENT_BACKUP;
    case LM_EVENT_WARNING: return LUMIGRATE_EVENT_WARNING;
    case LM_EVENT_WAITING: return LUMIGRATE_EVENT_WAITING;
    case LM_EVENT_START: return LUMIGRATE_EVENT_START;
    case LM_EVENT_STATEMENT: return LUMIGRATE_EVENT_STATEMENT;
    case LM_EVENT_GUARD: return LUMIGRATE_EVENT_GUARD;
    case LM_EVENT_PRINT: return LUMIGRATE_EVENT_PRINT;
    case LM_EVENT_LOG: return LUMIGRATE_EVENT_LOG;
    case LM_EVENT_PROGRESS: return LUMIGRATE_EVENT_PROGRESS;
    case LM_EVENT_APPLIED: return LUMIGRATE_EVENT_APPLIED;
    case LM_EVENT_FAILED: return LUMIGRATE_EVENT_FAILED;
    case LM_EVENT_DONE: return LUMIGRATE_EVENT_DONE;
    case LM_EVENT_PENDING: return LUMIGRATE_EVENT_PENDING;
    case LM_EVENT_ENDING: return LUMIGRATE_EVENT_ENDING;
    case LM_EVENT_CHOSEN: return LUMIGRATE_EVENT_CHOSEN;
    case LM_EVENT_REVERTED: return LUMIGRATE_EVENT_REVERTED;
    case LM_EVENT_SKIPPED: return LUMIGRATE_EVENT_SKIPPED;
    }
    return 0;
}

static long to_long(int64_t n)
{
    return n > LONG_MAX ? LONG_MAX : n < LONG_MIN ? LONG_MIN : (long)n;
}

int lm_tell(void *handle, const lm_event *e)
{
    lumigrate *lm = handle;
    lumigrate_event out = {0};
    lumigrate_error error;

    out.type = public_type(e->type);
    if (e->source != NULL) {
        out.id = e->source->id;
        out.file = e->source->path;
        out.description = e->source->description;
        out.outside = lm_source_txn(e->source, e->down ? LM_DOWN : LM_UP)
            == LM_TXN_NONE;
    }
    out.text = e->text;
    out.text_len = e->len;
    out.level = e->level;
    out.answer = e->answer;
    out.done = e->done;
    out.total = e->total;
    out.found = (long)e->found;
    out.applied = (long)e->applied;
    out.reverted = (long)e->reverted;
    out.down = e->down;
    out.pending = (long)e->pending;
    out.rows = to_long(e->rows);
    if (e->type == LM_EVENT_APPLIED || e->type == LM_EVENT_REVERTED)
        out.effect = e->changed ? "changed" : "no_op";
    out.duration_ms = e->duration_ms;
    out.waited_ms = e->waited_ms;
    if (e->err != NULL) {
        lm_show_error(e->err, NULL, &error);
        out.error = &error;
    }
    return lm->on_event(lm->user, &out);
}
