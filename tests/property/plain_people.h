/* SPDX-License-Identifier: MIT */
/* The clusters of an index by the plain program. It reads the faces and labels with the public
 * calls alone. */
#ifndef FN_TESTS_PROPERTY_PLAIN_PEOPLE_H
#define FN_TESTS_PROPERTY_PLAIN_PEOPLE_H

#include "index/grouping/grouping.h"
#include "index/people/people.h"
#include "tests/property/plain_grouping.h"

/* Of the model in effect. */
struct fn_grouping_thresholds plain_people_thresholds(struct fn_txn *t, unsigned size_class);
/* For a small index without pending faces: number of faces whose cluster differs from that of
 * the plain program. */
size_t plain_people_differ(struct fn_txn *t, const struct fn_grouping_thresholds *th,
                           struct plain_trace *trace);

/* Number of faces whose person is not the one that index/people/people.h defines, given the
 * stored clusters. */
size_t plain_people_misnamed(struct fn_txn *t);

#endif
