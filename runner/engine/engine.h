/* SPDX-License-Identifier: MIT */
/*
 * engine.h - what a kind of migration is. core/ knows engines by this alone.
 *
 * An engine is a constant table of functions and a context that lumigrate.c
 * makes and frees. The life of a migration:
 *
 *   claim     which entries of the folder are mine? Append a source with
 *             `file` and `kind` for each, in any order, and set claimed[i];
 *             `down_file` where the way down is a file of its own, `rank`
 *             where the tool whose files they are has an order of its own.
 *             Files are named from the folder ("x/up.sql"). A claim that has
 *             read a file sets path and text, so that nothing is read twice.
 *             A file of a dialect that cannot be run is an error here or in
 *             identify, never passed over; what is left alone though it
 *             looks like a migration is noted with lm_sources_note.
 *   identify  `path` and `text` are set, `down_text` where there is a
 *             down_file: find id, description, checksum, has_down and the
 *             modes. Nothing is run.
 *   keep      what the history keeps of it, so that revive can make the
 *             source again without the folder. *out stays NULL where `text`
 *             alone is enough.
 *   revive    the other way: `id` and `checksum` are set, `text` is what was
 *             kept. *mine is false, and nothing changed, when it is another
 *             engine's; otherwise the source is as after identify.
 *   compile   everything that can be found wrong with this way without
 *             running it.
 *   run       do it, up or down, inside the transaction that core/apply
 *             opened. Leaves no statement open and no Lua state behind,
 *             whatever happens.
 *
 * Every function returns LM_OK or a code of err.h with the cause in err (run:
 * in lm_db_err(db)); LM_EUSAGE where the file is to blame before the run.
 */
#ifndef LM_ENGINE_ENGINE_H
#define LM_ENGINE_ENGINE_H

#include <stdlib.h>
#include <string.h>

#include "../base/file.h"
#include "../base/list.h"
#include "../base/text.h"
#include "../db/db.h"
#include "event.h"
#include "source.h"

typedef struct lm_sources {
    lm_source *list;
    size_t count, size;
    char **notes;       /* what to warn of before something runs */
    size_t note_count, note_size;
} lm_sources;

/*
 * How a running script is reached from outside: while it runs, the engine
 * puts a function here that makes it ask `stop` at its next instruction. It
 * may be called by a signal handler of the same thread; wake is set last and
 * cleared first.
 */
typedef struct lm_waker {
    void *user;
    void (*volatile wake)(void *user);
} lm_waker;

typedef enum lm_way { LM_UP, LM_DOWN } lm_way;

/* How this way of it runs. */
static inline lm_txn_mode lm_source_txn(const lm_source *source, lm_way way)
{
    return way == LM_UP ? source->txn : source->down_txn;
}

/* What a running migration may use; borrowed for the run. */
typedef struct lm_run {
    lm_way way;
    lm_db *db;
    const lm_sink *sink;
    const char *folder;         /* the migrations folder; "": none */
    /* The text of a file that the host brought along, as "lib/x.lua"; NULL:
     * it did not. */
    void *library_user;
    const char *(*library)(void *library_user, const char *path,
                           size_t *len);
    long memory_limit;          /* bytes of script heap; 0: none */
    lm_waker *waker;
    /* Other threads may ask it to end, or nobody wakes it when its time is
     * up: then the script must ask by itself now and then. */
    bool must_ask;
    /* Asked while a script runs. Not LM_OK: end with it. */
    void *stop_user;
    int (*stop)(void *stop_user, lm_err *err);
    /* A setting of the environment, .env included; NULL: not set. */
    void *env_user;
    const char *(*getenv)(void *env_user, const char *name);
} lm_run;

typedef struct lm_engine {
    const char *name;
    int (*claim)(void *context, const lm_dir *dir, const char *folder,
                 bool *claimed, lm_sources *out, lm_err *err);
    int (*identify)(void *context, lm_source *source, lm_err *err);
    int (*keep)(void *context, const lm_source *source, lm_err *err,
                char **out, size_t *len);
    int (*revive)(void *context, lm_source *source, bool *mine, lm_err *err);
    int (*compile)(void *context, const lm_source *source, lm_way way,
                   lm_err *err);
    int (*run)(void *context, const lm_source *source, const lm_run *run);
} lm_engine;

/* Append an empty source to `out` and set its file (copied) and kind; NULL
 * when memory ran out. For claim. */
static inline lm_source *lm_sources_add(lm_sources *out, const char *file,
                                        const char *kind)
{
    lm_source *grown = lm_list_grow(out->list, out->count, &out->size,
                                    sizeof *grown);

    if (grown == NULL)
        return NULL;
    out->list = grown;
    grown += out->count;
    memset(grown, 0, sizeof *grown);
    grown->file = lm_strdup(file);
    grown->kind = kind;
    if (grown->file == NULL)
        return NULL;
    out->count++;
    return grown;
}

/* Keep a sentence to warn with. Takes `text`; false: it is NULL, or memory ran
 * out. For claim. */
static inline bool lm_sources_note(lm_sources *out, char *text)
{
    char **grown = text == NULL ? NULL
        : lm_list_grow(out->notes, out->note_count, &out->note_size,
                       sizeof *grown);

    if (grown == NULL) {
        free(text);
        return false;
    }
    out->notes = grown;
    grown[out->note_count++] = text;
    return true;
}

#endif
