/* SPDX-License-Identifier: MIT */
/* Training from start to end on drawn pictures: it overfits, it resumes bit-identically,
 * threads do not change the results, collapse is detected, and a step that is not finite
 * changes nothing. */
#include <fcntl.h>
#include <ftw.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "engine/base/rng.h"
#include "tests/unit/local_pictures.h"
#include "train_fixture.h"

enum { PEOPLE = 8, FACES = 4 };

static char dir[] = "/tmp/fn-trainer-XXXXXX";
static struct fn_dataset *data;
static struct fn_model model;
static struct fn_graph_builder *builder;
static struct fn_error err;

static void must(int rc)
{
    if (rc)
        fail_msg("%d %s", rc, err.text);
}

static int setup(void **state)
{
    char path[512];
    (void)state;
    assert_non_null(mkdtemp(dir));
    (void)snprintf(path, sizeof path, "%s/data", dir);
    made_people(path, PEOPLE, FACES);
    must(fn_dataset_scan(path, &data, &err));
    builder = made_model(&model);
    return 0;
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

static struct fn_train_opts options(void)
{
    struct fn_train_opts o = fn_train_default();
    o.people = PEOPLE;
    o.faces = FACES;
    o.steps = 300;
    o.chunk = 5;
    o.augment = fn_augment_none();
    o.optim = fn_optim_default(FN_OPTIM_ADAMW);
    o.optim.weight_decay = 0;
    o.rate = 3e-3;
    return o;
}

static struct fn_trainer *trainer(const struct fn_train_opts *o)
{
    struct fn_trainer *t;
    must(fn_trainer_create(&model, data, &local_pictures, o, &t, &err));
    return t;
}

static struct fn_train_report run(struct fn_trainer *t, unsigned steps)
{
    struct fn_train_report r = {0};
    for (unsigned i = 0; i < steps; i++)
        must(fn_trainer_step(t, &r, &err));
    return r;
}

/* ---- tests ---- */

static int wary_chip(void *arg, int fd, const struct fn_chip_cut *cut, float *rgb,
                     bool *ret_truncated, struct fn_error *e)
{
    if (!getenv("OPENBLAS_NUM_THREADS"))
        *(bool *)arg = true;
    return local_pictures.chip(NULL, fd, cut, rgb, ret_truncated, e);
}

/* Loading BLAS changes the environment. A picture source may read it in a loader thread, to
 * start a worker, so BLAS has to be loaded before. The first test: it is loaded only once. */
static void test_environment_is_set_before_loaders(void **state)
{
    (void)state;
    bool early = false;
    struct fn_picture_source wary = {local_pictures.size, wary_chip, &early};
    struct fn_train_opts o = options();
    struct fn_trainer *t = NULL;
    assert_int_equal(unsetenv("OPENBLAS_NUM_THREADS"), 0);
    must(fn_trainer_create(&model, data, &wary, &o, &t, &err));
    assert_non_null(getenv("OPENBLAS_NUM_THREADS"));
    run(t, 1);
    fn_trainer_destroy(t);
    assert_false(early);
}

static void test_overfits(void **state)
{
    (void)state;
    struct fn_train_opts o = options();
    o.selection = FN_SELECT_BATCH_HARD;
    struct fn_trainer *t = trainer(&o);
    struct fn_train_report r;
    must(fn_trainer_step(t, &r, &err));
    assert_true(r.stats.loss > .1 && r.batch == PEOPLE * FACES);
    unsigned steps = 1;
    while (r.stats.active > 0 && steps++ < 600)
        must(fn_trainer_step(t, &r, &err));
    if (r.stats.active > 0)
        fail_msg("after %u steps %zu triplets of %zu are active, loss %g", steps,
                 r.stats.active, r.stats.selected, r.stats.loss);
    assert_false(r.stats.collapsed);
    fn_trainer_destroy(t);
}

/* Channels of a layer, before its activation, over all unaugmented pictures. */
static void check_channels(struct fn_exec *x, const char *name, size_t n, double *ret_worst)
{
    uint32_t dims[4];
    const float *z = fn_exec_value(x, name, dims);
    assert_non_null(z);
    size_t c = dims[1], places = n * dims[2] * dims[3];
    for (size_t o = 0; o < c; o++) {
        double sum = 0, squares = 0;
        for (size_t i = 0; i < places; i++) {
            sum += (double)z[i * c + o];
            squares += (double)z[i * c + o] * (double)z[i * c + o];
        }
        double mean = sum / (double)places, var = squares / (double)places - mean * mean;
        *ret_worst = fmax(*ret_worst, fmax(fabs(mean), fabs(var - 1)));
    }
}

static double worst_channel(const struct fn_trainer *t)
{
    enum { N = PEOPLE * FACES };
    const struct fn_graph *g = &fn_trainer_params(t)->graph;
    const struct fn_exec_opts o = {.n = N, .h = SIDE, .w = SIDE, .keep_all = true};
    struct fn_loader_opts l = {.dataset = data,
                               .pictures = &local_pictures,
                               .width = SIDE,
                               .height = SIDE,
                               .margin = 1};
    struct fn_loader *loader;
    struct fn_exec *x;
    static uint8_t chips[N * SIDE * SIDE * 3], ok[N];
    uint32_t idx[N];
    double worst = 0;
    for (uint32_t i = 0; i < N; i++)
        idx[i] = i;
    l.augment = fn_augment_none();
    must(fn_loader_create(&l, &loader, &err));
    must(fn_loader_start(loader, 0, idx, N, chips, ok));
    must(fn_loader_wait(loader, &err));
    fn_loader_destroy(loader);
    must(fn_exec_create(g, &o, &x, &err));
    fn_chips_to_float(chips, N, SIDE, SIDE, &model.pre, fn_exec_input(x, 0, NULL));
    must(fn_exec_run(x));
    for (uint32_t i = 0; i < g->n_nodes; i++)
        if (g->nodes[i].op == FN_OP_CONV)
            check_channels(x, g->values[g->nodes[i].out].name, N, &worst);
    fn_exec_destroy(x);
    return worst;
}

static void test_begin(void **state)
{
    (void)state;
    struct fn_train_opts o = options();
    struct fn_trainer *t = trainer(&o);
    assert_true(worst_channel(t) > .5); /* as the weights were drawn */
    must(fn_trainer_begin(t, PEOPLE * FACES, &err));
    assert_true(worst_channel(t) < 1e-3);
    struct fn_train_report r = run(t, 1);
    assert_false(r.stats.collapsed);
    fn_trainer_destroy(t);
}

static void test_margin_learns(void **state)
{
    (void)state;
    for (int loss = FN_LOSS_ARC; loss <= FN_LOSS_COS; loss++) {
        struct fn_train_opts o = options();
        o.loss = (enum fn_loss)loss;
        o.margin = .3f;
        o.margin_scale = 16;
        o.rate = 1e-2;
        struct fn_trainer *t = trainer(&o);
        struct fn_train_report first = run(t, 1), last = run(t, 150);
        assert_true(first.right < PEOPLE * FACES);
        assert_int_equal(last.right, PEOPLE * FACES);
        assert_true(last.stats.loss < first.stats.loss / 4);
        fn_trainer_destroy(t);
    }
}

static struct fn_h128 weights_after(struct fn_train_opts *o, unsigned steps)
{
    struct fn_trainer *t = trainer(o);
    run(t, steps);
    struct fn_h128 h = fn_params_hash(fn_trainer_params(t));
    fn_trainer_destroy(t);
    return h;
}

static void test_threads(void **state)
{
    (void)state;
    struct fn_train_opts o = options();
    o.augment = fn_augment_default();
    struct fn_h128 one = weights_after(&o, 6);
    for (unsigned threads = 2; threads <= 4; threads++) {
        o.threads = threads;
        o.loader_threads = threads;
        struct fn_h128 h = weights_after(&o, 6);
        assert_memory_equal(&h, &one, sizeof h);
    }
    o.seed++;
    struct fn_h128 other = weights_after(&o, 6);
    assert_memory_not_equal(&other, &one, sizeof other);
}

/* Every way of training: stop after some steps, continue from the file, end with identical
 * bits. */
static void test_resume(void **state)
{
    (void)state;
    char path[600];
    (void)snprintf(path, sizeof path, "%s/run.ckpt", dir);
    for (int way = 0; way < 6; way++) {
        struct fn_train_opts o = options();
        o.augment = fn_augment_default();
        o.people = 4;
        o.loss = way == 4 ? FN_LOSS_ARC : FN_LOSS_TRIPLET;
        o.mining = way == 2 ? FN_MINING_OFFLINE : way == 3 ? FN_MINING_BOTH : FN_MINING_ONLINE;
        o.offline_every = 5;
        o.offline_subset = 24;
        o.selection = way == 1 ? FN_SELECT_BATCH_HARD : FN_SELECT_SEMI_HARD;
        o.optim = fn_optim_default(way == 5   ? FN_OPTIM_MOMENTUM
                                   : way == 0 ? FN_OPTIM_ADAGRAD
                                              : FN_OPTIM_ADAMW);
        o.schedule = (struct fn_schedule){
            .kind = FN_SCHEDULE_COSINE, .warm_up = 3, .total = 20, .floor = .01};
        struct fn_h128 whole = weights_after(&o, 14);
        struct fn_trainer *t = trainer(&o);
        run(t, 7);
        must(fn_trainer_save(t, path, "a note", &err));
        fn_trainer_destroy(t);
        struct fn_checkpoint c;
        must(fn_checkpoint_open(path, &c, &err));
        assert_int_equal(c.step, 7);
        assert_string_equal(c.extra, "a note");
        must(fn_trainer_create(c.model, data, &local_pictures, &c.opts, &t, &err));
        must(fn_trainer_resume(t, &c, &err));
        run(t, 7);
        struct fn_h128 h = fn_params_hash(fn_trainer_params(t));
        assert_memory_equal(&h, &whole, sizeof h);
        fn_trainer_destroy(t);
        fn_checkpoint_close(&c);
    }
}

static void test_checkpoint_is_checked(void **state)
{
    (void)state;
    char path[600], before[600];
    (void)snprintf(path, sizeof path, "%s/bad.ckpt", dir);
    (void)snprintf(before, sizeof before, "%s.1", path);
    struct fn_train_opts o = options();
    struct fn_trainer *t = trainer(&o);
    struct fn_checkpoint c;
    run(t, 1);
    must(fn_trainer_save(t, path, NULL, &err));
    assert_int_not_equal(access(before, F_OK), 0);
    run(t, 1);
    must(fn_trainer_save(t, path, NULL, &err));
    must(fn_checkpoint_open(before, &c, &err));
    assert_int_equal(c.step, 1);
    fn_checkpoint_close(&c);
    /* any byte, any cut */
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    struct fn_rng r = fn_rng_init(4, 4);
    for (int i = 0; i < 40; i++) {
        int fd = open(path, O_RDWR);
        off_t at = (off_t)fn_rng_below(&r, (uint64_t)st.st_size);
        uint8_t byte;
        assert_int_equal(pread(fd, &byte, 1, at), 1);
        byte ^= 0x10;
        assert_int_equal(pwrite(fd, &byte, 1, at), 1);
        bool in_padding = at >= 40 && at < 64; /* of the header: not read */
        int code = fn_checkpoint_open(path, &c, &err);
        assert_true(code < 0 || in_padding);
        if (code == 0)
            fn_checkpoint_close(&c);
        byte ^= 0x10;
        assert_int_equal(pwrite(fd, &byte, 1, at), 1);
        close(fd);
    }
    assert_int_equal(truncate(path, st.st_size - 1), 0);
    assert_int_equal(fn_checkpoint_open(path, &c, &err), FN_ECORRUPT);
    must(fn_checkpoint_open(before, &c, &err));
    c.opts.rate *= 2;
    assert_int_equal(fn_trainer_resume(t, &c, &err), FN_EREFUSED);
    assert_non_null(strstr(err.text, "rate"));
    fn_checkpoint_close(&c);
    fn_trainer_destroy(t);
}

/* Hardest negatives and a rate far too high: all embeddings collapse to one point, the loss
 * stays at the margin, and this is reported. */
static void test_collapse(void **state)
{
    (void)state;
    struct fn_train_opts o = options();
    o.selection = FN_SELECT_BATCH_HARD;
    o.optim = fn_optim_default(FN_OPTIM_MOMENTUM);
    o.optim.max_norm = 0;
    o.optim.weight_decay = 0;
    o.rate = 30;
    struct fn_trainer *t = trainer(&o);
    struct fn_train_report r = {0};
    unsigned i = 0;
    while (i++ < 300 && !r.stats.collapsed)
        if (fn_trainer_step(t, &r, &err))
            break;
    assert_true(r.stats.collapsed);
    assert_true(fabs(r.stats.loss - .2) < .01);
    fn_trainer_destroy(t);
}

static void test_freeze(void **state)
{
    (void)state;
    struct fn_train_opts o = options();
    (void)snprintf(o.freeze_before, sizeof o.freeze_before, "three");
    struct fn_trainer *t = trainer(&o);
    const struct fn_params *p = fn_trainer_params(t);
    float *before = malloc(p->size * sizeof *before);
    memcpy(before, p->w, p->size * sizeof *before);
    run(t, 5);
    size_t frozen = 0;
    for (size_t i = 0; i < p->n; i++) {
        bool same = memcmp(before + p->list[i].offset, p->w + p->list[i].offset,
                           p->list[i].count * sizeof *before) == 0;
        assert_int_equal(same, p->list[i].frozen);
        frozen += p->list[i].frozen;
    }
    assert_int_equal(frozen, 4);
    free(before);
    fn_trainer_destroy(t);
}

static void test_options_by_name(void **state)
{
    (void)state;
    struct fn_train_opts o = options();
    must(fn_train_opts_set(&o, "optim.kind", "momentum", &err));
    must(fn_train_opts_set(&o, "rate", "0.25", &err));
    must(fn_train_opts_set(&o, "steps", "77", &err));
    must(fn_train_opts_set(&o, "freeze_before", "two", &err));
    assert_true(o.optim.kind == FN_OPTIM_MOMENTUM && o.rate == .25 && o.steps == 77);
    assert_string_equal(o.freeze_before, "two");
    static const char *const wrong[][2] = {{"rate", "fast"},       {"rate", "1x"},
                                           {"steps", "-1"},        {"steps", "1.5"},
                                           {"loss", "quadruplet"}, {"nonsense", "1"}};
    struct fn_train_opts before = o;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(fn_train_opts_set(&o, wrong[i][0], wrong[i][1], &err), FN_EUSAGE);
    assert_memory_equal(&before, &o, sizeof o);
    assert_int_equal(fn_train_opts_set(&o, "loss", "x", &err), FN_EUSAGE);
    assert_non_null(strstr(err.text, "triplet, arc, cos"));
    size_t n = 0;
    while (fn_train_opts_name(n))
        n++;
    assert_true(n > 40);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_environment_is_set_before_loaders),
        cmocka_unit_test(test_overfits),
        cmocka_unit_test(test_begin),
        cmocka_unit_test(test_margin_learns),
        cmocka_unit_test(test_threads),
        cmocka_unit_test(test_resume),
        cmocka_unit_test(test_checkpoint_is_checked),
        cmocka_unit_test(test_collapse),
        cmocka_unit_test(test_freeze),
        cmocka_unit_test(test_options_by_name),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
