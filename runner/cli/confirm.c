/* SPDX-License-Identifier: MIT */
#include "confirm.h"

#include <strings.h>
#include <unistd.h>

bool lm_confirm_can(void)
{
    return isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1;
}

/* read, not getline: a signal must end the wait. */
static size_t read_line(char *to, size_t size)
{
    size_t n = 0;
    char c;

    while (read(STDIN_FILENO, &c, 1) == 1 && c != '\n')
        if (n + 1 < size)
            to[n++] = c;
    to[n] = '\0';
    return n;
}

bool lm_confirm(lm_app *app, const char *question)
{
    char answer[8];

    lm_str_puts(&app->err.text, question);
    lm_str_puts(&app->err.text, " [y/N] ");
    lm_out_flush(&app->err);
    if (read_line(answer, sizeof answer) == 0)
        return false;
    return strcasecmp(answer, "y") == 0 || strcasecmp(answer, "yes") == 0;
}
