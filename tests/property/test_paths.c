/* SPDX-License-Identifier: MIT */
/* Random schedules of changes to files, against a model of five lines: which path has which
 * content. After each one the index agrees, photos without a path are gone or dropped, and the
 * checker finds nothing. FN_TEST_FULL=1: many more. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/rng.h"
#include "tests/unit/index_fixture.h"

enum { SLOTS = 64, CONTENTS = 16, OPS = 80, NAME = 48 };

struct model {
    char path[SLOTS][NAME]; /* "" is a free slot */
    uint64_t content[SLOTS];
};

static int slot_of(const struct model *m, const char *path)
{
    for (int i = 0; i < SLOTS; i++)
        if (strcmp(m->path[i], path) == 0)
            return i;
    return -1;
}

static void model_put(struct model *m, const char *path, uint64_t content)
{
    int i = slot_of(m, path);
    if (i < 0)
        i = slot_of(m, "");
    assert_true(i >= 0);
    memcpy(m->path[i], path, strlen(path) + 1);
    m->content[i] = content;
}

static void model_delete(struct model *m, const char *path)
{
    int i = slot_of(m, path);
    if (i >= 0)
        m->path[i][0] = 0;
}

static bool below(const char *path, const char *folder)
{
    size_t n = strlen(folder);
    return strncmp(path, folder, n) == 0 && path[n] == '/';
}

static bool folder_used(const struct model *m, const char *folder)
{
    for (int i = 0; i < SLOTS; i++)
        if (below(m->path[i], folder))
            return true;
    return false;
}

static void model_rename_folder(struct model *m, const char *from, const char *to)
{
    for (int i = 0; i < SLOTS; i++) {
        char moved[2 * NAME];
        if (!below(m->path[i], from))
            continue;
        snprintf(moved, sizeof moved, "%s%s", to, m->path[i] + strlen(from));
        assert_true(strlen(moved) < NAME);
        memcpy(m->path[i], moved, strlen(moved) + 1);
    }
}

static void random_folder(struct fn_rng *r, char *out, size_t size)
{
    if (fn_rng_below(r, 2))
        snprintf(out, size, "d%u", (unsigned)fn_rng_below(r, 3));
    else
        snprintf(out, size, "d%u/e%u", (unsigned)fn_rng_below(r, 3),
                 (unsigned)fn_rng_below(r, 2));
}

static void random_path(struct fn_rng *r, char *out, size_t size)
{
    char folder[16];
    random_folder(r, folder, sizeof folder);
    snprintf(out, size, "%s/f%u", folder, (unsigned)fn_rng_below(r, 4));
}

static void act(struct fx *f, struct fn_txn *t, struct model *m, struct fn_rng *r)
{
    struct fn_error err = {0};
    char a[NAME], b[NAME];
    uint64_t n, content = fn_rng_below(r, CONTENTS);
    random_path(r, a, sizeof a);
    random_path(r, b, sizeof b);
    switch (fn_rng_below(r, 8)) {
    case 0:
    case 1:
    case 2:
        fx_ingest(f, t, a, content, (uint32_t)(content % 4));
        model_put(m, a, content);
        break;
    case 3:
        fx_check(fn_path_delete(t, f->root, a, &err), &err);
        model_delete(m, a);
        break;
    case 4:
        fx_check(fn_path_rename(t, f->root, a, f->root, b, &n, &err), &err);
        if (slot_of(m, a) >= 0 && strcmp(a, b) != 0) {
            uint64_t moved = m->content[slot_of(m, a)];
            model_delete(m, a);
            model_put(m, b, moved);
        }
        break;
    case 5:
        random_folder(r, a, sizeof a);
        random_folder(r, b, sizeof b);
        if (below(b, a) || strcmp(a, b) == 0 || folder_used(m, b))
            break; /* rename(2) would refuse it */
        fx_check(fn_path_rename(t, f->root, a, f->root, b, &n, &err), &err);
        model_rename_folder(m, a, b);
        break;
    case 6:
        if (fn_rng_below(r, 4) == 0)
            fx_check(fn_photos_expire(t, INT64_MAX, NULL, &n, &err), &err);
        break;
    default: {
        struct fn_path p = {.root = f->root};
        struct fn_h128 hash = fx_hash(content);
        memcpy(p.path, a, sizeof a);
        int rc = fn_ingest_known(t, &hash, &p, &err);
        if (rc != FN_ENOTFOUND) {
            fx_check(rc, &err);
            model_put(m, a, content);
        }
    }
    }
}

static bool shown(const struct model *m, uint64_t content)
{
    for (int i = 0; i < SLOTS; i++)
        if (m->path[i][0] && m->content[i] == content)
            return true;
    return false;
}

static int count_path(const struct fn_path *p, void *ctx)
{
    (void)p;
    ++*(int *)ctx;
    return 0;
}

static void compare(struct fx *f, struct fn_txn *t, const struct model *m)
{
    int n = 0, in_model = 0;
    fx_check(fn_path_each_of_root(t, f->root, count_path, &n), NULL);
    for (int i = 0; i < SLOTS; i++) {
        struct fn_path p;
        struct fn_photo photo;
        struct fn_h128 hash = fx_hash(m->content[i]);
        if (!m->path[i][0])
            continue;
        in_model++;
        fx_check(fn_path_get(t, f->root, m->path[i], &p), NULL);
        fx_check(fn_photo_get(t, p.photo, &photo), NULL);
        assert_memory_equal(photo.hash.b, hash.b, 16);
    }
    assert_int_equal(n, in_model);
    for (uint64_t c = 0; c < CONTENTS; c++) {
        struct fn_h128 hash = fx_hash(c);
        struct fn_photo photo;
        fn_photo_id id;
        int rc = fn_photo_by_hash(t, &hash, &id);
        assert_true(rc == 0 || (rc == FN_ENOTFOUND && !shown(m, c)));
        if (rc)
            continue;
        fx_check(fn_photo_get(t, id, &photo), NULL);
        assert_int_equal(photo.state, shown(m, c) ? FN_PHOTO_OK : FN_PHOTO_GONE);
        assert_int_equal(photo.n_faces, c % 4);
    }
}

static void test_schedules(void **state)
{
    (void)state;
    const char *full = getenv("FN_TEST_FULL");
    uint64_t seeds = full && *full == '1' ? 500 : 12;
    for (uint64_t seed = 0; seed < seeds; seed++) {
        struct fx f;
        static struct model m;
        struct fn_rng r = fn_rng_init(seed, 7);
        memset(&m, 0, sizeof m);
        fx_new(&f, FN_STORE_NOSYNC);
        for (int i = 0; i < OPS; i++) {
            struct model before = m;
            struct fn_txn *t = fx_begin(&f, true);
            act(&f, t, &m, &r);
            if (fn_rng_below(&r, 10) == 0) { /* an aborted transaction leaves no trace */
                fn_txn_abort(t);
                m = before;
            } else {
                fx_commit(t);
            }
            if (i % 8 == 7) {
                t = fx_begin(&f, false);
                compare(&f, t, &m);
                fn_txn_abort(t);
            }
        }
        if (fx_doctor(&f, true) != 0)
            fail_msg("seed %llu: the checker found something", (unsigned long long)seed);
        fx_remove(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_schedules)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
