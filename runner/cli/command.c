/* SPDX-License-Identifier: MIT */
#include "command.h"

#include <stddef.h>
#include <string.h>

#include "nearest.h"
#include "words.h"

const lm_command *const *lm_commands(void)
{
    static const lm_command *const commands[] = {
        &lm_cmd_up,      &lm_cmd_down,   &lm_cmd_redo,
        &lm_cmd_status,  &lm_cmd_check,  &lm_cmd_wait,
        &lm_cmd_current,
        &lm_cmd_history, &lm_cmd_new,    &lm_cmd_templates,
        &lm_cmd_bundle,
        &lm_cmd_dump,    &lm_cmd_load,   &lm_cmd_diff,
        &lm_cmd_backup,  &lm_cmd_restore,
        &lm_cmd_baseline, &lm_cmd_repair, &lm_cmd_adopt,
        &lm_cmd_env,
        &lm_cmd_doctor,  &lm_cmd_completion,
        &lm_cmd_version, &lm_cmd_help,   NULL};

    return commands;
}

const lm_command *lm_command_find(const char *name)
{
    const lm_command *const *c;
    size_t i;

    for (c = lm_commands(); *c != NULL; c++) {
        if (strcmp((*c)->name, name) == 0)
            return *c;
        for (i = 0; i < LM_ALIASES && (*c)->aliases[i] != NULL; i++)
            if (strcmp((*c)->aliases[i], name) == 0)
                return *c;
    }
    return NULL;
}

void lm_command_usage(lm_str *to, const lm_command *c)
{
    const char *what = c->needs != NULL ? c->needs : c->arguments;

    lm_str_printf(to, "usage: lumigrate [options] %s%s%s", c->name,
                  what[0] != '\0' ? " " : "", what);
}

int lm_command_unknown(lm_fault *fault, const char *name)
{
    const lm_command *const *c;
    size_t i;
    lm_nearest nearest;
    lm_str shown = {0};
    int rc;

    lm_words_cut(&shown, name, strlen(name), 60);
    rc = lm_fault_set(fault, LUMIGRATE_USAGE, "unknown command \"%s\"",
                      lm_str_text(&shown));
    lm_str_clear(&shown);
    lm_nearest_begin(&nearest, name, strlen(name));
    for (c = lm_commands(); *c != NULL; c++) {
        lm_nearest_try(&nearest, (*c)->name);
        for (i = 0; i < LM_ALIASES && (*c)->aliases[i] != NULL; i++)
            lm_nearest_try(&nearest, (*c)->aliases[i]);
    }
    if (lm_nearest_end(&nearest) != NULL)
        lm_fault_hint(fault, "did you mean \"lumigrate %s\"?",
                      lm_nearest_end(&nearest));
    else
        lm_fault_hint(fault, "\"lumigrate help\" lists the commands");
    return rc;
}
