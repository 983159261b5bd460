/* SPDX-License-Identifier: MIT */
/* Reference outputs: finding the files, and comparing a tensor with its recorded shape,
 * samples, sums and range. */
#ifndef FN_TESTS_GOLDEN_H
#define FN_TESTS_GOLDEN_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Directory from the environment, or SOURCE/fallback. Both return pointers to static memory. */
const char *golden_shared_dir(void);
const char *golden_models_dir(void);

/* NULL when the file is missing. A broken file ends the test. */
json_t *golden_load(const char *dir, const char *file);

/* n floats in the order of the record. Tolerance: 1e-4 of the largest magnitude in the tensor
 * (at least 1); for sums, 1e-5 of the absolute sum. Prints the differences; false when there
 * are any. */
bool golden_matches(const char *name, const float *v, size_t n, const json_t *record);
/* A plain list of numbers, which may be shorter than v. The tolerance is absolute. */
bool golden_list_matches(const char *name, const float *v, size_t n, const json_t *list,
                         double tolerance);
/* NHWC to NCHW, for one picture. The caller frees the result. */
float *golden_to_nchw(const float *v, uint32_t c, uint32_t h, uint32_t w);

#endif
