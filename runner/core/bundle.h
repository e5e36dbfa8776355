/* SPDX-License-Identifier: MIT */
/*
 * bundle.h - a folder of migrations as a C file.
 *
 *   lm_bundle   C that adds every migration of the session's folder, and what
 *               lies in its lib/, to a handle; `name` is the function's
 *
 * A migration is the same to a database whether it comes from the folder or
 * from the program. What stands in more than one file, or in an order of its
 * tool's, goes into it as the history would keep it: both ways in one text,
 * with its ID and fingerprint.
 */
#ifndef LM_CORE_BUNDLE_H
#define LM_CORE_BUNDLE_H

#include "../base/buf.h"
#include "session.h"

int lm_bundle(lm_session *s, const char *name, lm_buf *out);

#endif
