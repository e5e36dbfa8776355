/* SPDX-License-Identifier: MIT */
/* Every function and type of the header, by name, with nothing before it. */
#include "lumigrate.h"

int use_all(struct sqlite3 *connection);

int use_all(struct sqlite3 *connection)
{
    lumigrate_config config = {0};
    lumigrate_target target = {0};
    lumigrate_report *report = 0;
    lumigrate_log *log = 0;
    lumigrate_checkup *checkup = 0;
    lumigrate *lm = 0;
    const lumigrate_error *error;
    int rc;

    rc = lumigrate_open(&lm, &config);
    rc += lumigrate_attach(&lm, connection, &config);
    rc += lumigrate_up(lm, &target);
    rc += lumigrate_status(lm, &report);
    rc += lumigrate_history(lm, &log);
    rc += lumigrate_doctor(lm, &checkup);
    lumigrate_report_free(report);
    lumigrate_log_free(log);
    lumigrate_checkup_free(checkup);
    lumigrate_interrupt(lm);
    error = lumigrate_errinfo(lm);
    rc += error->code + lumigrate_errcode(lm) + lumigrate_errmsg(lm)[0];
    lumigrate_close(lm);
    return rc + lumigrate_sqlite_version()[0] + lumigrate_lua_version()[0];
}
