/* SPDX-License-Identifier: MIT */
#include "dotenv.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- a small file ---- */

/* All of it, though it may be growing: at most `limit` bytes. */
static int read_all(int fd, char *text, size_t limit, size_t *len)
{
    ssize_t n = 1;

    *len = 0;
    while (n > 0 && *len < limit) {
        n = read(fd, text + *len, limit - *len);
        if (n > 0)
            *len += (size_t)n;
        else if (n < 0 && errno == EINTR)
            n = 1;
    }
    text[*len] = '\0';
    return n < 0 ? errno : 0;
}

/* Opened without blocking and looked at before it is read: a FIFO or a
 * device in the place of a file is an error and never a hang. */
int lm_slurp(const char *path, size_t limit, char **text, size_t *len)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat st;
    int rc = 0;

    *text = NULL;
    if (fd < 0)
        return errno;
    if (fstat(fd, &st) != 0)
        rc = errno;
    else if (S_ISDIR(st.st_mode))
        rc = EISDIR;
    else if (!S_ISREG(st.st_mode))
        rc = EINVAL;
    else if (st.st_size > (off_t)limit)
        rc = EFBIG;
    else if ((*text = malloc((size_t)st.st_size + 1)) == NULL)
        rc = ENOMEM;
    else
        rc = read_all(fd, *text, (size_t)st.st_size, len);
    close(fd);
    if (rc != 0) {
        free(*text);
        *text = NULL;
    }
    return rc;
}

/* ---- .env ---- */

typedef struct reader {
    char *at;
    long line;
    const char *why; /* NULL: all is well */
} reader;

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static void skip_blanks(reader *r)
{
    while (is_blank(*r->at))
        r->at++;
}

static void skip_line(reader *r)
{
    r->at += strcspn(r->at, "\n");
    if (*r->at == '\n') {
        r->at++;
        r->line++;
    }
}

static bool in_name(char c, bool first)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           (!first && ((c >= '0' && c <= '9') || c == '.' || c == '-'));
}

static char unescape(char c)
{
    switch (c) {
    case 'n': return '\n';
    case 't': return '\t';
    case 'r': return '\r';
    default: return c;
    }
}

/* In place: what is written never overtakes what is read. */
static char *read_quoted(reader *r)
{
    char quote = *r->at++;
    char *value = r->at, *to = value;

    while (*r->at != '\0' && *r->at != quote) {
        if (*r->at == '\n')
            r->line++;
        if (quote == '"' && *r->at == '\\' && r->at[1] != '\0' &&
            strchr("ntr\"\\$", r->at[1]) != NULL) {
            *to++ = unescape(r->at[1]);
            r->at += 2;
        } else {
            *to++ = *r->at++;
        }
    }
    if (*r->at == '\0') {
        r->why = "a quote that is not closed";
        return value;
    }
    r->at++;
    *to = '\0';
    skip_blanks(r);
    if (*r->at != '\0' && *r->at != '\n' && *r->at != '#')
        r->why = "text behind the closing quote";
    skip_line(r);
    return value;
}

/* To the end of the line, or to a # behind a blank. */
static char *read_plain(reader *r)
{
    char *value = r->at;
    char *end = value;

    while (*end != '\0' && *end != '\n' && !(*end == '#' && is_blank(end[-1])))
        end++;
    r->at = end;
    skip_line(r);
    while (end > value && is_blank(end[-1]))
        end--;
    *end = '\0';
    return value;
}

static bool add(lm_dotenv *d, const char *name, const char *value)
{
    if (d->count == d->size) {
        size_t size = d->size == 0 ? 16 : d->size * 2;
        lm_variable *grown = realloc(d->variables, size * sizeof *grown);

        if (grown == NULL)
            return false;
        d->variables = grown;
        d->size = size;
    }
    d->variables[d->count].name = name;
    d->variables[d->count].value = value;
    d->count++;
    return true;
}

/* NAME=value. A bare NAME, as some files have it, says nothing. */
static void read_variable(lm_dotenv *d, reader *r)
{
    char *name = r->at, *end, *value;

    while (in_name(*r->at, r->at == name))
        r->at++;
    end = r->at;
    skip_blanks(r);
    if (end != name && (*r->at == '\0' || *r->at == '\n')) {
        skip_line(r);
        return;
    }
    if (end == name || *r->at != '=') {
        r->why = "not NAME=value";
        return;
    }
    r->at++;
    skip_blanks(r);
    *end = '\0';
    value = *r->at == '"' || *r->at == '\'' ? read_quoted(r) : read_plain(r);
    if (r->why == NULL && !add(d, name, value))
        r->why = "out of memory";
}

long lm_dotenv_parse(lm_dotenv *d, char *text, const char **why)
{
    reader r;
    long line = 1;

    d->text = text;
    r.at = strncmp(text, "\xEF\xBB\xBF", 3) == 0 ? text + 3 : text;
    r.line = 1;
    r.why = NULL;
    while (*r.at != '\0' && r.why == NULL) {
        line = r.line;
        skip_blanks(&r);
        if (strncmp(r.at, "export", 6) == 0 && is_blank(r.at[6])) {
            r.at += 6;
            skip_blanks(&r);
        }
        if (*r.at == '#' || *r.at == '\n')
            skip_line(&r);
        else if (*r.at != '\0')
            read_variable(d, &r);
    }
    *why = r.why;
    return r.why != NULL ? line : 0;
}

/* The last one counts, as in a shell. */
const char *lm_dotenv_get(const lm_dotenv *d, const char *name)
{
    size_t i = d->count;

    while (i-- > 0)
        if (strcmp(d->variables[i].name, name) == 0)
            return d->variables[i].value;
    return NULL;
}

void lm_dotenv_clear(lm_dotenv *d)
{
    free(d->text);
    free(d->variables);
    memset(d, 0, sizeof *d);
}
