/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "app.h"
#include "complete.h"
#include "words.h"

/* By the word that the help has for it. */
static lm_wanted find(const char *value)
{
    static const struct {
        const char *value;
        lm_wanted wanted;
    } known[] = {
        {"URL_OR_PATH", LM_WANTED_FILE}, {"FILE", LM_WANTED_FILE},
        {"DIR", LM_WANTED_FOLDER},       {"ID", LM_WANTED_ID},
        {"[ID]", LM_WANTED_ID},          {"[ID…]", LM_WANTED_ID},
        {"[COMMAND]", LM_WANTED_COMMAND}, {"FILE|-", LM_WANTED_FILE},
        {"[FILE|DIR]", LM_WANTED_FILE},  {"A B", LM_WANTED_FILE},
        {"[DIR]", LM_WANTED_FOLDER},
    };
    size_t i;

    for (i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i].value, value) == 0)
            return known[i].wanted;
    return strchr(value, '|') != NULL && strpbrk(value, " [") == NULL
               ? LM_WANTED_CHOICE
               : LM_WANTED_NOTHING;
}

lm_wanted lm_complete_value(const lm_option *option)
{
    if (!lm_options_takes(option))
        return LM_WANTED_NOTHING;
    return option->id == LM_OPT_TEMPLATE ? LM_WANTED_TEMPLATE
                                         : find(option->value);
}

bool lm_complete_is_own(const lm_option *option)
{
    return lm_options_named(lm_options_common(), option->names[0]) == NULL;
}

lm_wanted lm_complete_argument(const lm_command *command)
{
    return find(command->arguments);
}

void lm_complete_quote(lm_str *to, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '\'')
            lm_str_puts(to, "'\\''");
        else
            lm_str_putc(to, *text);
    }
}

static int run(lm_app *app)
{
    static const struct {
        const char *shell;
        void (*write)(lm_str *to);
    } shells[] = {
        {"bash", lm_complete_bash},
        {"zsh", lm_complete_zsh},
        {"fish", lm_complete_fish},
    };
    const char *name = app->arg_count > 0 ? app->args[0] : "";
    lm_str shown = {0};
    size_t i;

    for (i = 0; i < sizeof shells / sizeof *shells; i++) {
        if (strcmp(shells[i].shell, name) == 0) {
            shells[i].write(&app->out.text);
            return LUMIGRATE_OK;
        }
    }
    lm_words_cut(&shown, name, strlen(name), 60);
    if (*name == '\0')
        lm_fault_set(&app->fault, LUMIGRATE_USAGE, "no shell is named");
    else
        lm_fault_set(&app->fault, LUMIGRATE_USAGE,
                     "there is no completion for \"%s\"", lm_str_text(&shown));
    lm_fault_hint(&app->fault, "lumigrate completion bash, zsh or fish");
    lm_str_clear(&shown);
    return LUMIGRATE_USAGE;
}

const lm_command lm_cmd_completion = {
    .name = "completion",
    .arguments = "bash|zsh|fish",
    .aliases = {NULL},
    .help = "a script that teaches the shell to complete",
    .more = "It completes commands, options and migrations. For one session:\n"
            "eval \"$(lumigrate completion bash)\"",
    .example = "lumigrate completion fish "
               ">~/.config/fish/completions/lumigrate.fish",
    .most_arguments = 1,
    .no_settings = true,
    .run = run,
};
