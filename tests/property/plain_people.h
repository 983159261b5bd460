/* SPDX-License-Identifier: MIT */
/* The groups of an index by the plain program: what the tables say of faces, read by the public
 * calls alone. */
#ifndef FN_TESTS_PROPERTY_PLAIN_PEOPLE_H
#define FN_TESTS_PROPERTY_PLAIN_PEOPLE_H

#include "index/grouping/grouping.h"
#include "index/people/people.h"
#include "tests/property/plain_grouping.h"

/* By the model in force. */
struct fn_grouping_thresholds plain_people_thresholds(struct fn_txn *t, unsigned size_class);
/* Of a small index where no face waits: faces whose group is not the one that the plain program
 * finds. */
size_t plain_people_differ(struct fn_txn *t, const struct fn_grouping_thresholds *th,
                           struct plain_trace *trace);

/* Faces that are not whom index/people/people.h says, by the groups that are stored. */
size_t plain_people_misnamed(struct fn_txn *t);

#endif
