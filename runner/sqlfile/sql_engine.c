/* SPDX-License-Identifier: MIT */
#include "sql_engine.h"

#include <stdlib.h>
#include <string.h>

#include "../base/buf.h"
#include "../lex/name.h"
#include "../lex/summary.h"
#include "dialect.h"
#include "find.h"
#include "sqlkeep.h"
#include "runfile.h"
#include "statements.h"

void *lm_sql_context_new(const lm_sql_options *options)
{
    lm_sql_context *ctx = calloc(1, sizeof *ctx);

    if (ctx == NULL)
        return NULL;
    if (options->dialect != NULL)
        ctx->forced = lm_dialect_named(options->dialect);
    ctx->table = lm_strdup(options->table);
    ctx->env_user = options->env_user;
    ctx->getenv = options->getenv;
    if (ctx->table == NULL) {
        free(ctx);
        return NULL;
    }
    return ctx;
}

void lm_sql_context_free(void *p)
{
    lm_sql_context *ctx = p;

    if (ctx == NULL)
        return;
    free(ctx->table);
    free(ctx);
}

int lm_sql_check_dialect(const char *name, lm_err *err)
{
    lm_buf names = {0};
    const lm_dialect *d;
    size_t i;

    if (lm_same_name(name, "auto") || lm_dialect_named(name) != NULL)
        return LM_OK;
    for (i = 1; (d = lm_dialect_each(i)) != NULL; i++)
        lm_buf_printf(&names, ", %s", d->name);
    lm_err_set(err, LM_EUSAGE, "there is no dialect \"%s\"", name);
    lm_err_hint(err, "there are auto, plain%s", lm_buf_text(&names));
    lm_buf_clear(&names);
    return LM_EUSAGE;
}

/* Sub-folders with migrations of their own are not entered, but named where
 * nothing else is there; those of ways down are not. */
static int name_candidates(lm_claim *c)
{
    lm_buf names = {0};
    lm_dir inner;
    lm_err quiet = {0};
    char *path, *text;
    size_t i, k;

    for (i = 0; i < c->dir->count; i++) {
        path = c->dir->entries[i].kind != LM_ENTRY_DIR ||
               lm_same_name(c->dir->entries[i].name, "down") ||
               lm_same_name(c->dir->entries[i].name, "revert") ? NULL
            : lm_path_join(c->folder, c->dir->entries[i].name);
        if (path != NULL && lm_dir_list(path, &quiet, &inner) == LM_OK) {
            for (k = 0; k < inner.count; k++)
                if (lm_ends(inner.entries[k].name, ".sql") ||
                    lm_ends(inner.entries[k].name, ".lua"))
                    break;
            if (k < inner.count)
                lm_buf_printf(&names, "%s--migrations %s",
                              names.len > 0 ? ", or " : "", path);
            lm_dir_clear(&inner);
        }
        lm_err_clear(&quiet);
        free(path);
    }
    if (names.len == 0)
        return LM_OK;
    text = lm_format("folders in it hold some: %s", lm_buf_text(&names));
    lm_buf_clear(&names);
    return lm_sources_note(c->out, text) ? LM_OK : lm_err_nomem(c->err);
}

static int claim(void *context, const lm_dir *dir, const char *folder,
                 bool *claimed, lm_sources *out, lm_err *err)
{
    lm_claim c = {0};
    int rc;

    c.context = context;
    c.dir = dir;
    c.folder = folder;
    c.claimed = claimed;
    c.out = out;
    c.err = err;
    c.dialect = c.context->forced;
    rc = lm_claim_begin(&c);
    if (rc == LM_OK && c.dialect == NULL)
        rc = lm_find_dialect(&c, &c.dialect);
    if (rc == LM_OK && c.dialect != NULL)
        rc = c.dialect->claim(&c);
    if (rc == LM_OK && out->count == 0)
        rc = name_candidates(&c);
    return lm_claim_end(&c, rc);
}

/* Bytes that SQLite would stop at, or take for something else. */
static int check_bytes(const char *text, size_t len, lm_err *err)
{
    const unsigned char *b = (const unsigned char *)text;
    const char *nul = memchr(text, '\0', len);

    if (len >= 2 && ((b[0] == 0xFF && b[1] == 0xFE) ||
                     (b[0] == 0xFE && b[1] == 0xFF)))
        return lm_err_set(err, LM_EUSAGE, "the file is UTF-16: save it as "
                          "UTF-8");
    if (nul != NULL)
        return lm_parts_refuse(text, (size_t)(nul - text), err,
                               "there is a NUL byte in the file");
    if (memchr(text, '\r', len) != NULL && memchr(text, '\n', len) == NULL &&
        strstr(text, "--") != NULL)
        return lm_err_set(err, LM_EUSAGE, "the lines end in CR alone, which "
                          "ends no comment in SQL: save the file with LF");
    return LM_OK;
}

/* A migration in the language of its tool keeps a place, but cannot run. */
static bool is_program(const lm_source *s)
{
    static const char suffixes[][6] = {
        ".go", ".rs", ".fizz", ".js", ".ts", ".py", ".rb", ".cql"
    };
    size_t i;

    for (i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
        if (s->file != NULL && lm_ends(s->file, suffixes[i]))
            return true;
    return false;
}

static int check_text(const lm_source *s, lm_err *err)
{
    int rc = is_program(s) ? LM_OK : check_bytes(s->text, s->len, err);

    if (rc == LM_OK && s->down_text != NULL) {
        rc = check_bytes(s->down_text, s->down_len, err);
        if (rc != LM_OK)
            lm_err_migration(err, s->id, s->down_path);
    }
    return rc;
}

static int check_id(const lm_source *s, lm_err *err)
{
    const char *problem = lm_id_problem(s->id, strlen(s->id));

    if (problem == NULL)
        return LM_OK;
    return lm_err_set(err, LM_EUSAGE, "the name of the file cannot be an ID: "
                      "it %s", problem);
}

/* The first -- comment that says something and is no mark. */
static char *describe(const lm_source *s)
{
    lm_directive_fn directive = lm_dialect_of(s)->directive;
    const char *line;
    size_t n;
    lm_sqltok t;

    lm_sqltok_start(&t, s->text, s->len);
    while (lm_sqltok_next(&t) == LM_TOK_SPACE || t.kind == LM_TOK_COMMENT) {
        line = s->text + t.start;
        n = t.size;
        if (t.kind == LM_TOK_SPACE || line[0] != '-' ||
            (directive != NULL && directive(&t)))
            continue;
        while (n > 0 && (*line == '-' || *line == ' ' || *line == '\t')) {
            line++;
            n--;
        }
        if (n > 0 && *line != '\r')
            return lm_summary_line(line, n);
    }
    return lm_strdup("");
}

static void take_modes(lm_source *s, const lm_parts *parts)
{
    if (parts->has_down)
        s->has_down = true;
    if (parts->no_txn)
        s->txn = LM_TXN_NONE;
    if (parts->down_no_txn)
        s->down_txn = LM_TXN_NONE;
}

/* The modes, as the marks of both ways say them. */
static int take_marks(lm_source *s, lm_err *err)
{
    lm_parts parts;
    int rc = lm_dialect_parse(s, false, err, &parts);

    if (rc != LM_OK)
        return rc;
    take_modes(s, &parts);
    lm_parts_clear(&parts);
    if (s->down_text == NULL)
        return LM_OK;
    rc = lm_dialect_parse(s, true, err, &parts);
    if (rc == LM_OK)
        take_modes(s, &parts);
    lm_parts_clear(&parts);
    return rc;
}

/* And what is said without a mark. A variable that is not set is not looked
 * for yet: a file that is applied needs it no more. */
static int take_mode(const lm_sql_context *ctx, lm_source *s, lm_way which,
                     lm_txn_mode *mode, lm_err *err)
{
    lm_err quiet = {0};
    lm_sqlway way;
    int rc = LM_OK;

    if (lm_sqlway_load(ctx, s, which, &quiet, &way) == LM_OK)
        *mode = lm_statements_mode(&way);
    else if (quiet.code == LM_ENOMEM)
        rc = lm_err_nomem(err);
    lm_sqlway_clear(&way);
    lm_err_clear(&quiet);
    return rc;
}

static int take_all(const lm_sql_context *ctx, lm_source *s, lm_err *err)
{
    int rc = take_marks(s, err);

    if (rc == LM_OK)
        rc = take_mode(ctx, s, LM_UP, &s->txn, err);
    if (rc == LM_OK && s->has_down)
        rc = take_mode(ctx, s, LM_DOWN, &s->down_txn, err);
    return rc;
}

static int identify(void *context, lm_source *s, lm_err *err)
{
    bool opted = s->txn == LM_TXN_NONE;
    int rc = check_text(s, err);

    if (rc == LM_OK)
        rc = check_id(s, err);
    if (rc != LM_OK)
        return rc;
    s->description = is_program(s) ? lm_strdup("") : describe(s);
    if (s->description == NULL)
        return lm_err_nomem(err);
    lm_sqlkeep_fingerprint(s, opted, s->checksum);
    return is_program(s) ? LM_OK : take_all(context, s, err);
}

static int keep(void *context, const lm_source *s, lm_err *err, char **out,
                size_t *len)
{
    (void)context;
    return lm_sqlkeep_write(s, err, out, len);
}

static int revive(void *context, lm_source *s, bool *mine, lm_err *err)
{
    int rc = lm_sqlkeep_read(s, mine, err);

    if (rc != LM_OK || !*mine)
        return rc;
    if (s->description == NULL)
        s->description = describe(s);
    if (s->description == NULL)
        return lm_err_nomem(err);
    return take_all(context, s, err);
}

/* Its dialect has no marks that divide a file, and nobody named it. */
static bool is_all_up(const lm_sql_context *ctx, const lm_source *s,
                      lm_way which)
{
    static const char kinds[][6] = {"sql", "pairs", "yoyo", "sqlx"};
    size_t i;

    for (i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(s->kind, kinds[i]) == 0)
            return ctx->forced == NULL && which == LM_UP;
    return false;
}

static int compile(void *context, const lm_source *s, lm_way which,
                   lm_err *err)
{
    const lm_sql_context *ctx = context;
    lm_sqlway way;
    int rc;

    if (is_program(s)) {
        lm_err_set(err, LM_EUSAGE, "%s is a program of its tool, which "
                   "cannot run here", s->file);
        lm_err_hint(err, "apply it there, then lumigrate baseline --only %s; "
                    "or write what it does as a Lua script", s->id);
        return LM_EUSAGE;
    }
    rc = lm_sqlway_load(context, s, which, err, &way);
    if (rc == LM_OK)
        rc = lm_statements_check(&way, is_all_up(ctx, s, which), err);
    if (rc == LM_OK)
        rc = lm_statements_each(&way, err, NULL, NULL);
    lm_sqlway_clear(&way);
    return rc;
}

static int run(void *context, const lm_source *s, const lm_run *run_with)
{
    lm_sqlway way;
    int rc = lm_sqlway_load(context, s, run_with->way,
                            lm_db_err(run_with->db), &way);

    if (rc == LM_OK)
        rc = lm_runfile(context, &way, run_with);
    lm_sqlway_clear(&way);
    return rc;
}

const lm_engine lm_sql_engine = {
    "sql", claim, identify, keep, revive, compile, run
};
