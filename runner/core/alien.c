/* SPDX-License-Identifier: MIT */
#include "alien.h"

#include <stdlib.h>
#include <string.h>

#include "../base/text.h"
#include "adopt_rows.h"
#include "look.h"

/* The names first: each is looked into when none is being read. */
typedef struct search {
    lm_columns names;
    bool rails;
} search;

static int keep_name(void *user, lm_db *db, const lm_value *row)
{
    search *f = user;
    lm_columns *c = &f->names;
    const char *name = lm_arena_add(&c->strings, row->as.text.bytes,
                                    row->as.text.size);
    lm_column *grown;

    if (name == NULL)
        return lm_err_nomem(lm_db_err(db));
    f->rails = f->rails || lm_same_name(name, "ar_internal_metadata");
    if (!lm_tool_is_usual(name) && !lm_tool_has(name))
        return LM_OK;
    grown = lm_list_grow(c->list, c->count, &c->size, sizeof *grown);
    if (grown == NULL)
        return lm_err_nomem(lm_db_err(db));
    c->list = grown;
    grown[c->count++].name = name;
    return LM_OK;
}

/* Whose ledger it is; NULL: nobody's that adopt would recognise. */
static int judge(const search *f, lm_db *db, const char *table,
                 const lm_tool **out)
{
    lm_columns c = {0};
    lm_shape shape;
    bool broken = false;
    int rc = lm_columns_read(db, table, &c);

    *out = rc == LM_OK ? lm_tool_of(table, &c, false, &broken) : NULL;
    lm_columns_clear(&c);
    if (broken)
        *out = NULL;
    if (rc != LM_OK || *out != NULL || !lm_tool_is_usual(table))
        return rc;
    rc = lm_look_shape(db, table, f->rails, &shape);
    if (rc == LM_OK)
        *out = lm_tool_of_shape(shape);
    return rc;
}

/* A row that forbids to take the rest over is a row as well. */
static int has_applied(lm_db *db, const lm_tool *tool, const char *table,
                       bool *out)
{
    lm_aliens rows = {0};
    int rc = tool->refusal != NULL ? LM_EHISTORY
                                   : lm_aliens_read(db, tool, table, &rows);
    size_t i;

    *out = rc == LM_EHISTORY;
    for (i = 0; i < rows.count && rc == LM_OK; i++)
        *out = *out || rows.list[i].applied;
    lm_aliens_clear(&rows);
    if (rc == LM_EHISTORY)
        lm_err_clear(lm_db_err(db));
    return rc == LM_EHISTORY ? LM_OK : rc;
}

static char *words_for(const lm_tool *tool, const char *table)
{
    return lm_format("this database has a record of %s (%s), and none of "
                     "lumigrate: what it has applied would run again; %s",
                     tool->shown, table, tool->refusal != NULL
                     ? "lumigrate baseline records what is applied"
                     : "lumigrate adopt takes it over");
}

/* Empty, and nothing was ever done: what was reverted was ours. */
static bool is_ours(const lm_ledger *l)
{
    size_t i;

    for (i = 0; i < l->last_count; i++)
        if (strcmp(l->last[i].outcome, "done") == 0)
            return true;
    return l->count > 0;
}

int lm_alien_find(lm_session *s, char **out)
{
    search f = {0};
    const lm_tool *tool = NULL;
    bool found = false;
    size_t i;
    int rc = LM_OK;

    *out = NULL;
    if (s->db == NULL || is_ours(s->ledger))
        return LM_OK;
    rc = lm_db_each(s->db, "SELECT name FROM main.sqlite_schema WHERE type = "
                    "'table' AND rootpage > 0 ORDER BY name", NULL, 0,
                    keep_name, &f);
    for (i = 0; i < f.names.count && rc == LM_OK && *out == NULL; i++) {
        const char *table = f.names.list[i].name;

        if (lm_same_name(table, s->table))
            continue;
        rc = judge(&f, s->db, table, &tool);
        found = false;
        if (rc == LM_OK && tool != NULL)
            rc = has_applied(s->db, tool, table, &found);
        if (rc == LM_OK && found && (*out = words_for(tool, table)) == NULL)
            rc = lm_err_nomem(s->err);
    }
    lm_columns_clear(&f.names);
    return rc;
}

int lm_alien_note(lm_session *s, lm_schedule *schedule)
{
    char *text = NULL;
    int rc = schedule->pending == 0 ? LM_OK : lm_alien_find(s, &text);

    return rc == LM_OK && text != NULL
        ? lm_schedule_note(schedule, text, s->err) : rc;
}
