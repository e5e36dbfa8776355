/* SPDX-License-Identifier: MIT */
/*
 * options.h - the options there are.
 *
 * One table row says all of an option: how it is written, what it takes,
 * which variables of the environment stand for it, what it is without both.
 * The rows of this module belong to every command; a command adds rows of
 * its own (command.h).
 *
 *   lm_options_common   the rows for every command; the last has no name
 *   lm_options_takes    does this option have a value?
 *   lm_options_named    the row with this long name among these; NULL: none
 *
 * Ownership: everything is constant.
 */
#ifndef LM_CLI_OPTIONS_H
#define LM_CLI_OPTIONS_H

#include <stdbool.h>

typedef enum lm_opt {
    LM_OPT_DATABASE,
    LM_OPT_MIGRATIONS,
    LM_OPT_TABLE,
    LM_OPT_ENV_FILE,
    LM_OPT_LOCK_TIMEOUT,
    LM_OPT_TIMEOUT,
    LM_OPT_MEMORY_LIMIT,
    LM_OPT_TRANSACTION,
    LM_OPT_STRICT,
    LM_OPT_OUT_OF_ORDER,
    LM_OPT_IF_AHEAD,
    LM_OPT_DIALECT,
    LM_OPT_JSON,
    LM_OPT_JSONL,
    LM_OPT_QUIET,
    LM_OPT_VERBOSE,
    LM_OPT_YES,
    LM_OPT_COLOR,
    LM_OPT_HELP,
    LM_OPT_VERSION,
    LM_OPT_TO, /* from here on: of single commands */
    LM_OPT_BEFORE,
    LM_OPT_NO_CREATE,
    LM_OPT_EXEC,
    LM_OPT_ALL,
    LM_OPT_FROM_FILE,
    LM_OPT_DRY_RUN,
    LM_OPT_REAPPLY,
    LM_OPT_DEEP,
    LM_OPT_WAIT_TIMEOUT,
    LM_OPT_SHOW,
    LM_OPT_TEMPLATE,
    LM_OPT_SET,
    LM_OPT_SQL,
    LM_OPT_DATE,
    LM_OPT_FORCE,
    LM_OPT_BACKUP,
    LM_OPT_KEEP,
    LM_OPT_NAME,
    LM_OPT_ONLY, /* of "baseline" */
    LM_OPT_UNDO,
    LM_OPT_ACCEPT, /* of "repair" */
    LM_OPT_FORGET,
    LM_OPT_RESTART,
    LM_OPT_FROM, /* of "adopt" */
    LM_OPT_RENAME,
    LM_OPT_COUNT
} lm_opt;

typedef enum lm_kind {
    LM_KIND_FLAG,
    LM_KIND_TEXT,
    LM_KIND_OPTIONAL, /* --name or --name=value; "" without a value */
    LM_KIND_LIST, /* may be given again: settings.sets */
    LM_KIND_SECONDS,
    LM_KIND_MIB,
    LM_KIND_CHOICE /* one of the words in `value`, split by | */
} lm_kind;

enum { LM_OPT_NAMES = 2 };

/* Small: there are many rows. Of names and variables there may be fewer; then
 * the rest is NULL. */
typedef struct lm_option {
    lm_opt id : 16;
    lm_kind kind : 8;
    char letter;          /* 0: none */
    const char *names[LM_OPT_NAMES]; /* without the dashes; the first is its
                                        own */
    const char *value;    /* what it takes, as the help names it */
    const char *env[LM_OPT_NAMES];   /* the first that is set counts */
    const char *fallback; /* NULL: nothing */
    const char *help;
} lm_option;

const lm_option *lm_options_common(void);
bool lm_options_takes(const lm_option *option);
const lm_option *lm_options_named(const lm_option *rows, const char *name);

#endif
