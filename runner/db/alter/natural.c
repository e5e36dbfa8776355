/* SPDX-License-Identifier: MIT */
/*
 * A NATURAL JOIN joins by whatever columns have a name in common, and the
 * authorizer is not asked for these: SQLite tells nothing of a table that
 * only joins. So names that came or went are looked for on both sides.
 */
#include <string.h>

#include "../../lex/sqltext.h"
#include "../../lex/sqltok.h"
#include "probe.h"

static bool may_say(const char *text, const char *schema)
{
    return lm_text_says(text, schema) || strpbrk(text, "[`") != NULL ||
           lm_text_quotes(text, strlen(text), schema);
}

/* -- where a text has a table --------------------------------------------- */

enum { DEPTHS = 32 };

static bool begins_list(const lm_sqltok *t)
{
    static const char *const words[] = {
        "SELECT", "FROM", "WHERE", "GROUP", "ORDER", "UNION", "EXCEPT",
        "INTERSECT"
    };
    size_t i;

    for (i = 0; i < sizeof words / sizeof *words; i++)
        if (lm_sqltok_is(t, words[i]))
            return true;
    return t->kind == LM_TOK_SEMI;
}

/* How often a list of FROM has the table, where it has it most. What follows
 * AS or another name is none. */
static size_t most(const char *text, const char *table)
{
    size_t seen[DEPTHS] = {0}, depth = 0, found = 0;
    bool from = false;
    lm_sqltok t;

    lm_sqltok_start(&t, text, strlen(text));
    while (lm_sql_next(&t) != LM_TOK_END && depth + 1 < DEPTHS) {
        if (lm_sqltok_op(&t, '('))
            seen[++depth] = 0;
        else if (lm_sqltok_op(&t, ')') && depth > 0)
            depth--;
        else if (begins_list(&t))
            seen[depth] = 0;
        else if (from && lm_text_names(text + t.start, t.size, table) &&
                 ++seen[depth] > found)
            found = seen[depth];
        from = lm_sqltok_op(&t, '(') || lm_sqltok_op(&t, ',') ||
               lm_sqltok_op(&t, '.') ||
               lm_sqltok_is(&t, "FROM") || lm_sqltok_is(&t, "JOIN");
    }
    return found;
}

/* What is temporary says in which schema the table is, or means that of
 * main. */
static bool may_join(const lm_alter_run *a, const lm_sound *s)
{
    return lm_text_says(s->text, "NATURAL") &&
           (lm_sound_here(s) ||
            (most(s->text, a->first) > 0 &&
             (strcmp(a->schema, "main") == 0 ||
              (s->event == 0 && lm_same_name(s->schema, a->schema)) ||
              may_say(s->text, a->schema))));
}

/* -- others --------------------------------------------------------------- */

/* How many other tables and views that the text names have a column. */
typedef struct joined {
    lm_alter_run *a;
    const lm_sound *sound;
    const char *column;
    size_t count;
} joined;

static bool is_itself(const joined *j, const char *name, const char *schema)
{
    const lm_sound *s = j->sound;

    if (s->event == 0 && lm_same_name(name, s->name) &&
        lm_same_name(schema, s->schema))
        return true;
    return lm_same_name(name, j->a->table) &&
           (lm_same_name(schema, j->a->schema) ||
            !may_say(s->text, schema));
}

static int on_relation(void *user, lm_db *db, const lm_value *row)
{
    joined *j = user;
    const char *text = j->sound->text;
    const char *name = lm_alter_value(j->a, &row[0]);
    const char *schema = lm_alter_value(j->a, &row[1]);
    int64_t n = 0;
    int rc;

    if (name == NULL || schema == NULL)
        return LM_ENOMEM;
    if (most(text, name) == 0 ||
        is_itself(j, name, schema))
        return LM_OK;
    rc = lm_alter_ask_integer(j->a, lm_alter_text(j->a, "SELECT count(*) "
        "FROM pragma_table_xinfo(%s, %s) WHERE name = ?1 COLLATE NOCASE",
        lm_alter_literal(j->a, name), lm_alter_literal(j->a, schema)),
        j->column, &n);
    if (rc == LM_EFAILED) {
        lm_err_clear(db->err);  /* a view that does not compile */
        rc = LM_OK;
    }
    j->count += n > 0;
    return rc;
}

/* Does a SELECT in parentheses call one of its columns so: (SELECT x AS n)? */
static int is_alias(const joined *j, bool *out)
{
    const char *text = j->sound->text, *name;
    bool as = false;
    lm_sqltok t;
    int depth = 0;

    *out = false;
    lm_sqltok_start(&t, text, strlen(text));
    while (!*out && lm_sql_next(&t) != LM_TOK_END) {
        depth += lm_sqltok_op(&t, '(') - lm_sqltok_op(&t, ')');
        if (as && depth > 0 &&
            (t.kind == LM_TOK_WORD || t.kind == LM_TOK_QUOTED)) {
            name = lm_sqltext_name(&j->a->arena, text + t.start, t.size);
            if (name == NULL)
                return lm_err_nomem(j->a->db->err);
            *out = lm_same_name(name, j->column);
        }
        as = lm_sqltok_is(&t, "AS");
    }
    return LM_OK;
}

/* What is temporary may join tables of all schemas. */
static int count_others(joined *j)
{
    const lm_sound *s = j->sound;
    lm_value v[2] = {lm_text_of(j->a->schema), {.type = LM_INTEGER}};
    bool alias;
    int rc;

    v[1].as.integer = s->event != 0 ? lm_db_has_temp(j->a->db)
                                    : lm_same_name(s->schema, "temp");
    rc = is_alias(j, &alias);
    j->count = alias;
    return rc != LM_OK ? rc
        : lm_db_each(j->a->db, "SELECT name, schema FROM pragma_table_list "
                     "WHERE schema = ?1 OR ?2", v, 2, on_relation, j);
}

/* Does what was looked at before read the table? Of triggers it is not known
 * which one does. */
static bool was_here(const lm_alter_run *a, const lm_sound *s)
{
    const lm_sound *found = lm_sound_find(&a->sounds, s);

    return s->event != 0 || (found != NULL && lm_sound_here(found));
}

int lm_natural_meets(lm_alter_run *a, const lm_sound *s, const char *column,
                     bool *out)
{
    joined j = {a, s, column, 0};
    size_t n = most(s->text, a->table);
    int rc = LM_OK;

    *out = lm_text_says(s->text, "NATURAL") && (n > 0 || was_here(a, s));
    if (*out && n < 2) {
        rc = count_others(&j);
        *out = j.count > 0;
    }
    return rc;
}

static bool is_added(const lm_alter_run *a, const char *column)
{
    size_t at = lm_def_find(a, column);

    return at < a->draft.col_count && a->draft.cols[at].first == NULL;
}

/* A name that went may have joined with any that is left. One that came does
 * where two have it: the table, or a view of it, and another. A new name of a
 * column is new on both sides of the table itself. */
int lm_natural_by(lm_alter_run *a, const lm_sound *s, const char **out)
{
    const lm_texts *lists[] = {&a->gone, &a->renamed, &a->new_names};
    joined j = {a, s, NULL, 0};
    size_t i, k, n, enough;
    int rc = LM_OK;

    *out = NULL;
    if (!may_join(a, s))
        return LM_OK;
    n = most(s->text, a->first);
    for (i = 0; i < 3; i++)
        for (k = 0; k < lists[i]->count && rc == LM_OK && *out == NULL;
             k++) {
            j.column = lists[i]->list[k];
            rc = count_others(&j);
            enough = i < 2 || n > 0 ? 1 : 2;
            if (j.count >= enough || (n > 1 && (i == 0 || (i == 2 &&
                is_added(a, j.column)))))
                *out = j.column;
        }
    return rc;
}
