/* SPDX-License-Identifier: MIT */
#include "file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "access.h"
#include "list.h"
#include "text.h"

static const char *kind_in_words(mode_t mode)
{
    if (S_ISDIR(mode))
        return "a folder";
    if (S_ISFIFO(mode))
        return "a FIFO";
    if (S_ISSOCK(mode))
        return "a socket";
    return "a device";
}

/* Why it could not be opened, from what can be seen without opening it. */
static int refuse_open(lm_err *err, int dir, const char *name,
                       const char *shown)
{
    int why = errno;
    struct stat st;

    if (why == ELOOP)
        return lm_err_set(err, LM_EUSAGE, "cannot read %s: its links lead "
                          "in a circle", shown);
    if (why == ENXIO)
        return lm_err_set(err, LM_EUSAGE, "cannot read %s: it is a socket "
                          "or a device, not a file", shown);
    if (why == ENOENT && fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
        return lm_err_set(err, LM_EUSAGE, "cannot read %s: it is a link "
                          "that leads nowhere", shown);
    if (why == EACCES && lm_access_explain(err, "read", shown) != LM_OK)
        return err->code;
    return lm_err_set(err, LM_EUSAGE, "cannot read %s: %s", shown,
                      strerror(why));
}

/* Read up to `size` bytes; *len says how many there were. */
static int read_fully(int fd, char *text, size_t size, size_t *len)
{
    size_t got = 0;
    ssize_t n;

    while (got < size) {
        n = read(fd, text + got, size - got);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        if (n == 0)
            break;
        got += (size_t)n;
    }
    *len = got;
    return 0;
}

static int refuse_read(lm_err *err, const char *shown)
{
    return lm_err_set(err, LM_EUSAGE, "cannot read %s: %s", shown,
                      strerror(errno));
}

static int read_open_file(int fd, const char *shown, size_t limit,
                          lm_err *err, char **out, size_t *len)
{
    struct stat st;
    size_t size;
    char *text;

    if (fstat(fd, &st) != 0)
        return refuse_read(err, shown);
    if (!S_ISREG(st.st_mode))
        return lm_err_set(err, LM_EUSAGE, "cannot read %s: it is %s, not a "
                          "file", shown, kind_in_words(st.st_mode));
    size = (size_t)st.st_size;
    if (st.st_size < 0 || size > limit)
        return lm_err_set(err, LM_EUSAGE, "%s is too large: %lld bytes, at "
                          "most %zu are read", shown,
                          (long long)st.st_size, limit);
    text = malloc(size + 1);
    if (text == NULL)
        return lm_err_nomem(err);
    if (read_fully(fd, text, size, len) != 0) {
        free(text);
        return refuse_read(err, shown);
    }
    text[*len] = '\0';
    *out = text;
    return LM_OK;
}

static int read_file(int dir, const char *name, const char *shown,
                     size_t limit, lm_err *err, char **text, size_t *len)
{
    int fd, rc;

    fd = openat(dir, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return refuse_open(err, dir, name, shown);
    rc = read_open_file(fd, shown, limit, err, text, len);
    close(fd);
    return rc;
}

int lm_file_read(const char *path, size_t limit, lm_err *err, char **text,
                 size_t *len)
{
    return read_file(AT_FDCWD, path, path, limit, err, text, len);
}

int lm_file_read_at(int dir, const char *name, const char *shown,
                    lm_err *err, char **text, size_t *len)
{
    return read_file(dir, name, shown, LM_FILE_LIMIT, err, text, len);
}

int lm_dir_read(const lm_dir *dir, const char *name, const char *shown,
                lm_err *err, char **text, size_t *len)
{
    size_t i;

    for (i = 0; !dir->open && i < dir->count; i++) {
        if (dir->entries[i].text == NULL ||
            strcmp(dir->entries[i].name, name) != 0)
            continue;
        *len = dir->entries[i].len;
        *text = lm_strndup(dir->entries[i].text, *len);
        return *text == NULL ? lm_err_nomem(err) : LM_OK;
    }
    if (!dir->open)
        return lm_err_set(err, LM_EUSAGE, "%s was not added", shown);
    return lm_file_read_at(dir->fd, name, shown, err, text, len);
}

static lm_entry_kind kind_of(int dir, const struct dirent *e)
{
    struct stat st;

    if (e->d_type == DT_REG)
        return LM_ENTRY_FILE;
    if (e->d_type == DT_DIR)
        return LM_ENTRY_DIR;
    if (fstatat(dir, e->d_name, &st, 0) != 0)
        return LM_ENTRY_LINK;
    if (S_ISREG(st.st_mode))
        return LM_ENTRY_FILE;
    return S_ISDIR(st.st_mode) ? LM_ENTRY_DIR : LM_ENTRY_OTHER;
}

static int add_entry(lm_dir *dir, const struct dirent *e, lm_err *err)
{
    lm_entry *grown = lm_list_grow(dir->entries, dir->count, &dir->size,
                                   sizeof *grown);

    if (grown == NULL)
        return lm_err_nomem(err);
    dir->entries = grown;
    memset(&grown[dir->count], 0, sizeof *grown);
    grown[dir->count].name = lm_strdup(e->d_name);
    if (grown[dir->count].name == NULL)
        return lm_err_nomem(err);
    grown[dir->count].kind = kind_of(dir->fd, e);
    dir->count++;
    return LM_OK;
}

static int by_name(const void *a, const void *b)
{
    return lm_natural_cmp(((const lm_entry *)a)->name,
                          ((const lm_entry *)b)->name);
}

static int read_entries(DIR *stream, const char *path, lm_err *err,
                        lm_dir *out)
{
    struct dirent *e;
    int rc = LM_OK;

    for (;;) {
        errno = 0;
        e = readdir(stream);
        if (e == NULL || rc != LM_OK)
            break;
        if (e->d_name[0] != '.')
            rc = add_entry(out, e, err);
    }
    if (rc == LM_OK && errno != 0)
        rc = lm_err_set(err, LM_EUSAGE, "cannot read the folder %s: %s",
                        path, strerror(errno));
    if (out->count > 1)
        lm_list_sort(out->entries, out->count, sizeof *out->entries, by_name);
    return rc;
}

/* fdopendir owns the descriptor it is given, and we keep one of our own. */
static DIR *open_stream(int fd)
{
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    DIR *stream = copy < 0 ? NULL : fdopendir(copy);

    if (stream == NULL && copy >= 0)
        close(copy);
    return stream;
}

int lm_dir_list(const char *path, lm_err *err, lm_dir *out)
{
    DIR *stream;
    int rc;

    memset(out, 0, sizeof *out);
    out->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (out->fd < 0 && errno == ENOENT) {
        lm_err_set(err, LM_EUSAGE, "the migrations folder %s does not exist",
                   path);
        lm_err_hint(err, "check --migrations (LUMIGRATE_MIGRATIONS), or "
                    "write the first one: lumigrate new NAME");
        return LM_EUSAGE;
    }
    if (out->fd < 0 && errno == ENOTDIR)
        return lm_err_set(err, LM_EUSAGE, "%s is a file, not a migrations "
                          "folder", path);
    out->open = out->fd >= 0;
    stream = out->open ? open_stream(out->fd) : NULL;
    if (stream == NULL && errno == EACCES &&
        lm_access_explain(err, "read the folder", path) != LM_OK)
        return err->code;
    if (stream == NULL)
        return lm_err_set(err, LM_EUSAGE, "cannot read the folder %s: %s",
                          path, strerror(errno));
    rc = read_entries(stream, path, err, out);
    closedir(stream);
    return rc;
}

void lm_dir_clear(lm_dir *dir)
{
    size_t i;

    for (i = 0; i < dir->count; i++)
        free(dir->entries[i].name);
    free(dir->entries);
    if (dir->open)
        close(dir->fd);
    memset(dir, 0, sizeof *dir);
}

char *lm_path_join(const char *dir, const char *name)
{
    size_t m = strlen(dir), n = strlen(name);
    char *path = malloc(m + n + 2);

    if (path == NULL)
        return NULL;
    memcpy(path, dir, m);
    if (m > 0 && dir[m - 1] != '/')
        path[m++] = '/';
    memcpy(path + m, name, n + 1);
    return path;
}

char *lm_path_dir(const char *path)
{
    const char *slash = strrchr(path, '/');

    if (slash == NULL)
        return lm_strdup(".");
    return lm_strndup(path, slash == path ? 1 : (size_t)(slash - path));
}
