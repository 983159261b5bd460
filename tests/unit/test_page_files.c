/* SPDX-License-Identifier: MIT */
/* The files of a sheet with several pages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/library/page_files.h"

static char dir[64];

static int make_dir(void **state)
{
    (void)state;
    (void)snprintf(dir, sizeof dir, "/tmp/fn-pages-XXXXXX");
    return mkdtemp(dir) ? 0 : -1;
}

/* Removes the files of the folder and returns how many there were. */
static size_t clear(void)
{
    char path[400];
    size_t n = 0;
    DIR *d = opendir(dir);
    assert_non_null(d);
    for (struct dirent *e; (e = readdir(d));) {
        if (e->d_name[0] == '.')
            continue;
        (void)snprintf(path, sizeof path, "%s/%s", dir, e->d_name);
        n++;
        if (unlink(path))
            assert_int_equal(rmdir(path), 0);
    }
    (void)closedir(d);
    return n;
}

static int remove_dir(void **state)
{
    (void)state;
    (void)clear();
    return rmdir(dir);
}

static struct fn_image noise(void)
{
    struct fn_image m;
    uint32_t x = 1;
    assert_int_equal(fn_image_create(64, 64, &m), 0);
    for (size_t i = 0; i < m.stride * m.height; i++)
        m.data[i] = (uint8_t)((x = x * 1664525 + 1013904223) >> 24);
    return m;
}

static const char *in_dir(const char *name)
{
    static char path[200];
    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    return path;
}

/* Writes so many pages; returns the code. names: what the files must be called. */
static int write_pages(const char *path, uint32_t pages, const char *const *names)
{
    struct fnl_page_files f;
    struct fn_image m = noise();
    struct fn_error err = {0};
    char **written = NULL;
    size_t n = 0;
    int rc = fnl_pages_begin(&f, path, pages, &err);
    for (uint32_t i = 0; !rc && i < pages; i++)
        rc = fnl_page_add(&f, &m, &err);
    rc = rc ? rc : fnl_pages_commit(&f, &written, &n, &err);
    fnl_pages_finish(&f);
    fn_image_destroy(&m);
    if (rc)
        assert_non_null(strstr(err.text, "cannot write '"));
    for (size_t i = 0; i < n; i++) {
        assert_string_equal(written[i], in_dir(names[i]));
        assert_int_equal(access(written[i], R_OK), 0);
        free(written[i]);
    }
    free(written);
    assert_int_equal(n, rc ? 0 : pages);
    return rc;
}

static void pages_are_numbered_before_the_ending(void **state)
{
    (void)state;
    assert_int_equal(write_pages(in_dir("a.jpg"), 1, (const char *const[]){"a.jpg"}), 0);
    assert_int_equal(
        write_pages(in_dir("a.jpg"), 2, (const char *const[]){"a-1.jpg", "a-2.jpg"}), 0);
    assert_int_equal(write_pages(in_dir("b"), 2, (const char *const[]){"b-1", "b-2"}), 0);
    assert_int_equal(write_pages(in_dir(".c"), 2, (const char *const[]){".c-1", ".c-2"}), 0);
    (void)unlink(in_dir(".c-1"));
    (void)unlink(in_dir(".c-2"));
    assert_int_equal(clear(), 5);
}

static void a_failure_leaves_nothing(void **state)
{
    struct rlimit old, small;
    (void)state;
    assert_int_equal(write_pages("/proc/none/a.jpg", 3, NULL), -ENOENT);
    assert_int_equal(mkdir(in_dir("folder"), 0755), 0);
    assert_int_equal(write_pages(in_dir("folder"), 1, NULL), -EISDIR);
    assert_int_equal(clear(), 1);
    assert_int_equal(mkdir(in_dir("a-2.jpg"), 0755), 0);
    assert_int_equal(write_pages(in_dir("a.jpg"), 3, NULL), -EISDIR);
    assert_int_equal(clear(), 1);
    /* As on a full disk: a page does not fit. */
    (void)signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    small = old;
    small.rlim_cur = 1000;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    assert_int_equal(write_pages(in_dir("a.jpg"), 3, NULL), -EFBIG);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    assert_int_equal(clear(), 0);
}

static void a_photo_is_not_replaced(void **state)
{
    struct fnl_page_files f;
    struct fn_error err = {0};
    char photo[200], link_to[200];
    (void)state;
    (void)snprintf(photo, sizeof photo, "%s", in_dir("photo-2.jpg"));
    (void)snprintf(link_to, sizeof link_to, "%s", in_dir("same.jpg"));
    (void)close(open(photo, O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
    assert_int_equal(link(photo, link_to), 0);
    assert_int_equal(fnl_pages_begin(&f, in_dir("photo.jpg"), 3, &err), 0);
    assert_int_equal(fnl_pages_spare(&f, in_dir("other.jpg"), &err), 0);
    assert_int_equal(fnl_pages_spare(&f, link_to, &err), FN_EREFUSED);
    fnl_pages_finish(&f);
    /* The name as given as well, though its pages have others. */
    assert_int_equal(fnl_pages_begin(&f, link_to, 3, &err), 0);
    assert_int_equal(fnl_pages_spare(&f, photo, &err), FN_EREFUSED);
    fnl_pages_finish(&f);
    assert_int_equal(clear(), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_are_numbered_before_the_ending),
        cmocka_unit_test(a_failure_leaves_nothing),
        cmocka_unit_test(a_photo_is_not_replaced),
    };
    return cmocka_run_group_tests_name("page files", tests, make_dir, remove_dir);
}
