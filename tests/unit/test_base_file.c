/* SPDX-License-Identifier: MIT */
/* Files and folders that somebody else may have put there, and locks. */
#include <sys/socket.h>
#include <sys/un.h>

#include "box.h"

#include "../../runner/base/file.h"
#include "../../runner/base/lock.h"

static void in(const box *b, const char *name, char path[300])
{
    snprintf(path, 300, "%s/%s", b->dir, name);
}

static void expect_refusal(const char *path, size_t limit,
                           const char *words)
{
    lm_err err = {0};
    char *text = NULL;
    size_t len;

    assert_int_equal(lm_file_read(path, limit, &err, &text, &len),
                     LM_EUSAGE);
    assert_null(text);
    if (strstr(lm_err_text(&err), words) == NULL)
        fail_msg("%s", lm_err_text(&err));
    assert_non_null(strstr(lm_err_text(&err), path));
    lm_err_clear(&err);
}

static void expect_text(const char *path, const char *expected)
{
    lm_err err = {0};
    char *text;
    size_t len;

    assert_int_equal(lm_file_read(path, 100, &err, &text, &len), LM_OK);
    assert_int_equal(len, strlen(expected));
    assert_string_equal(text, expected);
    free(text);
}

static void reads_files_and_links_to_them(void **state)
{
    box *b = *state;
    char path[300], link[300];

    box_write(b, "a", "hello");
    box_write(b, "empty", "");
    in(b, "a", path);
    in(b, "link", link);
    expect_text(path, "hello");
    assert_int_equal(symlink("a", link), 0);
    expect_text(link, "hello");
    in(b, "empty", path);
    expect_text(path, "");
}

static void refuses_what_is_no_file(void **state)
{
    box *b = *state;
    char path[300];
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int s = socket(AF_UNIX, SOCK_STREAM, 0);

    in(b, "absent", path);
    expect_refusal(path, 100, "No such file or directory");
    expect_refusal(b->dir, 100, "it is a folder, not a file");
    in(b, "fifo", path);
    assert_int_equal(mkfifo(path, 0600), 0);
    expect_refusal(path, 100, "it is a FIFO, not a file");
    expect_refusal("/dev/null", 100, "it is a device, not a file");
    in(b, "socket", path);
    strcpy(address.sun_path, path);
    assert_int_equal(bind(s, (struct sockaddr *)&address, sizeof address),
                     0);
    expect_refusal(path, 100, "a socket");
    assert_int_equal(close(s), 0);
    in(b, "circle", path);
    assert_int_equal(symlink("circle", path), 0);
    expect_refusal(path, 100, "its links lead in a circle");
    in(b, "dangling", path);
    assert_int_equal(symlink("nowhere", path), 0);
    expect_refusal(path, 100, "it is a link that leads nowhere");
}

static void refuses_what_is_too_large(void **state)
{
    box *b = *state;
    char path[300];

    box_write(b, "a", "12345");
    in(b, "a", path);
    expect_refusal(path, 4, "is too large: 5 bytes, at most 4 are read");
}

static void lists_a_folder_in_natural_order(void **state)
{
    static const struct {
        const char *name;
        lm_entry_kind kind;
    } expected[] = {
        {"1", LM_ENTRY_FILE}, {"2", LM_ENTRY_FILE}, {"10", LM_ENTRY_FILE},
        {"dir", LM_ENTRY_DIR}, {"fifo", LM_ENTRY_OTHER},
        {"nowhere", LM_ENTRY_LINK}, {"to_dir", LM_ENTRY_DIR},
        {"to_file", LM_ENTRY_FILE},
    };
    box *b = *state;
    char path[300];
    lm_err err = {0};
    lm_dir dir;
    size_t i;

    box_write(b, "migrations/10", "");
    box_write(b, "migrations/2", "");
    box_write(b, "migrations/1", "");
    box_write(b, "migrations/.hidden", "");
    in(b, "migrations/dir", path);
    assert_int_equal(mkdir(path, 0700), 0);
    in(b, "migrations/fifo", path);
    assert_int_equal(mkfifo(path, 0600), 0);
    in(b, "migrations/nowhere", path);
    assert_int_equal(symlink("gone", path), 0);
    in(b, "migrations/to_dir", path);
    assert_int_equal(symlink("dir", path), 0);
    in(b, "migrations/to_file", path);
    assert_int_equal(symlink("10", path), 0);

    assert_int_equal(lm_dir_list(b->migrations, &err, &dir), LM_OK);
    assert_int_equal(dir.count, sizeof expected / sizeof *expected);
    for (i = 0; i < dir.count; i++) {
        assert_string_equal(dir.entries[i].name, expected[i].name);
        assert_int_equal(dir.entries[i].kind, expected[i].kind);
    }
    lm_dir_clear(&dir);
    lm_dir_clear(&dir);
}

/* Read by name in the folder that was listed, whatever its path means now. */
static void reads_in_the_folder_it_listed(void **state)
{
    box *b = *state;
    char moved[300];
    lm_err err = {0};
    lm_dir dir;
    char *text;
    size_t len;

    box_write(b, "migrations/a", "hello");
    assert_int_equal(lm_dir_list(b->migrations, &err, &dir), LM_OK);
    in(b, "moved", moved);
    assert_int_equal(rename(b->migrations, moved), 0);
    assert_int_equal(lm_file_read_at(dir.fd, "a", "m/a", &err, &text, &len),
                     LM_OK);
    assert_string_equal(text, "hello");
    free(text);
    assert_int_equal(lm_file_read_at(dir.fd, "b", "m/b", &err, &text, &len),
                     LM_EUSAGE);
    assert_non_null(strstr(lm_err_text(&err), "cannot read m/b"));
    lm_err_clear(&err);
    lm_dir_clear(&dir);
}

static void expect_no_folder(const char *path, const char *words)
{
    lm_err err = {0};
    lm_dir dir;

    assert_int_equal(lm_dir_list(path, &err, &dir), LM_EUSAGE);
    assert_non_null(strstr(lm_err_text(&err), words));
    lm_err_clear(&err);
    lm_dir_clear(&dir);
}

static void refuses_what_is_no_folder(void **state)
{
    box *b = *state;
    char path[300];

    box_write(b, "a", "");
    in(b, "a", path);
    expect_no_folder(path, "is a file, not a migrations folder");
    in(b, "absent", path);
    expect_no_folder(path, "does not exist");
}

static void expect_path(char *got, const char *expected)
{
    assert_string_equal(got, expected);
    free(got);
}

static void joins_and_splits_paths(void **state)
{
    (void)state;
    expect_path(lm_path_join("a", "b"), "a/b");
    expect_path(lm_path_join("a/", "b"), "a/b");
    expect_path(lm_path_join("/", "b"), "/b");
    expect_path(lm_path_join("", "b"), "b");
    expect_path(lm_path_dir("b"), ".");
    expect_path(lm_path_dir("a/b"), "a");
    expect_path(lm_path_dir("/b"), "/");
    expect_path(lm_path_dir("/a/b"), "/a");
}

static int give_up(void *asked, lm_err *err)
{
    ++*(int *)asked;
    return lm_err_set(err, LM_EINTERRUPT, "enough");
}

/* Two descriptors of one process are strangers to flock, as two processes
 * are. */
static void locks_a_folder_for_one_at_a_time(void **state)
{
    box *b = *state;
    lm_patience patience = {0};
    lm_err err = {0};
    int first, second, asked = 0;

    assert_int_equal(lm_lock_folder(b->dir, &patience, &err, &first), LM_OK);
    assert_int_equal(lm_lock_folder(b->dir, &patience, &err, &second),
                     LM_EBUSY);
    assert_int_equal(second, -1);
    assert_non_null(strstr(lm_err_text(&err), b->dir));
    lm_err_clear(&err);
    patience.timeout = 60000;
    patience.user = &asked;
    patience.stop = give_up;
    assert_int_equal(lm_lock_folder(b->dir, &patience, &err, &second),
                     LM_EINTERRUPT);
    assert_int_equal(asked, 1);
    lm_err_clear(&err);
    lm_lock_release(first);
    assert_int_equal(lm_lock_folder(b->dir, &patience, &err, &second),
                     LM_OK);
    lm_lock_release(second);
    lm_lock_release(-1);
    assert_int_equal(lm_lock_folder("/nowhere/at/all", &patience, &err,
                                    &first), LM_EUSAGE);
    lm_err_clear(&err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOX_TEST(reads_files_and_links_to_them),
        BOX_TEST(refuses_what_is_no_file),
        BOX_TEST(refuses_what_is_too_large),
        BOX_TEST(lists_a_folder_in_natural_order),
        BOX_TEST(reads_in_the_folder_it_listed),
        BOX_TEST(refuses_what_is_no_folder),
        BOX_TEST(joins_and_splits_paths),
        BOX_TEST(locks_a_folder_for_one_at_a_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
