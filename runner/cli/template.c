/* SPDX-License-Identifier: MIT */
#include "template.h"

#include <string.h>

#include "nearest.h"
#include "words.h"

static int broken(const lm_template *t, long line, lm_fault *fault,
                  const char *why)
{
    lm_str shown = {0};

    if (t->path != NULL)
        lm_words_text(&shown, t->path);
    else
        lm_str_printf(&shown, "the template %s", t->name);
    lm_fault_set(fault, LUMIGRATE_USAGE, "%s:%ld: %s", lm_str_text(&shown),
                 line, why);
    lm_str_clear(&shown);
    return LUMIGRATE_USAGE;
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '_';
}

static size_t word_length(const char *s)
{
    size_t n = 0;

    while (is_word(s[n]))
        n++;
    return n;
}

static bool is_standard(const char *name, size_t len)
{
    return (len == 2 && memcmp(name, "id", 2) == 0) ||
           (len == 4 && memcmp(name, "date", 4) == 0) ||
           (len == 5 && memcmp(name, "words", 5) == 0);
}

lm_var *lm_template_find(lm_template *t, const char *name, size_t len)
{
    size_t i;

    for (i = 0; i < t->count; i++)
        if (strlen(t->vars[i].name) == len &&
            memcmp(t->vars[i].name, name, len) == 0)
            return &t->vars[i];
    return NULL;
}

/* ---- the head ---- */

/* Cut `help` off a declaration, and the blanks around both. */
static const char *cut_help(char *line)
{
    char *dashes = strstr(line, "-- "), *end;

    if (dashes != NULL)
        *dashes = '\0';
    for (end = line + strlen(line); end > line && end[-1] == ' '; end--)
        end[-1] = '\0';
    return dashes != NULL ? dashes + 3 : "";
}

/* NAME KIND, NAME KIND = DEFAULT; both -- HELP */
static const char *declare(lm_template *t, char *s)
{
    const char *help = cut_help(s);
    size_t name = word_length(s), gap, word;
    lm_var *v = &t->vars[t->count];
    int kind;

    gap = strspn(s + name, " ");
    word = word_length(s + name + gap);
    kind = lm_var_kind_find(s + name + gap, word);
    if (name == 0 || gap == 0)
        return "--@var wants a name and a kind";
    if (kind < 0)
        return "a kind is identifier, identifiers, type, columns, text or "
               "flag";
    if (lm_template_find(t, s, name) != NULL || is_standard(s, name))
        return "there is a variable of this name already";
    if (t->count + 1 == LM_TEMPLATE_VARS)
        return "too many variables";
    v->kind = (lm_var_kind)kind;
    v->help = help;
    v->name = s;
    s += name;
    *s = '\0';
    s += gap + word;
    s += strspn(s, " ");
    if (*s != '=' && *s != '\0')
        return "after the kind stands = and a default, or nothing";
    v->fallback = *s == '=' ? s + 1 + strspn(s + 1, " ") : NULL;
    t->count++;
    return NULL;
}

static const char *read_head_line(lm_template *t, char *line)
{
    if (strncmp(line, "--@about ", 9) == 0) {
        t->about = line + 9;
        return NULL;
    }
    return declare(t, line + 6);
}

static bool is_head(const char *line)
{
    return strncmp(line, "--@about ", 9) == 0 ||
           strncmp(line, "--@var ", 7) == 0;
}

/* The lines stay where they are, each ended by a NUL of its own. */
static int read_head(lm_template *t, const char *text, const char *end,
                     lm_fault *fault)
{
    const char *why = NULL;
    char *line, *next;

    lm_str_add(&t->head, text, (size_t)(end - text));
    if (t->head.failed)
        return lm_fault_set(fault, LUMIGRATE_NOMEM, "out of memory");
    line = t->head.len > 0 ? t->head.data : NULL;
    for (t->body_line = 1; line != NULL && *line != '\0'; line = next) {
        next = line + strcspn(line, "\n");
        if (*next == '\n')
            *next++ = '\0';
        why = read_head_line(t, line + (strncmp(line, "--@var ", 7) == 0));
        if (why != NULL)
            return broken(t, t->body_line, fault, why);
        t->body_line++;
    }
    return LUMIGRATE_OK;
}

/* ---- the body ---- */

/* ${name} or ${name:sql} at s: what is wrong with it. */
static bool is_place(lm_template *t, const char *s, lm_str *why)
{
    size_t len = word_length(s + 2);
    const char *end = s + 2 + len;

    if (strncmp(end, ":sql", 4) == 0)
        end += 4;
    if (len == 0 || *end != '}') {
        lm_str_puts(why, "${ without a name and } behind it ($${ is a ${ "
                         "that stays)");
        return false;
    }
    if (is_standard(s + 2, len) || lm_template_find(t, s + 2, len) != NULL)
        return true;
    lm_str_puts(why, "unknown variable \"");
    lm_str_add(why, s + 2, len);
    lm_str_putc(why, '"');
    return false;
}

/* --@if, --@else, --@end in their order; `open` is 0, 1 (if) or 2 (else). */
static bool is_section(lm_template *t, const char *s, int *open, lm_str *why)
{
    size_t word = word_length(s + 3), name;

    if (word == 2 && strncmp(s, "--@if ", 6) == 0 && *open == 0) {
        name = word_length(s + 6);
        *open = 1;
        if (lm_template_find(t, s + 6, name) != NULL && s[6 + name] == '\n')
            return true;
        lm_str_puts(why, "--@if wants the name of a variable");
        return false;
    }
    if (strncmp(s, "--@else\n", 8) == 0 && *open == 1)
        *open = 2;
    else if (strncmp(s, "--@end\n", 7) == 0 && *open != 0)
        *open = 0;
    else
        lm_str_puts(why, "--@ stands before about and var at the top, and "
                         "before if, else and end");
    return why->len == 0;
}

static int check_body(lm_template *t, lm_fault *fault)
{
    const char *s = lm_str_text(&t->body);
    long line = t->body_line;
    lm_str why = {0};
    bool fine = true, fresh = true;
    int open = 0;

    for (; *s != '\0' && fine; s++) {
        if (fresh && strncmp(s, "--@", 3) == 0)
            fine = is_section(t, s, &open, &why);
        else if (s[0] == '$' && strncmp(s, "$${", 3) == 0)
            s += 2;
        else if (s[0] == '$' && s[1] == '{')
            fine = is_place(t, s, &why);
        fresh = *s == '\n';
        if (fresh)
            line++;
    }
    if (fine && open != 0)
        lm_str_puts(&why, "--@if without --@end");
    if (why.len > 0)
        broken(t, line, fault, lm_str_text(&why));
    lm_str_clear(&why);
    return fault->code;
}

/* Without the carriage returns that an editor may have left. */
static void add_lines(lm_str *to, const char *text)
{
    size_t n;

    for (; *text != '\0'; text += n + (text[n] == '\r')) {
        n = strcspn(text, "\r");
        lm_str_add(to, text, n);
    }
    if (to->len > 0 && !to->failed && to->data[to->len - 1] != '\n')
        lm_str_putc(to, '\n');
}

int lm_template_parse(lm_template *t, const char *text, lm_fault *fault)
{
    lm_str lines = {0};
    const char *end;
    int rc;

    t->about = "";
    add_lines(&lines, text);
    for (end = lm_str_text(&lines); is_head(end);)
        end += strcspn(end, "\n") + 1;
    rc = read_head(t, lm_str_text(&lines), end, fault);
    lm_str_puts(&t->body, end);
    if (rc == LUMIGRATE_OK && (lines.failed || t->body.failed))
        rc = lm_fault_set(fault, LUMIGRATE_NOMEM, "out of memory");
    lm_str_clear(&lines);
    return rc == LUMIGRATE_OK ? check_body(t, fault) : rc;
}

/* ---- values ---- */

static int unknown(lm_template *t, const char *name, lm_fault *fault)
{
    lm_nearest nearest;
    lm_str shown = {0};
    size_t i;

    lm_words_name(&shown, name);
    lm_fault_set(fault, LUMIGRATE_USAGE,
                 "the template %s has no variable %s", t->name,
                 lm_str_text(&shown));
    lm_nearest_begin(&nearest, name, strlen(name));
    shown.len = 0;
    for (i = 0; i < t->count; i++) {
        lm_nearest_try(&nearest, t->vars[i].name);
        lm_str_printf(&shown, "%s%s", i > 0 ? ", " : "", t->vars[i].name);
    }
    if (lm_nearest_end(&nearest) != NULL)
        lm_fault_hint(fault, "did you mean %s?", lm_nearest_end(&nearest));
    else if (t->count > 0)
        lm_fault_hint(fault, "it has %s", lm_str_text(&shown));
    else
        lm_fault_hint(fault, "it has none; choose another one with "
                             "--template (\"lumigrate templates\" lists "
                             "them)");
    lm_str_clear(&shown);
    return LUMIGRATE_USAGE;
}

int lm_template_set(lm_template *t, const char *name, const char *value,
                    lm_fault *fault)
{
    lm_var *v = lm_template_find(t, name, strlen(name));
    lm_str why = {0};

    if (v == NULL)
        return unknown(t, name, fault);
    if (v->given) {
        lm_fault_set(fault, LUMIGRATE_USAGE, "--set gives %s twice", v->name);
    } else if (lm_var_problem(v->kind, value, &why)) {
        lm_fault_set(fault, LUMIGRATE_USAGE, "%s: %s", v->name,
                     lm_str_text(&why));
    } else {
        lm_str_puts(&v->value, value);
        v->given = true;
    }
    lm_str_clear(&why);
    return fault->code;
}

const lm_var *lm_template_missing(const lm_template *t)
{
    size_t i;

    for (i = 0; i < t->count; i++)
        if (!t->vars[i].given && t->vars[i].fallback == NULL)
            return &t->vars[i];
    return NULL;
}

void lm_template_clear(lm_template *t)
{
    size_t i;

    for (i = 0; i < t->count; i++)
        lm_str_clear(&t->vars[i].value);
    lm_str_clear(&t->head);
    lm_str_clear(&t->body);
    memset(t, 0, sizeof *t);
}
