/* SPDX-License-Identifier: MIT */
/* Records at the limits of their content, and records that another program damaged. The latter
 * are refused, and never misread. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "index/labels/labels.h"
#include "index/records/records.h"
#include "index/search/search.h"
#include "tests/unit/index_fixture.h"

/* A photo record with a camera and a reason of n bytes each. */
static int decode_texts(size_t camera, size_t reason, struct fn_photo *ret)
{
    static uint8_t v[FN_PHOTO_HEAD + 512];
    struct fn_photo p = {.id = 1, .width = 10, .height = 10};
    const uint8_t key[4] = {0, 0, 0, 1};
    assert_int_equal(fn_photo_encode(&p, v), FN_PHOTO_HEAD);
    v[22] = (uint8_t)camera;
    v[23] = (uint8_t)reason;
    memset(v + FN_PHOTO_HEAD, 'x', camera + reason);
    return fn_photo_decode((struct fn_slice){key, sizeof key},
                           (struct fn_slice){v, FN_PHOTO_HEAD + camera + reason}, ret);
}

static void texts_that_do_not_fit(void **state)
{
    (void)state;
    struct fn_photo p;
    assert_int_equal(decode_texts(FN_CAMERA_MAX - 1, FN_REASON_MAX - 1, &p), 0);
    assert_int_equal(strlen(p.camera), FN_CAMERA_MAX - 1);
    assert_int_equal(strlen(p.reason), FN_REASON_MAX - 1);
    assert_int_equal(decode_texts(FN_CAMERA_MAX, 0, &p), FN_ECORRUPT);
    assert_int_equal(decode_texts(0, FN_REASON_MAX, &p), FN_ECORRUPT);
    assert_int_equal(decode_texts(255, 255, &p), FN_ECORRUPT);
}

static void thresholds_come_back(void **state)
{
    (void)state;
    struct fx f;
    struct fn_error err = {0};
    struct fn_index_model m = fx_model(), got;
    fx_new(&f, 0);
    m.single_d = 0x01020304;
    m.group_d = 0x11121314;
    m.net_d = 0x21222324;
    m.decade_d = 0x31323334;
    struct fn_txn *t = fx_begin(&f, true);
    fx_check(fn_index_model_set(t, &m, &err), &err);
    fx_check(fn_index_model_get(t, &got, &err), &err);
    assert_int_equal(got.single_d, m.single_d);
    assert_int_equal(got.group_d, m.group_d);
    assert_int_equal(got.net_d, m.net_d);
    assert_int_equal(got.decade_d, m.decade_d);
    /* docs/format.md: for an index without them, .80, .95, .60 and .15 of the one for pairs /
     * 1.08 */
    fx_check(fn_tab_del(t, FN_T_META, "model.grouping", strlen("model.grouping"), &err), &err);
    fx_check(fn_index_model_get(t, &got, &err), &err);
    double unit = got.pair_d / 1.08;
    assert_in_range(got.single_d, (uint32_t)(.80 * unit) - 1, (uint32_t)(.80 * unit) + 1);
    assert_in_range(got.group_d, (uint32_t)(.95 * unit) - 1, (uint32_t)(.95 * unit) + 1);
    assert_in_range(got.net_d, (uint32_t)(.60 * unit) - 1, (uint32_t)(.60 * unit) + 1);
    assert_in_range(got.decade_d, (uint32_t)(.15 * unit) - 1, (uint32_t)(.15 * unit) + 1);
    fn_txn_abort(t);
    fx_remove(&f);
}

static void damaged_merges(void **state)
{
    (void)state;
    struct fx f;
    struct fn_error err = {0};
    const struct fn_person_id ann = {{1}};
    struct fn_person_id to;
    static const uint8_t good[18] = {1, 0, 2}, bad_version[18] = {9, 0, 2}, cut[17] = {1, 0, 2};
    fx_new(&f, 0);
    struct fn_txn *t = fx_begin(&f, true);
    fx_check(fn_tab_put(t, FN_T_MERGED, ann.b, 16, good, sizeof good, &err), &err);
    assert_int_equal(fn_person_resolve(t, &ann, &to), 0);
    assert_int_equal(to.b[0], 2);
    fx_check(fn_tab_put(t, FN_T_MERGED, ann.b, 16, bad_version, sizeof bad_version, &err),
             &err);
    assert_int_equal(fn_person_resolve(t, &ann, &to), FN_ECORRUPT);
    fx_check(fn_tab_put(t, FN_T_MERGED, ann.b, 16, cut, sizeof cut, &err), &err);
    assert_int_equal(fn_person_resolve(t, &ann, &to), FN_ECORRUPT);
    fn_txn_abort(t);
    fx_remove(&f);
}

static void damaged_hashes(void **state)
{
    (void)state;
    struct fx f;
    struct fn_error err = {0};
    fn_photo_id ids[4];
    size_t n = 0;
    const uint8_t key[15] = {0xab, 1};
    uint8_t ref[FN_REF_BYTES];
    fx_new(&f, 0);
    struct fn_txn *t = fx_begin(&f, true);
    assert_int_equal(fn_photo_by_prefix(t, "ab", ids, 4, &n), 0);
    assert_int_equal(n, 0);
    fn_ref_encode(1, ref);
    fx_check(fn_tab_put(t, FN_T_PHOTO_HASH, key, sizeof key, ref, sizeof ref, &err), &err);
    assert_int_equal(fn_photo_by_prefix(t, "ab", ids, 4, &n), FN_ECORRUPT);
    fn_txn_abort(t);
    fx_remove(&f);
}

/* An index in which no face was ever found: nothing is found, photos that are gone can be
 * dropped. */
static void without_a_model(void **state)
{
    (void)state;
    struct fx f;
    struct fn_error err = {0};
    static const int16_t x[FN_DIM] = {16384};
    struct fn_hit hit;
    size_t n = 9;
    uint64_t dropped = 0;
    fx_new(&f, 0);
    struct fn_txn *t = fx_begin(&f, true);
    (void)fx_ingest(&f, t, "a.jpg", 1, 0);
    fx_check(fn_path_delete(t, f.root, "a.jpg", &err), &err);
    fx_check(fn_tab_del(t, FN_T_META, "model", strlen("model"), &err), &err);
    fx_check(fn_search(t, x, UINT32_MAX, 1, 0, &hit, &n, &err), &err);
    assert_int_equal(n, 0);
    fx_check(fn_photos_expire(t, INT64_MAX, NULL, &dropped, &err), &err);
    assert_int_equal(dropped, 1);
    fn_txn_abort(t);
    fx_remove(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_that_do_not_fit), cmocka_unit_test(thresholds_come_back),
        cmocka_unit_test(damaged_merges),        cmocka_unit_test(damaged_hashes),
        cmocka_unit_test(without_a_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
