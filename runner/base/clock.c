/* SPDX-License-Identifier: MIT */
#include "clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

double lm_clock_ms(void)
{
    struct timespec t = {0};

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

double lm_clock_since(double then_ms)
{
    double us = (lm_clock_ms() - then_ms) * 1e3;

    return (double)(long long)(us + 0.5) / 1e3;
}

void lm_clock_utc(char out[LM_UTC_SIZE])
{
    struct timespec t = {0};
    struct tm tm;
    char day[LM_UTC_SIZE - 6];

    clock_gettime(CLOCK_REALTIME, &t);
    memset(&tm, 0, sizeof tm);
    tm.tm_mday = 1;
    gmtime_r(&t.tv_sec, &tm);
    if (strftime(day, sizeof day, "%Y-%m-%dT%H:%M:%S", &tm) == 0)
        day[0] = '\0';
    snprintf(out, LM_UTC_SIZE, "%s.%03dZ", day, (int)(t.tv_nsec / 1000000));
}

void lm_clock_stamp(char out[LM_UTC_SIZE])
{
    char utc[LM_UTC_SIZE];
    char *to = out;
    const char *c;

    lm_clock_utc(utc);
    for (c = utc; *c != '\0'; c++)
        if (*c != '-' && *c != ':')
            *to++ = *c;
    *to = '\0';
}
