/* SPDX-License-Identifier: MIT */
#include "checkup.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/list.h"
#include "base/text.h"

struct lm_checkup {
    lumigrate_checkup shown;    /* first: it is what the caller holds */
    lm_arena strings;
    lumigrate_finding *list;
    size_t count, size;
    bool failed;
};

lm_checkup *lm_checkup_new(void)
{
    return calloc(1, sizeof(lm_checkup));
}

void lumigrate_checkup_free(lumigrate_checkup *checkup)
{
    lm_checkup *c = (lm_checkup *)checkup;

    if (c == NULL)
        return;
    lm_arena_clear(&c->strings);
    free(c->list);
    free(c);
}

/* A copy in the arena; takes `text`, and NULL as memory that ran out. */
static const char *keep(lm_checkup *c, char *text)
{
    const char *kept = text == NULL ? NULL
        : lm_arena_add(&c->strings, text, strlen(text));

    free(text);
    if (kept == NULL)
        c->failed = true;
    return kept;
}

static lumigrate_finding *add(lm_checkup *c, const char *subject, int level,
                              char *message)
{
    const char *kept = keep(c, message);
    lumigrate_finding *grown = kept == NULL ? NULL
        : lm_list_grow(c->list, c->count, &c->size, sizeof *grown);

    if (grown == NULL) {
        c->failed = true;
        return NULL;
    }
    c->list = grown;
    grown += c->count++;
    memset(grown, 0, sizeof *grown);
    grown->subject = subject;
    grown->level = level;
    grown->message = kept;
    return grown;
}

void lm_checkup_add(lm_checkup *c, const char *subject, int level,
                    const char *format, ...)
{
    va_list args;

    va_start(args, format);
    add(c, subject, level, lm_vformat(format, args));
    va_end(args);
}

void lm_checkup_hint(lm_checkup *c, const char *format, ...)
{
    va_list args;
    const char *hint;

    va_start(args, format);
    hint = keep(c, lm_vformat(format, args));
    va_end(args);
    if (c->count > 0)
        c->list[c->count - 1].hint = hint;
}

void lm_checkup_error(lm_checkup *c, const char *subject, lm_err *err)
{
    lumigrate_finding *f = add(c, subject, LUMIGRATE_FINDING_FAULT,
                               lm_strdup(lm_err_text(err)));

    if (err->code == LM_ENOMEM)
        c->failed = true;
    if (f != NULL)
        f->code = err->code;
    if (err->code > c->shown.code)
        c->shown.code = err->code;
    if (f != NULL && err->hint != NULL)
        lm_checkup_hint(c, "%s", err->hint);
    lm_err_clear(err);
}

lumigrate_checkup *lm_checkup_take(lm_checkup *c)
{
    c->shown.count = (long)c->count;
    c->shown.findings = c->list;
    return c->failed ? NULL : &c->shown;
}
