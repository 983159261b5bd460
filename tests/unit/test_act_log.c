/* SPDX-License-Identifier: MIT */
/* The log as a list of acts, undo and redo, and labels as text. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "cli/library/act_log.h"
#include "cli/library/labels_text.h"
#include "tests/unit/library_fixture.h"

static void check_log(size_t limit, const uint64_t *act, size_t n)
{
    struct fnl_log log;
    lf_must(fnl_read_begin(lf_lib, &lf_err));
    lf_must(fnl_log_read(fnl_txn(lf_lib), limit, &log, &lf_err));
    fnl_read_end(lf_lib);
    assert_int_equal(log.n_total, n);
    assert_int_equal(log.n, limit == 0 || limit > n ? n : limit);
    for (size_t i = 0; i < log.n; i++)
        assert_int_equal(log.a[i].act, act[n - 1 - i]);
    assert_int_equal(log.a[0].undo_of, act[0]);
    if (log.n == n) {
        const struct fnl_act_summary *first = &log.a[n - 1];
        assert_int_equal(first->by_kind[FN_ASSERT_IS], 6);
        assert_int_equal(first->by_kind[FN_ASSERT_NAME], 1);
        assert_string_equal(first->text, "Dora");
        assert_false(first->in_effect);
        assert_true(log.a[1].in_effect);
    }
    fnl_log_finish(&log);
}

static void the_log_is_a_list_of_acts(void **state)
{
    enum { ACTS = 6 };
    struct fnl_labelling l;
    fn_face_id faces[6];
    uint64_t act[ACTS];
    (void)state;
    assert_int_equal(lf_find("path:person-3/*.jpg", faces, 6), 6);
    lf_must(lf_label(FNL_KEEP, FN_ASSERT_IS, "Dora", faces, 6, &l));
    act[0] = lf_result.act;
    assert_int_equal(lf_find("path:person-2/*.jpg", faces, 6), 6);
    for (size_t i = 1; i + 1 < ACTS; i++) {
        lf_must(lf_label(FNL_KEEP, FN_ASSERT_NOT, "Dora", faces + i, 1, &l));
        act[i] = lf_result.act;
    }
    struct fnl_undoing u = {.act = act[0]};
    lf_must(fnl_undo(lf_lib, FNL_KEEP, &u, &lf_result, &lf_err));
    assert_int_equal(u.summary.act, act[0]);
    act[ACTS - 1] = lf_result.act;
    for (size_t limit = 0; limit < ACTS + 2; limit++)
        check_log(limit, act, ACTS);
    u = (struct fnl_undoing){.redo = true};
    lf_must(fnl_undo(lf_lib, FNL_KEEP, &u, &lf_result, &lf_err));
    assert_int_equal(u.summary.act, act[0]); /* the act that is in effect again */
    assert_true(u.summary.in_effect);
    assert_int_equal(u.summary.by_kind[FN_ASSERT_IS], 6);
    u = (struct fnl_undoing){.act = 999};
    assert_int_equal(fnl_undo(lf_lib, FNL_KEEP, &u, &lf_result, &lf_err), FN_ENOTFOUND);
}

static void labels_go_through_text(void **state)
{
    struct fnl_labelling l;
    struct fnl_import again;
    struct fn_buf log, acts;
    fn_face_id faces[6];
    (void)state;
    lf_find("path:person-3/*.jpg", faces, 6);
    lf_must(lf_label(FNL_KEEP, FN_ASSERT_IS, "Dora Lind", faces, 2, &l));
    lf_must(lf_label(FNL_KEEP, FN_ASSERT_NOTFACE, NULL, faces + 2, 1, &l));
    fn_buf_init(&log, 1 << 20);
    fn_buf_init(&acts, 1 << 20);
    lf_must(fnl_read_begin(lf_lib, &lf_err));
    lf_must(fnl_export_log(fnl_txn(lf_lib), &log, &lf_err));
    lf_must(fnl_export_acts(fnl_txn(lf_lib), &acts, &lf_err));
    fnl_read_end(lf_lib);
    assert_true(fnl_text_is_acts(fn_buf_cstr(&acts)));
    assert_false(fnl_text_is_acts(fn_buf_cstr(&log)));
    assert_false(fnl_text_is_acts("# nothing\n\n"));
    size_t n_is = 0, n_none = 0;
    for (const char *s = fn_buf_cstr(&acts); *s; s = strchr(s, '\n') + 1) {
        n_is += strncmp(s, "+Dora%20Lind -- f", 17) == 0;
        n_none += strncmp(s, "!face -- f", 10) == 0;
    }
    assert_int_equal(n_is, 2);
    assert_int_equal(n_none, 1);
    again = (struct fnl_import){.text = fn_buf_cstr(&log), .n = log.len};
    lf_must(fnl_import_log(lf_lib, FNL_KEEP, &again, &lf_err));
    assert_int_equal(again.n_new, 0);
    assert_int_equal(again.n_skipped, 4); /* the name, two faces, a mark */
    fn_buf_finish(&log);
    fn_buf_finish(&acts);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, lf_open, lf_close)
    const struct CMUnitTest tests[] = {
        TEST(the_log_is_a_list_of_acts),
        TEST(labels_go_through_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
