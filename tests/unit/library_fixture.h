/* SPDX-License-Identifier: MIT */
/* An index of artificial people (made_index.h) and a handle of the library, for tests of
 * acts. */
#ifndef FN_TESTS_UNIT_LIBRARY_FIXTURE_H
#define FN_TESTS_UNIT_LIBRARY_FIXTURE_H

#include "cli/library/label_faces.h"

extern struct fn_library *lf_lib;
extern struct fn_error lf_err;
extern struct fnl_act_result lf_result; /* of the last act */

/* Setup and teardown of a test. */
int lf_open(void **state);
int lf_close(void **state);
void lf_must(int rc); /* fails the test with the message */
/* The faces that a query finds, the first max of them by id. Returns their number. */
size_t lf_find(const char *query, fn_face_id *ret, size_t max);
/* Calls fnl_label_faces with lf_result, and returns its result. */
int lf_label(enum fnl_mode mode, enum fn_assert_kind kind, const char *who, fn_face_id *faces,
             size_t n, struct fnl_labelling *ret);

#endif
