/* SPDX-License-Identifier: MIT */
/* Reading people: counts, times and covers compared with the faces, finding by name and id,
 * pending faces, time limits of cluster updates, and open-set identification. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "index/ingest/update.h"
#include "index/people/index_counts.h"
#include "index/records/photos.h"
#include "tests/property/world.h"

static struct world w;
static struct fn_txn *t;
static struct fn_error err;

static int open_world(void **state)
{
    (void)state;
    world_open(&w, 10);
    t = world_begin(&w, true);
    for (uint32_t i = 0; i < w.n_photos; i++)
        world_add(&w, t, i);
    world_settled(t);
    return 0;
}

static int close_world(void **state)
{
    (void)state;
    fn_txn_abort(t);
    world_close(&w);
    return 0;
}

static void say(uint8_t kind, uint32_t photo, uint32_t face, struct fn_person_id who,
                const char *name)
{
    struct fn_assertion a = {.kind = kind, .person = who, .time_us = w.clock_us++};
    if (name)
        snprintf(a.text, sizeof a.text, "%s", name);
    else
        a.face = world_face_key(&w, photo, face);
    if (fn_assert_append(t, &a, 1, NULL, &err))
        fail_msg("%s", err.text);
}

static fn_face_id face_of(uint32_t photo, uint32_t face)
{
    struct fn_face_key k = world_face_key(&w, photo, face);
    fn_face_id id = 0;
    assert_int_equal(fn_face_by_key(t, &k, &id), 0);
    return id;
}

/* ---- counts ---- */

struct tally {
    struct fn_person_id id;
    uint32_t faces, confirmed, photos;
    fn_photo_id seen[256];
    int64_t first, last;
    bool has_cover;
    fn_face_id cover;
};

static int tally_face(fn_face_id face, void *ctx)
{
    struct tally *x = ctx;
    struct fn_face_rec f;
    struct fn_photo p;
    struct fn_member m;
    assert_int_equal(fn_face_get(t, face, &f), 0);
    assert_int_equal(fn_photo_get(t, f.photo, &p), 0);
    assert_int_equal(fn_member_get(t, face, &m), 0);
    assert_memory_equal(m.person.b, x->id.b, 16);
    x->confirmed += m.how == FN_HOW_USER;
    x->has_cover = x->has_cover || face == x->cover;
    x->faces++;
    uint32_t i = 0;
    while (i < x->photos && x->seen[i] != f.photo)
        i++;
    if (i == x->photos)
        x->seen[x->photos++] = f.photo;
    if (p.taken_precision) {
        x->first = p.taken_s < x->first ? p.taken_s : x->first;
        x->last = p.taken_s > x->last ? p.taken_s : x->last;
    }
    return 0;
}

static int check_person(const struct fn_person *p, void *ctx)
{
    struct tally x = {.id = p->id, .first = INT64_MAX, .last = INT64_MIN, .cover = p->cover};
    struct fn_person again;
    assert_int_equal(fn_person_each_face(t, &p->id, tally_face, &x), 0);
    assert_int_equal(p->n_faces, x.faces);
    assert_int_equal(p->n_photos, x.photos);
    assert_int_equal(p->n_confirmed, x.confirmed);
    assert_true(p->first_s == x.first && p->last_s == x.last);
    assert_true(x.has_cover);
    assert_int_equal(fn_person_get(t, &p->id, &again), 0);
    assert_string_equal(again.name, p->name);
    assert_int_equal(again.n_faces, p->n_faces);
    *(size_t *)ctx += x.faces;
    return 0;
}

static void lines_add_up(void **state)
{
    (void)state;
    struct fn_rng r = fn_rng_init(5, 5);
    for (int round = 0; round < 6; round++) {
        size_t n = 0;
        for (int i = 0; i < 15; i++)
            world_say(&w, t, &r);
        world_remove(&w, t, (uint32_t)round);
        world_settled(t);
        if (round % 2) /* photos are counted before the cluster update */
            world_add(&w, t, (uint32_t)round);
        if (round == 3)
            world_remove(&w, t, 30);
        assert_int_equal(fn_person_each(t, check_person, &n), 0);
        assert_true(n > 20);
    }
}

/* ---- finding ---- */

/* ---- counts of people ---- */

enum { LARGE = 3 };

struct listed {
    struct fn_person_id large[2]; /* two with at least LARGE photos */
    size_t n, n_large;
};

static int list_person(const struct fn_person *p, void *ctx)
{
    struct listed *l = ctx;
    if (p->n_photos >= LARGE && l->n_large < 2)
        l->large[l->n_large] = p->id;
    l->n_large += p->n_photos >= LARGE;
    l->n++;
    return 0;
}

static void counted(uint64_t min_photos, size_t named, size_t unnamed)
{
    struct fn_index_counts c;
    assert_int_equal(fn_index_counts(t, min_photos, &c), 0);
    assert_int_equal(c.named, named);
    assert_int_equal(c.unnamed, unnamed);
}

static void named_and_unnamed(void **state)
{
    (void)state;
    struct listed l = {.n = 0};
    assert_int_equal(fn_person_each(t, list_person, &l), 0);
    assert_true(l.n_large > 2 && l.n > l.n_large);
    counted(1, 0, l.n);
    counted(LARGE, 0, l.n_large);
    counted(1000, 0, 0);
    say(FN_ASSERT_HIDE, 0, 0, l.large[0], "");
    counted(1, 0, l.n - 1);
    counted(LARGE, 0, l.n_large - 1);
    say(FN_ASSERT_NAME, 0, 0, l.large[1], "Q"); /* a name may have one letter */
    counted(1, 1, l.n - 2);
    counted(LARGE, 1, l.n_large - 2);
    say(FN_ASSERT_NAME, 0, 0, l.large[0], "Hid Den"); /* hidden, but named: counted */
    counted(LARGE, 2, l.n_large - 2);
}

static void by_name_and_by_id(void **state)
{
    (void)state;
    struct fn_person p;
    char text[FN_PERSON_TEXT];
    struct fn_person_id anna = world_person(0), olsen = world_person(1), tom = world_person(2);
    say(FN_ASSERT_NAME, 0, 0, anna, "Anna Berg");
    say(FN_ASSERT_NAME, 0, 0, olsen, "Anna Olsen");
    say(FN_ASSERT_NAME, 0, 0, tom, "Tom");
    assert_int_equal(fn_person_find(t, "tom", &p, &err), 0);
    assert_memory_equal(p.id.b, tom.b, 16);
    assert_int_equal(p.n_faces, 0); /* named, and without a photo so far */
    assert_int_equal(fn_person_find(t, "anna b", &p, &err), 0);
    assert_string_equal(p.name, "Anna Berg");
    assert_int_equal(fn_person_find(t, "Anna", &p, &err), FN_EAMBIGUOUS);
    assert_non_null(strstr(err.text, "'Anna' is ambiguous: Anna Berg (p"));
    assert_non_null(strstr(err.text, ", 0 photos), Anna Olsen (p"));
    assert_int_equal(fn_person_find(t, "olsen", &p, &err), 0); /* a word of a name */
    assert_memory_equal(p.id.b, olsen.b, 16);
    assert_int_equal(fn_person_find(t, "Nobody", &p, &err), FN_ENOTFOUND);
    assert_string_equal(err.text,
                        "nobody is called 'Nobody'. All people: fnq people list --all");
    assert_int_equal(fn_person_find(t, "anan", &p, &err), FN_ENOTFOUND);
    assert_string_equal(err.text,
                        "nobody is called 'anan'; did you mean Anna Berg, Anna Olsen?");
    say(FN_ASSERT_NAME, 0, 0, tom, "Anna"); /* all of a name is more than a word of one */
    assert_int_equal(fn_person_find(t, "anna", &p, &err), 0);
    assert_memory_equal(p.id.b, tom.b, 16);
    say(FN_ASSERT_NAME, 0, 0, tom, "Ber"); /* and a word is more than the beginning */
    assert_int_equal(fn_person_find(t, "ber", &p, &err), 0);
    assert_memory_equal(p.id.b, tom.b, 16);
    say(FN_ASSERT_NAME, 0, 0, tom, "Tom");
    fn_person_text(&olsen, text);
    assert_int_equal(fn_person_find(t, text, &p, &err), 0);
    assert_string_equal(p.name, "Anna Olsen");
    text[5] = 0; /* "p6aa" and a bit: the ids of all persons of this world begin so */
    assert_int_equal(fn_person_find(t, "p6a", &p, &err), FN_EAMBIGUOUS);
    struct fn_assertion merge = {
        .kind = FN_ASSERT_MERGE, .person = olsen, .object = anna, .time_us = 1};
    assert_int_equal(fn_assert_append(t, &merge, 1, NULL, &err), 0);
    fn_person_text(&olsen, text);
    assert_int_equal(fn_person_find(t, text, &p, &err),
                     0); /* an id that was merged away is still found */
    assert_string_equal(p.name, "Anna Berg");
    /* unnamed people by their ids */
    struct fn_member m;
    uint32_t photo = 0;
    while (fn_member_get(t, face_of(photo, 0), &m))
        photo++;
    fn_person_text(&m.person, text);
    text[12] = 0;
    assert_int_equal(fn_person_find(t, text, &p, &err), 0);
    assert_memory_equal(p.id.b, m.person.b, 16);
    /* and by the ids they had before they were named */
    struct fn_person_id kim = world_person(3);
    say(FN_ASSERT_NAME, 0, 0, kim, "Kim");
    say(FN_ASSERT_IS, photo, 0, kim, NULL);
    world_settled(t);
    text[8] = 0; /* as it is shown */
    assert_int_equal(fn_person_find(t, text, &p, &err), 0);
    assert_string_equal(p.name, "Kim");
    text[7] = 0;
    assert_int_equal(fn_person_find(t, text, &p, &err), FN_ENOTFOUND);
}

/* ---- cluster updates ---- */

static size_t n_waiting(void)
{
    struct fn_people_wait x;
    assert_int_equal(fn_people_waiting(t, &x), 0);
    assert_true((x.faces == 0) == (x.since_s == 0));
    return (size_t)x.faces;
}

/* Prefixes of ids, of every length, compared with all ids as text. */
enum { PEOPLE = 256 };

struct ids {
    char text[PEOPLE][FN_PERSON_TEXT];
    size_t n;
};

static int add_id(const struct fn_person *p, void *ctx)
{
    struct ids *l = ctx;
    assert_true(l->n < PEOPLE);
    fn_person_text(&p->id, l->text[l->n++]);
    return 0;
}

static void beginnings_of_ids(void **state)
{
    (void)state;
    static struct ids l;
    size_t n_ambiguous = 0;
    l.n = 0;
    assert_int_equal(fn_person_each(t, add_id, &l), 0);
    for (size_t i = 0; i < l.n; i++) {
        for (size_t length = 2; length < 10; length++) {
            char start[FN_PERSON_TEXT], found[FN_PERSON_TEXT];
            struct fn_person p;
            size_t same = 0;
            (void)snprintf(start, sizeof start, "%.*s", (int)length, l.text[i]);
            for (size_t k = 0; k < l.n; k++)
                same += strncmp(l.text[k], start, length) == 0;
            int rc = fn_person_find(t, start, &p, &err);
            n_ambiguous += same > 1;
            assert_int_equal(rc, same > 1 ? FN_EAMBIGUOUS : 0);
            if (same > 1)
                continue;
            fn_person_text(&p.id, found);
            assert_string_equal(found, l.text[i]);
        }
    }
    assert_in_range(n_ambiguous, 1, 7 * l.n);
}

/* A face without a cluster belongs to nobody, unless it is confirmed. A removed face belongs to
 * nobody immediately. */
static void new_faces_wait(void **state)
{
    (void)state;
    struct fn_member m;
    struct fn_person before, after;
    size_t left, n_new = 0;
    struct fn_person_id kim = world_person(3);
    uint32_t photo = 0;
    while (fn_member_get(t, face_of(photo, 0), &m))
        photo++;
    assert_int_equal(fn_person_get(t, &m.person, &before), 0);
    world_remove(&w, t, photo);
    assert_int_equal(fn_index_update(t, &err), 0);
    assert_int_equal(fn_member_get(t, face_of(photo, 0), &m), FN_ENOTFOUND);
    int rc = fn_person_get(t, &before.id, &after);
    assert_true(rc == FN_ENOTFOUND ? before.n_faces == 1 : after.n_faces == before.n_faces - 1);
    world_settled(t);
    for (uint32_t i = 0; i < 10; i++)
        if (w.here[i])
            world_remove(&w, t, i);
    world_settled(t);
    assert_int_equal(n_waiting(), 0);
    for (uint32_t i = 0; i < 10; i++) {
        world_add(&w, t, i);
        n_new += world_faces(&w, i);
    }
    say(FN_ASSERT_IS, 4, 0, kim, NULL);
    assert_int_equal(fn_index_update(t, &err), 0);
    assert_int_equal(n_waiting(), n_new);
    for (uint32_t i = 0; i < 10; i++)
        assert_int_equal(fn_member_get(t, face_of(i, 0), &m), i == 4 ? 0 : FN_ENOTFOUND);
    assert_int_equal(fn_member_get(t, face_of(4, 0), &m), 0);
    assert_memory_equal(m.person.b, kim.b, sizeof kim.b);
    assert_int_equal(m.how, FN_HOW_USER);
    for (size_t was = n_new; was; was = left) {
        assert_int_equal(fn_people_settle(t, 1, &left, &err), 0);
        assert_true(left <= was);
        assert_true(n_waiting() <= left);
    }
    world_settled(t);
}

/* Labels give names immediately, whatever is pending: to the face, to its cluster, and to the
 * rest of the cluster when one face is another person. */
static void words_hold_at_once(void **state)
{
    (void)state;
    struct fn_member m, o;
    fn_face_id other = 0;
    uint32_t photo = 0, second = 0;
    struct fn_person_id anna = world_person(0);
    for (bool found = false; !found; photo += !found) { /* a cluster of faces of two photos */
        assert_true(photo < w.n_photos);
        if (fn_member_get(t, face_of(photo, 0), &m))
            continue;
        for (second = photo + 1; second < w.n_photos && !found; second += !found)
            found = !fn_member_get(t, face_of(second, 0), &o) && o.group == m.group;
    }
    other = face_of(second, 0);
    say(FN_ASSERT_IS, photo, 0, anna, NULL);
    assert_int_equal(fn_index_update(t, &err), 0);
    assert_int_equal(fn_member_get(t, other, &o), 0);
    assert_memory_equal(o.person.b, anna.b, sizeof anna.b);
    say(FN_ASSERT_NOT, second, 0, anna, NULL);
    assert_int_equal(fn_index_update(t, &err), 0);
    assert_int_equal(fn_member_get(t, other, &o), 0);
    assert_memory_not_equal(o.person.b, anna.b, sizeof anna.b);
    assert_true(o.group == m.group);
    size_t n = 0;
    assert_int_equal(fn_person_each(t, check_person, &n), 0);
    world_settled(t);
    assert_int_equal(fn_member_get(t, other, &o), 0);
    assert_int_equal(fn_member_get(t, face_of(photo, 0), &m), 0);
    assert_true(o.group != m.group); /* the clusters were updated */
}

/* A face that is rejected as forty persons is none of them. */
static void every_rejection_binds(void **state)
{
    (void)state;
    struct fn_face_labels l;
    struct fn_member m;
    uint32_t photo = 0;
    while (fn_member_get(t, face_of(photo, 0), &m))
        photo++;
    for (uint8_t k = 0; k < 40; k++)
        say(FN_ASSERT_NOT, photo, 0, (struct fn_person_id){{9, k}}, NULL);
    assert_int_equal(fn_labels_of_face(t, face_of(photo, 0), &l), 0);
    assert_int_equal(l.n_rejected, 40);
    /* its cluster becomes the fortieth: it leaves */
    struct fn_face_rec f;
    assert_int_equal(fn_face_get(t, face_of(photo, 0), &f), 0);
    for (uint32_t i = 0; i < w.n_photos; i++) {
        struct fn_member o;
        if (i != photo && !fn_member_get(t, face_of(i, 0), &o) && o.group == m.group)
            say(FN_ASSERT_MEMBER, i, 0, (struct fn_person_id){{9, 39}}, NULL);
    }
    world_settled(t);
    assert_int_equal(fn_member_get(t, face_of(photo, 0), &m), 0);
    const struct fn_person_id last = {{9, 39}};
    assert_memory_not_equal(m.person.b, last.b, 16);
}

/* ---- who ---- */

static void who_is_an_open_set(void **state)
{
    (void)state;
    struct fn_who a, b;
    int16_t x[FN_DIM] = {0};
    struct fn_face_rec f;
    struct fn_person_id anna = world_person(0), tom = world_person(1);
    fn_face_id face = face_of(1, 0);
    say(FN_ASSERT_NAME, 0, 0, anna, "Anna");
    say(FN_ASSERT_NAME, 0, 0, tom, "Tom");
    say(FN_ASSERT_IS, 1, 0, anna, NULL);
    world_settled(t);
    assert_int_equal(fn_face_get(t, face, &f), 0);
    assert_int_equal(fn_vector_get(t, f.row, x), 0);
    assert_int_equal(fn_people_who(t, x, 0, &a, &err), 0);
    assert_true(a.known);
    assert_int_equal(a.d, 0);
    assert_int_equal(a.nearest, face);
    assert_memory_equal(a.person.b, anna.b, 16);
    assert_true(a.p > .95 && a.p <= 1);
    /* without itself, by its neighbours */
    assert_int_equal(fn_people_who(t, x, face, &b, &err), 0);
    assert_true(b.d > 0 && b.nearest != face);
    /* the opposite vector matches nobody */
    for (int k = 0; k < FN_DIM; k++)
        x[k] = (int16_t)-x[k];
    assert_int_equal(fn_people_who(t, x, 0, &b, &err), 0);
    assert_false(b.known);
    assert_true(b.p < .1);
    assert_int_equal(fn_vector_get(t, f.row, x), 0);
    /* twins: the nearest other face is labelled as another person; both are too close for a
     * match */
    assert_int_equal(fn_people_who(t, x, face, &b, &err), 0);
    struct fn_face_key k;
    struct fn_assertion is = {.kind = FN_ASSERT_IS, .person = tom, .time_us = 1};
    assert_int_equal(fn_face_key_of(t, b.nearest, &k), 0);
    is.face = k;
    assert_int_equal(fn_assert_append(t, &is, 1, NULL, &err), 0);
    world_settled(t);
    int16_t y[FN_DIM], mid[FN_DIM];
    struct fn_face_rec g;
    assert_int_equal(fn_face_get(t, b.nearest, &g), 0);
    assert_int_equal(fn_vector_get(t, g.row, y), 0);
    float e[FN_DIM];
    for (int i = 0; i < FN_DIM; i++)
        e[i] = (float)(x[i] + y[i]) / 32768.f;
    float n = 0;
    for (int i = 0; i < FN_DIM; i++)
        n += e[i] * e[i];
    for (int i = 0; i < FN_DIM; i++)
        e[i] /= n > 0 ? __builtin_sqrtf(n) : 1;
    fn_q14_from_float(mid, e, FN_DIM);
    assert_int_equal(fn_people_who(t, mid, 0, &a, &err), 0);
    assert_true(a.has_runner_up);
    assert_false(a.known);
    assert_true(a.p + a.runner_up_p <= 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(lines_add_up, open_world, close_world),
        cmocka_unit_test_setup_teardown(named_and_unnamed, open_world, close_world),
        cmocka_unit_test_setup_teardown(by_name_and_by_id, open_world, close_world),
        cmocka_unit_test_setup_teardown(beginnings_of_ids, open_world, close_world),
        cmocka_unit_test_setup_teardown(new_faces_wait, open_world, close_world),
        cmocka_unit_test_setup_teardown(words_hold_at_once, open_world, close_world),
        cmocka_unit_test_setup_teardown(every_rejection_binds, open_world, close_world),
        cmocka_unit_test_setup_teardown(who_is_an_open_set, open_world, close_world),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
