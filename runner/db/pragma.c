/* SPDX-License-Identifier: MIT */
/*
 * Which pragmas a script may use (sqlite.org/pragma.html), and putting back
 * what lives in the connection. The list is of what is allowed: a pragma of
 * a later release is refused until somebody has looked at it.
 */
#include <stdio.h>
#include <string.h>

#include "../base/text.h"
#include "../lex/sqltok.h"
#include "internal.h"

typedef enum pragma_use {
    USE_ASK,        /* its argument is a question, never a setting */
    USE_READ,       /* may be read, not set */
    USE_SET,        /* may be set in any script */
    USE_ALONE       /* may be set or run with TRANSACTION = false */
} pragma_use;

typedef struct pragma_rule {
    const char *name;
    pragma_use use;
} pragma_rule;

static const pragma_rule rules[] = {
    {"table_info", USE_ASK},
    {"table_xinfo", USE_ASK},
    {"table_list", USE_ASK},
    {"index_list", USE_ASK},
    {"index_info", USE_ASK},
    {"index_xinfo", USE_ASK},
    {"foreign_key_list", USE_ASK},
    {"foreign_key_check", USE_ASK},
    {"integrity_check", USE_ASK},
    {"quick_check", USE_ASK},
    {"collation_list", USE_ASK},
    {"database_list", USE_ASK},
    {"function_list", USE_ASK},
    {"module_list", USE_ASK},
    {"pragma_list", USE_ASK},
    {"compile_options", USE_ASK},
    {"page_count", USE_ASK},
    {"freelist_count", USE_ASK},
    {"data_version", USE_ASK},
    {"legacy_alter_table", USE_SET},
    {"defer_foreign_keys", USE_SET},
    {"recursive_triggers", USE_SET},
    {"case_sensitive_like", USE_SET},
    {"cache_size", USE_SET},
    {"user_version", USE_SET},
    {"application_id", USE_SET},
    {"journal_mode", USE_ALONE},
    {"auto_vacuum", USE_ALONE},
    {"page_size", USE_ALONE},
    {"wal_checkpoint", USE_ALONE},
    {"incremental_vacuum", USE_ALONE},
    {"optimize", USE_ALONE},
    {"foreign_keys", USE_READ},
    {"schema_version", USE_READ},
    {"encoding", USE_READ},
    {"synchronous", USE_READ},
    {"busy_timeout", USE_READ},
    {"cache_spill", USE_READ},
    {"locking_mode", USE_READ},
    {"temp_store", USE_READ},
    {"mmap_size", USE_READ},
    {"secure_delete", USE_READ},
    {"max_page_count", USE_READ},
    {"journal_size_limit", USE_READ},
    {"query_only", USE_READ},
    {"read_uncommitted", USE_READ},
    {"reverse_unordered_selects", USE_READ},
    {"trusted_schema", USE_READ},
    {"automatic_index", USE_READ},
    {"wal_autocheckpoint", USE_READ},
    {"writable_schema", USE_READ},
    {"analysis_limit", USE_READ},
    {"cell_size_check", USE_READ},
    {"fullfsync", USE_READ},
    {"checkpoint_fullfsync", USE_READ},
    {"threads", USE_READ},
    {"ignore_check_constraints", USE_READ}
};

/* Reading these does something, so without an argument they are set too. */
static bool acts_when_read(const char *name)
{
    return lm_same_name(name, "wal_checkpoint") ||
           lm_same_name(name, "incremental_vacuum") ||
           lm_same_name(name, "optimize");
}

static const pragma_rule *find_rule(const char *name)
{
    size_t i;

    for (i = 0; i < sizeof rules / sizeof *rules; i++)
        if (lm_same_name(rules[i].name, name))
            return &rules[i];
    return NULL;
}

bool lm_pragma_sets(const char *name, const char *value)
{
    const pragma_rule *rule = find_rule(name);

    return (value != NULL || acts_when_read(name)) &&
           (rule == NULL || rule->use != USE_ASK);
}

int lm_pragma_verdict(lm_db *db, const char *name, const char *value)
{
    const pragma_rule *rule = find_rule(name);
    bool sets = value != NULL || acts_when_read(name);
    const char *why = "is not allowed in a migration";

    if (rule != NULL && (!sets || rule->use == USE_ASK ||
                         rule->use == USE_SET))
        return LM_OK;
    if (rule != NULL && rule->use == USE_ALONE) {
        if (db->own_txn)
            return LM_OK;
        why = "does nothing inside a transaction: it needs "
              "TRANSACTION = false";
    } else if (lm_same_name(name, "foreign_keys"))
        why = "does nothing inside a transaction: set the global "
              "FOREIGN_KEYS = true to have them enforced";
    snprintf(db->refusal, sizeof db->refusal, "PRAGMA %.60s %s", name, why);
    return LM_EFAILED;
}

/* What lives in the connection. case_sensitive_like cannot be asked for: it
 * is found out by a comparison. */
static const char *const kept_name[LM_PRAGMA_KEPT] = {
    "legacy_alter_table", "recursive_triggers", "cache_size",
    "case_sensitive_like"
};

static int read_kept(lm_db *db, int i)
{
    static const char *const ask[LM_PRAGMA_KEPT] = {
        "PRAGMA legacy_alter_table", "PRAGMA recursive_triggers",
        "PRAGMA main.cache_size", "SELECT NOT ('a' LIKE 'A')"
    };
    int rc;

    rc = lm_db_integer(db, ask[i], 0, &db->kept_value[i]);
    db->kept[i] = rc == LM_OK;
    return rc;
}

/*
 * WAL mode is the file's. The other journal modes are the connection's, and
 * with a journal in memory, or none, the next migration's commit would not
 * be whole after a kill.
 */
static int take_journal(void *user, lm_db *db, const lm_value *row)
{
    static const char *const modes[] = {
        "wal", "delete", "truncate", "persist", "memory", "off"
    };
    const char **mode = user;
    size_t i;

    (void)db;
    for (i = 0; i < sizeof modes / sizeof *modes; i++)
        if (row->type == LM_TEXT &&
            lm_same_name_n(row->as.text.bytes, row->as.text.size, modes[i],
                           strlen(modes[i])))
            *mode = modes[i];
    return LM_OK;
}

static int read_journal(lm_db *db, const char **mode)
{
    *mode = NULL;
    return lm_db_each(db, "PRAGMA main.journal_mode", NULL, 0, take_journal,
                      mode);
}

static int restore_journal(lm_db *db)
{
    const char *before = db->kept_journal, *now;
    char sql[60];
    int rc;

    db->kept_journal = NULL;
    if (before == NULL)
        return LM_OK;
    rc = read_journal(db, &now);
    if (rc != LM_OK || now == NULL || strcmp(now, "wal") == 0 ||
        strcmp(now, before) == 0)
        return rc;
    snprintf(sql, sizeof sql, "PRAGMA main.journal_mode = %s",
             strcmp(before, "wal") == 0 ? "delete" : before);
    return lm_db_exec(db, sql);
}

/* Does the statement name this pragma? It is enough to keep too much. */
static bool mentions(const char *sql, size_t len, const char *name)
{
    lm_sqltok t;

    lm_sqltok_start(&t, sql, len);
    while (lm_sqltok_next(&t) != LM_TOK_END) {
        if (t.kind == LM_TOK_WORD && lm_sqltok_is(&t, name))
            return true;
        if (t.kind == LM_TOK_QUOTED && t.size >= 2 &&
            lm_same_name_n(sql + t.start + 1, t.size - 2, name,
                           strlen(name)))
            return true;
    }
    return false;
}

int lm_pragma_keep(lm_db *db, const char *sql, size_t len)
{
    int i, rc = LM_OK;

    for (i = 0; i < LM_PRAGMA_KEPT && rc == LM_OK; i++)
        if (!db->kept[i] && mentions(sql, len, kept_name[i]))
            rc = read_kept(db, i);
    if (rc == LM_OK && db->own_txn && db->kept_journal == NULL &&
        mentions(sql, len, "journal_mode"))
        rc = read_journal(db, &db->kept_journal);
    return rc;
}

int lm_pragma_keep_all(lm_db *db)
{
    int i, rc = LM_OK;

    for (i = 0; i < LM_PRAGMA_KEPT && rc == LM_OK; i++)
        if (!db->kept[i])
            rc = read_kept(db, i);
    return rc;
}

int lm_pragma_restore(lm_db *db)
{
    char sql[100];
    int i, rc, first = restore_journal(db);

    for (i = 0; i < LM_PRAGMA_KEPT; i++) {
        if (!db->kept[i])
            continue;
        db->kept[i] = false;
        snprintf(sql, sizeof sql, "PRAGMA %s = %lld", kept_name[i],
                 (long long)db->kept_value[i]);
        rc = lm_db_exec(db, sql);
        if (first == LM_OK)
            first = rc;
    }
    return first;
}

typedef struct mode_buffer {
    char *out;
    size_t size;
} mode_buffer;

static int take_mode(void *user, lm_db *db, const lm_value *row)
{
    const mode_buffer *to = user;

    (void)db;
    snprintf(to->out, to->size, "%.*s", (int)row->as.text.size,
             row->type == LM_TEXT ? row->as.text.bytes : "");
    return LM_OK;
}

int lm_db_journal_mode(lm_db *db, char *out, size_t size)
{
    mode_buffer to = {out, size};

    out[0] = '\0';
    return lm_db_each(db, "PRAGMA main.journal_mode", NULL, 0, take_mode,
                      &to);
}
