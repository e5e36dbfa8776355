/* SPDX-License-Identifier: MIT */
#include "luahead.h"

#include <stdlib.h>
#include <string.h>

#include "../base/text.h"
#include "luatok.h"
#include "luaword.h"
#include "sqltok.h"
#include "summary.h"

typedef enum setting { ID, DESCRIPTION, TRANSACTION, FOREIGN_KEYS, RUN, NONE }
    setting;

static const struct {
    const char *name;
    const char *rule;
} settings[] = {
    [ID] = {"MIGRATION_ID", "one string literal"},
    [DESCRIPTION] = {"DESCRIPTION", "one string literal"},
    [TRANSACTION] = {"TRANSACTION", "true, false or \"batch\""},
    [FOREIGN_KEYS] = {"FOREIGN_KEYS", "true or false"},
    [RUN] = {"RUN", "\"once\", \"on_change\" or \"always\""}
};

/* What the names at depth 0 belong to, as far as it matters here. */
typedef enum phase {
    IN_TARGETS,     /* a statement that may become an assignment */
    IN_LOCAL,       /* the names of a local or of a for */
    IN_REST
} phase;

/* What the token before this one allows this one to be. */
typedef enum before {
    BEFORE_ANY,     /* the end of an expression or statement: a name begins a
                       new statement */
    BEFORE_COMMA,
    BEFORE_ATTRIB,  /* >, which also ends local x <const> */
    BEFORE_MORE     /* the expression or the statement goes on */
} before;

typedef struct reader {
    lm_luatok tok;      /* the token in hand */
    int depth;          /* of functions, blocks, brackets that are open */
    phase phase;
    before before;
    unsigned found;     /* a bit for each setting that was seen */
    bool stop;          /* the Lua compiler will say what is wrong */
    lm_luahead *out;
    lm_err *err;
    const char *shown;
    lm_fingerprint print;
} reader;

/* Step to the next token that counts. False at the end of what can be read:
 * what is broken is the Lua compiler's to report, which knows more of it. */
static bool next(lm_luatok *t)
{
    lm_luakind kind;

    do
        kind = lm_luatok_next(t);
    while (kind == LM_LUA_SPACE || kind == LM_LUA_COMMENT);
    return kind != LM_LUA_END && kind != LM_LUA_BAD;
}

/* The same with the token in hand, which goes into the fingerprint. */
static bool advance(reader *r)
{
    lm_luakind kind;

    do {
        kind = lm_luatok_next(&r->tok);
        lm_fingerprint_lua_token(&r->print, &r->tok);
    } while (kind == LM_LUA_SPACE || kind == LM_LUA_COMMENT);
    return kind != LM_LUA_END && kind != LM_LUA_BAD;
}

/* What is left when no more can be said counts as well. */
static void finish_print(reader *r)
{
    while (r->tok.kind != LM_LUA_END) {
        lm_luatok_next(&r->tok);
        lm_fingerprint_lua_token(&r->print, &r->tok);
    }
    lm_fingerprint_end(&r->print, r->out->checksum);
}

static bool is_operator(const lm_luatok *t, const char *text)
{
    return t->kind == LM_LUA_OPERATOR && lm_luatok_is(t, text);
}

static setting find_setting(const lm_luatok *t)
{
    setting i;

    if (t->kind != LM_LUA_NAME || strchr("MDTFR", t->text[t->start]) == NULL)
        return NONE;
    for (i = ID; i < NONE; i++)
        if (lm_luatok_is(t, settings[i].name))
            return i;
    return NONE;
}

/* All errors stand at the name, which is the token in hand. */
static int refuse(reader *r, const char *name, const char *what,
                  const char *rule)
{
    int line, column;

    lm_err_set(r->err, LM_EUSAGE, "%s %s%s", name, what, rule);
    lm_text_position(r->tok.text, r->tok.start, &line, &column);
    lm_err_migration(r->err, NULL, r->shown);
    lm_err_line(r->err, line, column);
    return LM_EUSAGE;
}

static int refuse_value(reader *r, setting which)
{
    return refuse(r, settings[which].name, "must be ",
                  settings[which].rule);
}

/* Does the literal stand alone, with a new statement or the end behind it?
 * A parenthesis begins one: a literal cannot be called. */
static bool ends_value(lm_luatok after)
{
    if (!next(&after))
        return true;
    if (after.kind == LM_LUA_NAME)
        return (lm_lua_word(&after) & LM_WORD_JOINS) == 0;
    return is_operator(&after, ";") || is_operator(&after, "::") ||
           is_operator(&after, "(");
}

static bool is_string(const lm_luatok *t)
{
    return t->kind == LM_LUA_STRING || t->kind == LM_LUA_LONG_STRING;
}

static bool is_boolean(const lm_luatok *t)
{
    return t->kind == LM_LUA_NAME &&
           (lm_luatok_is(t, "true") || lm_luatok_is(t, "false"));
}

static bool has_type(setting which, const lm_luatok *value)
{
    switch (which) {
    case FOREIGN_KEYS: return is_boolean(value);
    case TRANSACTION: return is_boolean(value) || is_string(value);
    default: return is_string(value);
    }
}

static bool is_one_of(const char *s, size_t n, const char *const words[])
{
    for (; *words != NULL; words++)
        if (strlen(*words) == n && memcmp(*words, s, n) == 0)
            return true;
    return false;
}

static bool is_allowed(setting which, const char *s, size_t n)
{
    static const char *const modes[] = {"batch", NULL};
    static const char *const runs[] = {"once", "on_change", "always", NULL};

    if (which == TRANSACTION)
        return is_one_of(s, n, modes);
    return which != RUN || is_one_of(s, n, runs);
}

/* Give the string to its place in the answer. */
static int keep_string(reader *r, setting which, char *s, size_t n)
{
    lm_luahead *out = r->out;

    if (!is_allowed(which, s, n)) {
        free(s);
        return refuse_value(r, which);
    }
    switch (which) {
    case ID:
        out->id = s;
        out->id_len = n;
        return LM_OK;
    case DESCRIPTION:
        out->description = lm_summary_line(s, n);
        free(s);
        return out->description != NULL ? LM_OK : lm_err_nomem(r->err);
    case TRANSACTION:
        out->transaction = s;
        return LM_OK;
    default:
        out->run = s;
        return LM_OK;
    }
}

static int keep_value(reader *r, setting which, const lm_luatok *value)
{
    bool bad, yes = lm_luatok_is(value, "true");
    size_t n;
    char *s;

    if (is_boolean(value) && which == FOREIGN_KEYS) {
        r->out->foreign_keys = yes;
        return LM_OK;
    }
    if (is_boolean(value)) {
        r->out->transaction = lm_strdup(yes ? "true" : "false");
        return r->out->transaction != NULL ? LM_OK : lm_err_nomem(r->err);
    }
    s = lm_lua_string(value, &n, &bad);
    if (s != NULL)
        return keep_string(r, which, s, n);
    r->stop = bad;
    return bad ? LM_OK : lm_err_nomem(r->err);
}

/* NAME = ...: `ahead` stands on the equals sign. */
static int read_assignment(reader *r, setting which, lm_luatok ahead)
{
    if ((r->found & 1u << which) != 0)
        return refuse(r, settings[which].name, "is set twice", "");
    if (!next(&ahead)) {
        r->stop = true;
        return LM_OK;
    }
    if (!has_type(which, &ahead) || !ends_value(ahead))
        return refuse_value(r, which);
    r->found |= 1u << which;
    return keep_value(r, which, &ahead);
}

/*
 * One of the five names at depth 0: is it being assigned? Only a name that
 * begins a statement can be; `a, NAME = 1, 2` and `NAME, a = 1, 2` also set
 * it, but to nothing that can be read off.
 */
static int read_setting(reader *r, setting which)
{
    lm_luatok ahead = r->tok;
    bool assigned, listed;

    if (!next(&ahead))
        return LM_OK;
    assigned = is_operator(&ahead, "=");
    listed = is_operator(&ahead, ",");
    switch (r->before) {
    case BEFORE_ANY:
        if (listed)
            return refuse_value(r, which);
        return assigned ? read_assignment(r, which, ahead) : LM_OK;
    case BEFORE_ATTRIB:
        return assigned ? read_assignment(r, which, ahead) : LM_OK;
    case BEFORE_COMMA:
        if ((assigned && r->phase != IN_LOCAL) ||
            (listed && r->phase == IN_TARGETS))
            return refuse_value(r, which);
        return LM_OK;
    default: return LM_OK;
    }
}

static void follow_name(reader *r)
{
    int word = lm_lua_word(&r->tok);

    if (r->depth == 0) {
        if (word & LM_WORD_LISTS)
            r->phase = IN_LOCAL;
        else if (word & LM_WORD_KEYWORD)
            r->phase = IN_REST;
        else if (r->before == BEFORE_ANY)
            r->phase = IN_TARGETS;
    }
    r->depth += (word & LM_WORD_OPENS) != 0;
    r->depth -= (word & LM_WORD_CLOSES) != 0;
    r->before = word & LM_WORD_ENDS ? BEFORE_ANY : BEFORE_MORE;
}

static void follow_operator(reader *r)
{
    char c = r->tok.text[r->tok.start];

    r->before = BEFORE_MORE;
    if (r->tok.size > 1) {
        if (is_operator(&r->tok, "...") || is_operator(&r->tok, "::"))
            r->before = BEFORE_ANY;
        return;
    }
    switch (c) {
    case '(': case '[': case '{':
        r->depth++;
        break;
    case ')': case ']': case '}':
        r->depth--;
        r->before = BEFORE_ANY;
        break;
    case ',': r->before = BEFORE_COMMA; break;
    case '>': r->before = BEFORE_ATTRIB; break;
    case ';':
        r->before = BEFORE_ANY;
        /* fall through */
    case '=':
        if (r->depth == 0)
            r->phase = IN_REST;
        break;
    default: break;
    }
}

static int read_tokens(reader *r)
{
    setting which;
    int rc;

    while (!r->stop && r->depth >= 0 && advance(r)) {
        which = r->depth == 0 ? find_setting(&r->tok) : NONE;
        rc = which != NONE ? read_setting(r, which) : LM_OK;
        if (rc != LM_OK)
            return rc;
        if (r->tok.kind == LM_LUA_NAME)
            follow_name(r);
        else if (r->tok.kind == LM_LUA_OPERATOR)
            follow_operator(r);
        else
            r->before = BEFORE_ANY;
    }
    return LM_OK;
}

int lm_luahead_read(const char *text, size_t len, const char *shown,
                    lm_err *err, lm_luahead *out)
{
    reader r;
    int rc;

    /* Not the fingerprint's block, which is large. */
    memset(&r, 0, offsetof(reader, print));
    r.out = out;
    r.err = err;
    r.shown = shown;
    memset(out, 0, sizeof *out);
    out->foreign_keys = -1;
    lm_luatok_start(&r.tok, text, len);
    lm_fingerprint_begin(&r.print);
    rc = read_tokens(&r);
    if (rc == LM_OK)
        finish_print(&r);
    if (rc == LM_OK && out->description == NULL) {
        out->description = lm_summary_lua(text, len);
        if (out->description == NULL)
            rc = lm_err_nomem(err);
    }
    if (rc != LM_OK)
        lm_luahead_clear(out);
    return rc;
}

void lm_luahead_clear(lm_luahead *head)
{
    free(head->id);
    free(head->description);
    free(head->transaction);
    free(head->run);
    memset(head, 0, sizeof *head);
    head->foreign_keys = -1;
}
