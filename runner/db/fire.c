/* SPDX-License-Identifier: MIT */
/* The statement whose preparation compiles a view, or the triggers of a table
 * for one event. */
#include <stdlib.h>

#include "../base/buf.h"
#include "../base/text.h"
#include "../lex/name.h"
#include "internal.h"

/* "a" = "a", and a comma before all but the first. */
static int add_assignment(void *user, lm_db *db, const lm_value *row)
{
    lm_buf *sql = user;
    char *name = lm_strndup(row->as.text.bytes, row->as.text.size);
    char *quoted = name == NULL ? NULL : lm_quote_ident(name);
    bool first = lm_ends(lm_buf_text(sql), " SET ");
    int rc = quoted == NULL ? lm_err_nomem(db->err) : LM_OK;

    if (rc == LM_OK)
        lm_buf_printf(sql, "%s%s = %s", first ? "" : ", ", quoted, quoted);
    free(name);
    free(quoted);
    return rc;
}

/* All columns that can be written, so that every UPDATE OF is compiled. A view
 * that does not compile has none; what is left does not, either. */
static int add_assignments(lm_db *db, const lm_fired *f, lm_buf *sql)
{
    lm_value v[2];
    int rc;

    v[0] = lm_text_of(f->name);
    v[1] = lm_text_of(f->schema);
    rc = lm_db_each(db, "SELECT name FROM pragma_table_xinfo(?1, ?2) WHERE "
                    "hidden = 0", v, 2, add_assignment, sql);
    if (rc == LM_EFAILED && !lm_db_fatal(db->err->sqlite_code)) {
        lm_err_clear(db->err);
        rc = LM_OK;
    }
    return rc;
}

int lm_fired_text(lm_db *db, const lm_fired *f, lm_buf *sql)
{
    char *schema = lm_quote_ident(f->schema), *name = lm_quote_ident(f->name);
    int rc = schema == NULL || name == NULL ? lm_err_nomem(db->err) : LM_OK;

    if (rc == LM_OK)
        lm_buf_printf(sql, f->event == 0 ? "SELECT * FROM %s.%s"
                      : f->event == 'I' ? "INSERT INTO %s.%s DEFAULT VALUES"
                      : f->event == 'D' ? "DELETE FROM %s.%s"
                      : "UPDATE %s.%s SET ", schema, name);
    if (rc == LM_OK && f->event == 'U')
        rc = add_assignments(db, f, sql);
    free(schema);
    free(name);
    return rc == LM_OK && lm_buf_failed(sql) ? lm_err_nomem(db->err) : rc;
}
