/* SPDX-License-Identifier: MIT */
#include "origin.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/clock.h"
#include "../db/db.h"

static void make_run_id(char id[17])
{
    unsigned char bytes[8] = {0};
    double now = lm_clock_ms();
    int fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
    size_t i;

    if (fd < 0 || read(fd, bytes, sizeof bytes) != (ssize_t)sizeof bytes)
        memcpy(bytes, &now, sizeof bytes);
    if (fd >= 0)
        close(fd);
    for (i = 0; i < sizeof bytes; i++)
        snprintf(id + 2 * i, 3, "%02x", bytes[i]);
}

/* From the environment: looking the user up would load what start-up does
 * not need, and a container often has no such user at all. */
static void name_user(char *out, size_t size)
{
    const char *name = getenv("USER");

    if (name == NULL || name[0] == '\0')
        name = getenv("LOGNAME");
    if (name != NULL && name[0] != '\0')
        snprintf(out, size, "%s", name);
    else
        snprintf(out, size, "uid %lu", (unsigned long)geteuid());
}

void lm_origin_read(lm_origin *out)
{
    memset(out, 0, sizeof *out);
    out->runner = "lumigrate " LM_RUNNER_VERSION;
    out->sqlite = lm_db_version();
    if (gethostname(out->host, sizeof out->host - 1) != 0)
        out->host[0] = '\0';
    name_user(out->user, sizeof out->user);
    make_run_id(out->run_id);
}
