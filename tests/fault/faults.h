/* Misbehaviour on demand, for the test suite's own build of the worker (engine/work with FN_TEST_FAULTS). A "photo" whose
 * first bytes are "FNFAULT name" makes the worker do what the name says. */
#ifndef FN_TESTS_FAULT_FAULTS_H
#define FN_TESTS_FAULT_FAULTS_H

#include "engine/image/image.h"

/* 0: not one of these files. */
int fn_test_fault(const struct fn_source *src, struct fn_error *err);

#endif
