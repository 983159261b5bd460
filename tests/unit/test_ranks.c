/* SPDX-License-Identifier: MIT */
/* A training run on several ranks (here threads) is bit-identical to one process: batches,
 * selection, weights, checkpoints; with unreadable pictures and with more ranks than lanes.
 * Ranks with different settings are refused. */
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/local_pictures.h"
#include "thread_comm.h"
#include "train_fixture.h"

enum { PEOPLE = 8, FACES = 4, RANKS_MAX = 8 };

static char dir[] = "/tmp/fn-ranks-XXXXXX";
static struct fn_dataset *data;
static struct fn_model model;
static struct fn_graph_builder *builder;

/* What one rank does, and its result. */
struct run {
    struct fn_train_opts o;
    unsigned steps, stop_rank, stop_at;
    bool threads_differ;
    const char *resume, *save;
    uint32_t spoil_rank; /* UINT32_MAX: none */
    float spoil_rate;
    int code[RANKS_MAX];
    struct fn_error err[RANKS_MAX];
    struct fn_h128 weights[RANKS_MAX];
    struct fn_train_report report[RANKS_MAX];
    uint64_t steps_done[RANKS_MAX];
};

static int train(struct fn_comm *c, struct run *r, const struct fn_model *m,
                 const struct fn_checkpoint *from)
{
    struct fn_trainer *t;
    struct fn_train_opts o = r->o;
    struct fn_train_report *report = &r->report[c->rank];
    struct fn_error *err = &r->err[c->rank];
    if (r->threads_differ)
        o.threads = o.loader_threads = 1 + c->rank % 2;
    if (r->spoil_rank == c->rank)
        o.rate = (double)r->spoil_rate;
    int rc = fn_trainer_create_with(m, data, &local_pictures, &o, c, &t, err);
    if (rc)
        return rc;
    if (from)
        rc = fn_trainer_resume(t, from, err);
    else
        rc = fn_trainer_begin(t, 20, err);
    for (unsigned i = 0; rc == 0 && i < r->steps && !report->stop; i++) {
        if (r->stop_at && i == r->stop_at && c->rank == r->stop_rank)
            fn_trainer_ask_stop(t);
        rc = fn_trainer_step(t, report, err);
    }
    if (rc == 0 && r->save)
        rc = fn_trainer_save(t, r->save, "ranks", err);
    r->weights[c->rank] = fn_params_hash(fn_trainer_params(t));
    r->steps_done[c->rank] = fn_trainer_steps(t);
    fn_trainer_destroy(t);
    return rc;
}

static void work(struct fn_comm *c, void *ctx)
{
    struct run *r = ctx;
    struct fn_checkpoint from = {0};
    int rc = r->resume ? fn_checkpoint_open(r->resume, &from, &r->err[c->rank]) : 0;
    if (rc == 0)
        rc = train(c, r, r->resume ? from.model : &model, r->resume ? &from : NULL);
    r->code[c->rank] = rc;
    if (r->resume)
        fn_checkpoint_close(&from);
}

static struct run options(void)
{
    struct fn_train_opts o = fn_train_default();
    o.people = PEOPLE;
    o.faces = FACES;
    o.steps = 100;
    o.chunk = 3;
    o.lanes = 4;
    o.optim = fn_optim_default(FN_OPTIM_ADAMW);
    o.rate = 3e-3;
    return (struct run){.o = o, .steps = 4, .spoil_rank = UINT32_MAX};
}

/* All ranks succeed with the same results, and with the given weights. */
static void run_same(struct run *r, unsigned size, const struct fn_h128 *expect)
{
    run_ranks(size, SIZE_MAX, work, r);
    for (unsigned i = 0; i < size; i++) {
        if (r->code[i])
            fail_msg("rank %u of %u: %d %s", i, size, r->code[i], r->err[i].text);
        if (memcmp(&r->weights[i], expect, sizeof *expect) != 0)
            fail_msg("rank %u of %u has other weights (loss %g)", i, size,
                     r->report[i].stats.loss);
        assert_memory_equal(&r->report[i].stats, &r->report[0].stats,
                            sizeof r->report[0].stats);
    }
}

static struct fn_h128 alone(struct run *r)
{
    run_ranks(1, SIZE_MAX, work, r);
    if (r->code[0])
        fail_msg("alone: %d %s", r->code[0], r->err[0].text);
    return r->weights[0];
}

static struct run way(int i)
{
    struct run r = options();
    r.o.loss = i == 4 ? FN_LOSS_ARC : i == 5 ? FN_LOSS_COS : FN_LOSS_TRIPLET;
    r.o.mining = i == 2 ? FN_MINING_OFFLINE : i == 3 ? FN_MINING_BOTH : FN_MINING_ONLINE;
    r.o.selection = i == 1 ? FN_SELECT_BATCH_HARD : FN_SELECT_SEMI_HARD;
    r.o.no_negative = i == 1 ? FN_NO_NEGATIVE_RANDOM : FN_NO_NEGATIVE_SKIP;
    r.o.offline_every = 3;
    r.o.offline_subset = 24;
    if (i >= 4)
        r.o.margin = .3f;
    if (i == 0)
        r.o.optim = fn_optim_default(FN_OPTIM_ADAGRAD);
    r.threads_differ = i % 2;
    return r;
}

static void test_same_bits(void **state)
{
    (void)state;
    for (int i = 0; i < 6; i++) {
        struct run one = way(i);
        struct fn_h128 h = alone(&one);
        for (unsigned size = 2; size <= 4; size++) {
            struct run r = way(i);
            run_same(&r, size, &h);
            assert_memory_equal(&r.report[0].stats, &one.report[0].stats,
                                sizeof one.report[0].stats);
            assert_int_equal(r.report[0].batch, one.report[0].batch);
        }
    }
}

/* Lanes and chunks that do not divide evenly; ranks without any. */
static void test_odd_shares(void **state)
{
    (void)state;
    static const uint32_t shapes[][2] = {{1, 5}, {3, 7}, {7, 16}, {32, 2}};
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        struct run one = options();
        one.steps = 2;
        one.o.lanes = shapes[i][0];
        one.o.chunk = shapes[i][1];
        struct run several = one;
        struct fn_h128 h = alone(&one);
        for (unsigned size = 2; size <= 5; size += 3) {
            struct run r = several;
            run_same(&r, size, &h);
        }
    }
}

static void spoil(uint32_t person, uint32_t face, const char *with)
{
    char path[600];
    (void)snprintf(path, sizeof path, "%s/data/p%02u/%u.jpg", dir, person, face);
    int fd = open(path, O_WRONLY | O_TRUNC);
    assert_true(fd >= 0 && write(fd, with, strlen(with)) == (ssize_t)strlen(with));
    close(fd);
}

/* One person and one picture of another cannot be read. All ranks leave them out, and a rank
 * may lose its whole share. */
static void test_unreadable(void **state)
{
    (void)state;
    char path[600];
    (void)snprintf(path, sizeof path, "%s/data", dir);
    for (uint32_t f = 0; f < FACES; f++)
        spoil(3, f, "no picture");
    spoil(5, 1, "nor this");
    for (int i = 0; i < 4; i++) {
        struct run one = way(i);
        struct fn_h128 h = alone(&one);
        /* offline selection reads them before, and chooses none of them */
        assert_int_equal(one.report[0].unreadable, i < 2 ? FACES + 1 : 0);
        for (unsigned size = 2; size <= RANKS_MAX; size += 3) {
            struct run r = way(i);
            run_same(&r, size, &h);
            assert_int_equal(r.report[0].unreadable, one.report[0].unreadable);
        }
    }
    made_people(path, PEOPLE, FACES);
}

/* Stopped by one rank, saved by the first, and continued by another number of ranks. */
static void test_stop_and_resume(void **state)
{
    (void)state;
    char path[600];
    (void)snprintf(path, sizeof path, "%s/run.ckpt", dir);
    for (int i = 0; i < 5; i++) {
        struct run one = way(i);
        one.steps = 8;
        struct fn_h128 h = alone(&one);
        struct run first = way(i), second = way(i);
        first.steps = 20;
        first.stop_at = 2;
        first.stop_rank = 1;
        first.save = path;
        run_ranks(3, SIZE_MAX, work, &first);
        for (unsigned k = 0; k < 3; k++)
            assert_true(first.code[k] == 0 && first.steps_done[k] == 3 && first.report[k].stop);
        second.steps = 5;
        second.resume = path;
        run_same(&second, 2, &h);
        run_same(&second, 1, &h);
        assert_int_equal(second.steps_done[0], 8);
    }
}

static void test_differences_are_refused(void **state)
{
    (void)state;
    struct run r = options();
    r.spoil_rank = 1;
    r.spoil_rate = .5f;
    run_ranks(3, SIZE_MAX, work, &r);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(r.code[i], FN_EREFUSED);
        assert_string_equal(r.err[i].text, "rank 1: option 'rate' is another than on rank 0");
    }
    /* an error of one rank is an error of all: none waits for it */
    r = options();
    r.spoil_rank = 2;
    r.spoil_rate = -1;
    run_ranks(3, SIZE_MAX, work, &r);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(r.code[i], FN_EUSAGE);
        assert_string_equal(r.err[i].text, "rank 2: the learning rate has to be above 0");
    }
}

/* A changed bit in the weights of one rank shows in the next gradient of the loss. */
static void flip(struct fn_comm *c, void *ctx)
{
    struct run *r = ctx;
    struct fn_trainer *t;
    struct fn_error *err = &r->err[c->rank];
    int rc = fn_trainer_create_with(&model, data, &local_pictures, &r->o, c, &t, err);
    if (rc == 0)
        rc = fn_trainer_step(t, &r->report[c->rank], err);
    if (rc == 0 && c->rank == 1)
        fn_trainer_params(t)->w[5] += r->spoil_rate;
    while (rc == 0 && fn_trainer_steps(t) < 60)
        rc = fn_trainer_step(t, &r->report[c->rank], err);
    r->code[c->rank] = rc;
    r->steps_done[c->rank] = fn_trainer_steps(t);
    fn_trainer_destroy(t);
}

static void test_drift_is_seen(void **state)
{
    (void)state;
    struct run r = options();
    r.o.selection = FN_SELECT_BATCH_HARD;
    r.spoil_rate = .25f;
    run_ranks(2, SIZE_MAX, flip, &r);
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(r.code[i], FN_ECORRUPT);
        assert_true(r.steps_done[i] <= 50);
        assert_non_null(strstr(r.err[i].text, "not the same on ranks 0 and 1"));
    }
}

static void embed(struct fn_comm *c, void *ctx)
{
    struct run *r = ctx;
    struct fn_trainer *t;
    struct fn_error *err = &r->err[c->rank];
    uint32_t idx[PEOPLE * FACES];
    float f[PEOPLE * FACES * DIM];
    uint8_t ok[PEOPLE * FACES];
    for (uint32_t i = 0; i < PEOPLE * FACES; i++)
        idx[i] = (i * 7 + 3) % (PEOPLE * FACES);
    int rc = fn_trainer_create_with(&model, data, &local_pictures, &r->o, c, &t, err);
    if (rc == 0)
        rc = fn_trainer_embed(t, idx, PEOPLE * FACES, f, ok, err);
    r->code[c->rank] = rc ? rc : memchr(ok, 0, sizeof ok) ? FN_EDECODE : 0;
    r->weights[c->rank] = fn_hash128(f, sizeof f);
    fn_trainer_destroy(t);
}

static void test_embed(void **state)
{
    (void)state;
    struct run one = options();
    run_ranks(1, SIZE_MAX, embed, &one);
    assert_int_equal(one.code[0], 0);
    for (unsigned size = 2; size <= 4; size++) {
        struct run r = options();
        run_ranks(size, 100, embed, &r);
        for (unsigned i = 0; i < size; i++) {
            assert_int_equal(r.code[i], 0);
            assert_memory_equal(&r.weights[i], &one.weights[0], sizeof one.weights[0]);
        }
    }
}

static int setup(void **state)
{
    struct fn_error err;
    char path[600];
    (void)state;
    assert_non_null(mkdtemp(dir));
    (void)snprintf(path, sizeof path, "%s/data", dir);
    made_people(path, PEOPLE, FACES);
    builder = made_model(&model);
    return fn_dataset_scan(path, &data, &err);
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st;
    (void)kind;
    (void)ftw;
    return remove(path);
}

static int teardown(void **state)
{
    (void)state;
    fn_dataset_destroy(data);
    fn_graph_builder_destroy(builder);
    return nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_bits),
        cmocka_unit_test(test_odd_shares),
        cmocka_unit_test(test_unreadable),
        cmocka_unit_test(test_stop_and_resume),
        cmocka_unit_test(test_differences_are_refused),
        cmocka_unit_test(test_drift_is_seen),
        cmocka_unit_test(test_embed),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
