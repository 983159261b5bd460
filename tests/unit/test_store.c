/* SPDX-License-Identifier: MIT */
/* The environment: opening, formats, the writer lock between processes, growth, ids. Started
 * with "hold DIR", this program is the other process that holds the lock; with "grow DIR", the
 * one that makes the file larger than the first process has mapped. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/clock.h"
#include "index/store/tables.h"
#include "tests/unit/index_fixture.h"

#define SMALL_MAP ((size_t)1 << 20)

static void test_open(void **state)
{
    (void)state;
    struct fx f;
    struct fn_error err;
    struct fn_store *other = NULL;
    assert_int_equal(fn_store_open("/nonexistent/index", FN_STORE_READ, &other, &err),
                     FN_ENOTFOUND);
    fx_new(&f, 0);
    assert_int_equal(fn_store_open(f.dir, FN_STORE_READ, &other, &err), -EALREADY);
    assert_null(other);
    fx_reopen(&f, FN_STORE_READ);
    struct fn_txn *t = NULL;
    assert_int_equal(fn_txn_begin(f.store, true, 0, &t, &err), -EACCES);
    t = fx_begin(&f, false);
    assert_int_equal(fn_meta_put_u64(t, "x", 1, &err), -EACCES);
    struct fn_root r;
    assert_int_equal(fn_root_by_path(t, "/photos", &r), 0);
    assert_int_equal(r.id, f.root);
    fn_txn_abort(t);
    fx_remove(&f);
}

static void test_empty_directory(void **state)
{
    (void)state;
    char dir[] = "/tmp/fn-empty-XXXXXX", path[64];
    struct fn_error err;
    struct fn_store *s;
    assert_non_null(mkdtemp(dir));
    assert_int_equal(fn_store_open(dir, FN_STORE_WRITE, &s, &err), FN_ENOTFOUND);
    assert_int_equal(fn_store_open(dir, FN_STORE_READ, &s, &err), FN_ENOTFOUND);
    snprintf(path, sizeof path, "%s/data.mdb", dir);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    for (int i = 0; i < 20000; i++)
        fputc(i * 7, file);
    fclose(file);
    assert_int_equal(fn_store_open(dir, FN_STORE_READ, &s, &err), FN_ECORRUPT);
    assert_int_equal(fn_store_open(dir, FN_STORE_CREATE, &s, &err), FN_ECORRUPT);
    unlink(path);
    snprintf(path, sizeof path, "%s/lock.mdb", dir);
    unlink(path);
    snprintf(path, sizeof path, "%s/writer.lock", dir);
    unlink(path);
    assert_int_equal(rmdir(dir), 0);
}

static void set_format(struct fx *f, uint64_t format, uint64_t min_reader)
{
    struct fn_error err = {0};
    struct fn_txn *t = fx_begin(f, true);
    fx_check(fn_meta_put_u64(t, "format", format, &err), &err);
    fx_check(fn_meta_put_u64(t, "min_reader", min_reader, &err), &err);
    fx_commit(t);
}

static void test_newer_format(void **state)
{
    (void)state;
    struct fx f;
    struct fn_error err;
    fx_new(&f, 0);
    set_format(&f, FN_FORMAT_VERSION + 1, FN_FORMAT_VERSION);
    fn_store_close(f.store);
    assert_int_equal(fn_store_open(f.dir, FN_STORE_WRITE, &f.store, &err), FN_EVERSION);
    fx_check(fn_store_open(f.dir, FN_STORE_READ, &f.store, &err), &err);
    fn_store_close(f.store);
    /* A refused open leaves nothing behind: the directory is free again. */
    assert_int_equal(fn_store_open(f.dir, FN_STORE_WRITE, &f.store, &err), FN_EVERSION);
    f.store = NULL;
    fx_remove(&f);

    fx_new(&f, 0);
    set_format(&f, FN_FORMAT_VERSION + 1, FN_FORMAT_VERSION + 1);
    fn_store_close(f.store);
    assert_int_equal(fn_store_open(f.dir, FN_STORE_READ, &f.store, &err), FN_EVERSION);
    f.store = NULL;
    fx_remove(&f);
}

static void test_snapshots(void **state)
{
    (void)state;
    struct fx f;
    struct fn_error err = {0};
    fx_new(&f, 0);
    struct fn_txn *r1 = fx_begin(&f, false), *r2 = fx_begin(&f, false);
    uint64_t before = fn_store_txn_id(f.store);
    struct fn_txn *w = fx_begin(&f, true);
    fx_check(fn_meta_put_u64(w, "x", 9, &err), &err);
    uint64_t v = 0;
    assert_int_equal(fn_meta_get_u64(r1, "x", &v), FN_ENOTFOUND);
    fx_commit(w);
    assert_int_equal(fn_meta_get_u64(r2, "x", &v), FN_ENOTFOUND);
    assert_int_equal(fn_store_txn_id(f.store), before + 1);
    fn_txn_abort(r1);
    fn_txn_abort(r2);
    r1 = fx_begin(&f, false);
    assert_int_equal(fn_meta_get_u64(r1, "x", &v), 0);
    assert_int_equal(v, 9);
    fn_txn_abort(r1);
    w = fx_begin(&f, true);
    fx_check(fn_meta_put_u64(w, "x", 10, &err), &err);
    fn_txn_abort(w);
    r1 = fx_begin(&f, false);
    assert_int_equal(fn_meta_get_u64(r1, "x", &v), 0);
    assert_int_equal(v, 9);
    fn_txn_abort(r1);
    fx_remove(&f);
}

static pid_t start(const char *what, const char *dir, int *ret_fd)
{
    int p[2];
    assert_int_equal(pipe(p), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        dup2(p[1], STDOUT_FILENO);
        close(p[0]);
        execl(fx_self(), "test_store", what, dir, (char *)NULL);
        _exit(127);
    }
    close(p[1]);
    char c = 0;
    assert_int_equal(read(p[0], &c, 1), 1); /* it has done its work */
    *ret_fd = p[0];
    return pid;
}

static int child_hold(const char *dir)
{
    struct fn_store *s;
    struct fn_txn *t;
    struct fn_error err;
    if (fn_store_open(dir, FN_STORE_WRITE, &s, &err) || fn_txn_begin(s, true, 1000, &t, &err))
        return 1;
    if (write(STDOUT_FILENO, "h", 1) != 1)
        return 1;
    for (;;)
        pause();
}

static void test_writer_lock(void **state)
{
    (void)state;
    struct fx f;
    struct fn_error err = {0};
    struct fn_txn *t = NULL;
    int fd;
    fx_new(&f, 0);
    pid_t pid = start("hold", f.dir, &fd);
    uint64_t from = fn_clock_mono_ns();
    assert_int_equal(fn_txn_begin(f.store, true, 50, &t, &err), FN_EBUSY);
    uint64_t ms = (fn_clock_mono_ns() - from) / 1000000;
    assert_true(ms >= 50 && ms < 5000);
    char text[32];
    snprintf(text, sizeof text, "process %d", (int)pid);
    assert_non_null(strstr(err.text, text));
    t = fx_begin(&f, false); /* readers do not wait */
    fn_txn_abort(t);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    close(fd);
    fx_check(fn_txn_begin(f.store, true, 2000, &t, &err), &err);
    fn_txn_abort(t);
    /* Also within one process. */
    t = fx_begin(&f, true);
    struct fn_txn *t2 = NULL;
    assert_int_equal(fn_txn_begin(f.store, true, 20, &t2, &err), FN_EBUSY);
    fn_txn_abort(t);
    fx_remove(&f);
}

/* Puts n values of 100 kB with keys that begin with tag. */
static int put_large(struct fn_txn *t, int tag, int n, struct fn_error *err)
{
    static uint8_t value[100000];
    for (int i = 0; i < n; i++) {
        char key[32];
        snprintf(key, sizeof key, "large.%d.%d", tag, i);
        int rc = fn_tab_put(t, FN_T_META, key, strlen(key), value, sizeof value, err);
        if (rc)
            return rc;
    }
    return 0;
}

static void test_map_full(void **state)
{
    (void)state;
    struct fx f;
    struct fn_error err = {0};
    fx_new(&f, 0);
    fn_store_close(f.store);
    fx_check(fn_store_open_sized(f.dir, FN_STORE_WRITE, SMALL_MAP, &f.store, &err), &err);
    int tries = 0, rc;
    do { /* 3 MB into a map of 1 MB: the batch is repeated while the map doubles */
        struct fn_txn *t = fx_begin(&f, true);
        rc = put_large(t, 0, 30, &err);
        if (rc) {
            assert_int_equal(rc, -EAGAIN);
            assert_int_equal(fn_meta_put_u64(t, "x", 1, &err), -EAGAIN);
            rc = fn_txn_commit(t, &err);
            assert_int_equal(rc, -EAGAIN);
        } else {
            rc = fn_txn_commit(t, &err);
        }
    } while (rc == -EAGAIN && ++tries < 5);
    assert_int_equal(rc, 0);
    assert_true(tries > 0);
    struct fn_txn *t = fx_begin(&f, false);
    struct fn_slice v;
    uint64_t x;
    assert_int_equal(fn_tab_get(t, FN_T_META, "large.0.29", 10, &v), 0);
    assert_int_equal(fn_meta_get_u64(t, "x", &x), FN_ENOTFOUND);
    fn_txn_abort(t);
    fx_remove(&f);
}

static int child_grow(const char *dir)
{
    struct fn_store *s;
    struct fn_txn *t;
    struct fn_error err;
    if (fn_store_open(dir, FN_STORE_WRITE, &s, &err) || fn_txn_begin(s, true, 1000, &t, &err) ||
        put_large(t, 1, 80, &err) || fn_txn_commit(t, &err))
        return 1;
    fn_store_close(s);
    return write(STDOUT_FILENO, "g", 1) == 1 ? 0 : 1;
}

static void test_grown_by_another(void **state)
{
    (void)state;
    struct fx f;
    struct fn_error err = {0};
    int fd, status;
    fx_new(&f, 0);
    fn_store_close(f.store);
    fx_check(fn_store_open_sized(f.dir, FN_STORE_WRITE, SMALL_MAP, &f.store, &err), &err);
    pid_t pid = start("grow", f.dir, &fd);
    waitpid(pid, &status, 0);
    assert_int_equal(status, 0);
    close(fd);
    struct fn_txn *t = fx_begin(&f, false);
    struct fn_slice v;
    assert_int_equal(fn_tab_get(t, FN_T_META, "large.1.79", 10, &v), 0);
    assert_int_equal(v.n, 100000);
    fn_txn_abort(t);
    t = fx_begin(&f, true);
    fx_check(fn_meta_put_u64(t, "x", 1, &err), &err);
    fx_commit(t);
    fx_remove(&f);
}

static void test_ids_run_out(void **state)
{
    (void)state;
    static const char *const counters[] = {"next.photo", "next.face", "next.row"};
    for (size_t i = 0; i < 3; i++) {
        struct fx f;
        struct fn_error err = {0};
        fn_photo_id id = 0;
        fx_new(&f, 0);
        struct fn_txn *t = fx_begin(&f, true);
        fx_check(fn_meta_put_u64(t, counters[i], UINT32_MAX - 2, &err), &err);
        fx_ingest(&f, t, "last.jpg", 1, 1);
        assert_int_equal(fx_try_ingest(&f, t, "one-more.jpg", 2, 1, &id, &err), FN_ELIMIT);
        fn_txn_abort(t);
        assert_int_equal(id, 0);
        fx_remove(&f);
    }
}

static void test_after_fork(void **state)
{
    (void)state;
    struct fx f;
    fx_new(&f, 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        struct fn_txn *t;
        struct fn_error err;
        _exit(fn_txn_begin(f.store, false, 0, &t, &err) == -EINVAL ? 0 : 1);
    }
    int status;
    waitpid(pid, &status, 0);
    assert_int_equal(status, 0);
    fx_remove(&f);
}

static void test_model(void **state)
{
    (void)state;
    struct fx f;
    struct fn_error err = {0};
    fx_new(&f, 0);
    struct fn_txn *t = fx_begin(&f, true);
    fn_photo_id id = fx_ingest(&f, t, "a.jpg", 1, 1);
    struct fn_index_model m = fx_model(), got;
    m.min_quality = 250; /* above the faces of the fixture: they become low-quality faces */
    fx_check(fn_index_model_set(t, &m, &err), &err);
    fx_check(fn_index_model_get(t, &got, &err), &err);
    assert_int_equal(got.min_quality, 250);
    assert_string_equal(got.profile, "fixture");
    assert_true(got.logistic_a == m.logistic_a);
    struct fn_face_rec face;
    size_t n;
    fx_check(fn_faces_of_photo(t, id, &face, 1, &n), NULL);
    assert_true(face.flags & FN_FACE_POOR);
    m.min_quality = 10;
    fx_check(fn_index_model_set(t, &m, &err), &err);
    fx_check(fn_faces_of_photo(t, id, &face, 1, &n), NULL);
    assert_false(face.flags & FN_FACE_POOR);
    m.profile_id.b[3] = 9; /* vectors of two models are never compared */
    assert_int_equal(fn_index_model_set(t, &m, &err), FN_EREFUSED);
    m = fx_model();
    m.feature_width = 128;
    assert_int_equal(fn_index_model_set(t, &m, &err), FN_EREFUSED);
    fn_txn_abort(t);
    fx_remove(&f);
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "hold") == 0)
        return child_hold(argv[2]);
    if (argc == 3 && strcmp(argv[1], "grow") == 0)
        return child_grow(argv[2]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_open),
        cmocka_unit_test(test_empty_directory),
        cmocka_unit_test(test_newer_format),
        cmocka_unit_test(test_snapshots),
        cmocka_unit_test(test_writer_lock),
        cmocka_unit_test(test_map_full),
        cmocka_unit_test(test_grown_by_another),
        cmocka_unit_test(test_ids_run_out),
        cmocka_unit_test(test_after_fork),
        cmocka_unit_test(test_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
