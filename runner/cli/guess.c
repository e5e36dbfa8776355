/* SPDX-License-Identifier: MIT */
#include "guess.h"

#include <string.h>

/* Between literal words stand names. None of ours has more than three. */
typedef struct pattern {
    const char *begins, *between, *ends; /* "": nothing */
    const char *template;
    const char *names[LM_GUESS_VALUES];
} pattern;

static const pattern patterns[] = {
    {"add_", "_to_", "", "add_column", {"column", "table"}},
    {"drop_", "_from_", "", "drop_column", {"column", "table"}},
    {"remove_", "_from_", "", "drop_column", {"column", "table"}},
    {"rename_", "_to_", "_in_", "rename_column", {"from", "to", "table"}},
    {"create_", "", "", "create_table", {"table"}},
};

/* Things that stand where a column or a table would, and are none. */
static const char *const others[] = {
    "index",      "view",  "trigger", "unique", "virtual",
    "constraint", "check", "foreign", "fk",     NULL};

/* Lower case with _ between words; false: there is more in it than that. */
static bool simplify(lm_str *to, const char *name)
{
    for (; *name != '\0'; name++) {
        char c = *name;

        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        else if (c == ' ' || c == '-')
            c = '_';
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
              (unsigned char)c >= 0x80))
            return false;
        lm_str_putc(to, c);
    }
    return !to->failed;
}

static bool begins(const char *s, const char *word)
{
    return strncmp(s, word, strlen(word)) == 0;
}

static bool is_other(const char *s)
{
    const char *const *o;

    for (o = others; *o != NULL; o++)
        if (begins(s, *o) && (s[strlen(*o)] == '_' || s[strlen(*o)] == '\0'))
            return true;
    return false;
}

/* Where `word` stands, if it does once and with something on both sides. */
static const char *find_once(const char *s, const char *word)
{
    const char *found = strstr(s, word);

    if (found == NULL || found == s || found[strlen(word)] == '\0' ||
        strstr(found + 1, word) != NULL)
        return NULL;
    return found;
}

static bool match(const pattern *p, const char *s, lm_guess_t *out)
{
    const char *middle, *end;
    size_t n = 0;

    if (!begins(s, p->begins))
        return false;
    s += strlen(p->begins);
    if (*s == '\0' || is_other(s))
        return false;
    middle = p->between[0] != '\0' ? find_once(s, p->between) : s;
    if (middle == NULL)
        return false;
    if (middle > s)
        lm_str_add(&out->values[n++], s, (size_t)(middle - s));
    s = middle + strlen(p->between);
    end = p->ends[0] != '\0' ? find_once(s, p->ends) : s;
    if (end == NULL)
        return false;
    if (end > s)
        lm_str_add(&out->values[n++], s, (size_t)(end - s));
    lm_str_puts(&out->values[n], end + strlen(p->ends));
    return true;
}

/* create_users_table and create_table_users make users. */
static void strip_table(lm_str *table)
{
    static const char front[] = "table_", back[] = "_table";
    size_t len = table->len;

    if (len > 6 && memcmp(table->data, front, 6) == 0) {
        memmove(table->data, table->data + 6, len - 6 + 1);
        table->len -= 6;
    } else if (len > 6 && memcmp(table->data + len - 6, back, 6) == 0) {
        table->len -= 6;
        table->data[table->len] = '\0';
    }
}

void lm_guess(const char *name, lm_guess_t *out)
{
    lm_str simple = {0};
    size_t i, n = sizeof patterns / sizeof patterns[0];

    memset(out, 0, sizeof *out);
    if (simplify(&simple, name)) {
        for (i = 0; i < n && out->template == NULL; i++) {
            lm_guess_clear(out);
            if (match(&patterns[i], lm_str_text(&simple), out)) {
                out->template = patterns[i].template;
                memcpy(out->names, patterns[i].names, sizeof out->names);
            }
        }
        if (out->names[0] != NULL && out->names[1] == NULL)
            strip_table(&out->values[0]);
    }
    lm_str_clear(&simple);
}

void lm_guess_clear(lm_guess_t *guess)
{
    int i;

    for (i = 0; i < LM_GUESS_VALUES; i++)
        lm_str_clear(&guess->values[i]);
    memset(guess, 0, sizeof *guess);
}
