/* SPDX-License-Identifier: MIT */
#ifdef __linux__
#define _GNU_SOURCE     /* statx */
#endif
#include "place.h"

#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

uint64_t lm_place_free(const char *path)
{
    struct statvfs fs;

    if (statvfs(path, &fs) != 0)
        return LM_PLACE_ENDLESS;
    return (uint64_t)fs.f_bavail * fs.f_frsize;
}

bool lm_place_is_read_only(const char *path)
{
    struct statvfs fs;

    return statvfs(path, &fs) == 0 && (fs.f_flag & ST_RDONLY) != 0;
}

/* Linux tells what is the root of a mount (statx(2), 5.8). Elsewhere such a
 * file is on another device than its folder; a link leads away from where it
 * stands and says nothing. */
bool lm_place_is_alone(const char *file, const char *folder)
{
    struct stat st, dir;
#ifdef STATX_ATTR_MOUNT_ROOT
    struct statx s;

    if (statx(AT_FDCWD, file, AT_SYMLINK_NOFOLLOW, 0, &s) == 0 &&
        (s.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT) != 0)
        return (s.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
#endif
    return lstat(file, &st) == 0 && S_ISREG(st.st_mode) &&
           stat(folder, &dir) == 0 && dir.st_dev != st.st_dev;
}

static uint64_t limit_of(const struct rlimit *limit)
{
    return limit->rlim_cur == RLIM_INFINITY ? LM_PLACE_ENDLESS
                                            : (uint64_t)limit->rlim_cur;
}

uint64_t lm_place_file_limit(void)
{
    struct rlimit limit;

    return getrlimit(RLIMIT_FSIZE, &limit) == 0 ? limit_of(&limit)
                                                : LM_PLACE_ENDLESS;
}

uint64_t lm_place_open_limit(void)
{
    struct rlimit limit;

    return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit_of(&limit)
                                                 : LM_PLACE_ENDLESS;
}

/* Clocks that were never set stand at 1970, or where their maker began. Five
 * digits of a year are as wrong. */
bool lm_place_is_dated(const char *utc)
{
    return strlen(utc) >= 5 && utc[4] == '-' &&
           strncmp(utc, "2020", 4) >= 0;
}
