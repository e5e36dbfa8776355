/* SPDX-License-Identifier: MIT */
#include "fault.h"

#include <string.h>

int lm_fault_set(lm_fault *fault, int code, const char *format, ...)
{
    va_list args;

    if (fault->code != LUMIGRATE_OK)
        return fault->code;
    fault->code = code;
    va_start(args, format);
    lm_str_vprintf(&fault->message, format, args);
    va_end(args);
    return code;
}

void lm_fault_hint(lm_fault *fault, const char *format, ...)
{
    va_list args;

    if (fault->hint.len > 0)
        return;
    va_start(args, format);
    lm_str_vprintf(&fault->hint, format, args);
    va_end(args);
}

lumigrate_error lm_fault_info(const lm_fault *fault)
{
    lumigrate_error info;

    memset(&info, 0, sizeof info);
    info.code = fault->code;
    info.sql_offset = -1;
    info.message = lm_str_text(&fault->message);
    if (fault->message.failed)
        info.message = "out of memory";
    if (fault->hint.len > 0)
        info.hint = lm_str_text(&fault->hint);
    return info;
}

void lm_fault_clear(lm_fault *fault)
{
    lm_str_clear(&fault->message);
    lm_str_clear(&fault->hint);
    fault->code = LUMIGRATE_OK;
}
