/* SPDX-License-Identifier: MIT */
#include "bundle.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

typedef struct bundling {
    lm_session *s;
    lm_buf texts;       /* the definitions of the texts */
    lm_buf calls;       /* and what adds them */
    size_t count;
} bundling;

/* One character of a string literal. Octal escapes end after three digits; a
 * question mark could begin a trigraph. */
static void put_char(lm_buf *out, unsigned char c)
{
    switch (c) {
    case '\n': lm_buf_puts(out, "\\n"); break;
    case '\t': lm_buf_puts(out, "\\t"); break;
    case '"': lm_buf_puts(out, "\\\""); break;
    case '\\': lm_buf_puts(out, "\\\\"); break;
    case '?': lm_buf_puts(out, "\\?"); break;
    default:
        if (c < 0x20 || c >= 0x7F)
            lm_buf_printf(out, "\\%03o", c);
        else
            lm_buf_putc(out, (char)c);
    }
}

/* A line of the text is a line of C. */
static void put_string(lm_buf *out, const char *text, size_t len)
{
    size_t i;

    lm_buf_putc(out, '"');
    for (i = 0; i < len; i++) {
        put_char(out, (unsigned char)text[i]);
        if (text[i] == '\n' && i + 1 < len)
            lm_buf_puts(out, "\"\n    \"");
    }
    lm_buf_putc(out, '"');
}

static void put_member(bundling *b, const char *member, const char *value)
{
    lm_buf_printf(&b->calls, "    m.%s = ", member);
    put_string(&b->calls, value, strlen(value));
    lm_buf_puts(&b->calls, ";\n");
}

static void put_text(bundling *b, const char *file, const char *text,
                     size_t len)
{
    b->count++;
    lm_buf_printf(&b->texts, "static const char text_%zu[] =\n    ",
                  b->count);
    put_string(&b->texts, text, len);
    lm_buf_puts(&b->texts, ";\n\n");
    lm_buf_puts(&b->calls, "    memset(&m, 0, sizeof m);\n");
    put_member(b, "file", file);
    lm_buf_printf(&b->calls, "    m.text = text_%zu;\n"
                  "    m.text_len = sizeof text_%zu - 1;\n", b->count,
                  b->count);
}

static void put_call(bundling *b)
{
    lm_buf_puts(&b->calls, "    rc = lumigrate_add(lm, &m);\n"
                "    if (rc != LUMIGRATE_OK)\n        return rc;\n\n");
}

/* A file that is all of its migration, in natural order, is one wherever its
 * text is; what it was besides that is told with the text. */
static int put_source(bundling *b, const lm_source *s)
{
    char *kept = NULL;
    size_t len = 0;
    int rc = s->engine->keep(s->context, s, b->s->err, &kept, &len);

    if (rc != LM_OK)
        return rc;
    put_text(b, s->file, kept != NULL ? kept : s->text,
             kept != NULL ? len : s->len);
    if (kept != NULL || s->rank > 0 || strchr(s->file, '/') != NULL) {
        put_member(b, "id", s->id);
        put_member(b, "checksum", s->checksum);
        if (s->rank > 0)
            lm_buf_printf(&b->calls, "    m.order = %zu;\n", s->rank);
    }
    put_call(b);
    free(kept);
    return LM_OK;
}

static int put_library(bundling *b, const char *name);

/* `name` is the way from the migrations folder: "lib/x.lua". */
static int put_file(bundling *b, const char *name)
{
    char *path = lm_path_join(b->s->folder, name), *text = NULL;
    size_t len = 0;
    int rc = path == NULL ? lm_err_nomem(b->s->err)
        : lm_file_read(path, LM_FILE_LIMIT, b->s->err, &text, &len);

    if (rc == LM_OK) {
        put_text(b, name, text, len);
        put_call(b);
    }
    free(text);
    free(path);
    return rc;
}

static int put_entry(bundling *b, const char *folder, const lm_entry *e)
{
    char *name = lm_format("%s/%s", folder, e->name);
    int rc = name == NULL ? lm_err_nomem(b->s->err) : LM_OK;

    if (rc == LM_OK && e->kind == LM_ENTRY_DIR)
        rc = put_library(b, name);
    else if (rc == LM_OK && e->kind == LM_ENTRY_FILE &&
             lm_ends(e->name, ".lua"))
        rc = put_file(b, name);
    free(name);
    return rc;
}

static bool is_there(const bundling *b, const char *name, lm_dir *dir,
                     int *rc)
{
    char *path = lm_path_join(b->s->folder, name);
    lm_err quiet = {0};
    bool yes;

    if (path == NULL)
        *rc = lm_err_nomem(b->s->err);
    yes = path != NULL && lm_dir_list(path, &quiet, dir) == LM_OK;
    lm_err_clear(&quiet);
    free(path);
    return yes;
}

/* A lib/ that is not there is an empty one. */
static int put_library(bundling *b, const char *name)
{
    lm_dir dir = {0};
    size_t i;
    int rc = LM_OK;

    if (!is_there(b, name, &dir, &rc))
        return rc;
    for (i = 0; i < dir.count && rc == LM_OK; i++)
        rc = put_entry(b, name, &dir.entries[i]);
    lm_dir_clear(&dir);
    return rc;
}

static void put_whole(const bundling *b, const char *name, lm_buf *out)
{
    lm_buf_printf(out, "/* Made by lumigrate %s from a folder of "
                  "migrations: do not edit.\n *\n"
                  " * int %s(lumigrate *lm);\n *\n"
                  " * adds them to a handle, between lumigrate_open and "
                  "lumigrate_up. */\n"
                  "#include <lumigrate.h>\n#include <string.h>\n\n"
                  "#ifdef __GNUC__\n"
                  "#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n"
                  "#endif\n\n", LM_RUNNER_VERSION, name);
    lm_buf_add(out, lm_buf_text(&b->texts), b->texts.len);
    lm_buf_printf(out, "int %s(lumigrate *lm);\n\n"
                  "int %s(lumigrate *lm)\n{\n"
                  "    lumigrate_migration m;\n    int rc;\n\n", name, name);
    lm_buf_add(out, lm_buf_text(&b->calls), b->calls.len);
    lm_buf_puts(out, "    return LUMIGRATE_OK;\n}\n");
}

static int check_name(const char *name, lm_err *err)
{
    size_t i;

    for (i = 0; name[i] != '\0'; i++)
        if (!(isalpha((unsigned char)name[i]) || name[i] == '_' ||
              (i > 0 && isdigit((unsigned char)name[i]))))
            break;
    if (i > 0 && name[i] == '\0')
        return LM_OK;
    return lm_err_set(err, LM_EUSAGE, "\"%s\" cannot be the name of a C "
                      "function", name);
}

static int refuse_empty(lm_session *s)
{
    return lm_err_set(s->err, LM_EUSAGE, "there is no migration in the "
                      "folder %s", s->folder);
}

int lm_bundle(lm_session *s, const char *name, lm_buf *out)
{
    bundling b = {.s = s};
    lm_folder folder = {0};
    size_t i;
    int rc = check_name(name, s->err);

    if (rc == LM_OK)
        rc = lm_folder_read(s->folder, &s->engines, s->err, &folder);
    if (rc == LM_OK && folder.sources.count == 0)
        rc = refuse_empty(s);
    for (i = 0; i < folder.sources.count && rc == LM_OK; i++)
        rc = put_source(&b, &folder.sources.list[i]);
    if (rc == LM_OK)
        rc = put_library(&b, "lib");
    if (rc == LM_OK)
        put_whole(&b, name, out);
    if (rc == LM_OK && (lm_buf_failed(&b.texts) || lm_buf_failed(&b.calls) ||
                        lm_buf_failed(out)))
        rc = lm_err_nomem(s->err);
    lm_buf_clear(&b.texts);
    lm_buf_clear(&b.calls);
    lm_folder_clear(&folder);
    return rc;
}
