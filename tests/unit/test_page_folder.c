/* SPDX-License-Identifier: MIT */
/* The folder of a page: what it refuses, what it removes, and what it never touches. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/page/page_folder.h"
#include "cli/page/page_names.h"
#include "engine/base/file.h"

static char base[64], dir[96], path[256];

static int setup(void **state)
{
    (void)state;
    (void)snprintf(base, sizeof base, "/tmp/fnp-folder-XXXXXX");
    assert_non_null(mkdtemp(base));
    (void)snprintf(dir, sizeof dir, "%s/page", base);
    return 0;
}

static int teardown(void **state)
{
    char command[160];
    (void)state;
    (void)snprintf(command, sizeof command, "%s", base);
    pid_t pid = fork();
    if (pid == 0) {
        (void)execlp("rm", "rm", "-rf", command, (char *)NULL);
        _exit(127);
    }
    return 0;
}

static const char *in(const char *name)
{
    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    return path;
}

static void put(const char *file, const char *text)
{
    struct fn_error err;
    assert_int_equal(fn_file_write_atomic(file, text, strlen(text), 0644, &err), 0);
}

static struct fnp_folder *must_open(void)
{
    struct fnp_folder *f = NULL;
    struct fn_error err = {0};
    if (fnp_folder_open(dir, &f, &err))
        fail_msg("%s", err.text);
    return f;
}

static void must_write(struct fnp_folder *f, const char *name)
{
    struct fn_error err = {0};
    if (fnp_folder_write(f, name, "x", 1, &err))
        fail_msg("%s", err.text);
}

static struct fnp_folder_counts must_finish(struct fnp_folder *f)
{
    struct fnp_folder_counts n = {0};
    struct fn_error err = {0};
    if (fnp_folder_finish(f, &n, &err))
        fail_msg("%s", err.text);
    fnp_folder_close(f);
    return n;
}

static unsigned mode(const char *name)
{
    struct stat st;
    assert_int_equal(stat(in(name), &st), 0);
    return st.st_mode & 07777;
}

static void names_are_those_of_a_page(void **state)
{
    static const char *const good[] = {
        "index.html",        "index-2.html",    "index-10.html",      "style.css",
        "people/p3kd2.html", "photos/00ff.jpg", "faces/f00000001.jpg"};
    static const char *const bad[] = {"",
                                      "/etc/passwd",
                                      "../index.html",
                                      "index-.html",
                                      "index-0123456789.html",
                                      "index.htm",
                                      "notes.txt",
                                      "people/",
                                      "people/.html",
                                      "people/../x.html",
                                      "people/a/b.html",
                                      "people/A.html",
                                      "people/a.html\n",
                                      "peoples/a.html",
                                      "peo/a.html",
                                      "faces/a.png",
                                      ".facenetd-page"};
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(fnp_is_page_name(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(fnp_is_page_name(bad[i]));
}

static void files_are_private(void **state)
{
    (void)state;
    mode_t before = umask(0);
    struct fnp_folder *f = must_open();
    must_write(f, "index.html");
    must_write(f, "faces/f1.jpg");
    (void)must_finish(f);
    (void)umask(before);
    assert_int_equal(mode("."), 0700);
    assert_int_equal(mode("faces"), 0700);
    assert_int_equal(mode("index.html"), 0600);
    assert_int_equal(mode("faces/f1.jpg"), 0600);
    assert_int_equal(mode(".facenetd-page"), 0600);
    assert_int_equal(mode(".nomedia"), 0600);
}

static void a_second_run_reuses_and_removes(void **state)
{
    (void)state;
    struct fnp_folder *f = must_open();
    must_write(f, "index.html");
    must_write(f, "faces/f1.jpg");
    must_write(f, "faces/f2.jpg");
    must_write(f, "people/p1.html");
    assert_int_equal(must_finish(f).written, 4);
    put(in("notes.txt"), "mine");
    put(in("faces/mine.jpg"), "mine");
    f = must_open();
    assert_true(fnp_folder_reuse(f, "faces/f1.jpg"));
    assert_true(fnp_folder_reuse(f, "faces/f1.jpg"));
    assert_false(fnp_folder_reuse(f, "faces/f3.jpg"));
    assert_false(fnp_folder_reuse(f, "faces/mine.jpg"));
    must_write(f, "index.html");
    struct fnp_folder_counts n = must_finish(f);
    assert_int_equal(n.reused, 1);
    assert_int_equal(n.written, 1);
    assert_int_equal(n.removed, 2);
    assert_true(fn_file_exists(in("faces/f1.jpg")));
    assert_false(fn_file_exists(in("faces/f2.jpg")));
    assert_false(fn_file_exists(in("people/p1.html")));
    assert_true(fn_file_exists(in("notes.txt")));
    assert_true(fn_file_exists(in("faces/mine.jpg")));
}

/* What a killed run wrote is on the list, whether the last line is complete or not. */
static void a_killed_run_is_taken_up(void **state)
{
    (void)state;
    struct fnp_folder *f = must_open();
    must_write(f, "faces/f1.jpg");
    must_write(f, "faces/f2.jpg");
    fnp_folder_close(f);
    int fd = open(in(".facenetd-page"), O_WRONLY | O_APPEND);
    assert_int_equal(write(fd, "faces/f", 7), 7);
    (void)close(fd);
    put(in(".facenetd-page-file"), "half");
    f = must_open();
    assert_true(fnp_folder_reuse(f, "faces/f1.jpg"));
    must_write(f, "index.html");
    assert_int_equal(must_finish(f).removed, 1);
    assert_false(fn_file_exists(in("faces/f2.jpg")));
    assert_false(fn_file_exists(in(".facenetd-page-file")));
}

static void an_empty_file_is_not_reused(void **state)
{
    (void)state;
    struct fnp_folder *f = must_open();
    must_write(f, "faces/f1.jpg");
    (void)must_finish(f);
    assert_int_equal(truncate(in("faces/f1.jpg"), 0), 0);
    f = must_open();
    assert_false(fnp_folder_reuse(f, "faces/f1.jpg"));
    fnp_folder_close(f);
}

static void expect_refused(int code, const char *part)
{
    struct fnp_folder *f = NULL;
    struct fn_error err = {0};
    assert_int_equal(fnp_folder_open(dir, &f, &err), code);
    if (!strstr(err.text, part))
        fail_msg("'%s' is not in: %s", part, err.text);
}

static void other_folders_are_refused(void **state)
{
    (void)state;
    assert_int_equal(mkdir(dir, 0755), 0);
    put(in("holiday.jpg"), "mine");
    expect_refused(FN_EREFUSED, "has other files in it");
    assert_false(fn_file_exists(in(".facenetd-page")));
    assert_false(fn_file_exists(in(".nomedia")));
    put(in(".facenetd-page"), "facenetd page 2\nindex.html\n");
    expect_refused(FN_EVERSION, "another program version");
    (void)unlink(in(".facenetd-page"));
    (void)unlink(in("holiday.jpg"));
    (void)rmdir(dir);
    put(dir, "a file");
    expect_refused(-ENOTDIR, "not a folder");
}

static void one_writer_at_a_time(void **state)
{
    (void)state;
    struct fnp_folder *f = must_open();
    expect_refused(FN_EBUSY, "another program");
    (void)must_finish(f);
    fnp_folder_close(must_open());
}

/* Neither an edited list nor a symbolic link leads outside. */
static void nothing_outside_is_removed(void **state)
{
    char other[128];
    (void)state;
    struct fnp_folder *f = must_open();
    must_write(f, "faces/f1.jpg");
    (void)must_finish(f);
    (void)snprintf(other, sizeof other, "%s/f9.jpg", base);
    put(other, "mine");
    put(in(".facenetd-page"), "facenetd page 1\n../f9.jpg\nfaces/../../f9.jpg\nfaces/f1.jpg\n");
    f = must_open();
    assert_int_equal(must_finish(f).removed, 1);
    assert_true(fn_file_exists(other));
    assert_int_equal(rmdir(in("faces")), 0);
    assert_int_equal(symlink(base, in("faces")), 0);
    put(in(".facenetd-page"), "facenetd page 1\nfaces/f9.jpg\n");
    expect_refused(-ENOTDIR, "faces");
    assert_true(fn_file_exists(other));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_those_of_a_page),
        TEST(files_are_private),
        TEST(a_second_run_reuses_and_removes),
        TEST(a_killed_run_is_taken_up),
        TEST(an_empty_file_is_not_reused),
        TEST(other_folders_are_refused),
        TEST(one_writer_at_a_time),
        TEST(nothing_outside_is_removed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
