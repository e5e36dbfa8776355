/* SPDX-License-Identifier: MIT */
#include "health.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/text.h"

/* The bytes that a writer locks: of the database (sqlite.org/fileformat2.html
 * 1.3.2, the reserved byte follows the pending one), and of its -shm
 * (sqlite.org/walformat.html 2.3.1). */
enum { LM_RESERVED = 0x40000001, LM_WAL_WRITE = 120 };

/* All bytes that SQLite locks, from the pending one to the shared ones. */
enum { LM_PENDING = 0x40000000, LM_LOCKS = 512 };

static int open_to_look(const char *path)
{
    return open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
}

static bool read_header(int fd, unsigned char *to, size_t size)
{
    return pread(fd, to, size, 0) == (ssize_t)size;
}

/* Byte 18 of the header is 2 in WAL mode (sqlite.org/fileformat2.html
 * 1.3). */
static bool is_wal(int fd)
{
    unsigned char header[20];

    return read_header(fd, header, sizeof header) && header[18] == 2;
}

bool lm_health_is_wal(const char *path)
{
    int fd = open_to_look(path);
    bool yes = fd >= 0 && is_wal(fd);

    if (fd >= 0)
        close(fd);
    return yes;
}

/* Who has locked any of these bytes? Asking takes no lock. */
static bool ask_range(int fd, off_t from, off_t count, long *pid)
{
    struct flock lock;

    memset(&lock, 0, sizeof lock);
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    lock.l_start = from;
    lock.l_len = count;
    *pid = 0;
    if (fcntl(fd, F_GETLK, &lock) != 0 || lock.l_type == F_UNLCK)
        return false;
    *pid = lock.l_pid > 0 ? (long)lock.l_pid : 0;
    return true;
}

static void ask_lock(int fd, off_t byte, lm_health *out)
{
    out->locked = out->locked || ask_range(fd, byte, 1, &out->writer);
}

/* Its command, where the system tells (Linux). */
static void name_process(long pid, char name[64])
{
    char path[64];
    ssize_t n = -1;
    int fd;

    snprintf(path, sizeof path, "/proc/%ld/comm", pid);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        n = read(fd, name, 63);
        close(fd);
    }
    while (n > 0 && name[n - 1] == '\n')
        n--;
    snprintf(name + (n > 0 ? n : 0), 64 - (size_t)(n > 0 ? n : 0), "%s",
             n > 0 ? "" : "unknown");
}

bool lm_health_holder(const char *path, long *pid, char name[64])
{
    int fd = open_to_look(path);
    bool held = fd >= 0 && ask_range(fd, LM_PENDING, LM_LOCKS, pid);

    if (fd >= 0)
        close(fd);
    if (held)
        name_process(*pid, name);
    return held;
}

/* path + suffix; -1 when it is not there. */
static int open_beside(const char *path, const char *suffix, uint64_t *size)
{
    char *name = lm_format("%s%s", path, suffix);
    int fd = name == NULL ? -1 : open_to_look(name);
    struct stat st;

    free(name);
    *size = 0;
    if (fd >= 0 && fstat(fd, &st) == 0 && st.st_size > 0)
        *size = (uint64_t)st.st_size;
    return fd;
}

static void look_at_wal(const char *path, lm_health *out)
{
    uint64_t size;
    int fd = open_beside(path, "-wal", &size);

    out->size += size;
    if (fd >= 0)
        close(fd);
    fd = open_beside(path, "-shm", &size);
    if (fd < 0)
        return;
    ask_lock(fd, LM_WAL_WRITE, out);
    close(fd);
}

/* A journal whose header was set to zero is over
 * (sqlite.org/pragma.html#pragma_journal_mode, PERSIST). */
static void look_at_journal(const char *path, lm_health *out)
{
    unsigned char first = 0;
    uint64_t size;
    int fd = open_beside(path, "-journal", &size);

    if (fd < 0)
        return;
    out->hot = size > 0 && !out->locked && read_header(fd, &first, 1) &&
               first != 0;
    close(fd);
}

void lm_health_look(const char *path, lm_health *out)
{
    struct stat st;
    int fd;

    memset(out, 0, sizeof *out);
    out->exists = stat(path, &st) == 0;
    if (!out->exists || !S_ISREG(st.st_mode))
        return;
    out->size = (uint64_t)st.st_size;
    fd = open_to_look(path);
    if (fd < 0)
        return;
    out->wal = is_wal(fd);
    ask_lock(fd, LM_RESERVED, out);
    close(fd);
    if (out->wal)
        look_at_wal(path, out);
    else
        look_at_journal(path, out);
}
