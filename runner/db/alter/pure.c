/* SPDX-License-Identifier: MIT */
/*
 * What asks the clock is taken by SQLite into a CHECK or a generated column,
 * and fails there when it is computed (sqlite.org/deterministic.html 3): no
 * row could be put in. So it is refused whether there are rows or not.
 */
#include <string.h>

#include "../../lex/sqltok.h"
#include "alter.h"

static bool is_string(const lm_sqltok *t, const char *quoted)
{
    return t->kind == LM_TOK_STRING &&
           lm_same_name_n(t->text + t->start, t->size, quoted,
                          strlen(quoted));
}

/* Behind a name: is it a function of date and time that is called so? Without
 * a time it takes that of now; `before` arguments stand in front of it. */
static bool asks(lm_sqltok t, size_t before)
{
    size_t depth = 1, count = 0, commas = 0;
    bool clock = false;

    lm_sql_next(&t);
    if (!lm_sqltok_op(&t, '('))
        return false;
    while (lm_sql_next(&t) != LM_TOK_END) {
        if (lm_sqltok_op(&t, ')') && --depth == 0)
            break;
        if (lm_sqltok_op(&t, '('))
            depth++;
        commas += depth == 1 && lm_sqltok_op(&t, ',');
        count = commas + 1;
        clock = clock || (depth == 1 && (is_string(&t, "'now'") ||
                is_string(&t, "'utc'") || is_string(&t, "'localtime'")));
    }
    return clock || count <= before;
}

static const char *find_clock(const char *text)
{
    static const char *const names[] = {
        "current_date", "current_time", "current_timestamp", "date", "time",
        "datetime", "julianday", "unixepoch", "strftime"
    };
    enum { BARE = 3, COUNT = sizeof names / sizeof *names };
    lm_sqltok t;
    size_t i;

    lm_sqltok_start(&t, text, strlen(text));
    while (lm_sql_next(&t) != LM_TOK_END)
        for (i = 0; i < COUNT; i++)
            if (lm_sqltok_is(&t, names[i]) &&
                (i < BARE || asks(t, i == COUNT - 1)))
                return names[i];
    return NULL;
}

int lm_pure_check(lm_alter_run *a, const char *expr, bool generated)
{
    const char *name = expr == NULL ? NULL : find_clock(expr);

    return expr == NULL ? LM_ENOMEM : name == NULL ? LM_OK
        : lm_alter_refuse(a, LM_REASON_DEFINITION, "non-deterministic use of "
                          "%s() in a %s", name, generated ? "generated column"
                          : "CHECK constraint");
}
