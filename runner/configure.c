/* SPDX-License-Identifier: MIT */
/* The configuration: what of it cannot be, and what is meant by the rest. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "db/process.h"
#include "handle.h"
#include "sqlfile/sql_engine.h"

static int check_range(lumigrate *lm, const lumigrate_config *c)
{
    if (c->timeout < 0 || c->timeout != c->timeout ||
        c->lock_timeout != c->lock_timeout)
        return lm_err_set(&lm->err, LM_EUSAGE, "a time limit is no number "
                          "of seconds");
    if (c->keep < 0)
        return lm_err_set(&lm->err, LM_EUSAGE, "the number of backups to "
                          "keep is negative");
    if (c->memory_limit < 0)
        return lm_err_set(&lm->err, LM_EUSAGE, "the memory limit is "
                          "negative");
    if (c->table != NULL && c->table[0] == '\0')
        return lm_err_set(&lm->err, LM_EUSAGE, "the name of the ledger's "
                          "table is empty");
    if (c->table != NULL && strncasecmp(c->table, "sqlite_", 7) == 0)
        return lm_err_set(&lm->err, LM_EUSAGE, "names that begin with "
                          "sqlite_ belong to SQLite: %s", c->table);
    if (c->migrations != NULL && c->no_folder != 0)
        return lm_err_set(&lm->err, LM_EUSAGE, "a migrations folder is given, "
                          "and that there is none");
    if (c->migrations != NULL && c->migrations[0] == '\0')
        return lm_err_set(&lm->err, LM_EUSAGE, "the name of the migrations "
                          "folder is empty");
    return c->dialect == NULL ? LM_OK
        : lm_sql_check_dialect(c->dialect, &lm->err);
}

static lm_policy policy_of(int asked, lm_policy otherwise)
{
    switch (asked) {
    case LUMIGRATE_APPLY: return LM_POLICY_APPLY;
    case LUMIGRATE_WARN: return LM_POLICY_WARN;
    case LUMIGRATE_ERROR: return LM_POLICY_ERROR;
    default: return otherwise;
    }
}

static lm_rules rules_of(const lumigrate_config *c)
{
    lm_rules rules = {0};

    rules.strict = c->strict != 0;
    rules.out_of_order = policy_of(c->out_of_order, rules.strict
                                   ? LM_POLICY_ERROR : LM_POLICY_WARN);
    rules.if_ahead = policy_of(c->if_ahead, LM_POLICY_APPLY);
    return rules;
}

static const char *process_environment(void *user, const char *name)
{
    (void)user;
    return getenv(name);
}

static int copy_config(lumigrate *lm, const lumigrate_config *c)
{
    lm_session *s = &lm->session;
    long mib = c->memory_limit == 0 ? 512 : c->memory_limit;

    s->folder = lm_strdup(c->no_folder != 0 ? ""
                          : c->migrations != NULL ? c->migrations
                                                  : "migrations");
    s->engines.no_folder = c->no_folder != 0;
    s->table = lm_strdup(c->table != NULL ? c->table : "schema_migrations");
    s->backup = c->backup != NULL ? lm_strdup(c->backup) : NULL;
    if (s->folder == NULL || s->table == NULL ||
        (c->backup != NULL && s->backup == NULL))
        return lm_err_nomem(&lm->err);
    s->backup_keep = (size_t)c->keep;
    s->lock_timeout = c->lock_timeout == 0 ? 60
        : c->lock_timeout < 0 ? 0 : c->lock_timeout;
    s->stop.timeout = c->timeout * 1e3;
    s->memory_limit = mib > (1L << 40) ? 0 : mib * 1024 * 1024;
    s->one_transaction = c->transaction == LUMIGRATE_TRANSACTION_ALL;
    s->rules = rules_of(c);
    s->last_attempt = -1;
    s->no_create = c->no_create != 0;
    lm->deep = c->deep != 0;
    s->must_ask = !lm_process_is_dedicated();
    s->env_user = c->user;
    s->getenv = c->getenv != NULL ? c->getenv : process_environment;
    lm->on_event = c->on_event;
    lm->user = c->user;
    return LM_OK;
}

int lm_configure(lumigrate *lm, const lumigrate_config *c)
{
    int rc = check_range(lm, c);

    return rc == LM_OK ? copy_config(lm, c) : rc;
}
