/* SPDX-License-Identifier: MIT */
#include "loose.h"

#include <stdlib.h>
#include <string.h>

#include "../base/list.h"
#include "../base/text.h"
#include "depends.h"
#include "dialect.h"

/* ---- who is whose way down ---- */

/* x.sql is the way up with the title x; x_down_up.sql has the title x_down,
 * too. */
typedef struct member {
    const char *name;
    size_t entry, title;
    lm_name_way way;
    bool whole;
} member;

static void gather(const lm_claim *c, member *list, size_t *count)
{
    member m;
    size_t i;

    *count = 0;
    for (i = 0; i < c->dir->count; i++) {
        m.name = c->dir->entries[i].name;
        m.entry = i;
        m.whole = true;
        m.way = LM_WAY_UP;
        m.title = strlen(m.name) - 4;
        if (!lm_claim_entry(c, i, ".sql"))
            continue;
        list[(*count)++] = m;
        m.whole = false;
        m.way = lm_way_split(m.name, true, &m.title);
        if (m.way != LM_NO_WAY && c->texts[i].marks == 0)
            list[(*count)++] = m;
    }
}

static int by_title(const void *a, const void *b)
{
    const member *x = a, *y = b;
    size_t n = x->title < y->title ? x->title : y->title;
    int c = memcmp(x->name, y->name, n);

    if (c == 0 && x->title != y->title)
        return x->title < y->title ? -1 : 1;
    return c != 0 ? c : (int)x->way - (int)y->way;
}

static int refuse_unclear(lm_claim *c, const member *down, const member *ups)
{
    lm_claim_refuse(c, down->name, "%s may be the way down of %s and of %s",
                    down->name, ups[0].name, ups[1].name);
    lm_err_hint(c->err, "give one of them a name of its own");
    return c->err->code;
}

static int refuse_twins(lm_claim *c, const char *up, const char *one,
                        const char *other)
{
    lm_claim_refuse(c, other, "%s and %s are both the way down of %s by their "
                    "names", one, other, up);
    lm_err_hint(c->err, "keep one of them, or give one a name of its own");
    return c->err->code;
}

static int join(lm_claim *c, const member *up, const member *down,
                lm_loose *out)
{
    size_t *taken = &out->down[up->entry];

    if (*taken != LM_LOOSE_NONE)
        return refuse_twins(c, up->name, c->dir->entries[*taken].name,
                            down->name);
    *taken = down->entry;
    out->up[down->entry] = up->entry;
    if (!up->whole)
        out->pairs = true;
    else if (down->name[down->title] == '.')
        out->dotted = true;
    else
        out->beside = true;
    return LM_OK;
}

/* All of one title, ways up first. */
static int join_group(lm_claim *c, const member *m, size_t n, lm_loose *out)
{
    size_t ups = 0, i;
    int rc = LM_OK;

    while (ups < n && m[ups].way == LM_WAY_UP)
        ups++;
    if (ups == 0 || ups == n)
        return LM_OK;
    if (ups > 1)
        return refuse_unclear(c, &m[ups], m);
    for (i = 1; i < n && rc == LM_OK; i++)
        rc = join(c, m, &m[i], out);
    return rc;
}

/* x.sql, x_down.sql, and x_down_undo.sql: what would the last one do? */
static int refuse_chain(lm_claim *c, const lm_loose *loose)
{
    const lm_entry *e = c->dir->entries;
    size_t i, up;

    for (i = 0; i < c->dir->count; i++) {
        up = loose->up[i];
        if (up == LM_LOOSE_NONE || loose->up[up] == LM_LOOSE_NONE)
            continue;
        lm_claim_refuse(c, e[i].name, "%s is the way down of %s by its name, "
                        "and that is the way down of %s", e[i].name,
                        e[up].name, e[loose->up[up]].name);
        lm_err_hint(c->err, "give it a name of its own, or move it out of "
                    "the folder");
        return c->err->code;
    }
    return LM_OK;
}

int lm_loose_read(lm_claim *c, lm_loose *out)
{
    size_t count = c->dir->count, i, n, size;
    member *list = malloc((2 * count + 1) * sizeof *list);
    int rc = LM_OK;

    memset(out, 0, sizeof *out);
    out->up = malloc((2 * count + 1) * sizeof *out->up);
    if (list == NULL || out->up == NULL) {
        free(list);
        return lm_err_nomem(c->err);
    }
    out->down = out->up + count;
    for (i = 0; i < 2 * count; i++)
        out->up[i] = LM_LOOSE_NONE;
    gather(c, list, &size);
    if (size > 1)
        lm_list_sort(list, size, sizeof *list, by_title);
    for (i = 0; i < size && rc == LM_OK; i += n) {
        for (n = 1; i + n < size; n++)
            if (list[i].title != list[i + n].title ||
                memcmp(list[i].name, list[i + n].name, list[i].title) != 0)
                break;
        rc = join_group(c, &list[i], n, out);
    }
    free(list);
    return rc == LM_OK ? refuse_chain(c, out) : rc;
}

void lm_loose_clear(lm_loose *loose)
{
    free(loose->up);
    memset(loose, 0, sizeof *loose);
}

static bool has_down_folder(const lm_claim *c)
{
    size_t i;

    if (!lm_claim_has(c, "down", &i) ||
        c->dir->entries[i].kind != LM_ENTRY_DIR)
        return false;
    for (i = 0; i < c->dir->count; i++)
        if (lm_claim_entry(c, i, ".sql") &&
            lm_claim_holds(c, "down", c->dir->entries[i].name))
            return true;
    return false;
}

const char *lm_loose_find(lm_claim *c)
{
    const char *found = NULL;
    lm_loose loose;

    if (lm_loose_read(c, &loose) == LM_OK) {
        if (loose.dotted || has_down_folder(c))
            found = "yoyo";
        else if (loose.pairs || loose.beside)
            found = "pairs";
    }
    lm_loose_clear(&loose);
    return found;
}

/* ---- claiming ---- */

/* All but one or two begin with a digit: are these two migrations? */
static int note_odd_names(lm_claim *c)
{
    const lm_source *odd[2] = {NULL, NULL};
    size_t i, n = 0, count = c->out->count - c->first;
    char *text;

    for (i = c->first; i < c->out->count; i++) {
        if (lm_claim_digits(c->out->list[i].file) > 0)
            continue;
        if (n < 2)
            odd[n] = &c->out->list[i];
        n++;
    }
    if (n == 0 || n > 2 || count - n < 2)
        return LM_OK;
    text = lm_format("%s%s%s: not numbered as the others are, but a "
                     "migration like them; move it out of the folder if it "
                     "is none", odd[0]->file, n == 2 ? ", " : "",
                     n == 2 ? odd[1]->file : "");
    return lm_sources_note(c->out, text) ? LM_OK : lm_err_nomem(c->err);
}

/* x_down.sql beside x.sql may have been meant as a migration. */
static int note_beside(lm_claim *c, const lm_loose *loose)
{
    const char *up, *down;
    lm_buf text = {0};
    size_t i, title;
    bool ok;

    for (i = 0; i < c->dir->count; i++) {
        if (loose->up[i] == LM_LOOSE_NONE)
            continue;
        down = c->dir->entries[i].name;
        up = c->dir->entries[loose->up[i]].name;
        lm_way_split(down, true, &title);
        if (down[title] == '.' || strlen(up) - 4 != title)
            continue;
        lm_buf_printf(&text, text.len == 0 ? "%s is taken as the way down of "
                      "%.*s" : ", %s of %.*s", down, (int)title, up);
    }
    if (text.len == 0)
        return LM_OK;
    ok = !lm_buf_failed(&text) &&
         lm_sources_note(c->out, lm_strdup(lm_buf_text(&text)));
    lm_buf_clear(&text);
    return ok ? LM_OK : lm_err_nomem(c->err);
}

/* 2.do.js among pairs keeps its place, and is refused when its turn comes. */
static bool is_program(const lm_claim *c, size_t i)
{
    const char *name = c->dir->entries[i].name;
    size_t title;

    return strcmp(c->dialect->name, "pairs") == 0 &&
           !lm_name_is_litter(c, i) && !lm_ends(name, ".sql") &&
           lm_way_split(name, true, &title) == LM_WAY_UP &&
           name[title] == '.';
}

static int add_file(lm_claim *c, size_t i)
{
    const char *name = c->dir->entries[i].name;
    const char *dot = strrchr(name, '.');
    int rc = lm_claim_read(c, i);

    if (rc == LM_OK &&
        lm_claim_add(c, i, name, (size_t)(dot - name)) == NULL)
        rc = LM_ENOMEM;
    return rc;
}

/* A way down in down/, or beside its way up, or none. */
static int add_down(lm_claim *c, lm_source *s, const char *beside)
{
    bool below = strcmp(c->dialect->name, "yoyo") == 0 &&
                 lm_claim_holds(c, "down", s->file);
    char *path = below ? lm_path_join("down", s->file) : NULL;
    int rc = LM_OK;

    if (below && path == NULL)
        rc = lm_err_nomem(c->err);
    else if (below && beside != NULL)
        rc = refuse_twins(c, s->file, beside, path);
    else if (below || beside != NULL)
        rc = lm_claim_down(c, s, below ? path : beside);
    free(path);
    return rc;
}

/* A pair for another database is passed over as a whole. */
static bool is_for_others(const lm_claim *c, const lm_loose *loose, size_t i)
{
    const char *name = c->dir->entries[i].name;
    size_t title;

    return loose->down[i] != LM_LOOSE_NONE &&
           lm_way_split(name, true, &title) != LM_NO_WAY &&
           title < strlen(name) - 4 && lm_name_for_others(name, title);
}

static int claim_others(lm_claim *c, const lm_loose *loose)
{
    size_t i, down;

    for (i = 0; i < c->dir->count; i++) {
        if (c->claimed[i] || !is_for_others(c, loose, i))
            continue;
        down = loose->down[i];
        c->claimed[i] = c->claimed[down] = true;
        lm_claim_leave(c, c->dir->entries[i].name);
        lm_claim_leave(c, c->dir->entries[down].name);
    }
    return lm_claim_say_left(c, "made for other databases");
}

/* 3.undo.words.sql among pairs never runs, even alone. */
static bool takes_back(const lm_claim *c, const char *name)
{
    size_t title;

    return lm_name_takes_back(name) ||
           (strcmp(c->dialect->name, "pairs") == 0 &&
            lm_way_split(name, true, &title) == LM_WAY_DOWN &&
            name[title] == '.');
}

static int claim_files(lm_claim *c, const lm_loose *loose)
{
    const char *name;
    size_t i, down;
    int rc = LM_OK;

    for (i = 0; i < c->dir->count && rc == LM_OK; i++) {
        name = c->dir->entries[i].name;
        if (!(lm_claim_entry(c, i, ".sql") || is_program(c, i)) ||
            loose->up[i] != LM_LOOSE_NONE)
            continue;
        if (takes_back(c, name)) {
            lm_claim_leave(c, name);
            continue;
        }
        down = loose->down[i];
        rc = add_file(c, i);
        if (rc == LM_OK)
            rc = add_down(c, &c->out->list[c->out->count - 1],
                          down == LM_LOOSE_NONE ? NULL
                              : c->dir->entries[down].name);
        if (rc == LM_OK && down != LM_LOOSE_NONE)
            c->claimed[down] = true;
    }
    return rc;
}

/* Told to, every file is a migration of its own. */
static int claim_plain(lm_claim *c)
{
    const char *name;
    size_t i;
    int rc = LM_OK;

    for (i = 0; i < c->dir->count && rc == LM_OK; i++) {
        name = c->dir->entries[i].name;
        if (!lm_claim_entry(c, i, ".sql"))
            continue;
        if (lm_name_takes_back(name))
            lm_claim_leave(c, name);
        else
            rc = add_file(c, i);
    }
    if (rc == LM_OK)
        rc = lm_claim_say_left(c, "ways down, which --dialect plain has none "
                               "of");
    if (rc == LM_OK)
        rc = lm_depends_order(c);
    return rc == LM_OK ? note_odd_names(c) : rc;
}

int lm_loose_claim(lm_claim *c)
{
    lm_loose loose;
    int rc;

    if (c->context->forced != NULL && strcmp(c->dialect->name, "sql") == 0)
        return claim_plain(c);
    rc = lm_loose_read(c, &loose);
    if (rc == LM_OK)
        rc = claim_others(c, &loose);
    if (rc == LM_OK)
        rc = claim_files(c, &loose);
    if (rc == LM_OK)
        rc = lm_claim_say_left(c, "ways down without their ways up");
    if (rc == LM_OK)
        rc = note_beside(c, &loose);
    lm_loose_clear(&loose);
    if (rc == LM_OK)
        rc = lm_depends_order(c);
    return rc == LM_OK ? note_odd_names(c) : rc;
}
