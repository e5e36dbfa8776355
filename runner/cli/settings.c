/* SPDX-License-Identifier: MIT */
#include "settings.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "words.h"

enum {
    ENV_FILE_LIMIT = 1 << 20,
    VALUE_LIMIT = 64 << 10, /* of a file that holds one value */
    NAME_LIMIT = 64         /* of a variable's name with _FILE */
};

/* ---- where values come from ---- */

const char *lm_settings_variable(const lm_settings *s, const char *name)
{
    const char *value = getenv(name);

    return value != NULL ? value : lm_dotenv_get(&s->dotenv, name);
}

/* Set to something, in one of the two places. */
static const char *variable_in(const lm_settings *s, lm_origin origin,
                               const char *name)
{
    const char *value = getenv(name);

    if (origin == LM_FROM_DOTENV)
        value = value == NULL ? lm_dotenv_get(&s->dotenv, name) : NULL;
    return value != NULL && *value != '\0' ? value : NULL;
}

/* lm_slurp's own codes in words that fit a file that is not one. */
static const char *reason(int error)
{
    if (error == EINVAL)
        return "not a regular file";
    if (error == EFBIG)
        return "too large";
    return strerror(error);
}

/* The text of a file without the newline at its end. */
static int read_value(lm_value *value, const char *name, const char *path,
                      lm_fault *fault)
{
    size_t len = 0;
    int error = lm_slurp(path, VALUE_LIMIT, &value->file, &len);
    lm_str shown = {0};

    if (error == 0 && strlen(value->file) == len) {
        while (len > 0 &&
               (value->file[len - 1] == '\n' || value->file[len - 1] == '\r'))
            value->file[--len] = '\0';
        value->text = value->file;
        return LUMIGRATE_OK;
    }
    lm_words_text(&shown, path);
    lm_fault_set(fault, LUMIGRATE_USAGE, "%s: cannot read %s: %s", name,
                 lm_str_text(&shown),
                 error == 0 ? "it holds a NUL byte" : reason(error));
    lm_str_clear(&shown);
    return LUMIGRATE_USAGE;
}

/* NAME or NAME_FILE in one place. */
static int look_at(lm_settings *s, lm_value *value, lm_origin origin,
                   const char *name, lm_fault *fault)
{
    char file_name[NAME_LIMIT];
    const char *text = variable_in(s, origin, name);
    const char *path;

    snprintf(file_name, sizeof file_name, "%s_FILE", name);
    path = variable_in(s, origin, file_name);
    if (text == NULL && path == NULL)
        return LUMIGRATE_OK;
    value->origin = origin;
    value->name = name;
    value->text = text;
    if (text != NULL && path != NULL) {
        lm_fault_set(fault, LUMIGRATE_USAGE, "%s and %s are both set", name,
                     file_name);
        lm_fault_hint(fault, "unset one of them");
        return LUMIGRATE_USAGE;
    }
    return path != NULL ? read_value(value, file_name, path, fault)
                        : LUMIGRATE_OK;
}

static int look_up(lm_settings *s, const lm_option *o, lm_fault *fault)
{
    lm_value *value = &s->values[o->id];
    size_t i;
    int origin, rc = LUMIGRATE_OK;

    for (origin = LM_FROM_ENVIRONMENT; origin <= LM_FROM_DOTENV; origin++) {
        if (origin == LM_FROM_DOTENV && s->dotenv.count == 0)
            break;
        for (i = 0; i < LM_OPT_NAMES && o->env[i] != NULL; i++)
            if (rc == LUMIGRATE_OK && value->text == NULL)
                rc = look_at(s, value, (lm_origin)origin, o->env[i], fault);
    }
    if (value->text == NULL && rc == LUMIGRATE_OK) {
        value->text = o->fallback;
        value->origin = LM_FROM_DEFAULT;
    }
    return rc;
}

/*
 * .env is one open() when it is not there. A folder of that name is somebody
 * else's, and one that may not be read is said and done without, so that a
 * service whose working folder is closed to it still starts. A file that was
 * named must be there.
 */
static int load_dotenv(lm_settings *s, lm_fault *fault)
{
    const char *given = s->values[LM_OPT_ENV_FILE].text;
    const char *path = given != NULL ? given : ".env", *why;
    char *text;
    size_t len = 0;
    int error = lm_slurp(path, ENV_FILE_LIMIT, &text, &len);
    long line;
    lm_str shown = {0};

    if (given == NULL && error == EACCES)
        s->unread = strerror(error);
    if (given == NULL && (error == ENOENT || error == ENOTDIR ||
                          error == EISDIR || error == EACCES))
        return LUMIGRATE_OK;
    lm_words_text(&shown, path);
    if (error != 0) {
        lm_fault_set(fault, LUMIGRATE_USAGE, "cannot read %s: %s",
                     lm_str_text(&shown), reason(error));
    } else if (strlen(text) != len) {
        lm_fault_set(fault, LUMIGRATE_USAGE, "%s holds a NUL byte",
                     lm_str_text(&shown));
        free(text);
    } else {
        line = lm_dotenv_parse(&s->dotenv, text, &why);
        if (line > 0)
            lm_fault_set(fault, LUMIGRATE_USAGE, "%s:%ld: %s",
                         lm_str_text(&shown), line, why);
        s->dotenv_path = path;
    }
    lm_str_clear(&shown);
    return fault->code;
}

int lm_settings_load(lm_settings *s, const lm_option *own, lm_fault *fault)
{
    const lm_option *o;
    int rc = load_dotenv(s, fault);

    for (o = own; o != NULL && o->names[0] != NULL; o++)
        if (rc == LUMIGRATE_OK && o->env[0] != NULL &&
            s->values[o->id].text == NULL)
            rc = look_up(s, o, fault);

    for (o = lm_options_common(); o->names[0] != NULL; o++)
        if (rc == LUMIGRATE_OK && s->values[o->id].text == NULL)
            rc = look_up(s, o, fault);
    return rc;
}

void lm_settings_origin(const lm_settings *s, lm_opt id, lm_str *to)
{
    const lm_value *value = &s->values[id];

    if (value->origin == LM_FROM_DEFAULT) {
        lm_str_puts(to, "default");
        return;
    }
    if (value->origin == LM_FROM_OPTION)
        lm_str_puts(to, "--");
    lm_str_puts(to, value->name);
    if (value->file != NULL)
        lm_str_puts(to, "_FILE");
    if (value->origin == LM_FROM_DOTENV) {
        lm_str_puts(to, " in ");
        lm_words_text(to, s->dotenv_path);
    }
}

void lm_settings_clear(lm_settings *s)
{
    int id;

    for (id = 0; id < LM_OPT_COUNT; id++) {
        free(s->values[id].file);
        s->values[id].file = NULL;
    }
    lm_dotenv_clear(&s->dotenv);
    free(s->sets);
    s->sets = NULL;
    s->set_count = 0;
}
