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

/* A file beside it opts out: then this is part of the fingerprint. */
static bool is_opted(const lm_source *source)
{
    char plain[LM_FINGERPRINT_SIZE];

    lm_sqlkeep_fingerprint(source, false, plain);
    return strcmp(plain, source->checksum) != 0;
}

int lm_sqlkeep_write(const lm_source *source, lm_err *err, char **out,
                     size_t *len)
{
    lm_buf text = {0};

    *out = NULL;
    *len = 0;
    if (source->down_text == NULL)
        return LM_OK;
    lm_buf_printf(&text, "%s%s, up %zu bytes, down %zu bytes%s\n", header,
                  source->kind, source->len, source->down_len,
                  is_opted(source) ? ", no transaction" : "");
    lm_buf_add(&text, source->text, source->len);
    lm_buf_puts(&text, divider);
    lm_buf_add(&text, source->down_text, source->down_len);
    *len = text.len;
    *out = lm_buf_take(&text);
    return *out == NULL ? lm_err_nomem(err) : LM_OK;
}

/* A header, taken apart. */
typedef struct head {
    const lm_dialect *dialect;
    size_t up, up_len, down, down_len;
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

static bool read_head(const lm_source *s, head *out)
{
    const char *at = s->text;
    size_t left;

    memset(out, 0, sizeof *out);
    if (!step(&at, header))
        return false;
    out->dialect = read_kind(&at);
    if (out->dialect == NULL || !step(&at, ", up ") ||
        !read_size(&at, &out->up_len) || !step(&at, " bytes, down ") ||
        !read_size(&at, &out->down_len) || !step(&at, " bytes"))
        return false;
    out->opted = step(&at, ", no transaction");
    if (!step(&at, "\n"))
        return false;
    out->up = (size_t)(at - s->text);
    left = s->len - out->up;
    if (out->up_len > left || out->down_len > left - out->up_len ||
        left - out->up_len - out->down_len != sizeof divider - 1 ||
        memcmp(at + out->up_len, divider, sizeof divider - 1) != 0)
        return false;
    out->down = out->up + out->up_len + sizeof divider - 1;
    return true;
}

static bool fits(const lm_source *s, bool opted)
{
    char sum[LM_FINGERPRINT_SIZE];

    lm_sqlkeep_fingerprint(s, opted, sum);
    return strcmp(sum, s->checksum) == 0;
}

static void take_mode(lm_source *s, bool opted)
{
    s->txn = s->down_txn = opted ? LM_TXN_NONE : LM_TXN_ONE;
}

/* Two texts in one; on success the source gets copies of its own. */
static int read_both(lm_source *s, const head *h, bool *mine, lm_err *err)
{
    lm_source both = *s;

    both.kind = h->dialect->name;
    both.text = lm_strndup(s->text + h->up, h->up_len);
    both.down_text = lm_strndup(s->text + h->down, h->down_len);
    both.len = h->up_len;
    both.down_len = h->down_len;
    if (both.text == NULL || both.down_text == NULL)
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

/* One text: of the dialects under which it has this fingerprint, the first;
 * those that it does not tell apart have no way down in it. */
static void read_one(lm_source *s, bool *mine)
{
    const char *kind = s->kind;
    const lm_dialect *d;
    size_t i;
    int opted;

    for (i = 0; (d = lm_dialect_each(i)) != NULL; i++)
        for (opted = 0; opted < 2; opted++) {
            s->kind = d->name;
            if (!fits(s, opted != 0))
                continue;
            take_mode(s, opted != 0);
            *mine = true;
            return;
        }
    s->kind = kind;
}

int lm_sqlkeep_read(lm_source *source, bool *mine, lm_err *err)
{
    head h;

    *mine = false;
    if (read_head(source, &h)) {
        if (read_both(source, &h, mine, err) != LM_OK || *mine)
            return err->code;
    }
    read_one(source, mine);
    return LM_OK;
}
