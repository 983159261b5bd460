/* SPDX-License-Identifier: MIT */
/* Queries to the library: photos of a query, lists of faces, nearest faces, evidence, one
 * person, files with a problem. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/library/face_list.h"
#include "cli/library/find_photos.h"
#include "cli/library/look.h"
#include "cli/library/nearest.h"
#include "cli/library/person_view.h"
#include "cli/library/photo_view.h"
#include "cli/library/problem_files.h"
#include "cli/library/why.h"
#include "index/ingest/ingest.h"
#include "tests/property/world.h"

static struct world w;
static struct fn_library *lib;
static struct fn_error err;
static uint32_t a, b, c, gone;

static void ok(int rc)
{
    if (rc)
        fail_msg("%d: %s", rc, err.text);
}

static void say(struct fn_txn *t, uint8_t kind, uint32_t photo, uint32_t face, uint32_t who,
                const char *name)
{
    struct fn_assertion s = {
        .kind = kind, .person = world_person(who), .time_us = ++w.clock_us};
    if (name)
        snprintf(s.text, sizeof s.text, "%s", name);
    else if (kind != FN_ASSERT_HIDE)
        s.face = world_face_key(&w, photo, face);
    ok(fn_assert_append(t, &s, 1, NULL, &err));
}

static uint32_t photo_with(uint32_t faces, uint32_t after)
{
    while (world_faces(&w, after) != faces)
        after++;
    return after;
}

static void add_bad(struct fn_txn *t)
{
    struct fn_ingest in = {.hash = {{9}}, .feature_width = WORLD_FEATURE, .profile_id = {{1}}};
    fn_photo_id id;
    in.path.root = w.root;
    snprintf(in.path.path, sizeof in.path.path, "bad.jpg");
    in.photo.state = FN_PHOTO_BAD;
    snprintf(in.photo.reason, sizeof in.photo.reason, "truncated JPEG");
    ok(fn_ingest_photo(t, &in, &id, &err));
}

/* a: Anna and a person who is none of them; b: Anna and Tom; c: Anna, Tom and Olsen, who is
 * hidden. One photo is gone and one file is bad. a < b. */
static int open_library(void **state)
{
    struct fnl_choice choice = {.index = w.dir, .no_daemon = true};
    (void)state;
    world_open(&w, 9);
    struct fn_txn *t = world_begin(&w, true);
    a = photo_with(2, 1);
    b = photo_with(2, a + 1);
    c = photo_with(3, 1);
    gone = photo_with(1, 1);
    const uint32_t all[] = {a, b, c, gone};
    for (size_t i = 0; i < 4; i++)
        world_add(&w, t, all[i]);
    add_bad(t);
    say(t, FN_ASSERT_NAME, 0, 0, 0, "Anna");
    say(t, FN_ASSERT_NAME, 0, 0, 1, "Tom");
    say(t, FN_ASSERT_NAME, 0, 0, 2, "Olsen");
    say(t, FN_ASSERT_NOT, a, 1, 0, NULL);
    say(t, FN_ASSERT_NOT, a, 1, 1, NULL);
    say(t, FN_ASSERT_NOT, a, 1, 2, NULL);
    say(t, FN_ASSERT_IS, a, 0, 0, NULL);
    say(t, FN_ASSERT_IS, b, 0, 0, NULL);
    say(t, FN_ASSERT_IS, b, 1, 1, NULL);
    say(t, FN_ASSERT_IS, c, 0, 0, NULL);
    say(t, FN_ASSERT_IS, c, 1, 1, NULL);
    say(t, FN_ASSERT_IS, c, 2, 2, NULL);
    say(t, FN_ASSERT_HIDE, 0, 0, 2, NULL);
    world_remove(&w, t, gone);
    world_settled(t);
    world_commit(t);
    fn_store_close(w.store); /* the library opens it */
    w.store = NULL;
    ok(fnl_create(&choice, &lib, &err));
    ok(fnl_read_begin(lib, &err));
    return 0;
}

static int close_library(void **state)
{
    (void)state;
    fnl_destroy(lib);
    world_close(&w);
    return 0;
}

static struct fn_h128 hash_of(uint32_t photo)
{
    return world_face_key(&w, photo, 0).photo;
}

static char letter(const struct fn_h128 *h)
{
    const uint32_t photos[] = {a, b, c, gone};
    for (size_t i = 0; i < 4; i++) {
        struct fn_h128 of = hash_of(photos[i]);
        if (fn_h128_eq(h, &of))
            return "abcg"[i];
    }
    return '?';
}

static void face_id(uint32_t photo, uint32_t face, char out[FN_FACE_HEX])
{
    struct fn_face_key key = world_face_key(&w, photo, face);
    fn_face_hex(fn_face_ckey(&key), out);
}

static fn_face_id face_of(uint32_t photo, uint32_t face)
{
    char id[FN_FACE_HEX];
    fn_face_id ret = 0;
    face_id(photo, face, id);
    ok(fnl_face_find(lib, id, &ret, &err));
    return ret;
}

/* ---- find ---- */

/* "abc/3": the photos in order, and the total. */
static const char *found(const char *query, enum fnl_photo_order order, uint64_t limit)
{
    static char out[32];
    struct fnl_finds f;
    size_t column = 1;
    ok(fnl_find_photos(lib, query, order, limit, &f, &column, &err));
    assert_int_equal(column, 0);
    for (size_t i = 0; i < f.n; i++)
        out[i] = letter(&f.found[i].photo->hash);
    snprintf(out + f.n, sizeof out - f.n, "/%zu", f.total);
    fnl_finds_finish(&f);
    return out;
}

static void photos_are_sorted_and_counted(void **state)
{
    (void)state;
    assert_true(a < c && c < b && b % 5 == 0); /* the date of b is unknown */
    assert_string_equal(found("anna", FNL_BY_DATE, 0), "acb/3");
    assert_string_equal(found("anna", FNL_BY_NEWEST, 0), "cab/3");
    assert_string_equal(found("anna", FNL_BY_PATH, 0), "acb/3"); /* trip/p01.jpg and so on */
    assert_int_equal(found("anna", FNL_BY_N_FACES, 0)[0], 'c');
    assert_string_equal(found("anna", FNL_BY_N_FACES, 1), "c/3");
    assert_string_equal(found("tom not olsen", FNL_BY_DATE, 5), "b/1");
    assert_string_equal(found("path:nowhere/**", FNL_BY_DATE, 0), "/0");
}

static void matching_faces_and_paths_are_kept(void **state)
{
    struct fnl_finds f;
    char path[64];
    (void)state;
    ok(fnl_find_photos(lib, "tom", FNL_BY_N_FACES, 1, &f, NULL, &err));
    assert_int_equal(f.n, 1);
    assert_int_equal(f.found[0].n_faces, 1);
    assert_int_equal(f.found[0].faces[0], face_of(c, 1));
    snprintf(path, sizeof path, "/photos/trip/p%02u.jpg", c);
    assert_string_equal(f.found[0].path, path);
    fnl_finds_finish(&f);
}

static void a_bad_query_has_a_column(void **state)
{
    struct fnl_finds f;
    size_t column = 0;
    (void)state;
    assert_int_equal(fnl_find_photos(lib, "tom (anna", FNL_BY_DATE, 0, &f, &column, &err),
                     FN_EUSAGE);
    assert_true(column > 0);
    assert_null(f.found);
}

static void people_are_counted_by_photo(void **state)
{
    static const struct {
        const char *name;
        size_t n;
    } want[] = {{"Anna", 3}, {"Tom", 2}, {"Olsen", 1}};
    struct fnl_finds f;
    struct fnl_person_count *p = NULL;
    size_t n = 0, seen = 0;
    (void)state;
    ok(fnl_find_photos(lib, "anna", FNL_BY_DATE, 0, &f, NULL, &err));
    ok(fnl_find_people(fnl_txn(lib), &f, &p, &n, &err));
    assert_int_equal(n, 1); /* only matching faces are counted */
    assert_int_equal(p[0].n, 3);
    free(p);
    fnl_finds_finish(&f);
    ok(fnl_find_photos(lib, "", FNL_BY_DATE, 0, &f, NULL, &err));
    ok(fnl_find_people(fnl_txn(lib), &f, &p, &n, &err));
    for (size_t i = 0; i < n; i++) {
        assert_true(i == 0 || p[i].n <= p[i - 1].n);
        for (size_t k = 0; k < 3; k++)
            if (strcmp(p[i].who.name, want[k].name) == 0) {
                assert_int_equal(p[i].n, want[k].n);
                seen++;
            }
    }
    assert_int_equal(seen, 3);
    free(p);
    fnl_finds_finish(&f);
}

/* ---- faces ---- */

static int count_face(const struct fnl_fact *f, void *arg)
{
    assert_true(letter(&f->photo) != 'g');
    ++*(size_t *)arg;
    return 0;
}

static size_t faces(const struct fn_person_id *of, bool all, uint64_t limit)
{
    size_t n = 0;
    const struct fnl_face_choice choice = {of, all, limit};
    ok(fnl_faces_each(fnl_txn(lib), &choice, count_face, &n, &err));
    return n;
}

static int refuse(const struct fnl_fact *f, void *arg)
{
    (void)f;
    (void)arg;
    return -5;
}

static void faces_are_chosen(void **state)
{
    struct fn_person_id anna = world_person(0), olsen = world_person(2),
                        nobody = world_person(9);
    const struct fnl_face_choice choice = {NULL, false, 0};
    (void)state;
    assert_int_equal(faces(NULL, true, 0), 7);
    assert_int_equal(faces(NULL, false, 0), 6); /* Olsen is hidden */
    assert_int_equal(faces(&anna, false, 0), 3);
    assert_int_equal(faces(&olsen, false, 0), 0);
    assert_int_equal(faces(&olsen, true, 0), 1);
    assert_int_equal(faces(&nobody, true, 0), 0);
    assert_int_equal(faces(NULL, true, 4), 4);
    assert_int_equal(faces(NULL, true, 7), 7);
    assert_int_equal(fnl_faces_each(fnl_txn(lib), &choice, refuse, NULL, &err), -5);
}

/* The nearest faces, computed from all vectors by plain arithmetic. */
static double plain_d2(fn_face_id one, fn_face_id two)
{
    struct fn_face_rec f, g;
    int16_t x[FN_DIM], y[FN_DIM];
    double sum = 0;
    ok(fn_face_get(fnl_txn(lib), one, &f));
    ok(fn_face_get(fnl_txn(lib), two, &g));
    ok(fn_vector_get(fnl_txn(lib), f.row, x));
    ok(fn_vector_get(fnl_txn(lib), g.row, y));
    for (size_t i = 0; i < FN_DIM; i++)
        sum += ((double)x[i] - y[i]) * ((double)x[i] - y[i]);
    return sum / FN_Q14_ONE;
}

static void nearest_faces(void **state)
{
    char id[FN_FACE_HEX];
    struct fnl_probe probe;
    struct fnl_near *near = NULL;
    size_t n = 0, nearer = 0;
    (void)state;
    face_id(b, 1, id);
    ok(fnl_probe_get(lib, id, &probe, &err));
    assert_int_equal(probe.face, face_of(b, 1));
    ok(fnl_nearest(fnl_txn(lib), &probe, 3, &near, &n, &err));
    assert_int_equal(n, 3);
    for (size_t i = 0; i < n; i++) {
        assert_int_not_equal(near[i].fact.rec.id, probe.face);
        assert_true(fabs(near[i].d2 - plain_d2(probe.face, near[i].fact.rec.id)) < 1e-6);
        assert_true(i == 0 || near[i].d2 >= near[i - 1].d2);
        assert_true(i == 0 || near[i].p <= near[i - 1].p);
    }
    const uint32_t photos[] = {a, a, b, c, c, c}, numbers[] = {0, 1, 0, 0, 1, 2};
    for (size_t i = 0; i < 6; i++)
        nearer += plain_d2(probe.face, face_of(photos[i], numbers[i])) <= near[2].d2;
    assert_int_equal(nearer, 3);
    free(near);
    ok(fnl_nearest(fnl_txn(lib), &probe, 100, &near, &n, &err));
    assert_int_equal(n, 6);
    free(near);
    assert_int_equal(fnl_probe_get(lib, "f0000000000000000", &probe, &err), FN_ENOTFOUND);
}

/* ---- evidence ---- */

static void evidence(void **state)
{
    char id[FN_FACE_HEX];
    struct fnl_why *y = calloc(1, sizeof *y);
    (void)state;
    assert_non_null(y);
    face_id(b, 0, id);
    ok(fnl_why(lib, id, y, &err));
    assert_int_equal(y->fact.state, FNL_CONFIRMED);
    assert_int_equal(y->n_near, 2); /* Anna in a and c */
    assert_true(y->near_confirmed);
    assert_true(y->near[0].d2 <= y->near[1].d2);
    assert_true(fabs(y->near[0].d2 - fmin(plain_d2(face_of(b, 0), face_of(a, 0)),
                                          plain_d2(face_of(b, 0), face_of(c, 0)))) < 1e-6);
    assert_int_equal(y->near[0].year, 2001);
    assert_true(y->other.is);
    assert_string_not_equal(y->other.name, "Anna");
    assert_int_equal(y->n_in_photo, 1);
    assert_string_equal(y->in_photo[0].name, "Tom");
    assert_int_equal(y->n_rejected, 0);
    face_id(a, 1, id);
    ok(fnl_why(lib, id, y, &err));
    assert_int_equal(y->n_rejected, 3);
    assert_true(y->reject_act[0] && y->reject_act[0] != y->reject_act[1]);
    assert_int_equal(y->n_in_photo, 1);
    assert_string_equal(y->in_photo[0].name, "Anna");
    free(y);
}

static void two_faces(void **state)
{
    char one[FN_FACE_HEX], two[FN_FACE_HEX];
    struct fnl_pair p;
    (void)state;
    face_id(b, 0, one);
    face_id(b, 1, two);
    ok(fnl_why_pair(lib, one, two, &p, &err));
    assert_true(p.same_photo && !p.same_person);
    assert_true(fabs(p.d2 - plain_d2(face_of(b, 0), face_of(b, 1))) < 1e-6);
    face_id(c, 0, two);
    ok(fnl_why_pair(lib, one, two, &p, &err));
    assert_true(!p.same_photo && p.same_person);
    ok(fnl_why_pair(lib, one, one, &p, &err));
    assert_true(!p.same_photo && p.same_person && p.d2 == 0);
}

static void one_person(void **state)
{
    struct fnl_person_view v;
    uint32_t years = 0;
    (void)state;
    ok(fnl_person_view(fnl_txn(lib), "anna", &v, &err));
    assert_int_equal(v.person.n_confirmed, 3);
    assert_int_equal(v.n_seen, 2);
    assert_string_equal(v.seen[0].who.name, "Tom");
    assert_int_equal(v.seen[0].n, 2);
    assert_string_equal(v.seen[1].who.name, "Olsen");
    assert_int_equal(v.seen[1].n, 1);
    for (size_t i = 0; i < FNL_YEARS; i++)
        years += v.by_year[i];
    assert_int_equal(years, 2); /* the date of b is unknown */
    assert_int_equal(v.by_year[2001 - FNL_FIRST_YEAR], 2);
    fnl_person_view_finish(&v);
    assert_int_equal(fnl_person_view(fnl_txn(lib), "nobody", &v, &err), FN_ENOTFOUND);
}

/* ---- files ---- */

struct problems {
    size_t n[3];
    char path[64], reason[64]; /* of the bad one */
};

static void count_problem(const struct fnl_problem *p, void *arg)
{
    struct problems *to = arg;
    to->n[p->state]++;
    assert_non_null(p->path);
    if (p->state == FNL_FILE_GONE) {
        assert_int_equal(letter(&p->photo->hash), 'g');
        assert_int_equal(strncmp(p->path, "/photos/", 8), 0); /* its last path */
        assert_true(p->since_s > 0 && !p->unwatched);
    }
    if (p->state != FNL_FILE_BAD)
        return;
    snprintf(to->path, sizeof to->path, "%s", p->path);
    snprintf(to->reason, sizeof to->reason, "%s", p->reason);
}

static void files_with_a_problem(void **state)
{
    struct problems p = {.path = ""};
    (void)state;
    ok(fnl_problem_files(fnl_txn(lib), true, false, count_problem, &p, &err));
    assert_int_equal(p.n[FNL_FILE_BAD], 1);
    assert_int_equal(p.n[FNL_FILE_GONE], 0);
    assert_string_equal(p.path, "/photos/bad.jpg");
    assert_string_equal(p.reason, "truncated JPEG");
    ok(fnl_problem_files(fnl_txn(lib), false, true, count_problem, &p, &err));
    assert_int_equal(p.n[FNL_FILE_BAD], 1);
    assert_int_equal(p.n[FNL_FILE_GONE], 1);
    assert_int_equal(p.n[FNL_FILE_AWAY], 0);
}

/* By the path of a file that cannot be read here, or by the id. */
static void one_photo(void **state)
{
    char hex[FN_H128_HEX], path[64];
    struct fn_h128 hash = hash_of(c);
    struct fnl_photo_view v;
    (void)state;
    snprintf(path, sizeof path, "/photos/trip/p%02u.jpg", c);
    ok(fnl_photo_view(lib, path, &v, &err));
    assert_int_equal(letter(&v.photo.hash), 'c');
    assert_int_equal(v.state, FNL_PHOTO_OK);
    assert_int_equal(v.n_files, 1);
    assert_string_equal(v.files[0].path, path);
    assert_int_equal(v.files[0].mtime_ns, 1);
    assert_int_equal(v.n_faces, 3);
    for (uint32_t i = 0; i < 3; i++) {
        assert_int_equal(v.faces[i].rec.id, face_of(c, i));
        assert_int_equal(v.faces[i].state, FNL_CONFIRMED);
    }
    assert_string_equal(v.faces[1].person.name, "Tom");
    fnl_photo_view_finish(&v);
    fn_h128_hex(&hash, hex);
    hex[8] = '\0';
    ok(fnl_photo_view(lib, hex, &v, &err));
    assert_int_equal(letter(&v.photo.hash), 'c');
    fnl_photo_view_finish(&v);
}

static void photos_without_a_good_file(void **state)
{
    static const char *const none[] = {"/photos/nothere.jpg", "/photosx/bad.jpg", "/photos",
                                       "x"};
    char hex[FN_H128_HEX];
    struct fn_h128 hash = hash_of(gone);
    struct fnl_photo_view v;
    (void)state;
    fn_h128_hex(&hash, hex);
    ok(fnl_photo_view(lib, hex, &v, &err));
    assert_int_equal(v.state, FNL_PHOTO_GONE);
    assert_int_equal(v.n_files, 0);
    assert_int_equal(v.n_faces, 1);
    fnl_photo_view_finish(&v);
    ok(fnl_photo_view(lib, "/photos/bad.jpg", &v, &err));
    assert_int_equal(v.state, FNL_PHOTO_BAD);
    assert_string_equal(v.photo.reason, "truncated JPEG");
    assert_int_equal(v.n_faces, 0);
    fnl_photo_view_finish(&v);
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_int_equal(fnl_photo_view(lib, none[i], &v, &err), FN_ENOTFOUND);
}

static int set_away(struct fn_txn *t, void *arg, struct fn_error *e)
{
    struct fn_root root;
    (void)arg;
    int rc = fn_root_get(t, w.root, &root);
    root.state = FN_ROOT_AWAY;
    return rc ? rc : fn_root_put(t, &root, e);
}

/* The last test, because all files are away after it. */
static void files_that_are_away(void **state)
{
    struct problems p = {.path = ""};
    (void)state;
    fnl_read_end(lib);
    ok(fnl_write(lib, FNL_KEEP, set_away, NULL, &err));
    ok(fnl_read_begin(lib, &err));
    ok(fnl_problem_files(fnl_txn(lib), false, true, count_problem, &p, &err));
    assert_int_equal(p.n[FNL_FILE_AWAY], 4); /* three photos and the bad file */
    assert_int_equal(p.n[FNL_FILE_GONE], 1);
    struct fnl_photo_view v;
    char path[64];
    snprintf(path, sizeof path, "/photos/trip/p%02u.jpg", a);
    ok(fnl_photo_view(lib, path, &v, &err));
    assert_int_equal(v.state, FNL_PHOTO_AWAY);
    assert_true(v.files[0].away);
    fnl_photo_view_finish(&v);
}

/* ---- who ---- */

static void improbable_people_are_unknown(void **state)
{
    struct fnl_look_face f[3] = {{.n_candidates = 0}};
    struct fnl_look l = {.faces = f, .n = 3};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        f[i].fact.person =
            (struct fnl_match){.is = true, .has_d = true, .p = .2 + .3 * (double)i};
        f[i].fact.state = FNL_SUGGESTED;
    }
    f[0].fact.state = FNL_CONFIRMED;
    assert_int_equal(fnl_look_known(&l), 3);
    fnl_look_min_p(&l, .6);
    assert_int_equal(fnl_look_known(&l), 2);
    assert_true(f[0].fact.person.is && f[2].fact.person.is);
    assert_true(!f[1].fact.person.is && f[1].fact.other.is && f[1].fact.other.p == .5);
    assert_int_equal(f[1].fact.state, FNL_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(photos_are_sorted_and_counted),
        cmocka_unit_test(matching_faces_and_paths_are_kept),
        cmocka_unit_test(a_bad_query_has_a_column),
        cmocka_unit_test(people_are_counted_by_photo),
        cmocka_unit_test(faces_are_chosen),
        cmocka_unit_test(nearest_faces),
        cmocka_unit_test(evidence),
        cmocka_unit_test(two_faces),
        cmocka_unit_test(one_person),
        cmocka_unit_test(files_with_a_problem),
        cmocka_unit_test(one_photo),
        cmocka_unit_test(photos_without_a_good_file),
        cmocka_unit_test(improbable_people_are_unknown),
        cmocka_unit_test(files_that_are_away),
    };
    return cmocka_run_group_tests(tests, open_library, close_library);
}
