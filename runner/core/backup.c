/* SPDX-License-Identifier: MIT */
#include "backup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../base/clock.h"
#include "../db/copy.h"
#include "../db/health.h"
#include "apply.h"

/* A file that was begun and is not written to for so long has lost its
 * writer; seconds. */
enum { LM_BACKUP_STALE = 3600 };

static const char suffix[] = ".backup";
static const char unfinished[] = ".partial";

/* Where it goes: names that belong to one backup. */
typedef struct place {
    char *folder, *base;    /* app.db */
    char *target, *partial;
    bool in_folder;         /* named by time, and pruned */
} place;

static void clear_place(place *p)
{
    free(p->folder);
    free(p->base);
    free(p->target);
    free(p->partial);
}

static const char *base_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash == NULL ? path : slash + 1;
}

static bool is_folder(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool names_folder(const lm_backup *how)
{
    return how->to == NULL || how->to[0] == '\0' || how->folder ||
           lm_ends(how->to, "/") || is_folder(how->to);
}

/* The last folder of the path and no more, as for a database. */
static int make_folder(lm_session *s, const char *path)
{
    int why;

    if (mkdir(path, 0777) == 0)
        return LM_OK;
    why = errno;
    if (is_folder(path))
        return LM_OK;
    lm_err_set(s->err, LM_EDATA, "cannot make the folder %s for a backup: "
               "%s", path, strerror(why));
    lm_err_hint(s->err, "make it yourself, or name another one");
    return LM_EDATA;
}

/* Beside the database it has the database's path and more. */
static int name_beside(lm_session *s, place *p, const char *when)
{
    p->folder = lm_path_dir(s->path);
    p->target = lm_format("%s.%s%s", s->path, when, suffix);
    return LM_OK;
}

static int name_inside(lm_session *s, const char *folder, place *p,
                       const char *when)
{
    p->folder = lm_strdup(folder);
    p->target = lm_format("%s%s%s.%s%s", folder,
                          lm_ends(folder, "/") ? "" : "/", base_of(s->path),
                          when, suffix);
    return make_folder(s, folder);
}

static int name_in_folder(lm_session *s, const lm_backup *how, place *p)
{
    char when[LM_UTC_SIZE];

    lm_clock_stamp(when);
    p->in_folder = true;
    p->base = lm_strdup(base_of(s->path));
    if (how->to == NULL || how->to[0] == '\0')
        return name_beside(s, p, when);
    return name_inside(s, how->to, p, when);
}

/* Also by another name, or through a link. */
static bool is_database(const lm_session *s, const char *path)
{
    struct stat a, b;

    return s->path != NULL && stat(s->path, &a) == 0 &&
           stat(path, &b) == 0 && a.st_dev == b.st_dev &&
           a.st_ino == b.st_ino;
}

static int refuse_file(lm_session *s, const lm_backup *how)
{
    if (is_database(s, how->to)) {
        lm_err_set(s->err, LM_EUSAGE, "%s is the database itself, no place "
                   "for a backup of it", how->to);
        lm_err_hint(s->err, "give another name, or a folder");
    } else if (how->keep > 0) {
        lm_err_set(s->err, LM_EUSAGE, "to keep only so many backups needs a "
                   "folder of backups, and %s is none", how->to);
        lm_err_hint(s->err, "with a slash at the end, %s/, it is a folder, "
                    "made when it is not there", how->to);
    } else if (!how->replace && access(how->to, F_OK) == 0) {
        lm_err_set(s->err, LM_EUSAGE, "%s is there already", how->to);
        lm_err_hint(s->err, "give another name, or a folder, in which "
                    "backups are named by time; --force replaces it");
    } else
        return LM_OK;
    return LM_EUSAGE;
}

static int name_file(lm_session *s, const lm_backup *how, place *p)
{
    p->folder = lm_path_dir(how->to);
    p->base = lm_strdup(base_of(how->to));
    p->target = lm_strdup(how->to);
    return refuse_file(s, how);
}

static int find_place(lm_session *s, const lm_backup *how, place *p)
{
    char when[LM_UTC_SIZE];
    int rc;

    if (s->path == NULL && names_folder(how))
        return lm_err_set(s->err, LM_EUSAGE, "a connection of the host's "
                          "has no file to name a backup by: give the name "
                          "of a file");
    if (names_folder(how))
        rc = name_in_folder(s, how, p);
    else
        rc = name_file(s, how, p);
    if (rc != LM_OK)
        return rc;
    lm_clock_stamp(when);
    if (p->target != NULL)
        p->partial = lm_format("%s.%s%s", p->target, when, unfinished);
    return p->folder == NULL || p->base == NULL || p->partial == NULL
        ? lm_err_nomem(s->err) : LM_OK;
}

/* base, a point, then "20260128T093000.123Z". */
static bool is_stamped(const char *name, const char *base)
{
    size_t n = strlen(base);

    return strncmp(name, base, n) == 0 && name[n] == '.' &&
           strspn(name + n + 1, "0123456789") == 8 && name[n + 9] == 'T' &&
           strspn(name + n + 10, "0123456789") == 6 && name[n + 16] == '.' &&
           strspn(name + n + 17, "0123456789") == 3 && name[n + 20] == 'Z';
}

static void remove_in(const place *p, const char *name)
{
    char *path = lm_path_join(p->folder, name);

    if (path != NULL)
        unlink(path);
    free(path);
}

/* What a process that was killed has left of a backup. */
static void remove_stale(const place *p, const char *name)
{
    char *path = lm_path_join(p->folder, name);
    lm_health health;
    struct stat st;

    if (path != NULL && stat(path, &st) == 0 &&
        st.st_mtime + LM_BACKUP_STALE < time(NULL)) {
        lm_health_look(path, &health);
        if (!health.locked)
            unlink(path);
    }
    free(path);
}

/* The names of one length sort by time. What cannot be removed now is tried
 * again the next time. */
static int prune(lm_session *s, const place *p, size_t keep)
{
    lm_dir dir = {0};
    size_t i, found = 0;
    int rc = lm_dir_list(p->folder, s->err, &dir);

    for (i = dir.count; i > 0 && rc == LM_OK; i--) {
        const char *name = dir.entries[i - 1].name;

        if (!is_stamped(name, p->base))
            continue;
        if (lm_ends(name, unfinished))
            remove_stale(p, name);
        else if (strcmp(name + strlen(p->base) + 21, suffix) == 0 &&
                 ++found > keep && keep > 0)
            remove_in(p, name);
    }
    lm_dir_clear(&dir);
    return rc;
}

static void sync_folder(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        return;
    fsync(fd);
    close(fd);
}

static int refuse_name(lm_session *s, const place *p)
{
    return lm_err_set(s->err, LM_EDATA, "cannot give the backup its name "
                      "%s: %s", p->target, strerror(errno));
}

/* A link never replaces a file; not every file system has them. */
static int give_name(lm_session *s, const place *p, bool replace)
{
    int rc = LM_OK;

    if (!replace && link(p->partial, p->target) == 0)
        unlink(p->partial);
    else if (!replace && (errno == EEXIST ||
                          access(p->target, F_OK) == 0)) {
        errno = EEXIST;
        rc = refuse_name(s, p);
    } else if (rename(p->partial, p->target) != 0)
        rc = refuse_name(s, p);
    if (rc == LM_OK)
        sync_folder(p->folder);
    else
        unlink(p->partial);
    return rc;
}

/* Who may read the database may read its copies, and nobody else. */
static unsigned mode_of(const lm_session *s)
{
    struct stat st;

    return s->path != NULL && stat(s->path, &st) == 0
        ? (unsigned)st.st_mode & 0777u : 0666u;
}

int lm_backup_make(lm_session *s, const lm_backup *how, char **made)
{
    place p = {0};
    int rc = find_place(s, how, &p);

    *made = NULL;
    if (rc == LM_OK)
        rc = lm_copy_file(s->db, p.partial, mode_of(s));
    if (rc == LM_OK)
        rc = give_name(s, &p, how->replace);
    if (rc == LM_OK && p.in_folder)
        rc = prune(s, &p, how->keep);
    if (rc == LM_OK) {
        *made = p.target;
        p.target = NULL;
    }
    clear_place(&p);
    return rc;
}

int lm_backup_begin(lm_session *s)
{
    int rc = LM_OK;

    if (s->backup == NULL || s->lock_held)
        return LM_OK;
    rc = lm_apply_lock(s, &s->lock_fd);
    s->lock_held = rc == LM_OK && s->lock_fd >= 0;
    return rc;
}

void lm_backup_end(lm_session *s)
{
    if (s->lock_held)
        lm_lock_release(s->lock_fd);
    s->lock_held = false;
}

static void tell(lm_session *s, const char *path)
{
    lm_event event = {.type = LM_EVENT_BACKUP};

    event.text = path;
    event.len = strlen(path);
    lm_session_emit(s, &event);
}

/* What is wrong with a folder is a wrong setting to the command; to a run it
 * is a backup that it does not have. */
static int reclassify(lm_session *s, int rc)
{
    if (rc != LM_EUSAGE && rc != LM_EFAILED)
        return rc;
    s->err->code = LM_EDATA;
    return LM_EDATA;
}

int lm_backup_first(lm_session *s)
{
    lm_backup how = {.folder = true};
    uint64_t size = 0;
    char *made;
    int rc;

    if (s->backup == NULL)
        return LM_OK;
    rc = lm_copy_size(s->db, &size);
    if (rc != LM_OK || size == 0)
        return rc;
    how.to = s->backup;
    how.keep = s->backup_keep;
    rc = lm_backup_make(s, &how, &made);
    if (rc != LM_OK)
        return reclassify(s, rc);
    tell(s, made);
    free(made);
    return LM_OK;
}
