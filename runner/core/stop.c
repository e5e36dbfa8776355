/* SPDX-License-Identifier: MIT */
#include "stop.h"

#include "../base/clock.h"

void lm_stop_request(lm_stop *stop)
{
    void (*wake)(void *user) = stop->waker.wake;

    stop->requested = true;
    if (wake != NULL)
        wake(stop->waker.user);
}

void lm_stop_begin(lm_stop *stop)
{
    stop->deadline = stop->timeout > 0 ? lm_clock_ms() + stop->timeout : 0;
}

void lm_stop_end(lm_stop *stop)
{
    stop->deadline = 0;
}

int lm_stop_ask(void *user, lm_err *err)
{
    lm_stop *stop = user;

    if (stop->muted)
        return LM_OK;
    if (stop->deadline > 0 && lm_clock_ms() >= stop->deadline) {
        lm_err_set(err, LM_EFAILED, "timeout: the migration took longer "
                   "than %g s", stop->timeout / 1e3);
        lm_err_hint(err, "give it more time with --timeout, or let it do "
                    "less at once");
        return LM_EFAILED;
    }
    if (stop->requested)
        return lm_err_set(err, LM_EINTERRUPT, "interrupted");
    return LM_OK;
}
