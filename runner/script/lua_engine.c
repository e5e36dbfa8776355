/* SPDX-License-Identifier: MIT */
#include "lua_engine.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

#include "../lex/luahead.h"
#include "../lex/name.h"
#include "chunk.h"
#include "script.h"

typedef struct context {
    lua_State *scratch;     /* for compiling alone; NULL: not opened yet */
} context;

/* Scripts are compiled under this name, so that Lua's message begins with
 * it, however long the path is. */
static const char scratch_name[] = "=script";

void *lm_lua_context_new(void)
{
    return calloc(1, sizeof(context));
}

void lm_lua_context_free(void *p)
{
    context *ctx = p;

    if (ctx == NULL)
        return;
    if (ctx->scratch != NULL)
        lua_close(ctx->scratch);
    free(ctx);
}

const char *lm_lua_version(void)
{
    return LUA_RELEASE;
}

/* Whatever has the suffix is a migration: a folder, a FIFO or a dead link of
 * such a name is an error when it is read, never passed over. #x.lua is what
 * an editor leaves. */
static int claim(void *ctx, const lm_dir *dir, const char *folder,
                 bool *claimed, lm_sources *out, lm_err *err)
{
    const char *name;
    size_t i;

    (void)ctx;
    (void)folder;
    for (i = 0; i < dir->count; i++) {
        name = dir->entries[i].name;
        if (claimed[i] || name[0] == '#' || !lm_ends(name, ".lua"))
            continue;
        if (lm_sources_add(out, name, "lua") == NULL)
            return lm_err_nomem(err);
        claimed[i] = true;
    }
    return LM_OK;
}

static int refuse_missing_id(const lm_source *source, lm_err *err)
{
    char *stem = lm_stem(source->file, ".lua");

    lm_err_set(err, LM_EUSAGE, "%s sets no MIGRATION_ID", source->file);
    if (stem != NULL)
        lm_err_hint(err, "add the line: MIGRATION_ID = \"%s\"", stem);
    free(stem);
    return LM_EUSAGE;
}

static int take_id(lm_source *source, lm_luahead *head, lm_err *err)
{
    const char *problem;

    if (head->id == NULL)
        return refuse_missing_id(source, err);
    problem = lm_id_problem(head->id, head->id_len);
    if (problem != NULL)
        return lm_err_set(err, LM_EUSAGE, "the MIGRATION_ID of %s %s",
                          source->file, problem);
    source->id = head->id;
    head->id = NULL;
    return LM_OK;
}

static int take_transaction(lm_source *source, const char *value,
                            lm_err *err)
{
    if (value == NULL || strcmp(value, "true") == 0)
        source->txn = LM_TXN_ONE;
    else if (strcmp(value, "false") == 0)
        source->txn = LM_TXN_NONE;
    else if (strcmp(value, "batch") == 0)
        source->txn = LM_TXN_BATCH;
    else
        return lm_err_set(err, LM_EUSAGE, "TRANSACTION must be true, false "
                          "or \"batch\", not \"%s\"", value);
    source->down_txn = source->txn;
    return LM_OK;
}

static int take_run(lm_source *source, const char *value, lm_err *err)
{
    if (value == NULL || strcmp(value, "once") == 0)
        source->run = LM_RUN_ONCE;
    else if (strcmp(value, "on_change") == 0)
        source->run = LM_RUN_ON_CHANGE;
    else if (strcmp(value, "always") == 0)
        source->run = LM_RUN_ALWAYS;
    else
        return lm_err_set(err, LM_EUSAGE, "RUN must be \"once\", "
                          "\"on_change\" or \"always\", not \"%s\"", value);
    return LM_OK;
}

static int take_head(lm_source *source, lm_luahead *head, lm_err *err)
{
    int rc = take_id(source, head, err);

    if (rc == LM_OK)
        rc = take_transaction(source, head->transaction, err);
    if (rc == LM_OK)
        rc = take_run(source, head->run, err);
    if (rc != LM_OK)
        return rc;
    source->down_txn = source->txn;
    source->foreign_keys = head->foreign_keys == 1;
    source->has_down = head->has_down;
    source->description = head->description;
    head->description = NULL;
    memcpy(source->checksum, head->checksum, sizeof head->checksum);
    return LM_OK;
}

static int identify(void *ctx, lm_source *source, lm_err *err)
{
    const char *problem = lm_chunk_problem(source->text, source->len);
    lm_luahead head = {0};
    int rc;

    (void)ctx;
    if (problem != NULL)
        rc = lm_err_set(err, LM_EUSAGE, "%s", problem);
    else
        rc = lm_luahead_read(source->text, source->len, source->path, err,
                             &head);
    if (rc == LM_OK)
        rc = take_head(source, &head, err);
    if (rc != LM_OK)
        lm_err_migration(err, source->id, source->path);
    lm_luahead_clear(&head);
    return rc;
}

/* Lua's message is "script:12: what", and shows the token at fault, however
 * long it is. */
static int refuse_syntax(const lm_source *source, const char *message,
                         lm_err *err)
{
    static const char words[] = "syntax error ";
    const char *what = message + sizeof scratch_name - 1;
    char *end, *shown;
    long line = 0;

    if (lm_starts(message, scratch_name + 1) && what[-1] == ':') {
        line = strtol(what, &end, 10);
        if (end[0] == ':' && end[1] == ' ')
            message = end + 2;
    }
    if (lm_starts(message, words))
        message += sizeof words - 1;
    shown = lm_one_line(message, strlen(message), 200);
    if (shown == NULL)
        lm_err_nomem(err);
    else
        lm_err_set(err, LM_EUSAGE, "syntax error: %s", shown);
    free(shown);
    lm_err_migration(err, source->id, source->path);
    lm_err_line(err, (int)line, 0);
    lm_err_hint(err, "correct the script: all that are pending are compiled "
                "before the first one runs");
    return err->code;
}

static void *scratch_alloc(void *unused, void *block, size_t osize,
                           size_t nsize)
{
    (void)unused;
    (void)osize;
    if (nsize > 0)
        return realloc(block, nsize);
    free(block);
    return NULL;
}

static int compile(void *p, const lm_source *source, lm_way way, lm_err *err)
{
    context *ctx = p;
    int status, rc = LM_OK;

    (void)way;
    if (ctx->scratch == NULL)
        ctx->scratch = lua_newstate(scratch_alloc, NULL);
    if (ctx->scratch == NULL)
        return lm_err_nomem(err);
    status = lm_chunk_load(ctx->scratch, source->text, source->len,
                           scratch_name);
    if (status == LUA_ERRMEM)
        rc = lm_err_nomem(err);
    else if (status != LUA_OK)
        rc = refuse_syntax(source, lua_tostring(ctx->scratch, -1), err);
    lua_settop(ctx->scratch, 0);
    return rc;
}

static int run(void *ctx, const lm_source *source, const lm_run *how)
{
    (void)ctx;
    return lm_script_run(source, how);
}

/* A script is all text. */
static int keep(void *ctx, const lm_source *source, lm_err *err, char **out,
                size_t *len)
{
    (void)ctx;
    (void)source;
    (void)err;
    *out = NULL;
    *len = 0;
    return LM_OK;
}

/* What was applied as a script says which one it is. */
static int revive(void *ctx, lm_source *source, bool *mine, lm_err *err)
{
    lm_luahead head = {0};
    lm_err quiet = {0};

    *mine = lm_luahead_read(source->text, source->len, source->id, &quiet,
                            &head) == LM_OK &&
            head.id != NULL && strcmp(head.id, source->id) == 0;
    lm_luahead_clear(&head);
    lm_err_clear(&quiet);
    if (!*mine)
        return LM_OK;
    free(source->id);
    source->id = NULL;
    source->kind = "lua";
    return identify(ctx, source, err);
}

const lm_engine lm_lua_engine = {
    "lua", claim, identify, keep, revive, compile, run
};
