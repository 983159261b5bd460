/* SPDX-License-Identifier: MIT */
/* Labels on faces and the results of acts, compared with a plain model of the labels. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "cli/library/act_batch.h"
#include "cli/library/act_log.h"
#include "cli/library/act_names.h"
#include "engine/base/rng.h"
#include "engine/base/text.h"
#include "tests/unit/library_fixture.h"

enum { FACES = 12, PEOPLE = 3 };
static const char *const names[PEOPLE] = {"Ann", "Bob", "Cleo"};

struct model {
    int is; /* person, -1: none */
    bool not [PEOPLE], notface;
};

static bool model_refuses(const struct model *f, enum fn_assert_kind kind, int who)
{
    if (kind == FN_ASSERT_IS)
        return f->notface || f->not [who];
    return kind == FN_ASSERT_NOT ? f->is == who : f->is >= 0;
}

static bool model_contradicts(const struct model *f, enum fn_assert_kind kind, int who)
{
    return model_refuses(f, kind, who) || (kind == FN_ASSERT_IS && f->is >= 0 && f->is != who);
}

static bool model_has(const struct model *f, enum fn_assert_kind kind, int who)
{
    if (model_contradicts(f, kind, who))
        return false;
    return kind == FN_ASSERT_IS    ? f->is == who
           : kind == FN_ASSERT_NOT ? f->not [who]
                                   : f->notface;
}

static void model_label(struct model *f, enum fn_assert_kind kind, int who)
{
    if (kind == FN_ASSERT_IS)
        f->is = who;
    else if (kind == FN_ASSERT_NOT)
        f->not [who] = true;
    else
        f->notface = true;
}

/* One random label on some of the faces: what the library counts, whether it refuses, and what
 * it changes. */
static void one_label(struct model *model, fn_face_id *all, struct fn_rng *r)
{
    enum fn_assert_kind kind = (enum fn_assert_kind)(FN_ASSERT_IS + fn_rng_below(r, 3));
    int who = (int)fn_rng_below(r, PEOPLE);
    fn_face_id faces[FACES];
    struct fnl_labelling l;
    size_t n = 0, conflicts = 0, already = 0, index[FACES], most = 1 + fn_rng_below(r, 3);
    bool refused = false, dry = fn_rng_below(r, 3) == 0;
    for (size_t i = 0; i < FACES && n < (dry ? FACES : most); i++)
        if (fn_rng_below(r, 3) == 0) {
            index[n] = i;
            faces[n++] = all[i];
        }
    if (!n)
        return;
    for (size_t i = 0; i < n; i++) {
        const struct model *f = &model[index[i]];
        conflicts += model_contradicts(f, kind, who);
        already += model_has(f, kind, who);
        refused = refused || model_refuses(f, kind, who);
    }
    int rc = lf_label(dry ? FNL_TRY : FNL_KEEP, kind,
                      kind == FN_ASSERT_NOTFACE ? NULL : names[who], faces, n, &l);
    assert_int_equal(rc, refused ? FN_EREFUSED : 0);
    assert_true(l.counted);
    assert_int_equal(lf_result.n_conflicts, conflicts);
    assert_int_equal(lf_result.n_already, refused ? 0 : already);
    assert_int_equal(lf_result.n_changed, refused ? 0 : n - already);
    for (size_t i = 0; i < n && !rc && !dry; i++)
        model_label(&model[index[i]], kind, who);
}

static void results_are_honest(void **state)
{
    struct model model[FACES];
    fn_face_id all[FACES], one;
    struct fnl_labelling l;
    struct fn_rng r = fn_rng_init(11, 3);
    size_t conflicts = 0;
    (void)state;
    assert_int_equal(
        lf_find("path:person-*/0.jpg or path:person-*/1.jpg or path:person-*/2.jpg", all,
                FACES),
        FACES);
    for (size_t i = 0; i < FACES; i++)
        model[i] = (struct model){.is = -1};
    /* Each person has a name from the start, on faces that are not in the model. */
    for (int k = 0; k < PEOPLE; k++) {
        char query[32];
        (void)snprintf(query, sizeof query, "path:person-%d/5.jpg", k);
        assert_int_equal(lf_find(query, &one, 1), 1);
        lf_must(lf_label(FNL_KEEP, FN_ASSERT_IS, names[k], &one, 1, &l));
        assert_true(lf_result.new_person);
        assert_true(lf_result.act != 0);
    }
    for (int i = 0; i < 150; i++) {
        one_label(model, all, &r);
        conflicts += lf_result.n_conflicts;
    }
    assert_true(conflicts > 20);
}

static void a_dry_run_stores_nothing(void **state)
{
    fn_face_id face;
    struct fnl_labelling l;
    struct fnl_log log;
    (void)state;
    assert_int_equal(lf_find("path:stranger.jpg", &face, 1), 1);
    lf_must(lf_label(FNL_TRY, FN_ASSERT_IS, "Nora", &face, 1, &l));
    assert_true(lf_result.new_person && lf_result.n_changed == 1);
    lf_must(fnl_read_begin(lf_lib, &lf_err));
    lf_must(fnl_log_read(fnl_txn(lf_lib), 0, &log, &lf_err));
    assert_int_equal(log.n_total, 0);
    fnl_log_finish(&log);
    fnl_read_end(lf_lib);
}

/* ---- batches ---- */

static void add_line(struct fnl_batch *b, const char *text)
{
    char line[200];
    (void)snprintf(line, sizeof line, "%s", text);
    lf_must(fnl_batch_add(b, line, b->n + 1));
}

static void a_batch_counts_its_lines(void **state)
{
    struct fnl_batch b = {0};
    struct fnl_labelling l;
    fn_face_id face;
    size_t n = 0;
    (void)state;
    lf_find("path:person-0/0.jpg", &face, 1);
    lf_must(lf_label(FNL_KEEP, FN_ASSERT_IS, "Ann", &face, 1, &l));
    lf_find("path:person-0/1.jpg", &face, 1);
    lf_must(lf_label(FNL_KEEP, FN_ASSERT_NOTFACE, NULL, &face, 1, &l));
    /* one of them has that label already */
    add_line(&b, "+Ann -- query:\"path:person-0/0.jpg or path:person-0/2.jpg\"");
    add_line(&b, "+Bob -- query:\"path:person-0/0.jpg\""); /* replaces */
    char line[64], id[FN_FACE_HEX];
    struct fnl_fact f;
    lf_must(fnl_read_begin(lf_lib, &lf_err));
    lf_must(fnl_fact_get(fnl_txn(lf_lib), face, &f, &lf_err));
    fnl_read_end(lf_lib);
    memcpy(id, f.id, sizeof id);
    (void)snprintf(line, sizeof line, "+Ann -- %s", id); /* is refused */
    add_line(&b, line);
    lf_must(fnl_batch_resolve(lf_lib, &b, &n, &lf_err));
    assert_int_equal(n, 4);
    lf_must(fnl_batch_write(lf_lib, FNL_KEEP, &b, &lf_result, &lf_err));
    assert_int_equal(fnl_batch_refused(&b), 1);
    assert_true(b.lines[2].refused);
    assert_int_equal(lf_result.n_conflicts, 2);
    assert_int_equal(lf_result.n_already, 1);
    assert_int_equal(lf_result.n_changed, 2);
    fnl_batch_finish(&b);
}

/* ---- names in one act ---- */

/* The plain rule: the first assertion that gives an equal name. */
static const struct fn_assertion *first_of(const struct fnl_act *act, const char *name)
{
    for (size_t i = 0; i < act->n; i++)
        if (act->a[i].kind == FN_ASSERT_NAME && fn_text_equal(act->a[i].text, name) == 1)
            return &act->a[i];
    return NULL;
}

static void names_of_an_act_are_found(void **state)
{
    static const char *const form[] = {"Zo\u00eb", "ZOE\u0308 ", "zo\u00eb", "zo"};
    struct fnl_act act;
    struct fn_rng r = fn_rng_init(5, 1);
    char name[32];
    size_t found = 0;
    (void)state;
    fnl_act_init(&act);
    for (int step = 0; step < 2000; step++) {
        const struct fn_assertion *a = NULL;
        unsigned number = (unsigned)fn_rng_below(&r, 300), kind = (unsigned)fn_rng_below(&r, 3);
        (void)snprintf(name, sizeof name, "%s %u", form[fn_rng_below(&r, 4)], number);
        lf_must(fnl_act_name_find(&act, name, &a));
        assert_ptr_equal(a, first_of(&act, name));
        found += a != NULL;
        struct fn_assertion *more =
            fnl_act_add(&act, kind ? FN_ASSERT_NAME : FN_ASSERT_IS); /* equal names, too */
        (void)snprintf(more->text, sizeof more->text, "%s", name);
    }
    assert_in_range(found, 1000, 1999);
    fnl_act_finish(&act);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, lf_open, lf_close)
    const struct CMUnitTest tests[] = {
        TEST(results_are_honest),
        TEST(a_dry_run_stores_nothing),
        TEST(a_batch_counts_its_lines),
        TEST(names_of_an_act_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
