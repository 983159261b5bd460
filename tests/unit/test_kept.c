/* SPDX-License-Identifier: MIT */
/* A person outlives its photos: what a user confirmed stays true when the photo is gone. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "index/doctor/doctor.h"
#include "index/ingest/update.h"
#include "index/people/index_counts.h"
#include "tests/property/world.h"

static struct world w;
static struct fn_txn *t;
static struct fn_error err;
static const struct fn_person_id ann = {{7}}, bea = {{8}};

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

static void must(int rc)
{
    if (rc)
        fail_msg("%d: %s", rc, err.text);
}

static uint64_t say(uint8_t kind, uint32_t photo, struct fn_person_id who, const char *name)
{
    struct fn_assertion a = {.kind = kind, .person = who, .time_us = w.clock_us++};
    uint64_t act = 0;
    if (name)
        snprintf(a.text, sizeof a.text, "%s", name);
    else
        a.face = world_face_key(&w, photo, 0);
    must(fn_assert_append(t, &a, 1, &act, &err));
    must(fn_index_update(t, &err));
    return act;
}

static void undo(uint64_t act)
{
    uint64_t by;
    must(fn_assert_undo(t, act, "ann", &by, &err));
    must(fn_index_update(t, &err));
}

static void remove_photo(uint32_t photo)
{
    world_remove(&w, t, photo);
    must(fn_index_update(t, &err));
}

static struct fn_person person(struct fn_person_id id)
{
    struct fn_person p;
    must(fn_person_get(t, &id, &p));
    return p;
}

static fn_face_id face_of(uint32_t photo)
{
    struct fn_face_key k = world_face_key(&w, photo, 0);
    fn_face_id id = 0;
    must(fn_face_by_key(t, &k, &id));
    return id;
}

/* A photo whose first face is in a cluster of several photos that nobody named. */
static uint32_t photo_in_cluster(struct fn_member *m)
{
    for (uint32_t i = 0; i < w.n_photos; i++) {
        struct fn_person p;
        if (!fn_member_get(t, face_of(i), m) && m->group && !fn_person_get(t, &m->person, &p) &&
            p.n_photos > 3)
            return i;
    }
    fail_msg("no cluster of several photos");
    return 0;
}

static void doctor_bad(enum fn_finding_level level, const char *sentence, void *ctx)
{
    (void)ctx;
    if (level == FN_FIND_FAIL)
        fail_msg("%s", sentence);
}

static void settled(void)
{
    world_settled(t);
    must(fn_index_commit(t, &err));
    assert_int_equal(fn_doctor_run(w.store, NULL, true, doctor_bad, NULL, &err), FN_FIND_OK);
    t = world_begin(&w, true);
}

struct seen {
    struct fn_person_id id;
    uint32_t n, faces;
};

static int see(const struct fn_person *p, void *ctx)
{
    struct seen *s = ctx;
    if (fn_person_eq(&p->id, &s->id)) {
        s->n++;
        s->faces = p->n_faces;
    }
    return 0;
}

static struct seen listed(struct fn_person_id id)
{
    struct seen s = {.id = id};
    must(fn_person_each(t, see, &s));
    return s;
}

static void a_name_stays_with_the_cluster(void **state)
{
    (void)state;
    struct fn_member m, now;
    struct fn_who who;
    int16_t x[FN_DIM];
    struct fn_face_rec f;
    uint32_t photo = photo_in_cluster(&m);
    uint32_t faces = person(m.person).n_faces;
    say(FN_ASSERT_NAME, 0, ann, "Ann");
    uint64_t act = say(FN_ASSERT_IS, photo, ann, NULL);
    settled();
    uint32_t named = person(ann).n_faces;
    assert_true(named > 1 && named <= faces);
    remove_photo(photo);
    assert_int_equal(person(ann).n_faces, named - 1);
    assert_int_equal(person(ann).n_confirmed, 0);
    settled();
    assert_int_equal(person(ann).n_faces, named - 1);
    /* it is still who Ann is, for who as well */
    must(fn_face_get(t, face_of(photo), &f));
    must(fn_vector_get(t, f.row, x));
    must(fn_people_who(t, x, 0, &who, &err));
    assert_true(fn_person_eq(&who.person, &ann) && who.d == 0);
    must(fn_member_who(t, f.id, &now));
    assert_int_equal(now.how, FN_HOW_USER);
    world_expire(&w, t);
    assert_true(world_knows(&w, t, photo));
    assert_int_equal(person(ann).n_faces, named - 1);
    /* the file is back */
    world_add(&w, t, photo);
    must(fn_index_update(t, &err));
    assert_int_equal(person(ann).n_faces, named);
    assert_int_equal(person(ann).n_confirmed, 1);
    remove_photo(photo);
    undo(act); /* then it goes its ordinary way */
    assert_int_equal(listed(ann).faces, 0);
    assert_int_equal(fn_member_who(t, f.id, &now), FN_ENOTFOUND);
    settled();
    world_expire(&w, t);
    assert_false(world_knows(&w, t, photo));
    settled();
}

static void a_name_without_photos_is_listed(void **state)
{
    (void)state;
    struct fn_person p;
    struct fn_index_counts c;
    struct fn_member m;
    uint32_t photo = photo_in_cluster(&m), others = 0;
    say(FN_ASSERT_NAME, 0, bea, "Bea");
    assert_int_equal(listed(bea).n, 1);
    assert_int_equal(listed(bea).faces, 0);
    say(FN_ASSERT_IS, photo, bea, NULL);
    settled();
    assert_true(listed(bea).faces > 1);
    for (uint32_t i = 0; i < w.n_photos; i++)
        if (w.here[i])
            remove_photo(i);
    settled();
    assert_int_equal(listed(bea).n, 1);
    assert_int_equal(listed(bea).faces, 0);
    must(fn_person_find(t, "bea", &p, &err));
    assert_true(fn_person_eq(&p.id, &bea) && !p.n_faces && !p.cover);
    must(fn_index_counts(t, 1, &c));
    assert_int_equal(c.named, 1);
    world_expire(&w, t);
    for (uint32_t i = 0; i < w.n_photos; i++)
        others += world_knows(&w, t, i);
    assert_int_equal(others, 1);
    /* a new photo of hers is recognised, though no other is left */
    for (uint32_t i = 0; i < w.n_photos; i++)
        if (i != photo)
            world_add(&w, t, i);
    settled();
    assert_true(listed(bea).faces > 1);
}

static void a_corrected_face_is_the_other_person(void **state)
{
    (void)state;
    struct fn_member m;
    uint32_t photo = photo_in_cluster(&m);
    say(FN_ASSERT_IS, photo, ann, NULL);
    remove_photo(photo);
    say(FN_ASSERT_IS, photo, bea, NULL); /* labelled while it is gone */
    must(fn_member_who(t, face_of(photo), &m));
    assert_true(fn_person_eq(&m.person, &bea));
    settled();
    struct fn_assertion merge = {.kind = FN_ASSERT_MERGE, .person = bea, .object = ann};
    must(fn_assert_append(t, &merge, 1, NULL, &err));
    settled();
    must(fn_member_who(t, face_of(photo), &m));
    assert_true(fn_person_eq(&m.person, &ann));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, open_world, close_world)
    const struct CMUnitTest tests[] = {
        TEST(a_name_stays_with_the_cluster),
        TEST(a_name_without_photos_is_listed),
        TEST(a_corrected_face_is_the_other_person),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
