/* SPDX-License-Identifier: MIT */
#include "complete.h"

static const char head[] =
    "#compdef lumigrate\n"
    "# zsh completion for lumigrate, made by: lumigrate completion zsh\n"
    "\n"
    "# _lumigrate_ask COMMAND FIELD: the values of that field in its JSON\n"
    "_lumigrate_ask() {\n"
    "  local name\n"
    "  local -a given found\n"
    "  for name in -u --database --url -d --migrations --dir --table "
    "--env-file; do\n"
    "    (( ! $+outer[$name] )) || given+=($name ${(Q)outer[$name]})\n"
    "    (( ! $+opt_args[$name] )) || given+=($name ${(Q)opt_args[$name]})\n"
    "  done\n"
    "  found=(${(f)\"$(_call_program migrations lumigrate "
    "${(q)given} $1 --json 2>/dev/null |\n"
    "    sed -n \"s/^ \\{6\\}\\\"$2\\\": \\\"\\(.*\\)\\\",\\{0,1\\}\\$/\\1/p\""
    ")\"})\n"
    "  compadd -a found\n"
    "}\n"
    "_lumigrate_ids() { _lumigrate_ask status id }\n"
    "_lumigrate_templates() { _lumigrate_ask templates name }\n"
    "\n"
    "_lumigrate_commands() {\n"
    "  local -a commands=(\n";

/* Text inside '…[…]' or '…:…'. */
static void put_text(lm_str *to, const char *text)
{
    for (; *text != '\0'; text++) {
        char one[2] = {*text, '\0'};

        if (*text == ':' || *text == '[' || *text == ']')
            lm_str_putc(to, '\\');
        lm_complete_quote(to, one);
    }
}

static void put_wanted(lm_str *to, lm_wanted wanted, const char *value)
{
    switch (wanted) {
    case LM_WANTED_FILE: lm_str_puts(to, "_files"); break;
    case LM_WANTED_FOLDER: lm_str_puts(to, "_files -/"); break;
    case LM_WANTED_ID: lm_str_puts(to, "_lumigrate_ids"); break;
    case LM_WANTED_TEMPLATE: lm_str_puts(to, "_lumigrate_templates"); break;
    case LM_WANTED_COMMAND: lm_str_puts(to, "_lumigrate_commands"); break;
    case LM_WANTED_CHOICE:
        lm_str_putc(to, '(');
        for (; *value != '\0'; value++)
            lm_str_putc(to, *value == '|' ? ' ' : *value);
        lm_str_putc(to, ')');
        break;
    case LM_WANTED_NOTHING: lm_str_puts(to, " "); break;
    }
}

/* The names of an option, in a list that `separator` splits. */
static void put_names(lm_str *to, const lm_option *o, char separator)
{
    size_t i;

    if (o->letter != 0)
        lm_str_printf(to, "-%c%c", o->letter, separator);
    for (i = 0; i < LM_OPT_NAMES && o->names[i] != NULL; i++) {
        if (i > 0)
            lm_str_putc(to, separator);
        lm_str_printf(to, "--%s", o->names[i]);
    }
}

/* '(-a --all)'{-a,--all}'[help]:value:action'; one that may come again has a
 * star and excludes nothing. */
static void put_option(lm_str *to, const lm_option *o)
{
    bool several = o->letter != 0 || o->names[1] != NULL;

    lm_str_puts(to, o->kind == LM_KIND_LIST ? "    '*" : "    '(");
    if (o->kind != LM_KIND_LIST) {
        put_names(to, o, ' ');
        lm_str_putc(to, ')');
    }
    lm_str_puts(to, several ? "'{" : "'");
    put_names(to, o, ',');
    lm_str_puts(to, several ? "}'[" : "'[");
    put_text(to, o->help);
    lm_str_putc(to, ']');
    if (lm_options_takes(o)) {
        lm_str_putc(to, ':');
        put_text(to, o->value);
        lm_str_putc(to, ':');
        put_wanted(to, lm_complete_value(o), o->value);
    }
    lm_str_puts(to, "'\n");
}

static void put_command(lm_str *to, const lm_command *c)
{
    const lm_option *o;
    size_t i;

    lm_str_printf(to, "  (%s", c->name);
    for (i = 0; i < LM_ALIASES && c->aliases[i] != NULL; i++)
        lm_str_printf(to, "|%s", c->aliases[i]);
    lm_str_puts(to, ") specs+=(\n");
    for (o = c->options; o != NULL && o->names[0] != NULL; o++)
        if (lm_complete_is_own(o))
            put_option(to, o);
    if (lm_complete_argument(c) != LM_WANTED_NOTHING) {
        lm_str_puts(to, "    '*:");
        put_text(to, c->arguments);
        lm_str_putc(to, ':');
        put_wanted(to, lm_complete_argument(c), c->arguments);
        lm_str_puts(to, "'\n");
    }
    lm_str_puts(to, "  ) ;;\n");
}

void lm_complete_zsh(lm_str *to)
{
    const lm_command *const *c;
    const lm_option *o;

    lm_str_puts(to, head);
    for (c = lm_commands(); *c != NULL; c++) {
        lm_str_printf(to, "    '%s:", (*c)->name);
        put_text(to, (*c)->help);
        lm_str_puts(to, "'\n");
    }
    lm_str_puts(to, "  )\n"
                    "  _describe command commands\n"
                    "}\n"
                    "\n"
                    "_lumigrate() {\n"
                    "  local curcontext=$curcontext state line after\n"
                    "  local -A opt_args outer\n"
                    "  local -a specs=(\n");
    for (o = lm_options_common(); o->names[0] != NULL; o++)
        put_option(to, o);
    lm_str_puts(to, "  )\n"
                    "  after=$words[(I)--]\n"
                    "  if (( after > 1 && after < CURRENT )); then\n"
                    "    shift $after words\n"
                    "    (( CURRENT -= after ))\n"
                    "    _normal\n"
                    "    return\n"
                    "  fi\n"
                    "  _arguments -C $specs '1: :_lumigrate_commands' "
                    "'*:: :->rest' && return\n"
                    "  [[ $state == rest ]] || return\n"
                    "  outer=(\"${(@kv)opt_args}\")\n"
                    "  case $line[1] in\n");
    for (c = lm_commands(); *c != NULL; c++)
        put_command(to, *c);
    lm_str_puts(to, "  esac\n"
                    "  _arguments $specs\n"
                    "}\n"
                    "\n"
                    "if [[ $funcstack[1] == _lumigrate ]]; then\n"
                    "  _lumigrate \"$@\"\n"
                    "else\n"
                    "  compdef _lumigrate lumigrate\n"
                    "fi\n");
}
