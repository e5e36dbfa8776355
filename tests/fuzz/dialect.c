/* SPDX-License-Identifier: MIT */
/*
 * A file of each tool on its way through the engine: claimed, identified,
 * compiled, kept and revived.
 *
 * The first byte says whose it is: a letter for each row of the table of
 * dialects, from a on; a capital has the folder find out by itself. The rest
 * is the text; behind a line with ==down== alone stands that of the file of
 * the way down. No folder is there: what a tool has in sub-folders is made
 * up as its claim would leave it.
 */
#include "fuzz.h"

#include "../../runner/core/folder.h"
#include "../../runner/sqlfile/dialect.h"
#include "../../runner/sqlfile/folders.h"
#include "../../runner/sqlfile/sql_engine.h"
#include "../../runner/sqlfile/statements.h"

static const lm_engine *const engine = &lm_sql_engine;

/* How the files of a tool are called. */
static const struct names {
    const char *kind, *up, *down;
} all_names[] = {
    {"golang-migrate", "1_a.up.sql", "1_a.down.sql"},
    {"pairs", "a.up.sql", "a.down.sql"},
    {"sqlx", "1_a.up.sql", "1_a.down.sql"},
    {"diesel", "1_a/up.sql", "1_a/down.sql"},
    {"prisma", "1_a/migration.sql", NULL},
    {"drizzle", "0001_a.sql", NULL},
    {"flyway", "V1__a.sql", NULL},
    {"refinery", "V1__a.sql", NULL},
    {"yoyo", "1_a.sql", "1_a.rollback.sql"},
    {NULL, "1_a.sql", NULL}
};

typedef struct input {
    const lm_dialect *dialect;
    const struct names *names;
    bool forced;
    const char *up, *down;      /* down NULL: there is none */
    size_t up_len, down_len;
    void *context;
} input;

/* Set, empty, with a statement in it, with a variable in it; not set. */
static const char *get_variable(void *unused, const char *name)
{
    static const char *const values[] = {
        "value", "", "SELECT 1; SELECT 2", "${A}", "'", NULL, NULL
    };

    (void)unused;
    MUST(name != NULL && *name != '\0');
    return values[strlen(name) % (sizeof values / sizeof *values)];
}

static void read_input(char *text, size_t size, input *in)
{
    static const char divider[] = "\n==down==\n";
    size_t n = sizeof divider - 1, rows = 0, i;

    while (lm_dialect_each(rows) != NULL)
        rows++;
    in->forced = (text[0] & 32) != 0;
    in->dialect = lm_dialect_each((((size_t)text[0] & 31) + rows - 1) % rows);
    in->names = all_names;
    while (in->names->kind != NULL &&
           strcmp(in->names->kind, in->dialect->name) != 0)
        in->names++;
    in->up = text + 1;
    in->up_len = size - 1;
    for (i = 1; in->names->down != NULL && i + n <= size; i++)
        if (memcmp(text + i, divider, n) == 0) {
            in->up_len = i - 1;
            in->down = text + i + n;
            in->down_len = size - i - n;
            break;
        }
}

/* ---- what holds for every answer ---- */

static int lines_of(const char *text, size_t len)
{
    int n = 1;

    for (; len > 0; len--)
        n += *text++ == '\n';
    return n;
}

static void check_err(const input *in, const lm_err *err, int rc)
{
    bool down = err->file != NULL && in->down != NULL &&
                strcmp(err->file, in->names->down) == 0;

    MUST(rc == err->code && rc != LM_ENOMEM);
    if (rc == LM_OK) {
        MUST(err->message == NULL && err->line == 0);
        return;
    }
    MUST(rc == LM_EUSAGE || rc == LM_EFAILED);
    MUST(err->message != NULL && *err->message != '\0');
    MUST(err->line >= 0 && (err->line == 0 || err->column >= 1));
    MUST(err->line <= (down ? lines_of(in->down, in->down_len)
                            : lines_of(in->up, in->up_len)));
}

static void check_same_text(const char *a, size_t n, const char *b, size_t m)
{
    MUST((a == NULL) == (b == NULL));
    MUST(a == NULL || (n == m && memcmp(a, b, n) == 0));
}

static void check_same(const lm_source *a, const lm_source *b)
{
    MUST(strcmp(a->checksum, b->checksum) == 0);
    MUST(a->has_down == b->has_down);
    MUST(a->txn == b->txn && a->down_txn == b->down_txn);
    MUST(a->run == b->run && a->foreign_keys == b->foreign_keys);
    MUST(strcmp(a->description, b->description) == 0);
    MUST(strchr(a->description, '\n') == NULL);
    check_same_text(a->text, a->len, b->text, b->len);
    check_same_text(a->down_text, a->down_len, b->down_text, b->down_len);
}

/* ---- from a file to a source ---- */

static void add_entry(lm_dir *dir, const char *name, const char *text,
                      size_t len)
{
    lm_entry *e = &dir->entries[dir->count++];

    e->kind = LM_ENTRY_FILE;
    e->name = lm_strdup(name);
    e->text = text;
    e->len = len;
    MUST(e->name != NULL);
}

/* The answer is an error, or one source with its text or not yet read. */
static void claim(const input *in, lm_sources *out)
{
    lm_dir dir = {0};
    bool claimed[2] = {false, false};
    lm_err err = {0};
    int rc;

    dir.fd = -1;
    dir.entries = calloc(2, sizeof *dir.entries);
    MUST(dir.entries != NULL);
    if (in->down != NULL)
        add_entry(&dir, in->names->down, in->down, in->down_len);
    add_entry(&dir, in->names->up, in->up, in->up_len);
    rc = engine->claim(in->context, &dir, "", claimed, out, &err);
    check_err(in, &err, rc);
    lm_err_clear(&err);
    lm_dir_clear(&dir);
}

static void fill(char **out, size_t *len, const char *text, size_t n)
{
    if (*out != NULL) {
        check_same_text(*out, *len, text, n);
        return;
    }
    *out = lm_strndup(text, n);
    *len = n;
    MUST(*out != NULL);
}

static char *copy(const char *text)
{
    char *made = lm_strdup(text);

    MUST(made != NULL);
    return made;
}

/* As core/folder reads what the claim did not. */
static void read_texts(const input *in, lm_source *s)
{
    if (s->path == NULL)
        s->path = copy(s->file);
    fill(&s->text, &s->len, in->up, in->up_len);
    if (s->down_file == NULL)
        return;
    s->down_path = copy(s->down_file);
    fill(&s->down_text, &s->down_len, in->down, in->down_len);
}

static void make_source(const input *in, const char *file, bool down,
                        lm_source *s)
{
    memset(s, 0, sizeof *s);
    s->kind = in->dialect->name;
    s->file = copy(file);
    s->id = copy("1_a");
    if (down)
        s->down_file = copy(in->names->down);
    read_texts(in, s);
}

/* ---- the ways ---- */

static int check_statement(void *user, const lm_statement *st)
{
    const lm_chunk *chunk = st->chunk;

    (void)user;
    MUST(st->len > 0 && st->sql >= chunk->text);
    MUST(st->sql + st->len <= chunk->text + chunk->size);
    return LM_OK;
}

/* Each byte of what runs has a place in the file. */
static void check_places(const input *in, const lm_sqlway *way)
{
    lm_err err;
    size_t i, at;

    for (i = 0; i < way->count; i++)
        for (at = 0; at <= way->list[i].size; at += 7) {
            memset(&err, 0, sizeof err);
            lm_err_set(&err, LM_EFAILED, "a place");
            lm_sqlway_place(way, &way->list[i], at, &err);
            check_err(in, &err, LM_EFAILED);
            MUST(err.line >= 1);
            lm_err_clear(&err);
        }
}

static void check_way(const input *in, const lm_source *s, lm_way which)
{
    lm_err err = {0};
    lm_sqlway way;
    int rc = engine->compile(in->context, s, which, &err), again;

    check_err(in, &err, rc);
    lm_err_clear(&err);
    again = lm_sqlway_load(in->context, s, which, &err, &way);
    check_err(in, &err, again);
    if (again == LM_OK) {
        check_places(in, &way);
        again = lm_statements_each(&way, &err, check_statement, NULL);
        check_err(in, &err, again);
    }
    /* What is cut off is said when its turn has come, not before. */
    MUST(again != LM_EUSAGE || rc != LM_OK);
    lm_err_clear(&err);
    lm_sqlway_clear(&way);
}

/* ---- kept, and made again ---- */

static int count_statement(void *user, const lm_statement *st)
{
    size_t *n = user;

    *n += st->keys_chunk != NULL ? 1000 : 1;
    return LM_OK;
}

static size_t count_statements(const lm_sqlway *way)
{
    lm_err err = {0};
    size_t n = 0;

    lm_statements_each(way, &err, count_statement, &n);
    lm_err_clear(&err);
    return n;
}

/* The same statements run, under the same rules. */
static void check_same_way(const input *in, const lm_source *a,
                           const lm_source *b, lm_way which)
{
    lm_err err = {0};
    lm_sqlway x, y;
    size_t i;
    int rc = lm_sqlway_load(in->context, a, which, &err, &x);

    lm_err_clear(&err);
    MUST(lm_sqlway_load(in->context, b, which, &err, &y) == rc);
    lm_err_clear(&err);
    MUST(x.count == y.count);
    for (i = 0; i < x.count; i++)
        check_same_text(x.list[i].text, x.list[i].size, y.list[i].text,
                        y.list[i].size);
    if (rc == LM_OK)
        MUST(count_statements(&x) == count_statements(&y));
    lm_sqlway_clear(&x);
    lm_sqlway_clear(&y);
}

static void check_kept(const input *in, const lm_source *s)
{
    lm_source back = {0};
    lm_err err = {0};
    bool mine = false;
    int rc = engine->keep(in->context, s, &err, &back.text, &back.len);

    check_err(in, &err, rc);
    MUST(rc == LM_OK);
    if (back.text == NULL)
        fill(&back.text, &back.len, s->text, s->len);
    back.kind = "";
    back.file = copy(s->file);
    back.path = copy(s->file);
    back.id = copy(s->id);
    memcpy(back.checksum, s->checksum, sizeof back.checksum);
    rc = engine->revive(in->context, &back, &mine, &err);
    if (rc != LM_OK)
        fprintf(stderr, "%s\n", lm_err_text(&err));
    MUST(rc == LM_OK && mine);
    check_same(s, &back);
    check_same_way(in, s, &back, LM_UP);
    if (s->has_down)
        check_same_way(in, s, &back, LM_DOWN);
    lm_source_clear(&back);
}

/* ---- all of it ---- */

static int identify(const input *in, lm_source *s)
{
    lm_err err = {0};
    int rc = engine->identify(in->context, s, &err);

    check_err(in, &err, rc);
    MUST(rc != LM_OK || (strlen(s->checksum) == 3 + 64 &&
                         strncmp(s->checksum, "t1:", 3) == 0));
    lm_err_clear(&err);
    return rc;
}

static void check_source(const input *in, lm_source *s)
{
    lm_source again, before;
    int rc;

    make_source(in, s->file, s->down_file != NULL, &again);
    again.kind = s->kind;
    rc = identify(in, s);
    MUST(identify(in, &again) == rc);
    if (rc == LM_OK) {
        check_same(s, &again);
        before = *s;
        check_way(in, s, LM_UP);
        if (s->has_down)
            check_way(in, s, LM_DOWN);
        MUST(memcmp(&before, s, sizeof before) == 0);
        check_same(s, &again);
        check_kept(in, s);
    }
    lm_source_clear(&again);
}

/* Where they are no pair to the tool, each is a migration of its own. */
static void check_claimed(const input *in, lm_source *s)
{
    input one = *in;

    if (in->down != NULL && strcmp(s->file, in->names->down) == 0) {
        one.up = in->down;
        one.up_len = in->down_len;
        one.down = NULL;
    }
    read_texts(&one, s);
    check_source(&one, s);
}

static void check_claims(const input *in)
{
    lm_folder folder = {0};
    size_t i;

    claim(in, &folder.sources);
    for (i = 0; i < folder.sources.count; i++)
        check_claimed(in, &folder.sources.list[i]);
    lm_folder_clear(&folder);
}

static void run(input *in)
{
    lm_sql_options options = {0};
    lm_source made;

    options.dialect = in->forced ? in->dialect->name : "auto";
    options.table = "lumigrate";
    options.getenv = get_variable;
    in->context = lm_sql_context_new(&options);
    MUST(in->context != NULL);
    if (strchr(in->names->up, '/') == NULL)
        check_claims(in);
    if (in->forced) {
        make_source(in, in->names->up, in->down != NULL, &made);
        check_source(in, &made);
        lm_source_clear(&made);
    }
    lm_sql_context_free(in->context);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size);
    const char *value;
    input in = {0};
    size_t n;

    if (size > 0) {
        read_input(text, size, &in);
        run(&in);
        lm_toml_value(text + 1, "run_in_transaction", &value, &n);
        MUST(value == NULL || (n > 0 && value > text &&
                               value + n <= text + size));
    }
    free(text);
    return 0;
}
