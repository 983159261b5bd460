/* SPDX-License-Identifier: MIT */
/* What to ask a user next, compared with plain programs that compare everything with
 * everything. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/library/review.h"
#include "index/ingest/update.h"
#include "tests/property/world.h"

enum { MOST = 1000, NEAREST = 48 };

static struct world w;
static struct fn_txn *t;
static struct fn_error err;

static void must(int rc)
{
    if (rc)
        fail_msg("%d: %s", rc, err.text);
}

static void name_person(uint32_t k)
{
    struct fn_assertion a = {
        .kind = FN_ASSERT_NAME, .person = world_person(k), .text = "Person", .author = "ann"};
    must(fn_assert_append_flags(t, &a, 1, FN_ASSERT_SAME_NAME, NULL, &err));
}

/* A world with random labels, names for some people, and updated clusters. */
static void open_random(uint64_t seed)
{
    struct fn_rng r = fn_rng_init(seed, 77);
    world_open(&w, seed);
    t = world_begin(&w, true);
    for (uint32_t i = 0; i < w.n_photos; i++)
        world_add(&w, t, i);
    world_settled(t);
    for (int i = 0; i < 40; i++)
        (void)world_say(&w, t, &r);
    for (uint32_t k = 0; k < WORLD_PERSONS; k++)
        name_person(k);
    must(fn_index_update(t, &err));
    world_settled(t);
}

static void close_world(void)
{
    fn_txn_abort(t);
    world_close(&w);
}

/* ---- people ---- */

struct people {
    struct fn_person p[MOST];
    size_t n;
};

static int add_person(const struct fn_person *p, void *arg)
{
    struct people *l = arg;
    assert_true(l->n < MOST);
    l->p[l->n++] = *p;
    return 0;
}

static bool asks_first(const struct fn_person *a, const struct fn_person *b)
{
    if (a->n_photos != b->n_photos)
        return a->n_photos > b->n_photos;
    if (a->n_faces != b->n_faces)
        return a->n_faces > b->n_faces;
    return memcmp(a->id.b, b->id.b, sizeof a->id.b) < 0;
}

/* The person to ask about after `after` of them. */
static const struct fn_person *plain_person(const struct people *all, uint64_t min_photos,
                                            size_t after)
{
    for (size_t i = 0; i < all->n; i++) {
        const struct fn_person *p = &all->p[i];
        size_t before = 0;
        if (p->name[0] || p->hidden || p->n_photos < min_photos)
            continue;
        for (size_t k = 0; k < all->n; k++) {
            const struct fn_person *q = &all->p[k];
            before +=
                !q->name[0] && !q->hidden && q->n_photos >= min_photos && asks_first(q, p);
        }
        if (before == after)
            return p;
    }
    return NULL;
}

static void check_people(uint64_t min_photos, size_t max)
{
    static struct people all;
    struct fnl_review_people got;
    all.n = 0;
    must(fn_person_each(t, add_person, &all));
    must(fnl_review_people(t, min_photos, max, &got, &err));
    size_t n = 0;
    for (const struct fn_person *p; (p = plain_person(&all, min_photos, n)); n++)
        if (n < max)
            assert_memory_equal(got.p[n].id.b, p->id.b, sizeof p->id.b);
    assert_int_equal(got.n_total, n);
    assert_int_equal(got.n, n < max ? n : max);
    fnl_review_people_finish(&got);
}

static void people_worth_naming(void **state)
{
    static const uint64_t seeds[] = {5, 8, 10, 13};
    (void)state;
    for (size_t i = 0; i < sizeof seeds / sizeof *seeds; i++) {
        open_random(seeds[i]);
        check_people(1, 3);
        check_people(1, 500);
        check_people(2, 1);
        check_people(1000, 5);
        close_world();
    }
}

/* ---- faces ---- */

/* A face of the index as the plain program sees it. */
struct plain {
    struct fn_face_rec rec;
    int16_t x[FN_DIM];
    bool has_person, named, ask;
    struct fn_person_id person;
    double p, other_p; /* of its person, of the second-best one; 0: none */
};
static struct plain face[MOST];
static size_t n_faces;

static int add_face(const struct fn_face_rec *rec, void *arg)
{
    struct plain *f = &face[n_faces++];
    struct fn_face_labels labels;
    struct fn_person_label l = {.hidden = false};
    struct fn_member m;
    (void)arg;
    assert_true(n_faces < MOST);
    *f = (struct plain){.rec = *rec};
    must(fn_vector_get(t, rec->row, f->x));
    must(fn_labels_of_face(t, rec->id, &labels));
    f->has_person = fn_member_get(t, rec->id, &m) == 0;
    if (f->has_person) {
        f->person = m.person;
        must(fn_person_label_get(t, &m.person, &l));
    }
    f->named = f->has_person && l.name[0];
    f->ask = f->named && !l.hidden && !labels.confirmed;
    return 0;
}

static uint64_t distance(const struct plain *a, const struct plain *b)
{
    int64_t d = 0;
    for (int i = 0; i < FN_DIM; i++)
        d += (int64_t)(a->x[i] - b->x[i]) * (a->x[i] - b->x[i]);
    return (uint64_t)d;
}

static const struct plain *origin;

static int by_distance(const void *pa, const void *pb)
{
    const struct plain *a = *(const struct plain *const *)pa,
                       *b = *(const struct plain *const *)pb;
    uint64_t x = distance(a, origin), y = distance(b, origin);
    if (x != y)
        return x < y ? -1 : 1;
    return (a->rec.ckey > b->rec.ckey) - (a->rec.ckey < b->rec.ckey);
}

/* The people of the 48 nearest faces, each by its nearest face. Odds by the logistic function
 * of the model. */
struct suspect {
    struct fn_person_id id;
    bool named;
    double odds;
};

static size_t list_suspects(const struct plain *f, const struct fn_index_model *m,
                            struct suspect *s)
{
    static const struct plain *near[MOST];
    size_t n = 0, k = 0;
    for (size_t i = 0; i < n_faces; i++)
        if (&face[i] != f && !(face[i].rec.flags & (FN_FACE_GONE | FN_FACE_NOTFACE)))
            near[n++] = &face[i];
    origin = f;
    qsort(near, n, sizeof *near, by_distance);
    for (size_t i = 0; i < n && i < NEAREST; i++) {
        size_t j = 0;
        while (j < k && memcmp(s[j].id.b, near[i]->person.b, sizeof s[j].id.b))
            j++;
        if (j < k || !near[i]->has_person)
            continue;
        double d2 = (double)distance(near[i], f) / FN_Q14_ONE;
        double p = 1 / (1 + exp(-(m->logistic_a - m->logistic_b * d2)));
        s[k++] = (struct suspect){
            .id = near[i]->person, .named = near[i]->named, .odds = p / (1 - p)};
    }
    return k;
}

static double share(const struct suspect *s, size_t n, size_t of)
{
    double sum = 1 + (s[of].named ? 0 : s[of].odds);
    for (size_t i = 0; i < n; i++)
        sum += s[i].named ? s[i].odds : 0;
    return s[of].odds / sum;
}

static void judge(struct plain *f)
{
    struct suspect s[NEAREST];
    struct fn_index_model m;
    must(fn_index_model_get(t, &m, &err));
    size_t n = list_suspects(f, &m, s);
    for (size_t i = 0; i < n && i < 2; i++) {
        bool own = memcmp(s[i].id.b, f->person.b, sizeof f->person.b) == 0;
        if (own)
            f->p = share(s, n, i);
        else if (i == 0 || f->other_p <= 0)
            f->other_p = share(s, n, i);
    }
}

static bool less_sure(const struct plain *a, const struct plain *b)
{
    if (fabs(a->p - b->p) > 1e-12)
        return a->p < b->p;
    if (fabs(a->other_p - b->other_p) > 1e-12)
        return a->other_p > b->other_p;
    return a->rec.ckey < b->rec.ckey;
}

static bool lower_quality(const struct plain *a, const struct plain *b)
{
    return a->rec.quality != b->rec.quality ? a->rec.quality < b->rec.quality
                                            : a->rec.ckey < b->rec.ckey;
}

/* Faces that may be evaluated: each has fewer than max_judged faces of lower quality. */
static size_t choose(bool *judged, size_t max_judged)
{
    size_t n = 0;
    for (size_t i = 0; i < n_faces; i++) {
        size_t before = 0;
        for (size_t k = 0; k < n_faces; k++)
            before += face[k].ask && lower_quality(&face[k], &face[i]);
        judged[i] = face[i].ask && before < max_judged;
        n += judged[i];
    }
    return n;
}

static const struct plain *plain_face(const bool *judged, size_t after)
{
    for (size_t i = 0; i < n_faces; i++) {
        size_t before = 0;
        for (size_t k = 0; judged[i] && k < n_faces; k++)
            before += judged[k] && less_sure(&face[k], &face[i]);
        if (judged[i] && before == after)
            return &face[i];
    }
    return NULL;
}

static void check_faces(size_t max, size_t max_judged)
{
    static bool judged[MOST];
    struct fnl_review_faces got;
    size_t n = choose(judged, max_judged), n_ask = 0;
    for (size_t i = 0; i < n_faces; i++)
        n_ask += face[i].ask;
    must(fnl_review_faces(t, max, max_judged, &got, &err));
    assert_int_equal(got.n_total, n_ask);
    assert_int_equal(got.n_judged, n);
    assert_int_equal(got.n, n < max ? n : max);
    for (size_t i = 0; i < got.n; i++) {
        const struct plain *want = plain_face(judged, i);
        const struct fnl_fact *f = &got.f[i];
        if (!want) {
            fail_msg("the plain program has only %zu faces", i);
            return;
        }
        assert_int_equal(f->rec.id, want->rec.id);
        assert_int_equal(f->state, FNL_SUGGESTED);
        assert_memory_equal(f->person.id.b, want->person.b, sizeof want->person.b);
        assert_true(fabs((f->person.has_d ? f->person.p : 0) - want->p) < 1e-9);
        assert_true(fabs((f->other.has_d ? f->other.p : 0) - want->other_p) < 1e-9);
    }
    fnl_review_faces_finish(&got);
}

static void faces_in_doubt(void **state)
{
    static const uint64_t seeds[] = {5, 8, 10, 13};
    size_t n_asked = 0, n_contested = 0;
    (void)state;
    for (size_t i = 0; i < sizeof seeds / sizeof *seeds; i++) {
        open_random(seeds[i]);
        n_faces = 0;
        must(fn_face_each(t, add_face, NULL));
        for (size_t k = 0; k < n_faces; k++) {
            if (face[k].ask)
                judge(&face[k]);
            n_asked += face[k].ask;
            n_contested += face[k].ask && face[k].other_p > .01;
        }
        check_faces(5, MOST);
        check_faces(MOST, MOST);
        check_faces(3, 7);
        check_faces(MOST, 1);
        close_world();
    }
    /* There are enough faces to ask about in these worlds. */
    assert_true(n_asked > 100);
    assert_true(n_contested > 10);
}

static void nothing_is_no_question(void **state)
{
    struct fnl_review_people p;
    struct fnl_review_faces f;
    (void)state;
    open_random(10);
    assert_int_equal(fnl_review_people(t, 1, 0, &p, &err), FN_EUSAGE);
    assert_int_equal(fnl_review_faces(t, 0, 5, &f, &err), FN_EUSAGE);
    assert_int_equal(fnl_review_faces(t, 5, 0, &f, &err), FN_EUSAGE);
    close_world();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(people_worth_naming),
        cmocka_unit_test(faces_in_doubt),
        cmocka_unit_test(nothing_is_no_question),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
