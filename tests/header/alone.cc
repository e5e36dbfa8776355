/* SPDX-License-Identifier: MIT */
/* The functions have C names, and a C++ function may be the callback. */
#include "lumigrate.h"

static int listen(void *user, const lumigrate_event *event)
{
    *static_cast<int *>(user) = event->type;
    return 0;
}

int migrate(const char *path, int *last)
{
    lumigrate_config config = lumigrate_config();
    lumigrate *lm;
    int rc;

    config.database = path;
    config.on_event = listen;
    config.user = last;
    rc = lumigrate_open(&lm, &config);
    if (rc == LUMIGRATE_OK)
        rc = lumigrate_up(lm, 0);
    lumigrate_close(lm);
    return rc;
}
