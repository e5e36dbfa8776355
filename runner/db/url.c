/* SPDX-License-Identifier: MIT */
#include "url.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../base/text.h"

/* How much of a name may be shown: parameters can hold a key. */
static int shown(const char *name)
{
    return (int)strcspn(name, "?");
}

static int refuse_memory(lm_err *err, const char *name)
{
    lm_err_set(err, LM_EUSAGE, "the database %.*s is in memory: nothing "
               "would be kept", shown(name), name);
    lm_err_hint(err, "give the path of a file, for instance data/app.db");
    return LM_EUSAGE;
}

/* "scheme:" of something that is no path: letters, then a colon. */
static size_t scheme_length(const char *name)
{
    size_t n = 0;

    while ((lm_fold((unsigned char)name[n]) >= 'a' &&
            lm_fold((unsigned char)name[n]) <= 'z') ||
           (n > 0 && strchr("0123456789+.-", name[n]) != NULL &&
            name[n] != '\0'))
        n++;
    return name[n] == ':' && n > 1 ? n : 0;
}

static int hex_digit(char c)
{
    const char *digits = "0123456789abcdef";
    const char *at = c == '\0' ? NULL
        : strchr(digits, lm_fold((unsigned char)c));

    return at == NULL ? -1 : (int)(at - digits);
}

/* %20 and the like, in place. False: %00, or no two digits behind a %. */
static bool decode(char *s)
{
    char *to = s;
    int high, low;

    for (; *s != '\0'; s++) {
        if (*s != '%') {
            *to++ = *s;
            continue;
        }
        high = hex_digit(s[1]);
        low = high < 0 ? -1 : hex_digit(s[2]);
        if (low < 0 || high * 16 + low == 0)
            return false;
        *to++ = (char)(high * 16 + low);
        s += 2;
    }
    *to = '\0';
    return true;
}

static int check_parameter(const char *p, size_t n, const char *name,
                           lm_err *err)
{
    static const char *const unsafe[] = {"immutable", "nolock", "vfs",
                                         "mode=memory"};
    size_t i, m;

    if (n == 11 && strncmp(p, "mode=memory", n) == 0)
        return refuse_memory(err, name);
    if (n == 7 && strncmp(p, "mode=ro", n) == 0)
        return lm_err_set(err, LM_EUSAGE, "the database %.*s is refused: "
                          "mode=ro asks for reading only", shown(name),
                          name);
    for (i = 0; i < sizeof unsafe / sizeof *unsafe; i++) {
        m = strlen(unsafe[i]);
        if (n >= m && strncmp(p, unsafe[i], m) == 0)
            return lm_err_set(err, LM_EUSAGE, "the database %.*s is "
                              "refused: with %s migrations would not be "
                              "safe", shown(name), name, unsafe[i]);
    }
    return LM_OK;
}

/* The part behind '?' of a URI: looked at, then cut off. */
static int cut_parameters(char *path, const char *name, lm_err *err)
{
    char *query = strchr(path, '?'), *fragment = strchr(path, '#');
    size_t n;
    int rc = LM_OK;

    if (fragment != NULL)
        *fragment = '\0';
    if (query == NULL || (fragment != NULL && query > fragment))
        return LM_OK;
    *query++ = '\0';
    while (*query != '\0' && rc == LM_OK) {
        n = strcspn(query, "&");
        rc = check_parameter(query, n, name, err);
        query += n + (query[n] == '&');
    }
    return rc;
}

/* Without the name: before an @ there may be a password. */
static int refuse_host(const char *authority, const char *name, lm_err *err)
{
    if (lm_starts(authority, ":memory:"))
        return refuse_memory(err, name);
    lm_err_set(err, LM_EUSAGE, "the database URL names %s", authority[0] ==
               '\0' ? "no file" : "a host: lumigrate migrates files");
    lm_err_hint(err, "sqlite:data/app.db is a path from here, "
                "sqlite:///var/lib/app.db an absolute one");
    return LM_EUSAGE;
}

/* //host/path: only an empty host and localhost are this machine. */
static int cut_authority(char *path, const char *name, lm_err *err)
{
    char *slash;

    if (!lm_starts(path, "//"))
        return LM_OK;
    slash = strchr(path + 2, '/');
    if (slash == NULL || (slash != path + 2 &&
                          !lm_starts(path + 2, "localhost/")))
        return refuse_host(path + 2, name, err);
    memmove(path, slash, strlen(slash) + 1);
    return LM_OK;
}

static int refuse_engine(lm_err *err, const char *name, size_t n)
{
    lm_err_set(err, LM_EUSAGE, "the database engine %.*s is not supported: "
               "lumigrate migrates SQLite", (int)n, name);
    lm_err_hint(err, "give a path, or sqlite:path");
    return LM_EUSAGE;
}

static bool exists(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0;
}

/* sqlite:///data/app.db where data/app.db was meant. */
static int check_absolute(const char *path, const char *name, lm_err *err)
{
    if (path[0] != '/' || exists(path) || !exists(path + 1))
        return LM_OK;
    lm_err_set(err, LM_EUSAGE, "the database %.*s is the absolute path %s, "
               "which is not there; %s is", shown(name), name, path,
               path + 1);
    lm_err_hint(err, "write sqlite:%s for the one that is there", path + 1);
    return LM_EUSAGE;
}

static int parse_url(char *path, const char *name, bool uri, lm_err *err)
{
    int rc = cut_parameters(path, name, err);

    if (rc == LM_OK)
        rc = cut_authority(path, name, err);
    if (rc == LM_OK && uri && !decode(path))
        rc = lm_err_set(err, LM_EUSAGE, "the database URL %.*s has a "
                        "broken %% escape", shown(name), name);
    return rc;
}

int lm_db_path(const char *name, lm_err *err, char **path)
{
    size_t n = scheme_length(name);
    bool file = n == 4 && lm_same_name_n(name, n, "file", 4);
    bool sqlite = (n == 6 && lm_same_name_n(name, n, "sqlite", 6)) ||
                  (n == 7 && lm_same_name_n(name, n, "sqlite3", 7));
    int rc = LM_OK;

    *path = NULL;
    if (n > 0 && !file && !sqlite)
        return refuse_engine(err, name, n);
    *path = lm_strdup(name + (n > 0 ? n + 1 : 0));
    if (*path == NULL)
        return lm_err_nomem(err);
    if (n > 0)
        rc = parse_url(*path, name, file, err);
    if (rc == LM_OK && (*path)[0] == '\0')
        rc = lm_err_set(err, LM_EUSAGE, "the name of the database is empty");
    else if (rc == LM_OK && strstr(*path, ":memory:") == *path)
        rc = refuse_memory(err, name);
    if (rc == LM_OK && sqlite)
        rc = check_absolute(*path, name, err);
    if (rc != LM_OK) {
        free(*path);
        *path = NULL;
    }
    return rc;
}
