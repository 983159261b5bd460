/* SPDX-License-Identifier: MIT */
#include "tests/unit/library_fixture.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "tests/unit/made_index.h"

struct fn_library *lf_lib;
struct fn_error lf_err;
struct fnl_act_result lf_result;
static struct made_index made;

void lf_must(int rc)
{
    if (rc)
        fail_msg("%d: %s", rc, lf_err.text);
}

int lf_open(void **state)
{
    (void)state;
    made_index_open(&made);
    const struct fnl_choice choice = {.index = made.index, .no_daemon = true};
    lf_must(fnl_create(&choice, &lf_lib, &lf_err));
    return 0;
}

int lf_close(void **state)
{
    (void)state;
    fnl_destroy(lf_lib);
    made_index_remove(&made);
    return 0;
}

size_t lf_find(const char *query, fn_face_id *ret, size_t max)
{
    struct fnl_targets l = {0};
    lf_must(fnl_read_begin(lf_lib, &lf_err));
    lf_must(fnl_targets_add_query(lf_lib, &l, query, &lf_err));
    fnl_read_end(lf_lib);
    for (size_t i = 0; i < l.n && i < max; i++)
        ret[i] = l.t[i].face;
    size_t n = l.n;
    fnl_targets_finish(&l);
    return n;
}

int lf_label(enum fnl_mode mode, enum fn_assert_kind kind, const char *who, fn_face_id *faces,
             size_t n, struct fnl_labelling *ret)
{
    *ret = (struct fnl_labelling){.kind = kind, .who = who, .faces = faces, .n = n};
    return fnl_label_faces(lf_lib, mode, ret, &lf_result, &lf_err);
}
