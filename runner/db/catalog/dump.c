/* SPDX-License-Identifier: MIT */
/*
 * The schema as SQL, each text as SQLite keeps it: tables before those that
 * refer to them, as far as that goes in circles; then virtual tables,
 * indexes, views after the views that they read, triggers. Shadow tables come
 * into being with their virtual table.
 */
#include <stdlib.h>
#include <string.h>

#include "../../base/buf.h"
#include "../../base/text.h"
#include "../../lex/sqltok.h"
#include "inner.h"

/* A semicolon behind a -- comment would be part of it; any blank there is at
 * least the end of its line. */
static bool ends_in_comment(const char *sql)
{
    lm_sqltok t;
    bool line = false;

    lm_sqltok_start(&t, sql, strlen(sql));
    while (lm_sqltok_next(&t) != LM_TOK_END)
        line = t.kind == LM_TOK_COMMENT && sql[t.start] == '-';
    return line;
}

static void add_text(lm_buf *out, const char *sql)
{
    if (sql == NULL)
        return;
    if (out->len > 0)
        lm_buf_putc(out, '\n');
    lm_buf_puts(out, sql);
    lm_buf_puts(out, ends_in_comment(sql) ? "\n;\n" : ";\n");
}

typedef struct dumper {
    lm_db *db;
    lm_catalog *cat;
    lm_buf *out;
    bool *done;             /* for each of cat->tables */
} dumper;

static bool is_main(const lm_table_info *t)
{
    return t->listed && strcmp(t->schema, "main") == 0;
}

/* Is a table that this one refers to, or a view that it reads, still to
 * come? */
static bool must_wait(const dumper *d, const lm_table_info *t)
{
    const lm_table_info *other;
    const lm_use *use;
    size_t i;

    for (i = 0; i < t->foreign_count; i++) {
        other = lm_catalog_find_text(d->cat, "main",
                                     t->foreign[i].ref_table);
        if (other != NULL && other != t && !d->done[other - d->cat->tables])
            return true;
    }
    for (i = 0; t->kind == LM_VIEW && i < d->cat->use_count; i++) {
        use = &d->cat->uses[i];
        if (use->view != t || use->broken)
            continue;
        other = lm_catalog_find_text(d->cat, use->schema, use->table);
        if (other != NULL && other != t && other->kind == LM_VIEW &&
            !d->done[other - d->cat->tables])
            return true;
    }
    return false;
}

/* Those that need nothing more, again and again; at last what is left, which
 * refers to itself in a circle. */
static void add_tables(dumper *d, lm_table_kind kind)
{
    const lm_table_info *t;
    bool more = true, force = false;
    size_t i;

    while (more || !force) {
        force = !more;
        more = false;
        for (i = 0; i < d->cat->table_count; i++) {
            t = &d->cat->tables[i];
            if (d->done[i] || !is_main(t) || t->kind != kind ||
                (!force && must_wait(d, t)))
                continue;
            add_text(d->out, t->sql);
            d->done[i] = more = true;
        }
    }
}

static bool is_shadow(const dumper *d, const char *table)
{
    const lm_table_info *t = lm_catalog_find_text(d->cat, "main", table);

    return t != NULL && (t->kind == LM_SHADOW || !t->listed);
}

static void add_objects(dumper *d, const char *type)
{
    const lm_object *o;
    size_t i;

    for (i = 0; i < d->cat->object_count; i++) {
        o = &d->cat->objects[i];
        if (strcmp(o->schema, "main") == 0 && strcmp(o->type, type) == 0 &&
            !is_shadow(d, o->table))
            add_text(d->out, o->sql);
    }
}

static int dump(dumper *d)
{
    size_t i;
    int rc = lm_uses_read(d->db, d->cat);

    for (i = 0; i < d->cat->table_count && rc == LM_OK; i++)
        if (is_main(&d->cat->tables[i]))
            rc = lm_catalog_describe(d->db, &d->cat->tables[i]);
    if (rc != LM_OK)
        return rc;
    d->done = calloc(d->cat->table_count + 1, sizeof *d->done);
    if (d->done == NULL)
        return lm_err_nomem(d->db->err);
    add_tables(d, LM_TABLE);
    add_tables(d, LM_VIRTUAL);
    add_objects(d, "index");
    add_tables(d, LM_VIEW);
    add_objects(d, "trigger");
    free(d->done);
    return LM_OK;
}

int lm_catalog_dump(lm_db *db, const char **out)
{
    lm_buf text = {0};
    dumper d = {.db = db, .out = &text};
    int rc = lm_catalog_open(db, &d.cat);

    *out = NULL;
    if (rc == LM_OK)
        rc = dump(&d);
    if (rc == LM_OK) {
        lm_buf_puts(&text, "");
        free(d.cat->dump);
        d.cat->dump = lm_buf_take(&text);
        *out = d.cat->dump;
        if (*out == NULL)
            rc = lm_err_nomem(db->err);
    }
    lm_buf_clear(&text);
    return rc;
}
