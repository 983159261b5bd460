/* SPDX-License-Identifier: MIT */
/* An id that was printed once is valid permanently. Random schedules of photos that come and
 * go, expire, labels, undos and cluster updates; after each step all people are listed. At the
 * end, every id that was ever in a list finds somebody, as a whole and as it is printed. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "index/doctor/doctor.h"
#include "index/ingest/update.h"
#include "tests/property/world.h"

enum { PRINTED = 8, FACES_MAX = 24 };

struct printed {
    struct fn_person_id id;
    fn_face_id faces[FACES_MAX]; /* some of those it had when it was printed last */
    size_t n;
};

struct list {
    struct fn_txn *t;
    struct printed *v;
    size_t n, cap;
};

static size_t n_schedules(void)
{
    return getenv("FN_TEST_FULL") ? 400 : 30;
}

static int add_face(fn_face_id face, void *ctx)
{
    struct printed *p = ctx;
    if (p->n < FACES_MAX)
        p->faces[p->n++] = face;
    return 0;
}

static struct printed *entry(struct list *l, const struct fn_person_id *id)
{
    for (size_t i = 0; i < l->n; i++)
        if (fn_person_eq(&l->v[i].id, id))
            return &l->v[i];
    if (l->n == l->cap) {
        l->cap = 2 * l->cap + 64;
        l->v = realloc(l->v, l->cap * sizeof *l->v);
        assert_non_null(l->v);
    }
    l->v[l->n] = (struct printed){.id = *id};
    return &l->v[l->n++];
}

static int print(const struct fn_person *p, void *ctx)
{
    struct list *l = ctx;
    struct printed *to = entry(l, &p->id);
    to->n = 0;
    return fn_person_each_face(l->t, &p->id, add_face, to);
}

static void print_all(struct world *w, struct list *l)
{
    l->t = world_begin(w, false);
    assert_int_equal(fn_person_each(l->t, print, l), 0);
    fn_txn_abort(l->t);
}

/* A new person for one face, as a label with a new name makes it. */
static void label_new(struct world *w, struct fn_txn *t, struct fn_rng *r)
{
    struct fn_error err = {0};
    uint64_t act;
    struct fn_assertion a = {.kind = FN_ASSERT_IS, .time_us = w->clock_us++};
    uint32_t photo = (uint32_t)fn_rng_below(r, w->n_photos);
    a.face = world_face_key(w, photo, (uint32_t)fn_rng_below(r, world_faces(w, photo)));
    for (size_t i = 0; i < sizeof a.person.b; i++)
        a.person.b[i] = (uint8_t)fn_rng_below(r, 256);
    int rc = fn_assert_append(t, &a, 1, &act, &err);
    assert_true(!rc || rc == FN_EREFUSED);
}

static void step(struct world *w, struct fn_rng *r)
{
    struct fn_error err = {0};
    struct fn_txn *t = world_begin(w, true);
    uint32_t photo = (uint32_t)fn_rng_below(r, w->n_photos);
    uint64_t what = fn_rng_below(r, 20);
    size_t left;
    if (what == 0)
        label_new(w, t, r);
    else if (what < 9)
        world_say(w, t, r);
    else if (what < 18 && w->here[photo] && fn_rng_below(r, 2))
        world_remove(w, t, photo);
    else if (what < 18 && !w->here[photo])
        world_add(w, t, photo);
    else if (what == 18)
        world_expire(w, t);
    else if (what == 19 && fn_rng_below(r, 8) == 0)
        assert_int_equal(fn_people_rebuild(t, &err), 0);
    if (fn_rng_below(r, 3))
        assert_int_equal(fn_people_settle(t, fn_rng_below(r, 3) ? 0 : 8, &left, &err), 0);
    world_commit(t);
}

struct tally {
    size_t n, gone, same;
};

/* Whether a face that it had when it was printed is one of this person. */
static bool has_one(struct fn_txn *t, const struct printed *p, const struct fn_person_id *now,
                    size_t *ret_members)
{
    bool has = false;
    *ret_members = 0;
    for (size_t i = 0; i < p->n; i++) {
        struct fn_member m;
        if (fn_member_who(t, p->faces[i], &m))
            continue;
        ++*ret_members;
        has = has || fn_person_eq(&m.person, now);
    }
    return has;
}

static void resolve(struct fn_txn *t, const struct printed *p, struct tally *to)
{
    char text[FN_PERSON_TEXT];
    struct fn_person whole, cut;
    struct fn_error err = {0};
    size_t members;
    fn_person_text(&p->id, text);
    if (fn_person_find(t, text, &whole, &err))
        fail_msg("%s: %s", text, err.text);
    text[PRINTED] = 0;
    if (fn_person_find(t, text, &cut, &err))
        fail_msg("%s: %s", text, err.text);
    assert_true(fn_person_eq(&whole.id, &cut.id));
    to->n++;
    if (has_one(t, p, &whole.id, &members) || !members)
        to->same++;
    to->gone += !whole.n_faces;
}

static void on_finding(enum fn_finding_level level, const char *sentence, void *ctx)
{
    (void)ctx;
    if (level != FN_FIND_OK)
        fail_msg("%s", sentence);
}

static void every_id_is_valid_at_the_end(void **state)
{
    (void)state;
    struct tally tally = {0};
    for (uint64_t seed = 1; seed <= n_schedules(); seed++) {
        struct world w;
        struct fn_error err = {0};
        struct list l = {.n = 0};
        struct fn_rng r = fn_rng_init(seed, 80);
        world_open(&w, seed);
        w.apart = true;
        for (size_t i = 0; i < 200; i++) {
            step(&w, &r);
            print_all(&w, &l);
        }
        struct fn_txn *t = world_begin(&w, true);
        world_settled(t);
        for (size_t i = 0; i < l.n; i++)
            resolve(t, &l.v[i], &tally);
        world_commit(t);
        assert_int_equal(fn_doctor_run(w.store, NULL, true, on_finding, NULL, &err),
                         FN_FIND_OK);
        free(l.v);
        world_close(&w);
    }
    print_message("%zu ids, %zu without photos, %zu with a face of theirs\n", tally.n,
                  tally.gone, tally.same);
    assert_true(tally.n > 25 * n_schedules() && tally.gone > n_schedules());
    /* The rest had faces that are different people now. */
    assert_true(tally.same * 100 >= tally.n * 95);
}

/* What nobody ever had is not found. */
static void other_ids_are_not_found(void **state)
{
    (void)state;
    struct world w;
    struct fn_error err = {0};
    struct fn_person p;
    struct fn_rng r = fn_rng_init(3, 81);
    world_open(&w, 3);
    w.apart = true;
    for (size_t i = 0; i < 100; i++)
        step(&w, &r);
    struct fn_txn *t = world_begin(&w, false);
    for (size_t i = 0; i < 300; i++) {
        struct fn_person_id id = {{0}};
        char text[FN_PERSON_TEXT];
        for (size_t k = 0; k < sizeof id.b; k++)
            id.b[k] = (uint8_t)fn_rng_below(&r, 256);
        fn_person_text(&id, text);
        assert_int_equal(fn_person_find(t, text, &p, &err), FN_ENOTFOUND);
        text[PRINTED] = 0;
        assert_int_equal(fn_person_find(t, text, &p, &err), FN_ENOTFOUND);
    }
    fn_txn_abort(t);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_id_is_valid_at_the_end),
        cmocka_unit_test(other_ids_are_not_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
