/* SPDX-License-Identifier: MIT */
/*
 * The second half of settings.h: is every value what it should be? What is
 * wrong is named with the option or variable that it came from.
 */
#include "settings.h"

#include <stdlib.h>
#include <string.h>

#include "words.h"

static const double longest_wait = 1e9; /* seconds: thirty years */

enum { MOST_MEMORY = 1 << 20 }; /* MiB: one TiB */

static int bad_value(const lm_settings *s, lm_opt id, const char *wanted,
                     lm_fault *fault)
{
    const char *text = s->values[id].text;
    lm_str where = {0}, shown = {0};

    lm_settings_origin(s, id, &where);
    lm_words_cut(&shown, text, strlen(text), 60);
    lm_fault_set(fault, LUMIGRATE_USAGE, "%s: \"%s\" is not %s",
                 lm_str_text(&where), lm_str_text(&shown), wanted);
    lm_str_clear(&where);
    lm_str_clear(&shown);
    return LUMIGRATE_USAGE;
}

/* Digits with at most one point: no sign, blank, exponent, hex, nan, inf. */
static bool parse_seconds(const char *text, double *seconds)
{
    size_t digits = strspn(text, "0123456789"), more = 0;
    const char *end = text + digits;

    if (*end == '.') {
        more = strspn(end + 1, "0123456789");
        end += 1 + more;
    }
    if (*end != '\0' || digits + more == 0)
        return false;
    *seconds = strtod(text, NULL);
    return *seconds <= longest_wait;
}

static double check_seconds(const lm_settings *s, lm_opt id, lm_fault *fault)
{
    const char *text = s->values[id].text;
    double seconds = 0;

    if (text != NULL && !parse_seconds(text, &seconds))
        bad_value(s, id, "a number of seconds, 0 or more", fault);
    return seconds;
}

static long check_memory(const lm_settings *s, lm_fault *fault)
{
    const char *text = s->values[LM_OPT_MEMORY_LIMIT].text;
    long n = 0;

    if (text != NULL && !lm_words_number(text, MOST_MEMORY, &n))
        bad_value(s, LM_OPT_MEMORY_LIMIT, "a whole number of MiB, 1 or more",
                  fault);
    return n;
}

static int not_a_choice(const lm_settings *s, lm_opt id,
                        const char *const *words, lm_fault *fault)
{
    lm_str wanted = {0};
    int i;

    for (i = 0; words[i] != NULL; i++)
        lm_str_printf(&wanted, "%s%s",
                      i == 0                 ? ""
                      : words[i + 1] != NULL ? ", "
                                             : " or ",
                      words[i]);
    bad_value(s, id, lm_str_text(&wanted), fault);
    lm_str_clear(&wanted);
    return LUMIGRATE_USAGE;
}

/* Which of the words it is, from 0; -1 when nothing is set. */
static int check_choice(const lm_settings *s, lm_opt id,
                        const char *const *words, lm_fault *fault)
{
    const char *text = s->values[id].text;
    int i = 0;

    if (text == NULL)
        return -1;
    while (words[i] != NULL && strcmp(text, words[i]) != 0)
        i++;
    if (words[i] == NULL)
        not_a_choice(s, id, words, fault);
    return i;
}

/* One of the library's policies, the first of which is `first`. What nobody
 * asked for depends on --strict, and the library knows how. */
static int check_policy(const lm_settings *s, lm_opt id,
                        const char *const *words, int first, lm_fault *fault)
{
    int which = check_choice(s, id, words, fault);

    return s->values[id].origin == LM_FROM_DEFAULT ? LUMIGRATE_DEFAULT
                                                   : first + which;
}

/* 1, true, yes, on; 0, false, no, off and nothing. */
static bool check_flag(const lm_settings *s, lm_opt id, lm_fault *fault)
{
    static const char *const words[] = {"0",   "1",   "false", "true", "no",
                                        "yes", "off", "on",    NULL};
    const char *text = s->values[id].text;
    int i;

    if (text == NULL || *text == '\0')
        return false;
    for (i = 0; words[i] != NULL; i++)
        if (strcmp(text, words[i]) == 0)
            return i % 2 == 1;
    bad_value(s, id, "yes or no", fault);
    return false;
}

static void exclude(lm_fault *fault, const char *a, const char *b)
{
    lm_fault_set(fault, LUMIGRATE_USAGE, "--%s and --%s exclude each other", a,
                 b);
}

int lm_settings_shape(lm_settings *s, lm_fault *fault)
{
    static const char *const colors[] = {"auto", "always", "never", NULL};
    static const lm_answer answers[] = {LM_UNASKED, LM_YES, LM_NO, LM_NO};
    bool json = check_flag(s, LM_OPT_JSON, fault);
    bool jsonl = check_flag(s, LM_OPT_JSONL, fault);
    int color = check_choice(s, LM_OPT_COLOR, colors, fault);

    s->format = jsonl ? LM_JSONL : json ? LM_JSON : LM_TEXT;
    s->quiet = check_flag(s, LM_OPT_QUIET, fault);
    s->verbose = check_flag(s, LM_OPT_VERBOSE, fault);
    s->help = check_flag(s, LM_OPT_HELP, fault);
    s->version = check_flag(s, LM_OPT_VERSION, fault);
    s->exec = check_flag(s, LM_OPT_EXEC, fault);
    s->color = color < 0 ? LM_UNASKED : answers[color];
    if (json && jsonl)
        exclude(fault, "json", "jsonl");
    if (s->quiet && s->verbose)
        exclude(fault, "quiet", "verbose");
    return fault->code;
}

int lm_settings_check(lm_settings *s, lm_fault *fault)
{
    static const char *const transactions[] = {"each", "all", NULL};
    static const char *const orders[] = {"apply", "warn", "error", NULL};
    static const char *const aheads[] = {"ok", "error", NULL};
    lumigrate_config *c = &s->config;

    c->database = s->values[LM_OPT_DATABASE].text;
    c->migrations = s->values[LM_OPT_MIGRATIONS].text;
    c->table = s->values[LM_OPT_TABLE].text;
    c->dialect = s->values[LM_OPT_DIALECT].text;
    c->lock_timeout = check_seconds(s, LM_OPT_LOCK_TIMEOUT, fault);
    c->timeout = check_seconds(s, LM_OPT_TIMEOUT, fault);
    /* The library's 0 is its default: no waiting is spelt -1 there. */
    if (c->lock_timeout <= 0)
        c->lock_timeout = -1;
    c->memory_limit = check_memory(s, fault);
    c->transaction =
        check_choice(s, LM_OPT_TRANSACTION, transactions, fault) == 1
            ? LUMIGRATE_TRANSACTION_ALL
            : LUMIGRATE_TRANSACTION_EACH;
    c->out_of_order = check_policy(s, LM_OPT_OUT_OF_ORDER, orders,
                                   LUMIGRATE_APPLY, fault);
    c->if_ahead = check_policy(s, LM_OPT_IF_AHEAD, aheads, LUMIGRATE_WARN,
                               fault);
    c->strict = check_flag(s, LM_OPT_STRICT, fault);
    c->no_create = check_flag(s, LM_OPT_NO_CREATE, fault);
    c->deep = check_flag(s, LM_OPT_DEEP, fault);
    s->wait_timeout = check_seconds(s, LM_OPT_WAIT_TIMEOUT, fault);
    s->reapply = check_flag(s, LM_OPT_REAPPLY, fault);
    s->sql = check_flag(s, LM_OPT_SQL, fault);
    s->force = check_flag(s, LM_OPT_FORCE, fault);
    s->all = check_flag(s, LM_OPT_ALL, fault);
    s->from_file = check_flag(s, LM_OPT_FROM_FILE, fault);
    s->dry_run = check_flag(s, LM_OPT_DRY_RUN, fault);
    s->rename = check_flag(s, LM_OPT_RENAME, fault);
    s->yes = check_flag(s, LM_OPT_YES, fault);
    return fault->code;
}
