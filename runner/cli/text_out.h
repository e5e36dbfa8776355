/* SPDX-License-Identifier: MIT */
/*
 * text_out.h - what `up`, `down` and `redo` do, as people read it on a
 * terminal or in a log.
 *
 *     ✓ schema_migrations table ready
 *     ✓ Discovered 3 migration files, 1 applied, 2 pending
 *     → 2026_01_28_add_email_to_users   Add e-mail addresses to users.
 *         added email column
 *       ✓ applied in 1.8 ms
 *     ✓ 1 migration applied in 2.1 ms
 *
 * The first lines wait until something follows: with nothing to do,
 * `✓ All migrations already applied` is all that is said.
 *
 *   lm_text_out t = {.app = app};
 *   lm_text_out_event   say what an event means
 *   lm_text_out_clear   free; may be called twice
 */
#ifndef LM_CLI_TEXT_OUT_H
#define LM_CLI_TEXT_OUT_H

#include "app.h"
#include "progress.h"

typedef enum lm_run_kind { LM_RUN_UP, LM_RUN_DOWN, LM_RUN_REDO } lm_run_kind;

typedef struct lm_text_out {
    lm_app *app;
    lm_run_kind kind;
    const lumigrate_target *target;
    lm_str held;  /* lines that wait, without their marks */
    bool telling; /* they are worth saying in any case */
    bool failed;  /* a migration did */
    long pending; /* as discovered */
    size_t width; /* of IDs before their descriptions */
    lm_progress progress;
} lm_text_out;

void lm_text_out_event(lm_text_out *t, const lumigrate_event *event);
void lm_text_out_clear(lm_text_out *t);

#endif
