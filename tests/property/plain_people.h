/* The groups of an index by the plain program: what the tables say of faces, read by the public calls alone. */
#ifndef FN_TESTS_PROPERTY_PLAIN_PEOPLE_H
#define FN_TESTS_PROPERTY_PLAIN_PEOPLE_H

#include "index/people/people.h"
#include "tests/property/plain_grouping.h"

/* Settled people of a small index: faces whose group is not the one the plain program finds. size_class: what the index should be
 * in. */
size_t plain_people_differ(struct fn_txn *t, unsigned size_class, struct plain_trace *trace);

#endif
