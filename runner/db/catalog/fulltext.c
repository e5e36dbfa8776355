/* SPDX-License-Identifier: MIT */
/*
 * Full-text tables that keep their text in another table (content=): they
 * read its columns of the same names (sqlite.org/fts5.html 4.4.3).
 */
#include <string.h>

#include "../../base/text.h"
#include "../../lex/createother.h"
#include "../../lex/sqltext.h"
#include "../../lex/sqltok.h"
#include "dependent.h"

/* The value of `option` among the arguments: content='t', content=t, … NULL:
 * it is not among them, or memory ran out. */
static const char *option_of(lm_arena *names, const char *text, lm_span args,
                             const char *option)
{
    lm_sqltok t;
    bool first = true, is;

    lm_sqltok_start(&t, text + args.start, args.end - args.start);
    while (lm_sql_next(&t) != LM_TOK_END) {
        is = first && lm_sqltok_is(&t, option);
        first = t.kind == LM_TOK_OPERATOR && t.text[t.start] == ',';
        if (is && lm_sql_next(&t) == LM_TOK_OPERATOR &&
            t.text[t.start] == '=' && lm_sql_next(&t) != LM_TOK_END)
            return lm_sqltext_name(names, t.text + t.start, t.size);
    }
    return NULL;
}

int lm_fulltext_content(const char *sql, lm_arena *names, lm_content *out,
                        lm_err *err)
{
    lm_createvirtual v;
    int rc = lm_createvirtual_parse(sql, strlen(sql), &v, err);

    out->table = out->rowid = NULL;
    if (rc == LM_OK && v.module[0] != '\0' && strlen(v.module) == 4 &&
        lm_same_name_n(v.module, 3, "fts", 3)) {
        out->table = option_of(names, sql, v.arguments, "content");
        out->rowid = option_of(names, sql, v.arguments, "content_rowid");
    }
    lm_createvirtual_clear(&v);
    return rc;
}

/* Is q->table the content of this one? *rowid: the column of content_rowid=,
 * or NULL. */
static bool is_content(lm_inquiry *q, const lm_table_info *f,
                       const char **rowid, int *rc)
{
    lm_arena names = {0};
    lm_content c;
    bool is;

    *rc = lm_fulltext_content(f->sql, &names, &c, q->db->err);
    is = c.table != NULL && lm_same_name(c.table, q->table->name);
    *rowid = is && c.rowid != NULL ? lm_inquiry_column(q, c.rowid) : NULL;
    lm_arena_clear(&names);
    return is;
}

static int add_columns(lm_inquiry *q, lm_table_info *f, const char *rowid)
{
    lm_dependent d = {.kind = LM_DEP_FTS5};
    size_t i;
    int rc = lm_catalog_describe(q->db, f);

    d.schema = f->schema;
    d.name = f->name;
    if (rc == LM_OK)
        rc = lm_dependent_add(q, d);
    for (i = 0; i < f->column_count && rc == LM_OK; i++) {
        d.column = f->columns[i].hidden
            ? NULL : lm_inquiry_column(q, f->columns[i].name);
        if (d.column != NULL)
            rc = lm_dependent_add(q, d);
    }
    d.column = rowid;
    if (rc == LM_OK && rowid != NULL)
        rc = lm_dependent_add(q, d);
    return rc;
}

int lm_inquire_fulltext(lm_inquiry *q)
{
    lm_table_info *f;
    const char *rowid;
    size_t i;
    int rc = LM_OK;

    for (i = 0; i < q->cat->table_count && rc == LM_OK; i++) {
        f = &q->cat->tables[i];
        if (f->kind != LM_VIRTUAL || f->sql == NULL ||
            strcmp(f->schema, q->table->schema) != 0)
            continue;
        if (is_content(q, f, &rowid, &rc))
            rc = add_columns(q, f, rowid);
    }
    return rc;
}
