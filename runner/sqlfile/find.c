/* SPDX-License-Identifier: MIT */
#include "find.h"

#include "dialect.h"
#include "folders.h"
#include "mark.h"
#include "pairs.h"
#include "versioned.h"

static const char *tool_of(unsigned marks)
{
    if ((marks & LM_MARKS_GOOSE) != 0)
        return "goose";
    return (marks & LM_MARKS_SQL_MIGRATE) != 0 ? "sql-migrate" : "dbmate";
}

/* Without the lowest bit: what is left when one tool is taken away. */
static unsigned but_one(unsigned marks)
{
    return marks & (marks - 1);
}

static int refuse_two(lm_claim *c, size_t at, unsigned others)
{
    const lm_filetext *t = &c->texts[at];
    const char *name = c->dir->entries[at].name;

    if (but_one(t->marks) != 0)
        lm_parts_refuse(t->text, t->mark_at, c->err, "%s has marks of two "
                        "tools: %s and %s", name,
                        tool_of(t->marks & ~but_one(t->marks)),
                        tool_of(but_one(t->marks)));
    else
        lm_parts_refuse(t->text, t->mark_at, c->err, "%s has marks of %s, "
                        "and other files of the folder have those of %s",
                        name, tool_of(t->marks), tool_of(others));
    lm_err_migration(c->err, NULL, t->path);
    lm_err_hint(c->err, "a folder is of one tool: move the others' files "
                "into a folder of their own");
    return LM_EUSAGE;
}

/* Read all *.sql of the folder and gather their marks. */
static int gather(lm_claim *c, unsigned *out, bool *any)
{
    unsigned found = 0, own;
    size_t i;
    int rc = LM_OK;

    *any = false;
    for (i = 0; i < c->dir->count && rc == LM_OK; i++) {
        if (!lm_claim_entry(c, i, ".sql"))
            continue;
        *any = true;
        rc = lm_claim_read(c, i);
        own = c->texts[i].marks;
        if (rc == LM_OK && own != 0 &&
            (but_one(own) != 0 || but_one(found | own) != 0))
            rc = refuse_two(c, i, found);
        found |= own;
    }
    *out = found;
    return rc;
}

int lm_find_dialect(lm_claim *c, const lm_dialect **out)
{
    const char *name = lm_folders_find(c);
    unsigned marks = 0;
    bool any = false;
    int rc = LM_OK;

    if (name == NULL)
        rc = gather(c, &marks, &any);
    if (rc == LM_OK && name == NULL && marks != 0)
        name = tool_of(marks);
    if (rc == LM_OK && name == NULL)
        name = lm_versioned_find(c);
    if (rc == LM_OK && name == NULL)
        name = lm_pairs_find(c);
    if (rc == LM_OK && name == NULL && any)
        name = "sql";
    *out = rc != LM_OK || name == NULL ? NULL : lm_dialect_named(name);
    return c->err->code != LM_OK ? c->err->code : rc;
}
