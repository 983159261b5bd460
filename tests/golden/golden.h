/* SPDX-License-Identifier: MIT */
/* Golden figures: finding the files, and comparing a tensor with its recorded shape, samples,
 * sums and range. */
#ifndef FN_TESTS_GOLDEN_H
#define FN_TESTS_GOLDEN_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Directory from the environment, or SOURCE/fallback. Both return pointers to static memory. */
const char *golden_shared_dir(void);
const char *golden_models_dir(void);

/* NULL when the file is not there; a broken file ends the test. */
json_t *golden_load(const char *dir, const char *file);

/* n floats in the order of the record. Tolerance: 1e-4 of the tensor's largest magnitude (at
 * least 1), sums 1e-5 of the absolute sum. Prints what differs; false when anything does. */
bool golden_matches(const char *name, const float *v, size_t n, const json_t *record);
/* A plain list of numbers (possibly shorter than v); tolerance absolute. */
bool golden_list_matches(const char *name, const float *v, size_t n, const json_t *list,
                         double tolerance);
/* NHWC -> NCHW of one picture; caller frees. */
float *golden_to_nchw(const float *v, uint32_t c, uint32_t h, uint32_t w);

#endif
