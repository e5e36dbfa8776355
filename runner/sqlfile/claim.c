/* SPDX-License-Identifier: MIT */
#include "claim.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/text.h"
#include "dialect.h"
#include "mark.h"

int lm_claim_begin(lm_claim *c)
{
    c->first = c->out->count;
    c->texts = calloc(c->dir->count + 1, sizeof *c->texts);
    return c->texts == NULL ? lm_err_nomem(c->err) : LM_OK;
}

int lm_claim_say_left(lm_claim *c, const char *as)
{
    char *text;

    if (lm_buf_failed(&c->left))
        return lm_err_nomem(c->err);
    if (c->left.len == 0)
        return LM_OK;
    if (as != NULL)
        text = lm_format("left alone, as %s: %s", as, lm_buf_text(&c->left));
    else
        text = lm_format("left alone, as %s would: %s", c->dialect->name,
                         lm_buf_text(&c->left));
    lm_buf_clear(&c->left);
    return lm_sources_note(c->out, text) ? LM_OK : lm_err_nomem(c->err);
}

int lm_claim_end(lm_claim *c, int rc)
{
    size_t i;

    if (rc == LM_OK)
        rc = lm_claim_say_left(c, NULL);
    for (i = 0; c->texts != NULL && i < c->dir->count; i++) {
        free(c->texts[i].path);
        free(c->texts[i].text);
    }
    free(c->texts);
    c->texts = NULL;
    lm_buf_clear(&c->left);
    return rc;
}

/* #x.sql is what an editor leaves. Whatever else has the name is a migration:
 * a folder, a FIFO or a dead link so called is an error when it is read. */
bool lm_claim_entry(const lm_claim *c, size_t i, const char *suffix)
{
    const char *name = c->dir->entries[i].name;

    return !c->claimed[i] && name[0] != '#' && lm_ends(name, suffix);
}

static int by_name(const void *name, const void *entry)
{
    return lm_natural_cmp(name, ((const lm_entry *)entry)->name);
}

bool lm_claim_has(const lm_claim *c, const char *name, size_t *index)
{
    const lm_entry *e = c->dir->count == 0 ? NULL
        : bsearch(name, c->dir->entries, c->dir->count, sizeof *e, by_name);

    if (e == NULL)
        return false;
    *index = (size_t)(e - c->dir->entries);
    return true;
}

bool lm_claim_there(const lm_claim *c, const char *path)
{
    return faccessat(c->dir->fd, path, F_OK, 0) == 0;
}

bool lm_claim_holds(const lm_claim *c, const char *sub, const char *file)
{
    char *path = lm_path_join(sub, file);
    bool yes = path != NULL && lm_claim_there(c, path);

    free(path);
    return yes;
}

/* What cannot be read stays unread here; whoever claims it finds out why. */
int lm_claim_read(lm_claim *c, size_t i)
{
    const lm_entry *e = &c->dir->entries[i];
    lm_filetext *t = &c->texts[i];
    lm_err quiet = {0};
    int rc;

    if (t->path != NULL || e->kind != LM_ENTRY_FILE)
        return LM_OK;
    t->path = lm_path_join(c->folder, e->name);
    if (t->path == NULL)
        return lm_err_nomem(c->err);
    rc = lm_dir_read(c->dir, e->name, t->path, &quiet, &t->text,
                         &t->len);
    lm_err_clear(&quiet);
    if (rc == LM_ENOMEM)
        return lm_err_nomem(c->err);
    if (rc == LM_OK)
        t->marks = lm_marks_of(t->text, t->len, &t->mark_at);
    return LM_OK;
}

int lm_claim_text(lm_claim *c, const char *file, char **text, size_t *len)
{
    char *shown = lm_path_join(c->folder, file);
    int rc = shown == NULL ? lm_err_nomem(c->err)
        : lm_file_read_at(c->dir->fd, file, shown, c->err, text, len);

    free(shown);
    return rc;
}

lm_source *lm_claim_add_path(lm_claim *c, const char *path, const char *id,
                             size_t len)
{
    lm_source *s = lm_sources_add(c->out, path, c->dialect->name);

    if (s != NULL)
        s->id = lm_strndup(id, len);
    if (s == NULL || s->id == NULL) {
        lm_err_nomem(c->err);
        return NULL;
    }
    return s;
}

lm_source *lm_claim_add(lm_claim *c, size_t i, const char *id, size_t len)
{
    lm_source *s = lm_claim_add_path(c, c->dir->entries[i].name, id, len);
    lm_filetext *t = &c->texts[i];

    c->claimed[i] = true;
    if (s == NULL || t->text == NULL)
        return s;
    s->path = t->path;
    s->text = t->text;
    s->len = t->len;
    t->path = t->text = NULL;
    return s;
}

int lm_claim_down(lm_claim *c, lm_source *source, const char *file)
{
    source->down_file = lm_strdup(file);
    return source->down_file == NULL ? lm_err_nomem(c->err) : LM_OK;
}

lm_source **lm_claim_sorted(lm_claim *c, lm_claim_cmp cmp, size_t *count)
{
    size_t n = c->out->count - c->first, i;
    lm_source **list = malloc((n + 1) * sizeof *list);

    if (list == NULL) {
        lm_err_nomem(c->err);
        return NULL;
    }
    for (i = 0; i < n; i++)
        list[i] = &c->out->list[c->first + i];
    if (n > 1)
        lm_list_sort(list, n, sizeof *list, cmp);
    *count = n;
    return list;
}

int lm_claim_rank(lm_claim *c, lm_claim_cmp cmp)
{
    size_t n, i;
    lm_source **list = lm_claim_sorted(c, cmp, &n);

    if (list == NULL)
        return LM_ENOMEM;
    for (i = 0; i < n; i++)
        list[i]->rank = i + 1;
    free(list);
    return LM_OK;
}

int lm_claim_unique(lm_claim *c, lm_claim_cmp cmp)
{
    size_t n, i;
    lm_source **list = lm_claim_sorted(c, cmp, &n);
    int rc = LM_OK;

    if (list == NULL)
        return LM_ENOMEM;
    for (i = 1; i < n && rc == LM_OK; i++)
        if (cmp(&list[i - 1], &list[i]) == 0) {
            rc = lm_claim_refuse(c, list[i]->file, "two migrations are one "
                                 "version to %s: %s and %s",
                                 c->dialect->name, list[i - 1]->file,
                                 list[i]->file);
            lm_err_hint(c->err, "give one of them another version; what is "
                        "applied already keeps its name");
        }
    free(list);
    return rc;
}

void lm_claim_leave(lm_claim *c, const char *file)
{
    if (c->left.len > 0)
        lm_buf_puts(&c->left, ", ");
    lm_buf_puts(&c->left, file);
}

void lm_claim_rest(lm_claim *c)
{
    size_t i;

    for (i = 0; i < c->dir->count; i++)
        if (lm_claim_entry(c, i, ".sql"))
            c->claimed[i] = true;
}

void lm_claim_leave_rest(lm_claim *c)
{
    size_t i;

    for (i = 0; i < c->dir->count; i++)
        if (lm_claim_entry(c, i, ".sql"))
            lm_claim_leave(c, c->dir->entries[i].name);
}

int lm_claim_refuse(lm_claim *c, const char *file, const char *format, ...)
{
    char *path = lm_path_join(c->folder, file), *sentence;
    va_list args;

    va_start(args, format);
    sentence = lm_vformat(format, args);
    va_end(args);
    if (path == NULL || sentence == NULL)
        lm_err_nomem(c->err);
    else {
        lm_err_set(c->err, LM_EUSAGE, "%s", sentence);
        lm_err_migration(c->err, NULL, path);
    }
    free(path);
    free(sentence);
    return c->err->code;
}

size_t lm_claim_digits(const char *name)
{
    return strspn(name, "0123456789");
}

int lm_claim_cmp_number(const char *a, const char *b)
{
    size_t n = lm_claim_digits(a), m = lm_claim_digits(b);

    if (n == 0 || m == 0)
        return (n > 0) - (m > 0);
    for (; n > 1 && *a == '0'; a++)
        n--;
    for (; m > 1 && *b == '0'; b++)
        m--;
    if (n != m)
        return n < m ? -1 : 1;
    return memcmp(a, b, n);
}

int lm_claim_by_number(const void *a, const void *b)
{
    const char *x = lm_claim_at(a)->file, *y = lm_claim_at(b)->file;
    int c = lm_claim_cmp_number(x, y);

    return c != 0 ? c : strcmp(x, y);
}

int lm_claim_by_id(const void *a, const void *b)
{
    return strcmp(lm_claim_at(a)->id, lm_claim_at(b)->id);
}
