/* SPDX-License-Identifier: MIT */
#include "parts.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "../base/list.h"
#include "../base/text.h"
#include "../lex/sqltok.h"

int lm_parts_begin(lm_parts *parts, size_t at, bool up, lm_err *err)
{
    lm_part *grown = lm_list_grow(parts->list, parts->count, &parts->size,
                                  sizeof *grown);

    if (grown == NULL)
        return lm_err_nomem(err);
    parts->list = grown;
    grown += parts->count++;
    grown->start = at;
    grown->size = 0;
    grown->up = up;
    parts->open = true;
    if (!up)
        parts->has_down = true;
    return LM_OK;
}

void lm_parts_end(lm_parts *parts, size_t at)
{
    if (parts->open)
        parts->list[parts->count - 1].size =
            at - parts->list[parts->count - 1].start;
    parts->open = false;
}

int lm_parts_cut(lm_parts *parts, size_t end, size_t next, lm_err *err)
{
    bool up;

    if (!parts->open)
        return LM_OK;
    up = parts->list[parts->count - 1].up;
    lm_parts_end(parts, end);
    return lm_parts_begin(parts, next, up, err);
}

int lm_parts_live(lm_parts *parts, size_t start, size_t end, lm_err *err)
{
    lm_stretch *grown = lm_list_grow(parts->live, parts->live_count,
                                     &parts->live_size, sizeof *grown);

    if (grown == NULL)
        return lm_err_nomem(err);
    parts->live = grown;
    grown[parts->live_count].start = start;
    grown[parts->live_count++].end = end;
    return LM_OK;
}

void lm_parts_clear(lm_parts *parts)
{
    free(parts->list);
    free(parts->live);
    memset(parts, 0, sizeof *parts);
}

int lm_parts_refuse(const char *text, size_t at, lm_err *err,
                    const char *format, ...)
{
    int line, column;
    va_list args;
    char *sentence;

    va_start(args, format);
    sentence = lm_vformat(format, args);
    va_end(args);
    if (sentence == NULL)
        return lm_err_nomem(err);
    lm_text_position(text, at, &line, &column);
    lm_err_set(err, LM_EUSAGE, "%s", sentence);
    lm_err_line(err, line, column);
    free(sentence);
    return LM_EUSAGE;
}
