/* SPDX-License-Identifier: MIT */
#include "sql_engine.h"

#include <stdlib.h>
#include <string.h>

#include "../lex/fingerprint.h"
#include "../lex/name.h"
#include "../lex/sqltok.h"
#include "../lex/summary.h"
#include "dbmate.h"
#include "foreign.h"
#include "statements.h"

static const char kind_plain[] = "sql";
static const char kind_dbmate[] = "dbmate";

static int claim_file(const lm_entry *e, const char *folder,
                      lm_sources *out, lm_err *err)
{
    const char *tool = lm_foreign_name(e->name);
    char *shown;
    int rc;

    if (tool == NULL)
        return lm_sources_add(out, e->name, kind_plain) == NULL
            ? lm_err_nomem(err) : LM_OK;
    shown = lm_path_join(folder, e->name);
    rc = shown == NULL ? lm_err_nomem(err)
                       : lm_foreign_refuse(err, shown, tool);
    free(shown);
    return rc;
}

/* As with scripts: what has the suffix is a migration or an error, and #x.sql
 * is what an editor leaves. */
static int claim(void *context, const lm_dir *dir, const char *folder,
                 bool *claimed, lm_sources *out, lm_err *err)
{
    size_t i;
    int rc = lm_foreign_folder(dir, folder, err);

    (void)context;
    for (i = 0; i < dir->count && rc == LM_OK; i++) {
        if (claimed[i] || dir->entries[i].name[0] == '#' ||
            !lm_ends(dir->entries[i].name, ".sql"))
            continue;
        claimed[i] = true;
        rc = claim_file(&dir->entries[i], folder, out, err);
    }
    return rc;
}

/* Bytes that SQLite would stop at, or take for something else. */
static int check_bytes(const lm_source *s, lm_err *err)
{
    const unsigned char *b = (const unsigned char *)s->text;
    const char *nul = memchr(s->text, '\0', s->len);

    if (s->len >= 2 && ((b[0] == 0xFF && b[1] == 0xFE) ||
                        (b[0] == 0xFE && b[1] == 0xFF)))
        return lm_err_set(err, LM_EUSAGE, "the file is UTF-16: save it as "
                          "UTF-8");
    if (nul != NULL) {
        lm_err_set(err, LM_EUSAGE, "there is a NUL byte in the file");
        lm_statements_place(s, (size_t)(nul - s->text), err);
        return LM_EUSAGE;
    }
    if (memchr(s->text, '\r', s->len) != NULL &&
        memchr(s->text, '\n', s->len) == NULL &&
        strstr(s->text, "--") != NULL)
        return lm_err_set(err, LM_EUSAGE, "the lines end in CR alone, which "
                          "ends no comment in SQL: save the file with LF");
    return LM_OK;
}

/* The first -- comment that says something and is no mark. */
static char *describe(const lm_source *s)
{
    const char *line;
    size_t n;
    lm_sqltok t;

    lm_sqltok_start(&t, s->text, s->len);
    while (lm_sqltok_next(&t) == LM_TOK_SPACE || t.kind == LM_TOK_COMMENT) {
        line = s->text + t.start;
        n = t.size;
        if (t.kind == LM_TOK_SPACE || line[0] != '-' ||
            lm_dbmate_mark(line, n))
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

static bool has_marks(const lm_source *s)
{
    lm_sqltok t;

    if (strstr(s->text, "migrate:") == NULL)
        return false;
    lm_sqltok_start(&t, s->text, s->len);
    while (lm_sqltok_next(&t) != LM_TOK_END)
        if (t.kind == LM_TOK_COMMENT &&
            lm_dbmate_mark(s->text + t.start, t.size))
            return true;
    return false;
}

static int parse_parts(const lm_source *s, lm_err *err, lm_parts *out)
{
    memset(out, 0, sizeof *out);
    if (s->kind == kind_dbmate)
        return lm_dbmate_parse(s->text, s->len, err, out);
    out->list = calloc(1, sizeof *out->list);
    if (out->list == NULL)
        return lm_err_nomem(err);
    out->list[0].size = s->len;
    out->list[0].up = true;
    out->count = 1;
    return LM_OK;
}

static int identify(void *context, lm_source *s, lm_err *err)
{
    const char *tool, *problem;
    lm_parts parts;
    int rc = check_bytes(s, err);

    (void)context;
    if (rc != LM_OK)
        return rc;
    tool = lm_foreign_text(s->text, s->len);
    if (tool != NULL)
        return lm_foreign_refuse(err, s->path, tool);
    if (has_marks(s))
        s->kind = kind_dbmate;
    s->id = lm_stem(s->file, ".sql");
    s->description = describe(s);
    if (s->id == NULL || s->description == NULL)
        return lm_err_nomem(err);
    problem = lm_id_problem(s->id, strlen(s->id));
    if (problem != NULL)
        return lm_err_set(err, LM_EUSAGE, "the name of the file cannot be "
                          "an ID: it %s", problem);
    lm_fingerprint_sql(s->text, s->len, s->kind == kind_dbmate
                       ? lm_dbmate_mark : NULL, s->checksum);
    rc = parse_parts(s, err, &parts);
    s->txn = parts.no_transaction ? LM_TXN_NONE : LM_TXN_ONE;
    free(parts.list);
    return rc;
}

static int refuse_token(const lm_source *s, const lm_sqltok *t,
                        const char *what, lm_err *err)
{
    lm_err_set(err, LM_EUSAGE, "%s", what);
    lm_statements_place(s, t->start, err);
    return LM_EUSAGE;
}

/* A block comment may be left open for SQLite; here it is a file cut off. A
 * parameter that nobody binds is NULL for SQLite; here it is a slip. */
static int check_tokens(const lm_source *s, lm_err *err)
{
    const char *c;
    lm_sqltok t;

    lm_sqltok_start(&t, s->text, s->len);
    while (lm_sqltok_next(&t) != LM_TOK_END) {
        c = s->text + t.start;
        if (t.kind == LM_TOK_VARIABLE)
            return refuse_token(s, &t, "a parameter stands here, and a SQL "
                                "file has no values for it", err);
        if (t.kind != LM_TOK_COMMENT || c[0] != '/')
            continue;
        if (t.size < 4 || memcmp(c + t.size - 2, "*/", 2) != 0)
            return refuse_token(s, &t, "the comment that begins here is "
                                "never closed", err);
    }
    return LM_OK;
}

static int ignore_statement(void *user, const char *sql, size_t len,
                            size_t offset)
{
    (void)user;
    (void)sql;
    (void)len;
    (void)offset;
    return LM_OK;
}

static int compile(void *context, const lm_source *s, lm_err *err)
{
    lm_parts parts;
    size_t i;
    int rc = check_tokens(s, err);

    (void)context;
    if (rc != LM_OK)
        return rc;
    rc = parse_parts(s, err, &parts);
    for (i = 0; i < parts.count && rc == LM_OK; i++)
        rc = lm_statements_each(s, &parts.list[i], err, ignore_statement,
                                NULL);
    free(parts.list);
    return rc;
}

/* A running file. */
typedef struct running {
    lm_db *db;
    const lm_source *source;
} running;

static int run_statement(void *user, const char *sql, size_t len,
                         size_t offset)
{
    running *r = user;
    lm_err *err = lm_db_err(r->db);
    lm_stmt *stmt = NULL;
    bool row = true;
    long at;
    int rc = lm_db_prepare(r->db, LM_SCRIPT, sql, len, &stmt);

    while (rc == LM_OK && row)
        rc = lm_stmt_step(stmt, &row);
    lm_stmt_release(stmt);
    if (rc != LM_OK) {
        at = err->sql_offset > 0 ? err->sql_offset : 0;
        lm_statements_place(r->source, offset + (size_t)at, err);
    }
    return rc;
}

static int run(void *context, const lm_source *s, const lm_run *run_with)
{
    running r = {run_with->db, s};
    lm_err *err = lm_db_err(run_with->db);
    lm_parts parts;
    size_t i;
    int rc = parse_parts(s, err, &parts);

    (void)context;
    for (i = 0; i < parts.count && rc == LM_OK; i++)
        if (parts.list[i].up)
            rc = lm_statements_each(s, &parts.list[i], err, run_statement,
                                    &r);
    free(parts.list);
    return rc;
}

static int keep(void *context, const lm_source *s, lm_err *err, char **out,
                size_t *len)
{
    (void)context;
    (void)s;
    (void)err;
    *out = NULL;
    *len = 0;
    return LM_OK;
}

static int revive(void *context, lm_source *s, bool *mine, lm_err *err)
{
    (void)context;
    (void)s;
    (void)err;
    *mine = false;
    return LM_OK;
}

const lm_engine lm_sql_engine = {
    "sql", claim, identify, keep, revive, compile, run
};
