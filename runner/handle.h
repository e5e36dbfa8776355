/* SPDX-License-Identifier: MIT */
/*
 * handle.h - what stands behind a lumigrate *.
 *
 *   lm_configure       take over a configuration; a refusal is LM_EUSAGE
 *   lm_handle_begin    a public function begins: the last error is forgotten
 *   lm_handle_end      and ends with this code, which it returns
 *   lm_tell            the sink: our events as those of the public header
 *   lm_show_error      our error as the public one
 *   lm_report_new      folder and ledger compared, as a public report
 *   lm_readiness_new   what a look for readiness found, likewise; *out stays
 *                      NULL where it could not look
 *   lm_log_new         the history, likewise
 *   lm_text_new        the text that ran
 *   lm_difference_new  between it and the file
 *   lm_read_way_back   the target of lumigrate_down, checked
 *   lm_state_after     what a failed run leaves, in one sentence
 *   lm_doctor_new      what is wrong with the environment
 *
 * Ownership: reports, logs and checkups own all they point to and outlive the
 * handle.
 */
#ifndef LM_HANDLE_H
#define LM_HANDLE_H

#include "core/added.h"
#include "core/down.h"
#include "core/ready.h"
#include "core/session.h"
#include "core/up.h"
#include "lumigrate.h"

struct lumigrate {
    lm_err err;
    lm_session session;
    lm_sink sink;
    bool outside;               /* what failed was outside a transaction */
    bool deep;                  /* lumigrate_check reads all of it */
    lumigrate_event_fn on_event;
    void *user;
    char *state;                /* the sentence in `shown` */
    char *made;                 /* the file that the last call made */
    lumigrate_error shown;      /* err, for lumigrate_errinfo */
    void *lua, *sql;            /* contexts of the engines */
    struct lm_natives *natives;
    lm_added added;             /* what the host brought along */
};

int lm_configure(lumigrate *lm, const lumigrate_config *config);
int lm_handle_begin(lumigrate *lm);
int lm_handle_end(lumigrate *lm, int rc);
/* Of what is one transaction: done, or never begun. */
int lm_handle_end_whole(lumigrate *lm, int rc);
int lm_tell(void *handle, const lm_event *event);
void lm_show_error(const lm_err *err, const char *state,
                   lumigrate_error *out);
int lm_report_new(lumigrate *lm, lumigrate_report **out);
int lm_readiness_new(lumigrate *lm, const lm_ready *ready,
                     lumigrate_report **out);
int lm_log_new(lumigrate *lm, lumigrate_log **out);
int lm_text_new(lumigrate *lm, const char *id, char **out,
                unsigned long *len);
int lm_difference_new(lumigrate *lm, const char *id, char **out);
int lm_read_way_back(lumigrate *lm, const lumigrate_target *target,
                     lm_way_back *out);
/* The caller frees it; NULL: no memory. */
char *lm_state_after(const lumigrate *lm, const lm_outcome *outcome);
int lm_doctor_new(lumigrate *lm, lumigrate_checkup **out);

#endif
