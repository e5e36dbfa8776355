/* SPDX-License-Identifier: MIT */
#include "words.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "utf.h"

void lm_words_count(lm_str *to, long n)
{
    char digits[32];
    int i, len = snprintf(digits, sizeof digits, "%ld", n);

    for (i = 0; i < len; i++) {
        lm_str_putc(to, digits[i]);
        if (i + 1 < len && (len - i - 1) % 3 == 0 && digits[i] != '-')
            lm_str_putc(to, ',');
    }
}

void lm_words_many(lm_str *to, long n, const char *thing)
{
    lm_words_count(to, n);
    lm_str_printf(to, " %s%s", thing, n == 1 ? "" : "s");
}

/* The limits stand where rounding would say 10.0 ms or 1000 ms. */
void lm_words_duration(lm_str *to, double ms)
{
    long s;

    if (ms < 0.05)
        lm_str_puts(to, "<0.1 ms");
    else if (ms < 9.95)
        lm_str_printf(to, "%.1f ms", ms);
    else if (ms < 999.5)
        lm_str_printf(to, "%.0f ms", ms);
    else if (ms < 59950)
        lm_str_printf(to, "%.1f s", ms / 1000);
    else {
        s = ms < 1e15 ? (long)(ms / 1000 + 0.5) : 0;
        if (s < 3600)
            lm_str_printf(to, "%ld min %ld s", s / 60, s % 60);
        else
            lm_str_printf(to, "%ld h %ld min", s / 3600, s % 3600 / 60);
    }
}

void lm_words_time(lm_str *to, const char *utc)
{
    if (strlen(utc) >= 19 && utc[10] == 'T') {
        lm_utf_show(to, utc, 10);
        lm_str_putc(to, ' ');
        lm_utf_show(to, utc + 11, 8);
    } else {
        lm_words_text(to, utc);
    }
}

void lm_words_text(lm_str *to, const char *text)
{
    lm_utf_show(to, text, strlen(text));
}

void lm_words_name(lm_str *to, const char *text)
{
    lm_str_putc(to, '"');
    lm_words_text(to, text);
    lm_str_putc(to, '"');
}

void lm_words_cut(lm_str *to, const char *text, size_t n, size_t columns)
{
    size_t shown = lm_utf_cut(text, n, columns);

    lm_utf_show(to, text, shown);
    if (shown < n)
        lm_str_puts(to, "…");
}

void lm_words_flat(lm_str *to, const char *text, size_t n, size_t columns)
{
    lm_str flat = {0};
    bool blank = true;
    size_t i;

    /* A code point has at most four bytes: no more than these can show. */
    for (i = 0; i < n && flat.len <= 4 * columns + 4; i++) {
        bool here = text[i] == ' ' || text[i] == '\t' || text[i] == '\r' ||
                    text[i] == '\n';

        if (!here && blank && flat.len > 0)
            lm_str_putc(&flat, ' ');
        if (!here)
            lm_str_putc(&flat, text[i]);
        blank = here;
    }
    lm_words_cut(to, lm_str_text(&flat), flat.len, columns);
    lm_str_clear(&flat);
}

bool lm_words_number(const char *text, long most, long *n)
{
    if (*text == '\0' || text[strspn(text, "0123456789")] != '\0')
        return false;
    errno = 0;
    *n = strtol(text, NULL, 10);
    return errno == 0 && *n >= 1 && *n <= most;
}

/* password=…, key=… and the like: what stands behind the sign, or NULL. */
static const char *secret_value(const char *parameter)
{
    static const char *const names[] = {
        "password=", "passwd=", "pwd=",       "key=",
        "hexkey=",   "token=",  "authtoken=", "secret="};
    size_t i;

    for (i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strncasecmp(parameter, names[i], strlen(names[i])) == 0)
            return parameter + strlen(names[i]);
    return NULL;
}

static void hide_parameters(lm_str *to, const char *query)
{
    while (*query != '\0') {
        const char *value = secret_value(query + 1);
        size_t n = 1 + strcspn(query + 1, "&;#");

        if (value != NULL) {
            lm_utf_show(to, query, (size_t)(value - query));
            lm_str_puts(to, "***");
        } else {
            lm_utf_show(to, query, n);
        }
        query += n;
    }
}

/*
 * Where a password begins and the @ behind it stands, in scheme://user:
 * password@host. The last @ counts, since a password may hold anything.
 */
static bool find_password(const char *url, size_t *begin, size_t *end)
{
    const char *user = strstr(url, "://");
    const char *colon, *at;

    if (user == NULL)
        return false;
    colon = user + 3 + strcspn(user + 3, ":/?#");
    at = strrchr(colon, '@');
    if (*colon != ':' || at == NULL)
        return false;
    *begin = (size_t)(colon - url) + 1;
    *end = (size_t)(at - url);
    return true;
}

void lm_words_database(lm_str *to, const char *url)
{
    size_t begin, end, n;

    if (find_password(url, &begin, &end)) {
        lm_utf_show(to, url, begin);
        lm_str_puts(to, "***");
        url += end;
    }
    n = strcspn(url, "?");
    lm_utf_show(to, url, n);
    hide_parameters(to, url + n);
}
