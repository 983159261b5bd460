/* SPDX-License-Identifier: MIT */
/* The disk is full, or the file may not grow: the error is clean, the transaction is undone,
 * everything before it is still there, and writing works again when there is space. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/index_fixture.h"
#include "index/ingest/update.h"

/* Ingests photos, one transaction each, until one fails or max are stored. Returns how many
 * were stored. *ret_rc: why it stopped. */
static unsigned fill(struct fx *f, unsigned first, unsigned max, int *ret_rc)
{
    unsigned n = 0;
    *ret_rc = 0;
    for (; n < max; n++) {
        struct fn_error err = {0};
        fn_photo_id id;
        char path[32];
        snprintf(path, sizeof path, "p%u.jpg", first + n);
        struct fn_txn *t = fx_begin(f, true);
        int rc = fx_try_ingest(f, t, path, first + n, 20, &id, &err);
        if (rc)
            fn_txn_abort(t);
        else
            rc = fn_index_commit(t, &err);
        if (rc) {
            assert_true(strlen(err.text) > 0);
            *ret_rc = rc;
            break;
        }
    }
    return n;
}

static void check_all_there(struct fx *f, unsigned n)
{
    struct fn_txn *t = fx_begin(f, false);
    for (unsigned i = 0; i < n + 1; i++) {
        char path[32];
        struct fn_path p;
        snprintf(path, sizeof path, "p%u.jpg", i);
        int rc = fn_path_get(t, f->root, path, &p);
        assert_int_equal(rc, i < n ? 0 : FN_ENOTFOUND);
    }
    fn_txn_abort(t);
    assert_int_equal(fx_doctor(f, true), 0);
}

static void test_file_limit(void **state)
{
    (void)state;
    struct fx f;
    int rc;
    fx_new(&f, 0);
    unsigned n = fill(&f, 0, 5, &rc);
    assert_int_equal(rc, 0);
    struct rlimit old, limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    signal(SIGXFSZ, SIG_IGN);
    limit = old;
    limit.rlim_cur = fn_store_bytes(f.store) + 300000;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    n += fill(&f, n, 500, &rc);
    assert_true(rc == -EFBIG || rc == -EIO);
    check_all_there(&f, n);
    unsigned again = fill(&f, n, 1, &rc); /* still full: fails again, damages nothing */
    assert_true(again == 1 || rc == -EFBIG || rc == -EIO);
    n += again;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    n += fill(&f, n, 10, &rc);
    assert_int_equal(rc, 0);
    check_all_there(&f, n);
    fx_reopen(&f, FN_STORE_WRITE);
    check_all_there(&f, n);
    fx_remove(&f);
}

static void make_filler(const char *path, size_t bytes)
{
    static char zeros[65536];
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    for (size_t at = 0; at < bytes; at += sizeof zeros)
        if (write(fd, zeros, sizeof zeros) < 0)
            break;
    close(fd);
}

static void test_disk_full(void **state)
{
    (void)state;
    char mounted[] = "/tmp/fn-full-XXXXXX", filler[64];
    struct fx f;
    int rc;
    assert_non_null(mkdtemp(mounted));
    if (mount("tmpfs", mounted, "tmpfs", 0, "size=6m")) {
        print_message("skipped: no tmpfs may be mounted here (%s)\n", strerror(errno));
        rmdir(mounted);
        skip();
    }
    setenv("TMPDIR", mounted, 1);
    fx_new(&f, 0);
    unsetenv("TMPDIR");
    snprintf(filler, sizeof filler, "%s/filler", mounted);
    make_filler(filler, 4 << 20);
    unsigned n = fill(&f, 0, 500, &rc);
    assert_int_equal(rc, -ENOSPC);
    assert_true(n > 0);
    check_all_there(&f, n);
    fx_reopen(&f, FN_STORE_WRITE); /* opening needs no space */
    check_all_there(&f, n);
    assert_int_equal(unlink(filler), 0);
    n += fill(&f, n, 10, &rc);
    assert_int_equal(rc, 0);
    check_all_there(&f, n);
    fx_remove(&f);
    assert_int_equal(umount(mounted), 0);
    rmdir(mounted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_file_limit),
                                       cmocka_unit_test(test_disk_full)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
