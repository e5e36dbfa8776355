/* SPDX-License-Identifier: MIT */
#include "complete.h"

#include <string.h>

/* bash gives the words split at "=" as well: --name=value is three. What
 * compgen -W gets it would expand, commands in it too, so that words which
 * come from a folder of migrations are compared by hand. */
static const char head[] =
    "# bash completion for lumigrate, made by: lumigrate completion bash\n"
    "\n"
    "# _lumigrate_ask COMMAND FIELD: the values of that field in its JSON\n"
    "_lumigrate_ask() {\n"
    "    \"${COMP_WORDS[0]}\" \"${given[@]}\" \"$1\" --json 2>/dev/null |\n"
    "        sed -n \"s/^ \\{6\\}\\\"$2\\\": "
    "\\\"\\(.*\\)\\\",\\{0,1\\}\\$/\\1/p\" | sort -u\n"
    "}\n"
    "\n"
    "# _lumigrate_files KIND: names of files, folders or commands\n"
    "_lumigrate_files() {\n"
    "    mapfile -t COMPREPLY < <(compgen \"$1\" -- \"$cur\")\n"
    "    [[ $1 == -c ]] || compopt -o filenames 2>/dev/null\n"
    "}\n"
    "\n"
    "_lumigrate() {\n"
    "    local word cur=${COMP_WORDS[COMP_CWORD]} command='' last='' i\n"
    "    local -a given=() words=()\n"
    "    COMPREPLY=()\n"
    "    [[ $cur != = ]] || cur=''\n"
    "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
    "        last=''\n"
    "        case ${COMP_WORDS[i]} in\n"
    "        --)\n"
    "            if ((i + 1 == COMP_CWORD)); then\n"
    "                _lumigrate_files -c\n"
    "            else\n"
    "                _lumigrate_files -f\n"
    "            fi\n"
    "            return ;;\n"
    "        ";

static const char skip_value[] =
    ")\n"
    "            last=${COMP_WORDS[i]}\n"
    "            [[ ${COMP_WORDS[i + 1]} != = ]] || ((i++))\n"
    "            ((i++))\n"
    "            case $last in\n"
    "            -u|--database|--url|-d|--migrations|--dir|--table|"
    "--env-file)\n"
    "                ((i >= COMP_CWORD)) ||\n"
    "                    given+=(\"$last\" \"${COMP_WORDS[i]}\") ;;\n"
    "            esac\n"
    "            ((i >= COMP_CWORD)) || last='' ;;\n"
    "        -*) ;;\n"
    "        *) [[ $command ]] || command=${COMP_WORDS[i]} ;;\n"
    "        esac\n"
    "    done\n"
    "    case $last in\n"
    "    '') ;;\n";

typedef void (*visit_fn)(lm_str *to, const lm_option *option);

/* Every option once, whichever commands have it. */
static void visit_all(lm_str *to, visit_fn visit)
{
    const lm_command *const *c, *const *before;
    const lm_option *o, *p;

    for (o = lm_options_common(); o->names[0] != NULL; o++)
        visit(to, o);
    for (c = lm_commands(); *c != NULL; c++) {
        for (o = (*c)->options; o != NULL && o->names[0] != NULL; o++) {
            bool seen = !lm_complete_is_own(o);

            for (before = lm_commands(); before != c; before++)
                for (p = (*before)->options;
                     p != NULL && p->names[0] != NULL; p++)
                    seen = seen || p->id == o->id;
            if (!seen)
                visit(to, o);
        }
    }
}

/* -u|--database|--url */
static void put_pattern(lm_str *to, const lm_option *o)
{
    size_t i;

    if (o->letter != 0)
        lm_str_printf(to, "-%c|", o->letter);
    for (i = 0; i < LM_OPT_NAMES && o->names[i] != NULL; i++)
        lm_str_printf(to, "%s--%s", i == 0 ? "" : "|", o->names[i]);
}

static void put_taking(lm_str *to, const lm_option *o)
{
    if (!lm_options_takes(o))
        return;
    if (o->id != lm_options_common()->id)
        lm_str_putc(to, '|');
    put_pattern(to, o);
}

/* (a b c) as bash and zsh write a list. */
static void put_choices(lm_str *to, const char *value)
{
    for (; *value != '\0'; value++)
        lm_str_putc(to, *value == '|' ? ' ' : *value);
}

static void put_wanted(lm_str *to, lm_wanted wanted, const char *value)
{
    switch (wanted) {
    case LM_WANTED_FILE:
        lm_str_puts(to, "_lumigrate_files -f; return");
        break;
    case LM_WANTED_FOLDER:
        lm_str_puts(to, "_lumigrate_files -d; return");
        break;
    case LM_WANTED_ID:
        lm_str_puts(to, "mapfile -t words < <(_lumigrate_ask status id)");
        break;
    case LM_WANTED_TEMPLATE:
        lm_str_puts(to, "mapfile -t words < "
                        "<(_lumigrate_ask templates name)");
        break;
    case LM_WANTED_CHOICE:
        lm_str_puts(to, "words=(");
        put_choices(to, value);
        lm_str_putc(to, ')');
        break;
    case LM_WANTED_COMMAND:
        lm_str_puts(to, "words=(\"${commands[@]}\")");
        break;
    case LM_WANTED_NOTHING:
        lm_str_puts(to, "return");
        break;
    }
}

static void put_value(lm_str *to, const lm_option *o)
{
    if (!lm_options_takes(o))
        return;
    lm_str_puts(to, "    ");
    put_pattern(to, o);
    lm_str_puts(to, ")\n        ");
    put_wanted(to, lm_complete_value(o), o->value);
    lm_str_puts(to, " ;;\n");
}

static void put_names(lm_str *to, const lm_option *o)
{
    bool common = o == lm_options_common();
    size_t i;

    for (; o != NULL && o->names[0] != NULL; o++) {
        if (!common && !lm_complete_is_own(o))
            continue;
        if (o->letter != 0)
            lm_str_printf(to, " -%c", o->letter);
        for (i = 0; i < LM_OPT_NAMES && o->names[i] != NULL; i++)
            lm_str_printf(to, " --%s", o->names[i]);
    }
}

static void put_command(lm_str *to, const lm_command *c)
{
    size_t i;

    lm_str_printf(to, "    %s", c->name);
    for (i = 0; i < LM_ALIASES && c->aliases[i] != NULL; i++)
        lm_str_printf(to, "|%s", c->aliases[i]);
    lm_str_puts(to, ")\n        options+=(");
    put_names(to, c->options);
    lm_str_puts(to, " )\n");
    if (lm_complete_argument(c) != LM_WANTED_NOTHING) {
        lm_str_puts(to, "        [[ $cur == -* ]] || ");
        put_wanted(to, lm_complete_argument(c), c->arguments);
        lm_str_putc(to, '\n');
    }
    lm_str_puts(to, "        ;;\n");
}

void lm_complete_bash(lm_str *to)
{
    const lm_command *const *c;

    lm_str_puts(to, head);
    visit_all(to, put_taking);
    lm_str_puts(to, skip_value);
    visit_all(to, put_value);
    lm_str_puts(to, "    esac\n"
                    "    local -a options=(");
    put_names(to, lm_options_common());
    lm_str_puts(to, " )\n"
                    "    local -a commands=(");
    for (c = lm_commands(); *c != NULL; c++)
        lm_str_printf(to, " %s", (*c)->name);
    lm_str_puts(to, " )\n"
                    "    [[ $last ]] || case $command in\n"
                    "    '') words=(\"${commands[@]}\") ;;\n");
    for (c = lm_commands(); *c != NULL; c++)
        put_command(to, *c);
    lm_str_puts(to, "    esac\n"
                    "    [[ $last || $cur != -* ]] || "
                    "words=(\"${options[@]}\")\n"
                    "    for word in \"${words[@]}\"; do\n"
                    "        [[ $word == \"$cur\"* ]] || continue\n"
                    "        printf -v word %q \"$word\"\n"
                    "        COMPREPLY+=(\"$word\")\n"
                    "    done\n"
                    "}\n"
                    "complete -F _lumigrate lumigrate\n");
}
