/* SPDX-License-Identifier: MIT */
/* SQLite's result codes (sqlite.org/rescode.html) as our errors. */
#include <string.h>

#include "internal.h"
#include "trouble.h"

int lm_db_class(int code)
{
    switch (code & 0xFF) {
    case SQLITE_BUSY:
        return LM_EBUSY;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FULL:
    case SQLITE_IOERR:
        return LM_EDATA;
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
        return LM_EUSAGE;
    case SQLITE_INTERRUPT:
        return LM_EINTERRUPT;
    case SQLITE_NOMEM:
        return LM_ENOMEM;
    default:
        return LM_EFAILED;
    }
}

/* May a script not go on after this one, even when it caught the error? */
bool lm_db_fatal(int code)
{
    switch (code & 0xFF) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_INTERRUPT:
    case SQLITE_NOMEM:
        return true;
    default:
        return false;
    }
}

static void add_hint(lm_err *err, int code, double waited)
{
    switch (code & 0xFF) {
    case SQLITE_ABORT:
        lm_err_hint(err, "read its rows first (fetchall()), or change the "
                    "schema in a migration of its own");
        break;
    case SQLITE_BUSY:
        lm_err_hint(err, "another program kept the database locked for "
                    "longer than the lock timeout of %g s; end it, or wait "
                    "longer with --lock-timeout", waited / 1e3);
        break;
    case SQLITE_LOCKED:
        lm_err_hint(err, "a cursor of the script has rows left to be read: "
                    "read them to the end, or close() it first");
        break;
    case SQLITE_NOTADB:
        lm_err_hint(err, "check the path: this file was not made by SQLite, "
                    "or it is encrypted");
        break;
    case SQLITE_CORRUPT:
        lm_err_hint(err, "the file is damaged: restore a backup, or salvage "
                    "what can be read with the sqlite3 shell's .recover");
        break;
    case SQLITE_FULL:
        lm_err_hint(err, "make room on the disk (or in the folder for "
                    "temporary files) and run it again");
        break;
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
        lm_err_hint(err, "the file and its folder must be writable: SQLite "
                    "makes a journal beside the database");
        break;
    default:
        break;
    }
}

static const char *path_of(const lm_db *db)
{
    const char *path = db->handle == NULL ? NULL
        : sqlite3_db_filename(db->handle, "main");

    return path == NULL || path[0] == '\0' ? NULL : path;
}

int lm_db_fail(lm_db *db, int code, const char *sql, size_t len)
{
    int extended = code, offset = -1;
    const char *message = sqlite3_errstr(code);

    if ((code & 0xFF) == SQLITE_NOMEM)
        return lm_err_nomem(db->err);
    /* What is known already is the cause of this, or came first; only of a
     * statement that was ended it says nothing. */
    if (db->err->code != LM_OK && (code & 0xFF) != SQLITE_INTERRUPT) {
        db->refusal[0] = '\0';
        return db->err->code;
    }
    if (db->handle != NULL && code != SQLITE_MISUSE) {
        extended = sqlite3_extended_errcode(db->handle);
        if ((extended & 0xFF) == (code & 0xFF)) {
            message = sqlite3_errmsg(db->handle);
            offset = sqlite3_error_offset(db->handle);
        } else
            extended = code;
    }
    if (extended == SQLITE_ABORT_ROLLBACK)
        message = "the cursor has lost the rows that were left: a savepoint "
            "was undone, and after a change of the schema that ends every "
            "cursor";
    if (db->refusal[0] != '\0') {
        message = db->refusal;
        offset = -1;
    }
    if (db->err->code == LM_OK)
        lm_trouble_explain(db->err, extended, path_of(db));
    /* RAISE(ABORT, ''), or a function's error without a text */
    if (message[0] == '\0')
        message = sqlite3_errstr(code);
    lm_err_set(db->err, lm_db_class(code), "%s", message);
    lm_err_sql(db->err, sql, len, offset, extended);
    add_hint(db->err, code, db->lock_timeout);
    db->refusal[0] = '\0';
    return db->err->code;
}

const char *lm_db_code_name(int code)
{
    static const struct {
        int code;
        const char *name;
    } names[] = {
#define NAME(x) {x, #x}
        NAME(SQLITE_ERROR), NAME(SQLITE_INTERNAL), NAME(SQLITE_PERM),
        NAME(SQLITE_ABORT), NAME(SQLITE_BUSY), NAME(SQLITE_LOCKED),
        NAME(SQLITE_NOMEM), NAME(SQLITE_READONLY), NAME(SQLITE_INTERRUPT),
        NAME(SQLITE_IOERR), NAME(SQLITE_CORRUPT), NAME(SQLITE_NOTFOUND),
        NAME(SQLITE_FULL), NAME(SQLITE_CANTOPEN), NAME(SQLITE_PROTOCOL),
        NAME(SQLITE_SCHEMA), NAME(SQLITE_TOOBIG), NAME(SQLITE_CONSTRAINT),
        NAME(SQLITE_MISMATCH), NAME(SQLITE_MISUSE), NAME(SQLITE_NOLFS),
        NAME(SQLITE_AUTH), NAME(SQLITE_RANGE), NAME(SQLITE_NOTADB),
        NAME(SQLITE_BUSY_RECOVERY), NAME(SQLITE_BUSY_SNAPSHOT),
        NAME(SQLITE_CANTOPEN_ISDIR), NAME(SQLITE_CANTOPEN_FULLPATH),
        NAME(SQLITE_CONSTRAINT_CHECK), NAME(SQLITE_CONSTRAINT_COMMITHOOK),
        NAME(SQLITE_CONSTRAINT_DATATYPE),
        NAME(SQLITE_CONSTRAINT_FOREIGNKEY),
        NAME(SQLITE_CONSTRAINT_FUNCTION), NAME(SQLITE_CONSTRAINT_NOTNULL),
        NAME(SQLITE_CONSTRAINT_PRIMARYKEY), NAME(SQLITE_CONSTRAINT_ROWID),
        NAME(SQLITE_CONSTRAINT_TRIGGER), NAME(SQLITE_CONSTRAINT_UNIQUE),
        NAME(SQLITE_CONSTRAINT_VTAB), NAME(SQLITE_CORRUPT_INDEX),
        NAME(SQLITE_CORRUPT_SEQUENCE), NAME(SQLITE_CORRUPT_VTAB),
        NAME(SQLITE_ERROR_MISSING_COLLSEQ), NAME(SQLITE_IOERR_ACCESS),
        NAME(SQLITE_IOERR_CLOSE), NAME(SQLITE_IOERR_DELETE),
        NAME(SQLITE_IOERR_DIR_FSYNC), NAME(SQLITE_IOERR_FSTAT),
        NAME(SQLITE_IOERR_FSYNC), NAME(SQLITE_IOERR_GETTEMPPATH),
        NAME(SQLITE_IOERR_LOCK), NAME(SQLITE_IOERR_MMAP),
        NAME(SQLITE_IOERR_NOMEM), NAME(SQLITE_IOERR_RDLOCK),
        NAME(SQLITE_IOERR_READ), NAME(SQLITE_IOERR_SHMMAP),
        NAME(SQLITE_IOERR_SHMOPEN), NAME(SQLITE_IOERR_SHMSIZE),
        NAME(SQLITE_IOERR_SHORT_READ), NAME(SQLITE_IOERR_TRUNCATE),
        NAME(SQLITE_IOERR_UNLOCK), NAME(SQLITE_IOERR_WRITE),
        NAME(SQLITE_LOCKED_SHAREDCACHE), NAME(SQLITE_LOCKED_VTAB),
        NAME(SQLITE_READONLY_CANTINIT), NAME(SQLITE_READONLY_CANTLOCK),
        NAME(SQLITE_READONLY_DBMOVED), NAME(SQLITE_READONLY_DIRECTORY),
        NAME(SQLITE_READONLY_RECOVERY), NAME(SQLITE_READONLY_ROLLBACK)
#undef NAME
    };
    size_t i;

    for (i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].code == code)
            return names[i].name;
    return code == (code & 0xFF) ? NULL : lm_db_code_name(code & 0xFF);
}

const char *lm_db_version(void)
{
    return sqlite3_libversion();
}

lm_err *lm_db_err(lm_db *db)
{
    return db->err;
}
