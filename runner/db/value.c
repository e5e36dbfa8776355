/* SPDX-License-Identifier: MIT */
/* Values into a statement and out of it. */
#include <stdlib.h>

#include "internal.h"

int lm_stmt_param_count(const lm_stmt *stmt)
{
    return sqlite3_bind_parameter_count(stmt->handle);
}

const char *lm_stmt_param_name(const lm_stmt *stmt, int index)
{
    const char *name = sqlite3_bind_parameter_name(stmt->handle, index);

    return name == NULL || name[0] == '?' ? NULL : name + 1;
}

/* The bytes are copied: what holds them may be gone before the step. */
int lm_stmt_bind(lm_stmt *stmt, int index, const lm_value *v)
{
    int rc;

    switch (v->type) {
    case LM_INTEGER:
        rc = sqlite3_bind_int64(stmt->handle, index, v->as.integer);
        break;
    case LM_REAL:
        rc = sqlite3_bind_double(stmt->handle, index, v->as.real);
        break;
    case LM_TEXT:
        rc = sqlite3_bind_text64(stmt->handle, index, v->as.text.bytes,
                                 v->as.text.size, SQLITE_TRANSIENT,
                                 SQLITE_UTF8);
        break;
    case LM_BLOB:
        rc = sqlite3_bind_blob64(stmt->handle, index, v->as.text.size == 0
                                 ? "" : v->as.text.bytes, v->as.text.size,
                                 SQLITE_TRANSIENT);
        break;
    default:
        rc = sqlite3_bind_null(stmt->handle, index);
        break;
    }
    if (rc == SQLITE_OK)
        return LM_OK;
    return lm_db_fail(stmt->db, rc, stmt->sql, stmt->len);
}

int lm_stmt_column_count(const lm_stmt *stmt)
{
    return sqlite3_column_count(stmt->handle);
}

const char *lm_stmt_column_name(const lm_stmt *stmt, int column)
{
    const char *name = sqlite3_column_name(stmt->handle, column);

    return name != NULL ? name : "";
}

static bool make_room(lm_stmt *stmt)
{
    lm_value *grown;

    if (stmt->columns <= stmt->room)
        return true;
    grown = realloc(stmt->row, (size_t)stmt->columns * sizeof *grown);
    if (grown == NULL)
        return false;
    stmt->row = grown;
    stmt->room = stmt->columns;
    return true;
}

void lm_value_load(struct sqlite3_value *from, lm_value *to)
{
    switch (sqlite3_value_type(from)) {
    case SQLITE_INTEGER:
        to->type = LM_INTEGER;
        to->as.integer = sqlite3_value_int64(from);
        break;
    case SQLITE_FLOAT:
        to->type = LM_REAL;
        to->as.real = sqlite3_value_double(from);
        break;
    case SQLITE_TEXT:
        to->type = LM_TEXT;
        to->as.text.bytes = (const char *)sqlite3_value_text(from);
        to->as.text.size = (size_t)sqlite3_value_bytes(from);
        break;
    case SQLITE_BLOB:
        to->type = LM_BLOB;
        to->as.text.bytes = sqlite3_value_blob(from);
        to->as.text.size = (size_t)sqlite3_value_bytes(from);
        break;
    default:
        to->type = LM_NULL;
        break;
    }
}

/* A text that could not be converted for want of memory is NULL. */
static bool complete(const lm_value *v)
{
    return v->type < LM_TEXT || v->as.text.bytes != NULL ||
           v->as.text.size == 0;
}

const lm_value *lm_stmt_row(lm_stmt *stmt)
{
    int i;

    if (!make_room(stmt))
        return lm_err_nomem(stmt->db->err), NULL;
    for (i = 0; i < stmt->columns; i++) {
        lm_value_load(sqlite3_column_value(stmt->handle, i), &stmt->row[i]);
        if (!complete(&stmt->row[i]))
            return lm_err_nomem(stmt->db->err), NULL;
    }
    return stmt->row;
}
