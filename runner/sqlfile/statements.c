/* SPDX-License-Identifier: MIT */
#include "statements.h"

#include <string.h>

#include "keyword.h"
#include "mark.h"

/* Statement after statement, over all chunks of a way. */
typedef struct walk {
    const lm_sqlway *way;
    const lm_chunk *chunk;
    size_t next;            /* chunk */
    lm_sqlsplit split;
    lm_split found;
    const char *sql;        /* the statement, or what is wrong */
    size_t n;
} walk;

static void start(walk *w, const lm_sqlway *way)
{
    memset(w, 0, sizeof *w);
    w->way = way;
    w->found = LM_SPLIT_DONE;
}

static bool next(walk *w)
{
    for (;;) {
        if (w->chunk != NULL)
            w->found = lm_sqlsplit_next(&w->split);
        if (w->chunk != NULL && w->found != LM_SPLIT_DONE)
            break;
        if (w->next >= w->way->count)
            return false;
        w->chunk = &w->way->list[w->next++];
        lm_sqlsplit_start(&w->split, w->chunk->text, w->chunk->size);
    }
    w->sql = w->chunk->text + w->split.start;
    w->n = w->split.size;
    return true;
}

static int refuse(const walk *w, const char *sql, lm_err *err,
                  const char *what)
{
    lm_err_set(err, LM_EUSAGE, "%s", what);
    lm_sqlway_place(w->way, w->chunk, (size_t)(sql - w->chunk->text), err);
    return LM_EUSAGE;
}

/* What the way looks like from afar. Pragmas do not count, so that those
 * around a transaction leave it the first and the last. */
typedef struct outline {
    size_t count;
    bool begins, commits_first;     /* what the first is */
    bool ends, begins_last;         /* and the last */
    size_t vacuums;         /* among them */
    size_t alone;           /* pragmas that need no transaction either */
} outline;

/* A table that is dropped and then comes back under its name was rebuilt:
 * nobody wants its rows' children to go. */
static bool is_rebuilt(const walk *w)
{
    lm_word table, name;
    walk rest = *w;

    if (!lm_drops(w->sql, w->n, &table))
        return false;
    while (next(&rest))
        if (lm_renames_to(rest.sql, rest.n, &name) &&
            lm_words_same(&table, &name))
            return true;
    return false;
}

static bool needs_no_txn(const lm_pragma *p)
{
    static const char *const names[] = {
        "journal_mode", "auto_vacuum", "page_size", "wal_checkpoint",
        "incremental_vacuum"
    };
    size_t i;

    for (i = 0; i < sizeof names / sizeof *names; i++)
        if (lm_word_is(&p->name, names[i]))
            return true;
    return false;
}

static void note_pragma(const lm_pragma *p, outline *o)
{
    if (needs_no_txn(p))
        o->alone++;
}

/* In a transaction of its tool the pragma did nothing either, so that the
 * file has always run like this. */
static bool keys_matter(const lm_sqlway *way)
{
    return !way->wraps || way->txn == LM_TXN_NONE;
}

static void look_over(const lm_sqlway *way, outline *o)
{
    lm_pragma p;
    walk w;

    memset(o, 0, sizeof *o);
    start(&w, way);
    while (next(&w)) {
        if (lm_pragma_read(w.sql, w.n, &p)) {
            note_pragma(&p, o);
            continue;
        }
        if (o->count++ == 0) {
            o->begins = lm_is_begin(w.sql, w.n);
            o->commits_first = lm_is_commit(w.sql, w.n);
        }
        o->ends = lm_is_commit(w.sql, w.n);
        o->begins_last = lm_is_begin(w.sql, w.n);
        if (lm_sql_word_is(w.sql, w.n, 0, "VACUUM"))
            o->vacuums++;
    }
}

/* The first word tells most files apart from those that say how they run. */
static bool may_say_mode(const lm_sqlway *way)
{
    walk w;

    start(&w, way);
    return next(&w) && (lm_is_commit(w.sql, w.n) ||
                        lm_sql_word_is(w.sql, w.n, 0, "VACUUM") ||
                        lm_sql_word_is(w.sql, w.n, 0, "PRAGMA"));
}

/* COMMIT first and BEGIN last steps out of the transaction that is around it;
 * a file that is all VACUUM and the like could not run in one. */
lm_txn_mode lm_statements_mode(const lm_sqlway *way)
{
    outline o;

    if (way->txn == LM_TXN_NONE || !may_say_mode(way))
        return way->txn;
    look_over(way, &o);
    if (o.count > 1 && o.commits_first && o.begins_last)
        return LM_TXN_NONE;
    return o.vacuums + o.alone > 0 && o.vacuums == o.count ? LM_TXN_NONE
                                                           : LM_TXN_ONE;
}

/* In the runner's transaction. */
static int judge(const walk *w, lm_err *err)
{
    if (!lm_is_begin(w->sql, w->n) && !lm_is_commit(w->sql, w->n) &&
        !lm_is_rollback(w->sql, w->n))
        return LM_OK;
    return refuse(w, w->sql, err, "BEGIN, COMMIT and ROLLBACK are the "
                  "runner's: only a BEGIN as first and a COMMIT as last "
                  "statement may stand in the file");
}

/* What SQLite itself would say less well, when its turn has come. */
static int refuse_cut(const walk *w, lm_err *err)
{
    lm_err_set(err, LM_EFAILED, w->found == LM_SPLIT_OPEN_QUOTE
               ? "a quote that begins here is never closed"
               : "the trigger that begins here has no END");
    lm_sqlway_place(w->way, w->chunk, (size_t)(w->sql - w->chunk->text),
                    err);
    return LM_EFAILED;
}

/* The pair around everything that is not executed. */
static bool is_frame(const lm_sqlway *way, const outline *o, size_t n)
{
    bool own = o->begins && o->ends && way->txn == LM_TXN_ONE;
    bool inverse = o->commits_first && o->begins_last &&
                   way->txn == LM_TXN_NONE;

    return o->count > 1 && (own || inverse) && (n == 1 || n == o->count);
}

/* PRAGMA foreign_keys: what it says holds for what follows. */
static bool take_keys(const walk *w, const lm_pragma *p, lm_statement *st)
{
    if (!lm_word_is(&p->name, "foreign_keys"))
        return false;
    if (p->value.n > 0) {
        st->keys_chunk = lm_pragma_is_on(p) && keys_matter(w->way)
            ? w->chunk : NULL;
        st->keys_at = (size_t)(w->sql - w->chunk->text);
    }
    return true;
}

static int hand_over(const walk *w, const lm_statement *keys, lm_err *err,
                     lm_statement_fn each, void *user)
{
    lm_statement st = *keys;
    lm_act act;

    if (w->found != LM_SPLIT_STATEMENT)
        return refuse_cut(w, err);
    st.chunk = w->chunk;
    st.sql = w->sql;
    st.len = w->n;
    if (st.keys_chunk != NULL &&
        (!lm_may_act(w->sql, w->n, &act) || is_rebuilt(w)))
        st.keys_chunk = NULL;
    return each(user, &st);
}

int lm_statements_each(const lm_sqlway *way, lm_err *err,
                       lm_statement_fn each, void *user)
{
    lm_statement keys = {0};
    size_t n = 0;
    lm_pragma p;
    outline o;
    walk w;
    bool pragma;
    int rc = LM_OK;

    look_over(way, &o);
    start(&w, way);
    while (rc == LM_OK && next(&w)) {
        pragma = lm_pragma_read(w.sql, w.n, &p);
        if (pragma && take_keys(&w, &p, &keys))
            continue;
        if (!pragma && is_frame(way, &o, ++n))
            continue;
        if (way->txn == LM_TXN_ONE)
            rc = judge(&w, err);
        if (rc == LM_OK && each != NULL)
            rc = hand_over(&w, &keys, err, each, user);
    }
    return rc;
}

/* ---- tokens that make no SQL ---- */

static const char *fault_of(const lm_sqltok *t)
{
    const char *s = t->text + t->start;

    if (t->kind == LM_TOK_VARIABLE)
        return "a parameter stands here, and a SQL file has no values for "
               "it";
    if (t->kind == LM_TOK_BAD && *s == '$' && t->pos < t->len &&
        t->text[t->pos] == '{')
        return "a placeholder stands here, which nobody fills in";
    if (t->kind == LM_TOK_COMMENT && *s == '/' &&
        (t->size < 4 || memcmp(s + t->size - 2, "*/", 2) != 0))
        return "the comment that begins here is never closed";
    return NULL;
}

/* All of a plain file is the way up, and whoever divides it by such a mark
 * does not mean that. */
static int refuse_down(const walk *w, const char *mark, lm_err *err)
{
    refuse(w, mark, err, "a way down seems to begin here, and a plain file is "
           "all way up");
    lm_err_hint(err, "write -- migrate:up and -- migrate:down for such "
                "marks, or move it from x.sql to x.down.sql; --dialect plain "
                "runs it all");
    return LM_EUSAGE;
}

/* A block comment may be left open for SQLite; here it is a file cut off. A
 * parameter that nobody binds is NULL for SQLite; here it is a slip. */
static int check_chunk(const walk *w, lm_err *err)
{
    const char *fault;
    lm_sqltok t;

    lm_sqltok_start(&t, w->chunk->text, w->chunk->size);
    while (lm_sqltok_next(&t) != LM_TOK_END) {
        fault = fault_of(&t);
        if (fault != NULL)
            return refuse(w, t.text + t.start, err, fault);
    }
    return LM_OK;
}

/* The mark that turns down among the comments in text[at..end), or NULL. */
static const char *find_down(const char *text, size_t len, size_t at,
                             size_t end)
{
    lm_sqltok t;

    lm_sqltok_start(&t, text, len);
    t.pos = at;
    while (lm_sqltok_next(&t) != LM_TOK_END && t.start < end)
        if (lm_mark_turns_down(&t))
            return t.text + t.start;
    return NULL;
}

/* A mark counts between two statements alone. */
static int check_marks(const lm_sqlway *way, lm_err *err)
{
    const lm_chunk *last = NULL;
    const char *mark;
    size_t end = 0;
    walk w;

    start(&w, way);
    while (next(&w) && w.found == LM_SPLIT_STATEMENT) {
        mark = last == NULL ? NULL
            : find_down(w.chunk->text, w.chunk->size,
                        w.chunk == last ? end : 0, w.split.start);
        if (mark != NULL)
            return refuse_down(&w, mark, err);
        last = w.chunk;
        end = w.split.start + w.split.size;
    }
    return LM_OK;
}

int lm_statements_check(const lm_sqlway *way, bool plain, lm_err *err)
{
    walk w;
    int rc = LM_OK;

    start(&w, way);
    while (rc == LM_OK && w.next < way->count) {
        w.chunk = &way->list[w.next++];
        rc = check_chunk(&w, err);
    }
    return rc == LM_OK && plain ? check_marks(way, err) : rc;
}
