/* SPDX-License-Identifier: MIT */
#include "compare.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../db/dump.h"
#include "../db/txn.h"
#include "../db/url.h"
#include "up.h"

/* The session runs the folder as it would on its own database, but for who
 * listens: what a side prints is nobody's concern. */
static int run_folder(lm_session *s, char *folder, lm_db *db)
{
    static const lm_sink nobody = {NULL, NULL};
    lm_session mine;
    lm_outcome outcome;
    int rc;

    mine.path = s->path;
    mine.host = s->host;
    mine.folder = s->folder;
    mine.backup = s->backup;
    mine.sink = s->sink;
    mine.engines.added = s->engines.added;
    mine.engines.no_folder = s->engines.no_folder;
    s->engines.added = NULL;
    s->engines.no_folder = false;
    s->path = s->backup = NULL;
    s->host = NULL;
    s->folder = folder;
    s->sink = &nobody;
    s->db = db;
    s->keep_open = true;
    rc = lm_up(s, &(lm_target){0}, &outcome);
    lm_ledger_free(s->ledger);
    s->ledger = NULL;
    s->db = NULL;
    s->keep_open = false;
    s->sink = mine.sink;
    s->engines.no_folder = mine.engines.no_folder;
    s->engines.added = mine.engines.added;
    s->backup = mine.backup;
    s->folder = mine.folder;
    s->host = mine.host;
    s->path = mine.path;
    return rc;
}

static int open_folder(lm_session *s, const char *path, lm_db **out)
{
    char *folder = lm_strdup(path);
    int rc = folder == NULL ? lm_err_nomem(s->err)
                            : lm_session_beside(s, NULL, LM_DB_PRIVATE, out);

    if (rc == LM_OK)
        rc = run_folder(s, folder, *out);
    free(folder);
    return rc;
}

static int load_side(lm_session *s, const char *text, size_t len, lm_db *db)
{
    size_t objects;
    int rc = lm_dump_check(text, len, s->table, s->err);

    if (rc == LM_OK)
        rc = lm_dump_encoding(db, text, len);
    if (rc == LM_OK)
        rc = lm_txn_begin(db);
    if (rc != LM_OK)
        return rc;
    rc = lm_dump_load(db, text, len, &objects);
    if (rc == LM_OK)
        return lm_txn_commit(db);
    lm_txn_rollback(db);
    return rc;
}

/* Told by its first bytes. */
static bool is_dump(const char *path)
{
    char head[64];
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    ssize_t n = fd < 0 ? -1 : read(fd, head, sizeof head);

    if (fd >= 0)
        close(fd);
    return n > 0 && lm_dump_is(head, (size_t)n);
}

static int open_dump(lm_session *s, const char *path, lm_db **out)
{
    char *text = NULL;
    size_t len = 0;
    int rc = lm_file_read(path, LM_FILE_LIMIT, s->err, &text, &len);

    if (rc == LM_OK)
        rc = lm_session_beside(s, NULL, LM_DB_PRIVATE, out);
    if (rc == LM_OK)
        rc = load_side(s, text, len, *out);
    free(text);
    return rc;
}

static int open_any(lm_session *s, const char *name, lm_db **out)
{
    struct stat st;
    char *path = NULL;
    int rc;

    if (stat(name, &st) == 0 && S_ISDIR(st.st_mode))
        return open_folder(s, name, out);
    rc = lm_db_path(name, s->err, &path);
    if (rc == LM_OK && stat(path, &st) != 0)
        rc = lm_err_set(s->err, LM_EUSAGE, "cannot compare %s: %s", name,
                        strerror(errno));
    if (rc == LM_OK)
        rc = is_dump(path) ? open_dump(s, path, out)
                           : lm_session_beside(s, path, LM_DB_READ, out);
    free(path);
    return rc;
}

int lm_compare(lm_session *s, const char *a, const char *b,
               lm_differences *out)
{
    lm_db *in_a = NULL, *in_b = NULL;
    int rc = open_any(s, a, &in_a);

    memset(out, 0, sizeof *out);
    if (rc == LM_OK)
        rc = open_any(s, b, &in_b);
    if (rc == LM_OK)
        rc = lm_diff(in_a, in_b, out);
    lm_db_close(in_a);
    lm_db_close(in_b);
    return rc;
}
