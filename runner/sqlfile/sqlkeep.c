/* SPDX-License-Identifier: MIT */
#include "sqlkeep.h"

#include <stdlib.h>
#include <string.h>

#include "../base/buf.h"
#include "../base/text.h"
#include "dialect.h"

static const char header[] = "-- lumigrate: ";
static const char divider[] = "\n-- lumigrate: down\n";

void lm_sqlkeep_fingerprint(const lm_source *source, bool opted, char *out)
{
    lm_sqlpair pair = {0};

    pair.up = source->text;
    pair.up_len = source->len;
    pair.down = source->down_text;
    pair.down_len = source->down_len;
    pair.setting = opted ? "run_in_transaction = false" : NULL;
    lm_fingerprint_pair(&pair, lm_dialect_of(source)->directive, out);
}

static bool fits(const lm_source *s, bool opted)
{
    char sum[LM_FINGERPRINT_SIZE];

    lm_sqlkeep_fingerprint(s, opted, sum);
    return strcmp(sum, s->checksum) == 0;
}

/* A file beside it opts out: then this is part of the fingerprint. */
static bool is_opted(const lm_source *source)
{
    return !fits(source, false);
}

/* ---- whose it is, where the text does not say ---- */

/* The first dialect under which it has its fingerprint. NULL: none. */
static const lm_dialect *guess(const lm_source *source, bool *opted)
{
    lm_source s = *source;
    const lm_dialect *d;
    size_t i;

    for (i = 0; (d = lm_dialect_each(i)) != NULL; i++) {
        s.kind = d->name;
        for (*opted = false; ; *opted = true) {
            if (fits(&s, *opted))
                return d;
            if (*opted)
                break;
        }
    }
    return NULL;
}

static bool same_parts(const lm_parts *a, const lm_parts *b)
{
    size_t i;

    if (a->count != b->count || a->live_count != b->live_count ||
        a->no_txn != b->no_txn || a->down_no_txn != b->down_no_txn ||
        a->has_down != b->has_down)
        return false;
    for (i = 0; i < a->count; i++)
        if (a->list[i].start != b->list[i].start ||
            a->list[i].size != b->list[i].size ||
            a->list[i].up != b->list[i].up)
            return false;
    return true;
}

/* False as well where one of them cannot read it. */
static bool same_cut(const lm_source *a, const lm_source *b)
{
    lm_err quiet = {0};
    lm_parts x, y;
    bool same = false;

    if (lm_dialect_parse(a, false, &quiet, &x) == LM_OK) {
        same = lm_dialect_parse(b, false, &quiet, &y) == LM_OK &&
               same_parts(&x, &y);
        lm_parts_clear(&y);
    }
    lm_parts_clear(&x);
    lm_err_clear(&quiet);
    return same;
}

static bool has_word(const lm_source *s, const char *word)
{
    lm_sqltok t;

    lm_sqltok_start(&t, s->text, s->len);
    while (lm_sqltok_next(&t) != LM_TOK_END)
        if (lm_same_name_n(t.text + t.start, t.size, word, strlen(word)))
            return true;
    return false;
}

/* Does a file of this dialect do the same as one of another? Where a tool
 * wraps, PRAGMA foreign_keys does nothing; where variables are put in, a
 * dollar is one. */
static bool same_to(const lm_source *source, const lm_dialect *other)
{
    const lm_dialect *own = lm_dialect_of(source);
    lm_source s = *source;

    if (own == other)
        return true;
    s.kind = other->name;
    if (own->expand != other->expand &&
        memchr(source->text, '$', source->len) != NULL)
        return false;
    if (own->wraps != other->wraps && has_word(source, "foreign_keys"))
        return false;
    return same_cut(source, &s);
}

/* Is the file's own text enough to make the source again? */
static bool says_all(const lm_source *source)
{
    bool opted;
    const lm_dialect *d;

    if (source->down_text != NULL)
        return false;
    d = guess(source, &opted);
    return d != NULL && same_to(source, d);
}

int lm_sqlkeep_write(const lm_source *source, lm_err *err, char **out,
                     size_t *len)
{
    lm_buf text = {0};

    *out = NULL;
    *len = 0;
    if (says_all(source))
        return LM_OK;
    lm_buf_printf(&text, "%s%s, up %zu bytes", header, source->kind,
                  source->len);
    if (source->down_text != NULL)
        lm_buf_printf(&text, ", down %zu bytes", source->down_len);
    lm_buf_printf(&text, "%s\n", is_opted(source) ? ", no transaction" : "");
    lm_buf_add(&text, source->text, source->len);
    if (source->down_text != NULL) {
        lm_buf_puts(&text, divider);
        lm_buf_add(&text, source->down_text, source->down_len);
    }
    *len = text.len;
    *out = lm_buf_take(&text);
    return *out == NULL ? lm_err_nomem(err) : LM_OK;
}

/* A header, taken apart. */
typedef struct head {
    const lm_dialect *dialect;
    size_t up, up_len, down, down_len;  /* down 0: it is all way up */
    bool opted;
} head;

/* Steps over `word`, if it stands there. */
static bool step(const char **at, const char *word)
{
    size_t n = strlen(word);

    if (strncmp(*at, word, n) != 0)
        return false;
    *at += n;
    return true;
}

static bool read_size(const char **at, size_t *out)
{
    char *end;

    if (**at < '0' || **at > '9')
        return false;
    *out = (size_t)strtoull(*at, &end, 10);
    *at = end;
    return true;
}

static const lm_dialect *read_kind(const char **at)
{
    size_t n = strcspn(*at, ",\n");
    char *name = lm_strndup(*at, n);
    const lm_dialect *found = name == NULL ? NULL : lm_dialect_named(name);

    free(name);
    *at += n;
    return found;
}

/* Do the sizes add up, and stands the divider between the two? */
static bool find_texts(const lm_source *s, bool both, head *out)
{
    const char *at = s->text + out->up;
    size_t left = s->len - out->up;

    if (!both)
        return out->up_len == left;
    if (out->up_len > left || out->down_len > left - out->up_len ||
        left - out->up_len - out->down_len != sizeof divider - 1 ||
        memcmp(at + out->up_len, divider, sizeof divider - 1) != 0)
        return false;
    out->down = out->up + out->up_len + sizeof divider - 1;
    return true;
}

static bool read_head(const lm_source *s, head *out)
{
    const char *at = s->text;
    bool both;

    memset(out, 0, sizeof *out);
    if (!step(&at, header))
        return false;
    out->dialect = read_kind(&at);
    if (out->dialect == NULL || !step(&at, ", up ") ||
        !read_size(&at, &out->up_len) || !step(&at, " bytes"))
        return false;
    both = step(&at, ", down ");
    if (both && (!read_size(&at, &out->down_len) || !step(&at, " bytes")))
        return false;
    out->opted = step(&at, ", no transaction");
    if (!step(&at, "\n"))
        return false;
    out->up = (size_t)(at - s->text);
    return find_texts(s, both, out);
}

static void take_mode(lm_source *s, bool opted)
{
    s->txn = s->down_txn = opted ? LM_TXN_NONE : LM_TXN_ONE;
}

/* What stands behind a header; on success the source gets copies of its
 * own. */
static int read_parts(lm_source *s, const head *h, bool *mine, lm_err *err)
{
    lm_source both = *s;

    both.kind = h->dialect->name;
    both.text = lm_strndup(s->text + h->up, h->up_len);
    if (h->down > 0)
        both.down_text = lm_strndup(s->text + h->down, h->down_len);
    both.len = h->up_len;
    both.down_len = h->down_len;
    if (both.text == NULL || (h->down > 0 && both.down_text == NULL))
        lm_err_nomem(err);
    *mine = err->code == LM_OK && fits(&both, h->opted);
    if (*mine) {
        free(s->text);
        *s = both;
        take_mode(s, h->opted);
        return LM_OK;
    }
    free(both.text);
    free(both.down_text);
    return err->code;
}

/* The file's own text, which says by itself whose it is. */
static void read_one(lm_source *s, bool *mine)
{
    bool opted;
    const lm_dialect *d = guess(s, &opted);

    if (d == NULL)
        return;
    s->kind = d->name;
    take_mode(s, opted);
    *mine = true;
}

int lm_sqlkeep_read(lm_source *source, bool *mine, lm_err *err)
{
    head h;

    *mine = false;
    if (read_head(source, &h)) {
        if (read_parts(source, &h, mine, err) != LM_OK || *mine)
            return err->code;
    }
    read_one(source, mine);
    return LM_OK;
}
