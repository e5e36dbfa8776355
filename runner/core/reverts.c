/* SPDX-License-Identifier: MIT */
#include "reverts.h"

#include <stdlib.h>
#include <string.h>

#include "../base/buf.h"
#include "../base/list.h"
#include "../base/text.h"

void lm_reverts_clear(lm_reverts *r)
{
    size_t i;

    for (i = 0; i < r->count; i++)
        lm_source_clear(&r->list[i].kept);
    free(r->list);
    lm_arena_clear(&r->strings);
    memset(r, 0, sizeof *r);
}

/* ---- which ---- */

static int newest_first(const void *a, const void *b)
{
    int64_t x = ((const lm_revert *)a)->row.position;
    int64_t y = ((const lm_revert *)b)->row.position;

    return x < y ? 1 : x > y ? -1 : 0;
}

static const char *copy(lm_reverts *r, const char *text, lm_err *err)
{
    const char *kept = lm_arena_add(&r->strings, text, strlen(text));

    if (kept == NULL)
        lm_err_nomem(err);
    return kept;
}

/* The ledger may be read anew while the run goes on. */
static int copy_row(lm_reverts *r, lm_revert *to, const lm_applied *row,
                    lm_err *err)
{
    to->row = *row;
    to->row.id = copy(r, row->id, err);
    to->row.description = copy(r, row->description, err);
    to->row.checksum = copy(r, row->checksum, err);
    to->row.effect = copy(r, row->effect, err);
    to->row.applied_at = copy(r, row->applied_at, err);
    return err->code;
}

static int not_applied(lm_session *s, const char *id)
{
    lm_err_set(s->err, LM_EUSAGE, "%s is not applied", id);
    lm_err_hint(s->err, "\"lumigrate status\" shows what is");
    return LM_EUSAGE;
}

/* The row that the choice names, NULL when it names none. */
static int find_named(lm_session *s, const lm_choice *c,
                      const lm_applied **out)
{
    const char *id = c->after != NULL ? c->after : c->only;

    *out = id == NULL ? NULL : lm_ledger_find(s->ledger, id);
    return id == NULL || *out != NULL ? LM_OK : not_applied(s, id);
}

static bool is_meant(const lm_choice *c, const lm_applied *named,
                     const lm_applied *row)
{
    if (c->only != NULL)
        return row == named;
    return c->after == NULL || row->position > named->position;
}

int lm_reverts_choose(lm_session *s, const lm_choice *c, lm_reverts *out)
{
    const lm_ledger *l = s->ledger;
    const lm_applied *named;
    size_t i;
    int rc = find_named(s, c, &named);

    memset(out, 0, sizeof *out);
    if (rc != LM_OK)
        return rc;
    out->list = calloc(l->count + 1, sizeof *out->list);
    if (out->list == NULL)
        return lm_err_nomem(s->err);
    for (i = 0; i < l->count && rc == LM_OK; i++)
        if (is_meant(c, named, &l->rows[i]))
            rc = copy_row(out, &out->list[out->count++], &l->rows[i],
                          s->err);
    lm_list_sort(out->list, out->count, sizeof *out->list, newest_first);
    if (!c->all && c->after == NULL && c->only == NULL) {
        i = c->count > 0 ? c->count : 1;
        out->count = out->count < i ? out->count : i;
    }
    return rc;
}

int lm_reverts_renew(lm_session *s, lm_reverts *r)
{
    const lm_applied *row;
    size_t i;
    int rc = LM_OK;

    for (i = 0; i < r->count && rc == LM_OK; i++) {
        row = lm_ledger_find(s->ledger, r->list[i].row.id);
        if (row != NULL)
            rc = copy_row(r, &r->list[i], row, s->err);
    }
    return rc;
}

/* ---- by which text ---- */

static lm_revert *find_revert(lm_reverts *r, const lm_value *id)
{
    size_t i;

    for (i = 0; i < r->count && id->type == LM_TEXT; i++)
        if (strlen(r->list[i].row.id) == id->as.text.size &&
            memcmp(r->list[i].row.id, id->as.text.bytes,
                   id->as.text.size) == 0)
            return &r->list[i];
    return NULL;
}

/* What identify would have found in the folder. Messages that name a file
 * then say that it is not the one in the folder. */
static int fill_kept(lm_revert *v, const lm_value *text, lm_err *err)
{
    lm_source *k = &v->kept;

    lm_source_clear(k);
    memset(k->checksum, 0, sizeof k->checksum);
    strncpy(k->checksum, v->row.checksum, sizeof k->checksum - 1);
    k->id = lm_strdup(v->row.id);
    k->file = lm_strdup(v->file != NULL ? v->file->file : v->row.id);
    k->path = lm_format("%s (as it was applied)",
                        v->file != NULL ? v->file->path : v->row.id);
    k->text = lm_strndup(text->as.text.bytes, text->as.text.size);
    k->len = text->as.text.size;
    return k->id == NULL || k->file == NULL || k->path == NULL ||
           k->text == NULL ? lm_err_nomem(err) : LM_OK;
}

typedef struct search {
    lm_session *s;
    lm_reverts *reverts;
} search;

static bool is_text(const lm_value *v)
{
    return v->type == LM_TEXT || v->type == LM_BLOB;
}

/* A row of the history: a text that was applied. */
static int take_text(void *user, lm_db *db, const lm_value *row)
{
    search *sr = user;
    lm_revert *v = find_revert(sr->reverts, &row[0]);
    bool mine;
    int rc;

    (void)db;
    if (v == NULL || v->source != NULL || v->kept.engine != NULL ||
        !is_text(&row[1]))
        return LM_OK;
    rc = fill_kept(v, &row[1], sr->s->err);
    return rc != LM_OK ? rc
        : lm_source_revive(&v->kept, &sr->s->engines, &mine, sr->s->err);
}

/* The file where it is the text that was applied, or is to be taken. */
static bool take_file(lm_revert *v, const lm_folder *folder, bool from_file)
{
    bool unknown = v->row.checksum[0] == '\0';

    v->file = lm_folder_find(folder, v->row.id);
    v->edited = v->file != NULL && !unknown &&
                strcmp(v->file->checksum, v->row.checksum) != 0;
    if (v->file != NULL && (from_file || !v->edited))
        v->source = v->file;
    return v->source != NULL;
}

/* How to say that the way down is to be the file's. */
static const char *by_file(const lm_reverts *r)
{
    return r->again ? "\"lumigrate down --from-file\"" : "--from-file";
}

/* With --from-file. */
static int refuse_fileless(lm_session *s, const lm_revert *v)
{
    lm_err_set(s->err, LM_EUSAGE, "--from-file: the file of %s is missing",
               v->row.id);
    lm_err_hint(s->err, "put the file back; without --from-file the text "
                "that was applied is taken, where \"lumigrate history --show "
                "%s\" has it", v->row.id);
    return LM_EUSAGE;
}

static int refuse_absent(lm_session *s, const lm_reverts *r,
                         const lm_revert *v)
{
    lm_err_set(s->err, LM_EUSAGE, "%s cannot be reverted: the text that was "
               "applied is not in the history, and its file %s", v->row.id,
               v->edited ? "is another one now" : "is missing");
    if (v->edited)
        lm_err_hint(s->err, "to take the way down that the file has now: %s",
                    by_file(r));
    else
        lm_err_hint(s->err, "put the file back, or only take it off the "
                    "record: lumigrate repair --forget %s", v->row.id);
    return LM_EUSAGE;
}

static int take_kept(lm_session *s, lm_reverts *r)
{
    search sr = {s, r};
    lm_revert *v;
    size_t i;
    int rc = lm_history_texts(s->ledger, s->db,
                              r->list[r->count - 1].row.position, take_text,
                              &sr);

    for (i = 0; i < r->count && rc == LM_OK; i++) {
        v = &r->list[i];
        if (v->source == NULL && v->kept.engine == NULL)
            rc = refuse_absent(s, r, v);
        else if (v->source == NULL)
            v->source = &v->kept;
    }
    return rc;
}

/* All of them in one message. */
static int refuse_one_way(lm_session *s, const lm_reverts *r)
{
    lm_buf names = {0};
    const lm_revert *v, *first = NULL;
    size_t i, n = 0;
    bool file = false;

    for (i = 0; i < r->count; i++) {
        v = &r->list[i];
        if (v->source->has_down)
            continue;
        first = first == NULL ? v : first;
        lm_buf_printf(&names, "%s%s", n++ > 0 ? ", " : "", v->row.id);
        file = file || (v->edited && v->file->has_down);
    }
    if (n == 0)
        return LM_OK;
    lm_err_set(s->err, LM_EUSAGE, n == 1 ? "%s has no way down"
               : "these migrations have no way down: %s",
               lm_buf_text(&names));
    lm_err_hint(s->err, file ? "the file has one now: %s takes it"
                : "write one into the file (function downgrade, or the part "
                "of its dialect) and take it with %s", by_file(r));
    lm_buf_clear(&names);
    if (n == 1)
        lm_err_migration(s->err, first->row.id, first->source->path);
    return LM_EUSAGE;
}

static int note_half(void *user, lm_db *db, const lm_value *row)
{
    lm_revert *v = find_revert(user, &row[0]);

    (void)db;
    if (v != NULL && lm_source_txn(v->source, LM_DOWN) == LM_TXN_NONE)
        v->halved = true;
    return LM_OK;
}

static int find_halves(lm_session *s, lm_reverts *r)
{
    size_t i;

    for (i = 0; i < r->count; i++)
        if (lm_source_txn(r->list[i].source, LM_DOWN) == LM_TXN_NONE)
            return lm_history_halves(s->ledger, s->db, note_half, r);
    return LM_OK;
}

int lm_reverts_find(lm_session *s, lm_reverts *r, const lm_folder *folder,
                    bool from_file)
{
    bool all = true;
    size_t i;
    int rc = LM_OK;

    for (i = 0; i < r->count && rc == LM_OK; i++)
        if (!take_file(&r->list[i], folder, from_file)) {
            all = false;
            if (from_file)
                rc = refuse_fileless(s, &r->list[i]);
        }
    if (rc == LM_OK && !all)
        rc = take_kept(s, r);
    if (rc == LM_OK)
        rc = refuse_one_way(s, r);
    if (rc == LM_OK)
        rc = find_halves(s, r);
    return rc;
}

/* ---- what to say of it ---- */

static const char *doubt_of(const lm_reverts *r, const lm_revert *v)
{
    if (v->source == &v->kept)
        return v->edited && r->again
            ? "was edited after it was applied: the way down of the text "
              "that was applied runs, which the history keeps"
            : v->edited
            ? "was edited after it was applied: the way down of the text "
              "that was applied runs, which the history keeps (--from-file "
              "takes the file's)"
            : "has no file any more: the way down of the text that was "
              "applied runs, which the history keeps";
    if (v->edited)
        return "was edited after it was applied: the way down of the file "
               "runs, as it is now";
    return v->row.checksum[0] == '\0'
        ? "was recorded without its text: the way down of the file runs, as "
          "it is now" : NULL;
}

static void warn(lm_session *s, const lm_revert *v, const char *what)
{
    char *text = lm_format("%s %s", v->row.id, what);

    lm_session_warn(s, v->source, text != NULL ? text : what);
    free(text);
}

void lm_reverts_warn(lm_session *s, const lm_reverts *r)
{
    const lm_revert *v;
    size_t i;

    for (i = 0; i < r->count; i++) {
        v = &r->list[i];
        if (doubt_of(r, v) != NULL)
            warn(s, v, doubt_of(r, v));
        if (v->halved)
            warn(s, v, "was begun to be reverted outside a transaction, and "
                 "not finished; its way down runs again");
    }
}
