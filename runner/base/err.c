/* SPDX-License-Identifier: MIT */
#include "err.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

int lm_err_set(lm_err *err, int code, const char *format, ...)
{
    va_list args;

    if (err->code != LM_OK)
        return code;
    err->code = code;
    err->sql_offset = -1;
    va_start(args, format);
    err->message = lm_vformat(format, args);
    va_end(args);
    return code;
}

int lm_err_nomem(lm_err *err)
{
    if (err->code == LM_OK) {
        err->code = LM_ENOMEM;
        err->sql_offset = -1;
    }
    return LM_ENOMEM;
}

/* Each detail is kept from whoever knew it first. */
static void keep_first(char **slot, char *text)
{
    if (*slot != NULL)
        free(text);
    else
        *slot = text;
}

void lm_err_hint(lm_err *err, const char *format, ...)
{
    va_list args;

    if (err->hint != NULL)
        return;
    va_start(args, format);
    err->hint = lm_vformat(format, args);
    va_end(args);
}

void lm_err_migration(lm_err *err, const char *id, const char *file)
{
    if (id != NULL)
        keep_first(&err->migration, lm_strdup(id));
    if (file != NULL)
        keep_first(&err->file, lm_strdup(file));
}

void lm_err_line(lm_err *err, int line, int column)
{
    if (err->line != 0)
        return;
    err->line = line;
    err->column = column;
}

void lm_err_sql(lm_err *err, const char *sql, size_t len, long offset,
                int sqlite_code)
{
    if (err->sql != NULL || err->sqlite_code != 0)
        return;
    if (sql != NULL)
        err->sql = lm_strndup(sql, len);
    err->sql_offset = offset;
    err->sqlite_code = sqlite_code;
}

void lm_err_traceback(lm_err *err, const char *text)
{
    if (text != NULL)
        keep_first(&err->traceback, lm_strdup(text));
}

void lm_err_move(lm_err *to, lm_err *from)
{
    if (to->code != LM_OK)
        lm_err_clear(from);
    else {
        lm_err_clear(to);
        *to = *from;
        memset(from, 0, sizeof *from);
    }
}

void lm_err_clear(lm_err *err)
{
    free(err->message);
    free(err->hint);
    free(err->migration);
    free(err->file);
    free(err->sql);
    free(err->traceback);
    memset(err, 0, sizeof *err);
}

const char *lm_err_text(const lm_err *err)
{
    if (err->message != NULL)
        return err->message;
    return err->code == LM_OK ? "no error" : "out of memory";
}
