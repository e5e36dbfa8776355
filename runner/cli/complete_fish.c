/* SPDX-License-Identifier: MIT */
#include "complete.h"

static const char head[] =
    "# fish completion for lumigrate, made by: lumigrate completion fish\n"
    "\n"
    "# __lumigrate_ask COMMAND FIELD: the values of that field in its JSON\n"
    "function __lumigrate_ask\n"
    "    set -l words (commandline -opc)\n"
    "    set -l given\n"
    "    for i in (seq 2 (count $words))\n"
    "        switch $words[$i]\n"
    "            case -u --database --url -d --migrations --dir --table "
    "--env-file\n"
    "                set -l next (math $i + 1)\n"
    "                test $next -le (count $words)\n"
    "                and set -a given $words[$i] $words[$next]\n"
    "            case '--database=*' '--url=*' '--migrations=*' '--dir=*' "
    "'--table=*' '--env-file=*'\n"
    "                set -a given $words[$i]\n"
    "        end\n"
    "    end\n"
    "    lumigrate $given $argv[1] --json 2>/dev/null |\n"
    "        sed -n 's/^ \\{6\\}\"'$argv[2]'\": "
    "\"\\(.*\\)\",\\{0,1\\}$/\\1/p'\n"
    "end\n"
    "\n"
    "complete -c lumigrate -f\n";

/* Fish knows \' inside single quotes. */
static void put_text(lm_str *to, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '\'' || *text == '\\')
            lm_str_putc(to, '\\');
        lm_str_putc(to, *text);
    }
}

/* What completes a value; `required`: the option cannot stand alone. */
static void put_wanted(lm_str *to, lm_wanted wanted, const char *value,
                       const char *required)
{
    switch (wanted) {
    case LM_WANTED_FILE:
        lm_str_puts(to, " -r -F");
        break;
    case LM_WANTED_FOLDER:
        lm_str_printf(to, "%s -a '(__fish_complete_directories)'", required);
        break;
    case LM_WANTED_ID:
        lm_str_printf(to, "%s -a '(__lumigrate_ask status id)'", required);
        break;
    case LM_WANTED_TEMPLATE:
        lm_str_printf(to, "%s -a '(__lumigrate_ask templates name)'",
                      required);
        break;
    case LM_WANTED_CHOICE:
        lm_str_printf(to, "%s -a '", required);
        for (; *value != '\0'; value++)
            lm_str_putc(to, *value == '|' ? ' ' : *value);
        lm_str_putc(to, '\'');
        break;
    case LM_WANTED_COMMAND: /* of arguments alone */
    case LM_WANTED_NOTHING:
        lm_str_puts(to, required);
        break;
    }
}

static void put_seen(lm_str *to, const lm_command *c)
{
    size_t i;

    lm_str_printf(to, " -n '__fish_seen_subcommand_from %s", c->name);
    for (i = 0; i < LM_ALIASES && c->aliases[i] != NULL; i++)
        lm_str_printf(to, " %s", c->aliases[i]);
    lm_str_putc(to, '\'');
}

static void put_option(lm_str *to, const lm_command *c, const lm_option *o)
{
    size_t i;

    lm_str_puts(to, "complete -c lumigrate");
    if (c != NULL)
        put_seen(to, c);
    if (o->letter != 0)
        lm_str_printf(to, " -s %c", o->letter);
    for (i = 0; i < LM_OPT_NAMES && o->names[i] != NULL; i++)
        lm_str_printf(to, " -l %s", o->names[i]);
    if (lm_options_takes(o))
        put_wanted(to, lm_complete_value(o), o->value, " -x");
    lm_str_puts(to, " -d '");
    put_text(to, o->help);
    lm_str_puts(to, "'\n");
}

static void put_names(lm_str *to)
{
    const lm_command *const *c;

    for (c = lm_commands(); *c != NULL; c++)
        lm_str_printf(to, "%s%s", c == lm_commands() ? "" : " ", (*c)->name);
}

static void put_argument(lm_str *to, const lm_command *c)
{
    lm_wanted wanted = lm_complete_argument(c);

    if (wanted == LM_WANTED_NOTHING)
        return;
    lm_str_puts(to, "complete -c lumigrate");
    put_seen(to, c);
    if (wanted == LM_WANTED_COMMAND) {
        lm_str_puts(to, " -a '");
        put_names(to);
        lm_str_putc(to, '\'');
    } else {
        put_wanted(to, lm_complete_argument(c), c->arguments, "");
    }
    lm_str_putc(to, '\n');
}

void lm_complete_fish(lm_str *to)
{
    const lm_command *const *c;
    const lm_option *o;

    lm_str_puts(to, head);
    for (c = lm_commands(); *c != NULL; c++) {
        lm_str_printf(to, "complete -c lumigrate -n __fish_use_subcommand "
                      "-a %s -d '", (*c)->name);
        put_text(to, (*c)->help);
        lm_str_puts(to, "'\n");
    }
    for (o = lm_options_common(); o->names[0] != NULL; o++)
        put_option(to, NULL, o);
    for (c = lm_commands(); *c != NULL; c++) {
        for (o = (*c)->options; o != NULL && o->names[0] != NULL; o++)
            if (lm_complete_is_own(o))
                put_option(to, *c, o);
        put_argument(to, *c);
    }
}
