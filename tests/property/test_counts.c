/* SPDX-License-Identifier: MIT */
/* Random schedules of changes to files, faces and whole roots, against a model of which path
 * has which content, the state of each content, and which faces are labelled as not a face.
 * After each schedule the counts of the index are those of the model, even if an older program
 * did not maintain them. FN_TEST_FULL=1: many more. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/rng.h"
#include "index/doctor/doctor.h"
#include "index/labels/labels.h"
#include "index/people/index_counts.h"
#include "index/store/tables.h"
#include "tests/unit/index_fixture.h"

enum { ROOTS = 2, FILES = 12, CONTENTS = 10, FACES = 3, OPS = 120, NAME = 32 };

enum kind { UNKNOWN, READABLE, BAD };

struct model {
    int shows[ROOTS][FILES]; /* content, or -1 */
    enum kind kind[CONTENTS];
    bool notface[CONTENTS][FACES];
    fn_root_id root[ROOTS];
};

static unsigned n_faces(int content)
{
    return (unsigned)content % (FACES + 1);
}

static bool is_shown(const struct model *m, int content)
{
    for (int r = 0; r < ROOTS; r++)
        for (int i = 0; i < FILES; i++)
            if (m->shows[r][i] == content)
                return true;
    return false;
}

static void name_of(int file, char out[NAME])
{
    (void)snprintf(out, NAME, "d%d/f%d", file % 3, file);
}

/* ---- changes ---- */

static void take(struct fx *f, struct fn_txn *t, struct model *m, int root, int file,
                 int content, bool bad)
{
    struct fn_error err = {0};
    char name[NAME];
    name_of(file, name);
    f->root = m->root[root];
    if (bad && m->kind[content] == UNKNOWN) {
        struct fn_ingest in = {.hash = fx_hash((uint64_t)content)};
        fn_photo_id id;
        in.photo.state = FN_PHOTO_BAD;
        (void)snprintf(in.photo.reason, sizeof in.photo.reason, "broken JPEG");
        in.path = (struct fn_path){.root = f->root, .size = 5};
        memcpy(in.path.path, name, sizeof name);
        fx_check(fn_ingest_photo(t, &in, &id, &err), &err);
        m->kind[content] = BAD;
    } else {
        (void)fx_ingest(f, t, name, (uint64_t)content, n_faces(content));
        m->kind[content] = READABLE; /* a bad file is read again */
    }
    m->shows[root][file] = content;
}

static void move(struct fn_txn *t, struct model *m, int root, int file, int to_root, int to)
{
    struct fn_error err = {0};
    char from[NAME], name[NAME];
    uint64_t n;
    name_of(file, from);
    name_of(to, name);
    fx_check(fn_path_rename(t, m->root[root], from, m->root[to_root], name, &n, &err), &err);
    if (m->shows[root][file] < 0 || (root == to_root && file == to))
        return;
    m->shows[to_root][to] = m->shows[root][file];
    m->shows[root][file] = -1;
}

static void say_no_face(struct fn_txn *t, struct model *m, int content, unsigned face)
{
    struct fn_error err = {0};
    struct fn_assertion a = {
        .kind = FN_ASSERT_NOTFACE, .time_us = 1, .face.photo = fx_hash((uint64_t)content)};
    float box[4];
    if (face >= n_faces(content) || m->kind[content] != READABLE || !is_shown(m, content))
        return;
    fx_box(face, box);
    fn_box_quantise(box, a.face.box);
    fx_check(fn_assert_append(t, &a, 1, NULL, &err), &err);
    m->notface[content][face] = true;
}

static void delete_root(struct fn_txn *t, struct model *m, int root)
{
    struct fn_error err = {0};
    struct fn_root r = {.state = FN_ROOT_ONLINE};
    fx_check(fn_root_delete(t, m->root[root], &err), &err);
    for (int i = 0; i < FILES; i++)
        m->shows[root][i] = -1;
    (void)snprintf(r.path, sizeof r.path, "/again%d", root);
    fx_check(fn_root_put(t, &r, &err), &err);
    m->root[root] = r.id;
}

static void expire(struct fn_txn *t, struct model *m)
{
    struct fn_error err = {0};
    uint64_t n;
    fx_check(fn_photos_expire(t, INT64_MAX, NULL, &n, &err), &err);
    for (int c = 0; c < CONTENTS; c++)
        if (!is_shown(m, c))
            m->kind[c] = UNKNOWN; /* the labels on its faces stay */
}

/* Leaves the index like a program that does not know the counts. */
static void forget(struct fn_txn *t, const struct model *m)
{
    struct fn_error err = {0};
    int rc = fn_tab_del(t, FN_T_META, "count.photos", strlen("count.photos"), &err);
    assert_true(rc == 0 || rc == FN_ENOTFOUND);
    for (int r = 0; r < ROOTS; r++)
        fx_check(fn_counts_forget(t, m->root[r], &err), &err);
}

static void act(struct fx *f, struct fn_txn *t, struct model *m, struct fn_rng *r)
{
    struct fn_error err = {0};
    char name[NAME];
    int root = (int)fn_rng_below(r, ROOTS), file = (int)fn_rng_below(r, FILES);
    int content = (int)fn_rng_below(r, CONTENTS);
    name_of(file, name);
    switch (fn_rng_below(r, 16)) {
    case 0:
        delete_root(t, m, root);
        break;
    case 1:
        expire(t, m);
        break;
    case 2:
        forget(t, m);
        break;
    case 3:
    case 4:
    case 5:
        fx_check(fn_path_delete(t, m->root[root], name, &err), &err);
        m->shows[root][file] = -1;
        break;
    case 6:
    case 7:
        move(t, m, root, file, (int)fn_rng_below(r, ROOTS), (int)fn_rng_below(r, FILES));
        break;
    case 8:
    case 9:
        say_no_face(t, m, content, (unsigned)fn_rng_below(r, FACES));
        break;
    default:
        take(f, t, m, root, file, content, fn_rng_below(r, 3) == 0);
    }
}

/* ---- counts ---- */

static void compare(struct fn_txn *t, const struct model *m)
{
    struct fn_index_counts c;
    uint64_t photos = 0, bad = 0, gone = 0, faces = 0, good = 0, paths = 0;
    for (int i = 0; i < CONTENTS; i++) {
        bool here = is_shown(m, i);
        gone += m->kind[i] != UNKNOWN && !here;
        bad += m->kind[i] == BAD && here;
        photos += m->kind[i] == READABLE && here;
        for (unsigned k = 0; m->kind[i] == READABLE && here && k < n_faces(i); k++) {
            faces++;
            good += !m->notface[i][k];
        }
    }
    fx_check(fn_index_counts(t, 1, &c), NULL);
    assert_int_equal(c.of.photos, photos);
    assert_int_equal(c.of.bad, bad);
    assert_int_equal(c.of.gone, gone);
    assert_int_equal(c.of.faces, faces);
    assert_int_equal(c.of.good, good);
    for (int r = 0; r < ROOTS; r++) {
        uint64_t n = 0, of_root;
        for (int i = 0; i < FILES; i++)
            n += m->shows[r][i] >= 0;
        fx_check(fn_counts_root(t, m->root[r], &of_root), NULL);
        assert_int_equal(of_root, n);
        paths += n;
    }
    assert_int_equal(c.of.paths, paths);
}

static void begin_model(struct fx *f, struct model *m)
{
    struct fn_error err = {0};
    struct fn_root r = {.state = FN_ROOT_ONLINE, .path = "/other"};
    memset(m, 0, sizeof *m);
    memset(m->shows, 0xff, sizeof m->shows);
    fx_new(f, FN_STORE_NOSYNC);
    struct fn_txn *t = fx_begin(f, true);
    fx_check(fn_root_put(t, &r, &err), &err);
    fx_commit(t);
    m->root[0] = f->root;
    m->root[1] = r.id;
}

static void schedules(void **state)
{
    (void)state;
    const char *full = getenv("FN_TEST_FULL");
    uint64_t seeds = full && *full == '1' ? 300 : 10;
    for (uint64_t seed = 1; seed <= seeds; seed++) {
        struct fx f;
        struct model m;
        struct fn_rng r = fn_rng_init(seed, 11);
        begin_model(&f, &m);
        for (int i = 0; i < OPS; i++) {
            struct model before = m;
            struct fn_txn *t = fx_begin(&f, true);
            act(&f, t, &m, &r);
            if (fn_rng_below(&r, 8) == 0) { /* an aborted transaction is not counted */
                fn_txn_abort(t);
                m = before;
            } else {
                fx_commit(t);
            }
            t = fx_begin(&f, false);
            compare(t, &m);
            fn_txn_abort(t);
        }
        assert_int_equal(fx_doctor(&f, true), FN_FIND_OK);
        fx_remove(&f);
    }
}

/* Another program wrote photos and did not update the counts. */
static void wrong_counts(void **state)
{
    (void)state;
    struct fx f;
    struct model m;
    struct fn_error err = {0};
    static const uint8_t none[32];
    begin_model(&f, &m);
    struct fn_txn *t = fx_begin(&f, true);
    for (int i = 0; i < 6; i++)
        take(&f, t, &m, 0, i, i, false);
    fx_check(fn_meta_put(t, "count.photos", none, sizeof none, &err), &err);
    fx_check(fn_meta_put_u64(t, "count.paths.1", 99, &err), &err);
    fx_check(fn_meta_put_u64(t, "count.good", 99, &err), &err);
    fx_commit(t);
    assert_int_equal(m.root[0], 1);
    assert_int_equal(fx_doctor(&f, false), FN_FIND_FAIL);
    t = fx_begin(&f, true);
    fx_check(fn_counts_repair(t, &err), &err);
    fx_commit(t);
    t = fx_begin(&f, true);
    compare(t, &m);
    /* A count that would become negative is computed from scratch. */
    fx_check(fn_meta_put(t, "count.photos", none, sizeof none, &err), &err);
    fx_check(fn_meta_put_u64(t, "count.paths.1", 0, &err), &err);
    fx_check(fn_path_delete(t, 1, "d0/f0", &err), &err);
    m.shows[0][0] = -1;
    compare(t, &m);
    fx_commit(t);
    assert_int_equal(fx_doctor(&f, true), FN_FIND_OK);
    fx_remove(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(schedules),
        cmocka_unit_test(wrong_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
