/* SPDX-License-Identifier: MIT */
/* What a view, a virtual table and a trigger say. */
#include <string.h>

#include "../../lex/createother.h"
#include "factkeep.h"

static void add_names(lm_fact_maker *m, const lm_keys *keys)
{
    size_t i;

    lm_canon_count(&m->canon, keys->count);
    for (i = 0; i < keys->count; i++) {
        lm_canon_name(&m->canon, keys->list[i].column);
        lm_buf_printf(&m->shown, i == 0 ? "%s" : ", %s",
                      keys->list[i].column);
    }
}

static void add_name(lm_fact_maker *m, const char *name, const char *what)
{
    lm_canon_name(&m->canon, name);
    lm_buf_puts(&m->shown, name);
    lm_fact_keep(m, NULL, what);
}

int lm_facts_view(lm_db *db, const char *sql, lm_facts *out)
{
    lm_fact_maker m = {.db = db, .out = out};
    lm_createview v;
    int rc = lm_createview_parse(sql, strlen(sql), &v, db->err);

    if (rc != LM_OK)
        return rc;
    lm_buf_puts(&m.shown, v.columns.count > 0 ? "(" : "named by the SELECT");
    add_names(&m, &v.columns);
    lm_buf_puts(&m.shown, v.columns.count > 0 ? ")" : "");
    lm_fact_keep(&m, NULL, "columns ");
    lm_fact_text(&m, sql, v.select, "the SELECT ");
    lm_createview_clear(&v);
    return lm_fact_end(&m);
}

int lm_facts_virtual(lm_db *db, const char *sql, lm_facts *out)
{
    lm_fact_maker m = {.db = db, .out = out};
    lm_createvirtual v;
    int rc = lm_createvirtual_parse(sql, strlen(sql), &v, db->err);

    if (rc != LM_OK)
        return rc;
    add_name(&m, v.module, "module ");
    lm_canon_exact(&m.canon, sql, v.arguments);
    lm_buf_putc(&m.shown, '(');
    lm_fact_show(&m, sql, v.arguments);
    lm_buf_putc(&m.shown, ')');
    lm_fact_keep(&m, NULL, "arguments ");
    lm_createvirtual_clear(&v);
    return lm_fact_end(&m);
}

static void add_event(lm_fact_maker *m, const lm_createtrigger *g)
{
    lm_buf_puts(&m->shown, g->timing == LM_BEFORE ? "BEFORE"
                : g->timing == LM_AFTER ? "AFTER" : "INSTEAD OF");
    lm_buf_printf(&m->shown, " %s%s", g->event == LM_ON_INSERT ? "INSERT"
                  : g->event == LM_ON_UPDATE ? "UPDATE" : "DELETE",
                  g->update_of.count > 0 ? " OF " : "");
    lm_canon_count(&m->canon, (size_t)g->timing);
    lm_canon_count(&m->canon, (size_t)g->event);
    add_names(m, &g->update_of);
    lm_fact_keep(m, NULL, "");
}

int lm_facts_trigger(lm_db *db, const char *sql, lm_facts *out)
{
    lm_fact_maker m = {.db = db, .out = out};
    lm_createtrigger g;
    int rc = lm_createtrigger_parse(sql, strlen(sql), &g, db->err);

    if (rc != LM_OK)
        return rc;
    add_name(&m, g.table, "table ");
    add_event(&m, &g);
    m.rc = lm_canon_code(&m.canon, db, sql, g.when);
    lm_fact_show(&m, sql, g.when);
    lm_fact_keep(&m, NULL, "condition ");
    lm_fact_text(&m, sql, g.body, "the body ");
    lm_createtrigger_clear(&g);
    return lm_fact_end(&m);
}
