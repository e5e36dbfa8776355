/* SPDX-License-Identifier: MIT */
/*
 * The second half of template.h: values go into their places, each escaped
 * for where it stands. So the text is followed as Lua (or SQL) reads it:
 * code, comments, strings, long brackets.
 */
#include <string.h>

#include "template.h"

typedef enum context { CODE, COMMENT, STRING, BRACKET } context;

typedef struct render {
    lm_template *t;
    const lm_heading *heading;
    lm_str *to;
    context in;
    char quote;      /* STRING: which one ends it */
    size_t level;    /* BRACKET: its = signs */
    size_t opened;   /* where it began in `to` */
    bool skips;      /* inside a section that stays out */
} render;

/* ---- long brackets ---- */

/* The = signs between two brackets of this kind at s; -1: it is none. */
static long bracket_level(const char *s, char kind)
{
    size_t n;

    if (*s != kind)
        return -1;
    n = strspn(s + 1, "=");
    return s[1 + n] == kind ? (long)n : -1;
}

/* A ] at the end would close together with what closes the bracket. */
static bool closes_early(const char *text, size_t len, size_t level)
{
    size_t i;

    for (i = 0; i < len; i++)
        if (bracket_level(text + i, ']') == (long)level)
            return true;
    return level == 0 && len > 0 && text[len - 1] == ']';
}

static void put_bracket(lm_str *to, char kind, size_t level)
{
    lm_str_putc(to, kind);
    while (level-- > 0)
        lm_str_putc(to, '=');
    lm_str_putc(to, kind);
}

/* What is in it is known now: take as many = as it needs. */
static void close_bracket(render *r)
{
    size_t start = r->opened + r->level + 2, level = r->level;
    lm_str inside = {0};

    if (!r->to->failed) {
        lm_str_add(&inside, r->to->data + start, r->to->len - start);
        while (closes_early(lm_str_text(&inside), inside.len, level))
            level++;
        r->to->len = r->opened;
    }
    put_bracket(r->to, '[', level);
    lm_str_add(r->to, lm_str_text(&inside), inside.len);
    put_bracket(r->to, ']', level);
    r->to->failed |= inside.failed;
    r->in = CODE;
    lm_str_clear(&inside);
}

/* ---- values ---- */

static const char *value_of(const lm_var *v)
{
    return lm_str_text(&v->value);
}

static const char *standard(const lm_heading *h, const char *name)
{
    return name[0] == 'i' ? h->id : name[0] == 'd' ? h->date : h->words;
}

/* The columns before the place, for the further lines of a long value. */
static size_t indent_of(const lm_str *to)
{
    size_t n = to->len;

    while (n > 0 && to->data[n - 1] != '\n')
        n--;
    return to->len - n;
}

static void put_value(render *r, lm_str *to, const lm_var *v,
                      const char *text, bool sql)
{
    lm_var_kind kind = v != NULL ? v->kind : LM_VAR_TEXT;

    if (sql || (r->t->sql && r->in == CODE))
        lm_var_sql(to, kind, text,
                   r->in == STRING || r->in == COMMENT ? 1
                                                       : indent_of(r->to));
    else if (r->in == CODE)
        lm_var_lua(to, kind, text);
    else
        lm_var_plain(to, kind, text, ", ");
}

/* Inside quotes: what would end them is escaped. */
static void put_escaped(render *r, const lm_str *value)
{
    size_t i;

    if (!r->t->sql) {
        lm_var_lua_text(r->to, lm_str_text(value), value->len, r->quote);
        return;
    }
    for (i = 0; i < value->len; i++) {
        if (value->data[i] == r->quote)
            lm_str_putc(r->to, r->quote);
        lm_str_putc(r->to, value->data[i]);
    }
}

/* The place at s, which is well-formed; returns where it ends. */
static const char *put_place(render *r, const char *s)
{
    const char *name = s + 2;
    size_t len = strcspn(name, ":}");
    const lm_var *v = lm_template_find(r->t, name, len);
    const char *text = v != NULL ? value_of(v) : standard(r->heading, name);
    bool sql = name[len] == ':';
    lm_str value = {0};

    put_value(r, &value, v, text, sql);
    r->to->failed |= value.failed;
    if (r->in == STRING)
        put_escaped(r, &value);
    else
        lm_str_puts(r->to, lm_str_text(&value));
    lm_str_clear(&value);
    return strchr(name, '}') + 1;
}

/* ---- the text ---- */

static const char *copy(render *r, const char *s, size_t n)
{
    lm_str_add(r->to, s, n);
    return s + n;
}

static const char *open_bracket(render *r, const char *s, long level)
{
    r->in = BRACKET;
    r->level = (size_t)level;
    r->opened = r->to->len;
    return copy(r, s, r->level + 2);
}

static const char *step_code(render *r, const char *s)
{
    long level = r->t->sql ? -1 : bracket_level(s, '[');

    if (level >= 0)
        return open_bracket(r, s, level);
    if (s[0] == '-' && s[1] == '-') {
        s = copy(r, s, 2);
        level = r->t->sql ? -1 : bracket_level(s, '[');
        if (level >= 0)
            return open_bracket(r, s, level);
        r->in = COMMENT;
        return s;
    }
    if (*s == '"' || *s == '\'') {
        r->in = STRING;
        r->quote = *s;
    }
    return copy(r, s, 1);
}

static const char *step(render *r, const char *s)
{
    if (strncmp(s, "$${", 3) == 0)
        return copy(r, s + 1, 2);
    if (s[0] == '$' && s[1] == '{')
        return put_place(r, s);
    if (r->in == CODE)
        return step_code(r, s);
    if (r->in == COMMENT && *s == '\n')
        r->in = CODE;
    if (r->in == STRING && *s == '\\' && !r->t->sql && s[1] != '\0')
        return copy(r, s, 2);
    if (r->in == STRING && (*s == r->quote || (*s == '\n' && !r->t->sql)))
        r->in = CODE;
    if (r->in == BRACKET && bracket_level(s, ']') == (long)r->level) {
        close_bracket(r);
        return s + r->level + 2;
    }
    return copy(r, s, 1);
}

/* --@if NAME, --@else, --@end */
static const char *step_section(render *r, const char *s)
{
    const lm_var *v;

    if (strncmp(s, "--@if ", 6) == 0) {
        v = lm_template_find(r->t, s + 6, strcspn(s + 6, "\n"));
        r->skips = v->kind == LM_VAR_FLAG ? !lm_var_yes(value_of(v))
                                          : v->value.len == 0;
    } else {
        r->skips = strncmp(s, "--@else", 7) == 0 && !r->skips;
    }
    return s + strcspn(s, "\n") + 1;
}

static void put_body(render *r)
{
    const char *s = lm_str_text(&r->t->body), *start = s;

    while (*s != '\0') {
        if ((s == start || s[-1] == '\n') && strncmp(s, "--@", 3) == 0)
            s = step_section(r, s);
        else if (r->skips)
            s++;
        else
            s = step(r, s);
    }
}

/* A default may be made of the variables before it. */
static void fill(lm_template *t)
{
    size_t i;

    for (i = 0; i < t->count; i++) {
        lm_var *v = &t->vars[i];
        const char *s = v->fallback;

        while (!v->given && s != NULL && *s != '\0') {
            size_t len = strncmp(s, "${", 2) == 0 ? strcspn(s + 2, "}") : 0;
            const lm_var *other =
                len > 0 ? lm_template_find(t, s + 2, len) : NULL;

            if (other != NULL)
                lm_var_plain(&v->value, other->kind, value_of(other), "_");
            else
                lm_str_putc(&v->value, *s);
            s += other != NULL ? len + 3 : 1;
        }
        v->given = true;
    }
}

void lm_template_render(lm_template *t, const lm_heading *heading, lm_str *to)
{
    render r;
    size_t i;

    memset(&r, 0, sizeof r);
    r.t = t;
    r.heading = heading;
    r.to = to;
    fill(t);
    put_body(&r);
    for (i = 0; i < t->count; i++)
        to->failed |= t->vars[i].value.failed;
}
