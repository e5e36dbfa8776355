/* SPDX-License-Identifier: MIT */
/*
 * cursor.h - cursors: one statement after the other, and its rows.
 *
 *   lm_cursor_open       make the kind
 *   lm_cursor_push       a new cursor; raises when there is no memory
 *   lm_cursor_check      the cursor at index 1, open and idle; else raise
 *   lm_cursor_usable     raise if it is not
 *   lm_cursor_prepare    give it a statement
 *   lm_cursor_step       the next row of its statement
 *   lm_cursor_sweep      collect cursors that nobody refers to
 *   lm_cursor_forget     give its statement back
 *   l_cursor_execute, l_cursor_executemany, l_cursor_executescript
 *                        what the connection offers as well; the last two
 *                        in many.c
 *   l_row_methods        (table): add fetchone and its like (row.c)
 *
 * Born closed: a cursor has its type before it has a statement, and a
 * statement is prepared straight into it. So whatever raises in between,
 * __gc finds a whole object, and no statement is ever without an owner. A
 * cursor needs no reference to its connection: that is the runner's, and
 * there until the state is closed.
 *
 * A statement is kept after its last row, because the next execute is most
 * often of the same text. It always stands on the row that is fetched next:
 * so it is over, and locks its tables no longer, as soon as the last row is
 * fetched, and not only when somebody asks for one more.
 */
#ifndef LM_SCRIPT_CURSOR_H
#define LM_SCRIPT_CURSOR_H

#include "script.h"

typedef enum lm_rows {
    LM_ROWS_NONE,       /* nothing was executed */
    LM_ROWS_READY,      /* the statement stands on a row to be fetched */
    LM_ROWS_END         /* there are no more */
} lm_rows;

typedef struct lm_cursor {
    lm_stmt *stmt;          /* or NULL */
    struct lm_cursor *next, **link; /* among those that hold a statement */
    lm_rows rows;
    bool closed;
    bool busy;              /* inside a step of its statement */
    bool writes, inserts;   /* the statement changes rows; adds them */
    bool named;             /* user value 1 suits the rows (row.c) */
    int line;               /* of the script, where its rows began */
    unsigned serial;        /* counts executions: an iterator belongs to one */
    int64_t rowcount;
    int64_t lastrowid;
    bool has_lastrowid;
} lm_cursor;

void lm_cursor_refuse(lua_State *L, const lm_cursor *cur);

/* Raise if it is closed, or busy, or the script is over. */
static inline void lm_cursor_usable(lua_State *L, const lm_cursor *cur)
{
    if (cur->closed || cur->busy || lm_script_of(L)->doom != LM_OK)
        lm_cursor_refuse(L, cur);
}

void lm_cursor_open(lua_State *L);
lm_cursor *lm_cursor_push(lua_State *L);
lm_cursor *lm_cursor_check(lua_State *L);
/* Afterwards its statement is this one, ready to bind. */
void lm_cursor_prepare(lua_State *L, lm_cursor *cur, const char *sql,
                       size_t len);
bool lm_cursor_step(lua_State *L, lm_cursor *cur);
/* After a failure: a table is locked for DROP TABLE by a statement that is
 * still read. If that belongs to a cursor which nobody refers to any more, it
 * goes now, and the answer is: try again. */
bool lm_cursor_sweep(lua_State *L);
void lm_cursor_hold(lm_script *sc, lm_cursor *cur);
/* Calls nothing of Lua. */
void lm_cursor_forget(lm_script *sc, lm_cursor *cur);

int l_cursor_execute(lua_State *L);
int l_cursor_executemany(lua_State *L);
int l_cursor_executescript(lua_State *L);

int l_row_methods(lua_State *L);

#endif
