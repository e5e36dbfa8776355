/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "../base/text.h"
#include "dialect.h"
#include "flyname.h"
#include "tree.h"
#include "versioned.h"

/* ---- versions ---- */

/* The next part of a version, without its leading zeros; 0 bytes of a part
 * that is 0 or not there. */
static const char *next_part(const char **s, size_t *left, size_t *len)
{
    const char *part;

    while (*left > 0 && (**s == '.' || **s == '_')) {
        ++*s;
        --*left;
    }
    while (*left > 0 && **s == '0') {
        ++*s;
        --*left;
    }
    part = *s;
    while (*left > 0 && **s != '.' && **s != '_') {
        ++*s;
        --*left;
    }
    *len = (size_t)(*s - part);
    return part;
}

int lm_flyway_cmp(const char *a, size_t alen, const char *b, size_t blen)
{
    const char *x, *y;
    size_t n, m;
    int c;

    while (alen > 0 || blen > 0) {
        x = next_part(&a, &alen, &n);
        y = next_part(&b, &blen, &m);
        if (n != m)
            return n < m ? -1 : 1;
        c = memcmp(x, y, n);
        if (c != 0)
            return c;
    }
    return 0;
}

static bool read_valid(const char *name, lm_flyname *out)
{
    return lm_flyname_read(name, out) && out->valid;
}

static int cmp_names(const lm_flyname *x, const lm_flyname *y)
{
    return lm_flyway_cmp(x->version, x->version_len, y->version,
                         y->version_len);
}

/* What a source was claimed from; its ID is the name without .sql. */
static void name_of(const lm_source *s, lm_flyname *out)
{
    const char *slash = strrchr(s->file, '/');

    lm_flyname_read(slash != NULL ? slash + 1 : s->file, out);
}

/* Versioned ones by version, then repeatable ones by description. */
static int by_place(const void *a, const void *b)
{
    lm_flyname x, y;
    size_t n;
    int c;

    name_of(lm_claim_at(a), &x);
    name_of(lm_claim_at(b), &y);
    if ((x.prefix == 'R') != (y.prefix == 'R'))
        return x.prefix == 'R' ? 1 : -1;
    if (x.prefix != 'R')
        return cmp_names(&x, &y);
    n = x.words_len < y.words_len ? x.words_len : y.words_len;
    c = memcmp(x.words, y.words, n);
    if (c == 0 && x.words_len != y.words_len)
        c = x.words_len < y.words_len ? -1 : 1;
    return c;
}

/* ---- whose folder ---- */

typedef struct clues {
    size_t versioned;       /* V files */
    bool flyway, refinery;  /* something that only one of them has */
} clues;

static bool has_undone(const lm_tree *tree, const lm_flyname *undo)
{
    lm_flyname n;
    size_t i;

    for (i = 0; i < tree->count; i++)
        if (read_valid(tree->list[i].name, &n) && n.prefix == 'V' &&
            cmp_names(&n, undo) == 0)
            return true;
    return false;
}

static void look_at(const lm_tree *tree, const char *name, clues *out)
{
    lm_flyname n;

    if (lm_flyname_callback(name) || lm_ends(name, ".sql.conf"))
        out->flyway = true;
    if (!read_valid(name, &n))
        return;
    if (n.prefix == 'V')
        out->versioned++;
    if (n.prefix == 'R' || n.prefix == 'B')
        out->flyway = true;
    else if (!lm_flyname_refinery(&n))
        out->flyway = true;
    else if (n.prefix == 'U' && has_undone(tree, &n))
        out->flyway = true;
    else if (n.prefix == 'U')
        out->refinery = true;
}

/* In this folder; and below it only when no other SQL is in it. */
static bool worth_a_look(const lm_claim *c)
{
    bool any = false, folders = false;
    lm_flyname n;
    size_t i;

    for (i = 0; i < c->dir->count; i++) {
        if (c->dir->entries[i].kind == LM_ENTRY_DIR)
            folders = true;
        if (read_valid(c->dir->entries[i].name, &n))
            return true;
        any = any || lm_claim_entry(c, i, ".sql");
    }
    return folders && !any;
}

const char *lm_versioned_find(lm_claim *c)
{
    lm_tree tree;
    clues found = {0};
    bool any = false;
    size_t i;
    lm_flyname n;

    if (!worth_a_look(c))
        return NULL;
    if (lm_tree_list(c, &tree) == LM_OK)
        for (i = 0; i < tree.count; i++) {
            look_at(&tree, tree.list[i].name, &found);
            any = any || read_valid(tree.list[i].name, &n);
        }
    lm_tree_clear(&tree);
    if (!any)
        return NULL;
    return found.refinery && !found.flyway && found.versioned > 0
        ? "refinery" : "flyway";
}

/* ---- claiming ---- */

static lm_source *add_leaf(lm_claim *c, const lm_leaf *leaf, size_t stem)
{
    size_t i;

    if (leaf->name != leaf->path)
        return lm_claim_add_path(c, leaf->path, leaf->name, stem);
    if (!lm_claim_has(c, leaf->path, &i))
        return lm_claim_add_path(c, leaf->path, leaf->name, stem);
    if (lm_claim_read(c, i) != LM_OK)
        return NULL;
    return lm_claim_add(c, i, leaf->name, stem);
}

static bool is_value(const char *s, const char *key, const char *value)
{
    size_t n = strlen(key), m = strlen(value);
    const char *at = strstr(s, key);

    if (at == NULL || (at != s && at[-1] != '\n'))
        return false;
    at += n;
    at += strspn(at, " \t=:");
    return lm_same_name_n(at, strnlen(at, m), value, m);
}

/* x.sql.conf. *skip: it says that the file is not to be run. */
static int read_conf(lm_claim *c, const lm_tree *tree, const lm_leaf *leaf,
                     lm_source *s, bool *skip)
{
    char *path = lm_format("%s.conf", leaf->path), *text = NULL;
    size_t size;
    int rc = LM_OK;

    *skip = false;
    if (path == NULL)
        rc = lm_err_nomem(c->err);
    else if (lm_tree_has(tree, path))
        rc = lm_claim_text(c, path, &text, &size);
    if (rc == LM_OK && text != NULL) {
        if (is_value(text, "executeInTransaction", "false"))
            s->txn = LM_TXN_NONE;
        if (is_value(text, "placeholderReplacement", "false"))
            s->kind = lm_dialect_named("sql")->name;
        *skip = is_value(text, "shouldExecute", "false");
        free(text);
    }
    free(path);
    return rc;
}

static void drop_last(lm_claim *c)
{
    lm_source *s = &c->out->list[--c->out->count];

    free(s->id);
    free(s->file);
    free(s->path);
    free(s->text);
    memset(s, 0, sizeof *s);
}

static int take(lm_claim *c, const lm_tree *tree, const lm_leaf *leaf,
                const lm_flyname *n)
{
    lm_source *s = add_leaf(c, leaf, n->stem);
    bool skip = false;
    int rc;

    if (s == NULL)
        return c->err->code;
    if (n->prefix == 'R')
        s->run = LM_RUN_ON_CHANGE;
    rc = read_conf(c, tree, leaf, s, &skip);
    if (rc == LM_OK && skip) {
        lm_claim_leave(c, leaf->path);
        drop_last(c);
    }
    return rc;
}

static int refuse_callback(lm_claim *c, const lm_leaf *leaf)
{
    lm_claim_refuse(c, leaf->path, "%s is a callback, which Flyway runs by "
                    "itself and lumigrate does not", leaf->path);
    lm_err_hint(c->err, "make it a migration (R__ runs again when it "
                "changes), or move it out of the folder");
    return c->err->code;
}

/* A baseline stands for all versions up to its own. Where these files are
 * still there they make the same, and it is left alone. */
static bool replaces_any(const lm_tree *tree, const lm_flyname *base)
{
    lm_flyname n;
    size_t i;

    for (i = 0; i < tree->count; i++)
        if (read_valid(tree->list[i].name, &n) &&
            (n.prefix == 'V' || n.prefix == 'B')) {
            if (n.prefix == 'V' && cmp_names(&n, base) <= 0)
                return true;
            if (n.prefix == 'B' && cmp_names(&n, base) > 0)
                return true;
        }
    return false;
}

static int take_leaf(lm_claim *c, const lm_tree *tree, const lm_leaf *leaf)
{
    lm_flyname n;

    if (lm_flyname_callback(leaf->name))
        return refuse_callback(c, leaf);
    if (!read_valid(leaf->name, &n)) {
        if (lm_ends(leaf->name, ".sql") && leaf->name[0] != '#')
            lm_claim_leave(c, leaf->path);
        return LM_OK;
    }
    if (n.prefix == 'U')
        return LM_OK;
    if (n.prefix == 'B' && replaces_any(tree, &n)) {
        lm_claim_leave(c, leaf->path);
        return LM_OK;
    }
    return take(c, tree, leaf, &n);
}

/* U of the same version is the way down. */
static int take_undo(lm_claim *c, const lm_leaf *leaf, const lm_flyname *undo)
{
    lm_flyname n;
    size_t i;

    for (i = c->first; i < c->out->count; i++) {
        name_of(&c->out->list[i], &n);
        if (n.prefix != 'V' || cmp_names(&n, undo) != 0)
            continue;
        if (c->out->list[i].down_file != NULL)
            return lm_claim_refuse(c, leaf->path, "%s and %s undo one "
                                   "version", c->out->list[i].down_file,
                                   leaf->path);
        return lm_claim_down(c, &c->out->list[i], leaf->path);
    }
    lm_claim_leave(c, leaf->path);
    return LM_OK;
}

static int take_undos(lm_claim *c, const lm_tree *tree)
{
    lm_flyname n;
    size_t i;
    int rc = LM_OK;

    for (i = 0; i < tree->count && rc == LM_OK; i++)
        if (read_valid(tree->list[i].name, &n) && n.prefix == 'U')
            rc = take_undo(c, &tree->list[i], &n);
    return rc;
}

int lm_flyway_claim(lm_claim *c)
{
    lm_tree tree;
    size_t i;
    int rc = lm_tree_list(c, &tree);

    for (i = 0; i < tree.count && rc == LM_OK; i++)
        rc = take_leaf(c, &tree, &tree.list[i]);
    if (rc == LM_OK)
        rc = take_undos(c, &tree);
    lm_tree_clear(&tree);
    lm_claim_rest(c);
    if (rc == LM_OK)
        rc = lm_claim_unique(c, by_place);
    return rc == LM_OK ? lm_claim_rank(c, by_place) : rc;
}

static int take_numbered(lm_claim *c, const lm_leaf *leaf)
{
    lm_flyname n;

    if (lm_flyname_read(leaf->name, &n) && lm_flyname_refinery(&n))
        return add_leaf(c, leaf, n.stem) == NULL ? c->err->code : LM_OK;
    if (lm_ends(leaf->name, ".sql") && leaf->name[0] != '#')
        lm_claim_leave(c, leaf->path);
    if (lm_ends(leaf->name, ".rs") && leaf->name[0] == 'V' &&
        strstr(leaf->name, "__") != NULL &&
        lm_claim_add_path(c, leaf->path, leaf->name,
                          strlen(leaf->name) - 3) == NULL)
        return LM_ENOMEM;
    return LM_OK;
}

/* A version is a number after the first letter, of V and U alike. */
static int by_number(const void *a, const void *b)
{
    const char *x = lm_claim_at(a)->id + 1, *y = lm_claim_at(b)->id + 1;

    return lm_claim_cmp_number(x, y);
}

int lm_refinery_claim(lm_claim *c)
{
    lm_tree tree;
    size_t i;
    int rc = lm_tree_list(c, &tree);

    for (i = 0; i < tree.count && rc == LM_OK; i++)
        rc = take_numbered(c, &tree.list[i]);
    lm_tree_clear(&tree);
    lm_claim_rest(c);
    if (rc == LM_OK)
        rc = lm_claim_unique(c, by_number);
    return rc == LM_OK ? lm_claim_rank(c, by_number) : rc;
}
