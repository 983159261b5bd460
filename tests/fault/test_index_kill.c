/* SPDX-License-Identifier: MIT */
/* A writer is killed at random moments. Whenever the index is opened after that, the checker
 * finds nothing, and everything that was reported as committed is there. Started with "writer
 * DIR SEED", this program is that writer. FN_TEST_FULL=1: 200 kills. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "engine/base/rng.h"
#include "index/people/people.h"
#include "tests/unit/index_fixture.h"
#include "index/ingest/update.h"

enum { CONTENTS = 40, NAMES = 30 };

static void name(struct fn_rng *r, char out[32])
{
    snprintf(out, 32, "d%u/p%u.jpg", (unsigned)fn_rng_below(r, 3),
             (unsigned)fn_rng_below(r, NAMES));
}

static int say(struct fn_txn *t, struct fn_rng *r, struct fn_error *err)
{
    struct fn_assertion a = {.kind = FN_ASSERT_IS, .time_us = 1, .author = "test"};
    a.person.b[0] = (uint8_t)(1 + fn_rng_below(r, 3));
    a.face.photo = fx_hash(fn_rng_below(r, CONTENTS));
    float box[4];
    fx_box(0, box);
    fn_box_quantise(box, a.face.box);
    uint64_t act;
    int rc = fn_assert_append(t, &a, 1, &act, err);
    return rc == FN_EREFUSED ? 0 : rc;
}

static int one_act(struct fx *f, struct fn_txn *t, struct fn_rng *r, struct fn_error *err)
{
    char a[32], b[32];
    uint64_t n, content = fn_rng_below(r, CONTENTS);
    fn_photo_id id;
    size_t left;
    struct fn_queue_entry e = {.root = f->root};
    name(r, a);
    name(r, b);
    switch (fn_rng_below(r, 9)) {
    case 0:
    case 1:
    case 2:
        return fx_try_ingest(f, t, a, content, (uint32_t)fn_rng_below(r, 30), &id, err);
    case 3:
        return fn_path_delete(t, f->root, a, err);
    case 4:
        return fn_path_rename(t, f->root, a, f->root, b, &n, err);
    case 5:
        return fn_index_expire(t, INT64_MAX, &n, err);
    case 6:
        memcpy(e.path, b, sizeof b);
        return fn_queue_push(t, &e, err);
    case 7:
        return say(t, r, err);
    default:
        return fn_people_settle(t, 0, &left, err);
    }
}

/* Transactions of a few operations until killed. Each commit has a number, which is reported
 * after the commit. */
static int writer(const char *dir, uint64_t seed)
{
    struct fx f = {.root = 1};
    struct fn_error err;
    struct fn_rng r = fn_rng_init(seed, 0);
    uint64_t number = 0;
    if (fn_store_open(dir, FN_STORE_WRITE, &f.store, &err))
        return 1;
    for (;;) {
        struct fn_txn *t;
        if (fn_txn_begin(f.store, true, 1000, &t, &err))
            return 2;
        uint64_t acts = 1 + fn_rng_below(&r, 6);
        int rc = fn_meta_get_u64(t, "test.number", &number);
        rc = rc == FN_ENOTFOUND ? 0 : rc;
        for (uint64_t i = 0; !rc && i < acts; i++)
            rc = one_act(&f, t, &r, &err);
        if (!rc)
            rc = fn_meta_put_u64(t, "test.number", ++number, &err);
        if (rc || fn_index_commit(t, &err)) {
            fprintf(stderr, "writer: %s\n", err.text);
            return 3;
        }
        if (write(STDOUT_FILENO, &number, sizeof number) != sizeof number)
            return 4;
    }
}

static pid_t start_writer(const char *dir, uint64_t seed, int *ret_fd)
{
    int p[2];
    char text[24];
    snprintf(text, sizeof text, "%llu", (unsigned long long)seed);
    assert_int_equal(pipe(p), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        dup2(p[1], STDOUT_FILENO);
        close(p[0]);
        close(p[1]);
        execl(fx_self(), "test_index_kill", "writer", dir, text, (char *)NULL);
        _exit(127);
    }
    close(p[1]);
    *ret_fd = p[0];
    return pid;
}

/* Kills the writer while it starts every other time, otherwise somewhere after its first
 * commit. */
static void wait_and_kill(pid_t pid, int fd, bool early, struct fn_rng *r, uint64_t *told)
{
    if (!early)
        assert_int_equal(read(fd, told, sizeof *told), sizeof *told);
    struct timespec ts = {0, (long)(1000000 + fn_rng_below(r, early ? 30000000 : 150000000))};
    nanosleep(&ts, NULL);
    kill(pid, SIGKILL);
}

/* The last number that the writer reported, or before when there was none. */
static uint64_t last_told(int fd, uint64_t before)
{
    uint64_t v;
    while (read(fd, &v, sizeof v) == sizeof v)
        before = v;
    return before;
}

static void test_kills(void **state)
{
    (void)state;
    struct fx f;
    struct fn_error err = {0};
    const char *full = getenv("FN_TEST_FULL");
    int rounds = full && *full == '1' ? 200 : 12;
    struct fn_rng r = fn_rng_init(20, 26);
    uint64_t told = 0, most = 0;
    fx_new(&f, 0);
    for (int i = 0; i < rounds; i++) {
        int fd, status;
        fn_store_close(f.store);
        f.store = NULL;
        pid_t pid = start_writer(f.dir, (uint64_t)i, &fd);
        wait_and_kill(pid, fd, i % 2, &r, &told);
        told = last_told(fd, told);
        close(fd);
        waitpid(pid, &status, 0);
        assert_true(WIFSIGNALED(status)); /* it did not exit on its own */
        fx_check(fn_store_open(f.dir, FN_STORE_WRITE, &f.store, &err), &err);
        assert_int_equal(fx_doctor(&f, true), 0);
        struct fn_txn *t = fx_begin(&f, true); /* the lock of the dead writer is free */
        uint64_t number = 0;
        int rc = fn_meta_get_u64(t, "test.number", &number);
        assert_true(rc == 0 || (rc == FN_ENOTFOUND && told == 0));
        assert_true(number >= told && number <= told + 1);
        told = number;
        most = number > most ? number : most;
        fn_txn_abort(t);
    }
    print_message("%d kills, %llu transactions\n", rounds, (unsigned long long)most);
    assert_true(most >= (uint64_t)rounds / 2); /* the late kills had at least one commit each */
    fx_remove(&f);
}

int main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "writer") == 0)
        return writer(argv[2], strtoull(argv[3], NULL, 10));
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_kills)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
