/* SPDX-License-Identifier: MIT */
/* The loop of a training run as a function: the files in its folder, its events, stopping and
 * bit-identical resuming, and the independence of two runs in one process. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/file.h"
#include "engine/train/run.h"
#include "engine/train/run_csv.h"
#include "tests/unit/local_pictures.h"
#include "train_fixture.h"

enum { PEOPLE = 30, FACES = 4, STEPS = 6 };

static char dir[] = "/tmp/fn-run-XXXXXX";
static struct fn_dataset *data;
static struct fn_model model;
static struct fn_graph_builder *builder;

static int setup(void **state)
{
    char path[512];
    struct fn_error err = {0};
    (void)state;
    assert_non_null(mkdtemp(dir));
    (void)snprintf(path, sizeof path, "%s/data", dir);
    made_people(path, PEOPLE, FACES);
    /* Files that are not pictures: each is left out, and named. */
    for (unsigned p = 0; p < PEOPLE; p++) {
        (void)snprintf(path, sizeof path, "%s/data/p%02u/bad.jpg", dir, p);
        assert_int_equal(fn_file_write_atomic(path, "no picture", 10, 0600, &err), 0);
    }
    (void)snprintf(path, sizeof path, "%s/data", dir);
    assert_int_equal(fn_dataset_scan(path, &data, &err), 0);
    assert_int_equal(data->n_people, PEOPLE);
    assert_int_equal(fn_dataset_hold_out(data, .7, 3, FN_SPLIT_VALIDATION, &err), 0);
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

/* The events of a run. */
struct told {
    size_t begun, steps, judged, left_out;
    uint64_t last, stop_at; /* stop_at 0: never */
    char reason[600];
};

static void begun(void *arg, const struct fn_run_state *s)
{
    struct told *t = arg;
    t->begun++;
    assert_true(s->n_held_out > 0 && s->opts->steps == STEPS);
}

static void stepped(void *arg, const struct fn_run_state *s, const struct fn_train_report *r,
                    const struct fn_held_out_figures *held)
{
    struct told *t = arg;
    assert_true(r->step == t->last + 1 && r->step > s->first_step);
    t->last = r->step;
    t->steps++;
    t->judged += held != NULL;
}

static void left_out(void *arg, const char *reason)
{
    struct told *t = arg;
    t->left_out++;
    (void)snprintf(t->reason, sizeof t->reason, "%s", reason);
}

static bool stop(void *arg)
{
    const struct told *t = arg;
    return t->stop_at && t->last + 1 >= t->stop_at;
}

static struct fn_run_places place(const char *name)
{
    struct fn_run_places p;
    struct fn_error err = {0};
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    assert_int_equal(fn_mkdirs(path, 0700, &err), 0);
    assert_int_equal(fn_run_places_of(path, &p, &err), 0);
    return p;
}

static struct fn_run_result run(const struct fn_run_places *places, uint64_t seed,
                                const struct fn_checkpoint *resumed, struct told *told)
{
    const struct fn_run_events events = {
        .begun = begun, .stepped = stepped, .left_out = left_out, .stop = stop, .arg = told};
    struct fn_run_settings s = {.places = places,
                                .model = resumed ? resumed->model : &model,
                                .resumed = resumed,
                                .data = data,
                                .pictures = &local_pictures,
                                .comm = fn_comm_local(),
                                .checkpoint_every = 2,
                                .eval_every = 3};
    struct fn_run_result r;
    struct fn_error err = {0};
    if (resumed) {
        s.opts = resumed->opts;
        told->last = resumed->step;
    } else {
        s.opts = fn_train_default();
        s.opts.seed = seed;
        s.opts.steps = STEPS;
        s.opts.people = 5;
        s.opts.faces = 3;
        s.opts.chunk = 5;
        s.opts.begin_sample = 0;
    }
    s.opts.threads = 1;
    if (fn_run(&s, &events, &r, &err))
        fail_msg("%s", err.text);
    return r;
}

/* The hash of the weights that a run wrote. */
static struct fn_h128 id_of(const struct fn_run_places *p)
{
    struct fn_model *m = NULL;
    struct fn_error err = {0};
    if (fn_model_open(p->model, &m, &err))
        fail_msg("%s", err.text);
    struct fn_h128 id = m->id;
    assert_true(m->align.n_points > 0);
    assert_non_null(strstr(m->card.note, "steps by triplets"));
    fn_model_destroy(m);
    return id;
}

static void test_whole(void **state)
{
    struct fn_run_places p = place("whole");
    struct told told = {0};
    struct fn_run_csv log = {0};
    struct fn_error err = {0};
    char before[FN_PATH_MAX + 2];
    (void)state;
    struct fn_run_result r = run(&p, 1, NULL, &told);
    assert_true(r.steps == STEPS && !r.stopped && r.judged);
    assert_true(told.begun == 1 && told.steps == STEPS && told.judged == 2);
    assert_true(told.left_out > 0);
    assert_non_null(strstr(told.reason, "/bad.jpg': not an image"));
    (void)snprintf(before, sizeof before, "%s.1", p.checkpoint);
    assert_true(fn_file_exists(p.checkpoint) && fn_file_exists(before));
    assert_int_equal(fn_run_csv_read(p.log, &log, &err), 0);
    assert_int_equal(log.n, STEPS);
    struct fn_curve unreadable = fn_curve_of(&log, "step", "unreadable");
    assert_int_equal(unreadable.n, STEPS);
    fn_curves_free(&unreadable, 1);
    fn_run_csv_free(&log);
    (void)id_of(&p);
}

static void test_stopped_and_resumed(void **state)
{
    struct fn_run_places whole = place("uninterrupted"), part = place("part");
    struct told told = {.stop_at = 3};
    struct fn_checkpoint c = {0};
    struct fn_error err = {0};
    (void)state;
    (void)run(&whole, 5, NULL, &(struct told){0});
    struct fn_run_result r = run(&part, 5, NULL, &told);
    assert_true(r.stopped && r.steps == 3);
    assert_int_equal(fn_checkpoint_open(part.checkpoint, &c, &err), 0);
    assert_int_equal(c.step, 3);
    told = (struct told){0};
    r = run(&part, 0, &c, &told);
    fn_checkpoint_close(&c);
    assert_true(!r.stopped && r.steps == STEPS && told.steps == STEPS - 3);
    struct fn_h128 a = id_of(&whole), b = id_of(&part);
    assert_true(fn_h128_eq(&a, &b));
}

/* Another run between two with the same settings changes nothing. */
static void test_twice(void **state)
{
    struct fn_run_places p[3] = {place("first"), place("between"), place("third")};
    static const uint64_t seeds[3] = {7, 8, 7};
    struct fn_h128 id[3];
    (void)state;
    for (int i = 0; i < 3; i++) {
        struct told told = {0};
        (void)run(&p[i], seeds[i], NULL, &told);
        id[i] = id_of(&p[i]);
    }
    assert_true(fn_h128_eq(&id[0], &id[2]));
    assert_false(fn_h128_eq(&id[0], &id[1]));
}

/* A folder that is not writable: an error, and no event. */
static void test_no_place(void **state)
{
    struct fn_run_places p;
    struct told told = {0};
    struct fn_error err = {0};
    struct fn_run_result r;
    const struct fn_run_events events = {.begun = begun, .arg = &told};
    (void)state;
    assert_int_equal(fn_run_places_of("/nonexistent/run", &p, &err), 0);
    struct fn_run_settings s = {.places = &p,
                                .model = &model,
                                .data = data,
                                .pictures = &local_pictures,
                                .opts = fn_train_default(),
                                .comm = fn_comm_local()};
    s.opts.people = 5;
    s.opts.faces = 3;
    assert_int_equal(fn_run(&s, &events, &r, &err), -ENOENT);
    assert_true(told.begun == 0 && r.steps == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),
        cmocka_unit_test(test_stopped_and_resumed),
        cmocka_unit_test(test_twice),
        cmocka_unit_test(test_no_place),
    };
    return cmocka_run_group_tests_name("run", tests, setup, teardown);
}
