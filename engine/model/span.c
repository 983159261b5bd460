/* SPDX-License-Identifier: MIT */
/* Modified Gram-Schmidt with column pivoting. Source: Golub & Van Loan, Matrix Computations,
 * 5.2.8 and 5.4.2. */
#include "engine/model/span.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

static const double negligible = 1e-6;

static double dot(const double *a, const double *b, size_t n)
{
    double s = 0;
    for (size_t i = 0; i < n; i++)
        s += a[i] * b[i];
    return s;
}

/* The longest of n vectors of length size; the first of equals. */
static size_t longest(const double *v, size_t n, size_t size, double *ret_length)
{
    size_t at = 0;
    double most = -1;
    for (size_t k = 0; k < n; k++) {
        double s = dot(v + k * size, v + k * size, size);
        if (s > most) {
            most = s;
            at = k;
        }
    }
    *ret_length = sqrt(most);
    return at;
}

int fn_column_span(const double *w, size_t rows, size_t cols, double *ret_q, size_t *ret_rank)
{
    double *rest = calloc(rows * cols, sizeof *rest), first = 0, length;
    if (!rest)
        return -ENOMEM;
    for (size_t i = 0; i < rows; i++)
        for (size_t k = 0; k < cols; k++)
            rest[k * rows + i] = w[i * cols + k];
    size_t rank = 0;
    for (; rank < rows && rank < cols; rank++) {
        double *q = ret_q + rank * rows;
        size_t at = longest(rest, cols, rows, &length);
        first = rank ? first : length;
        if (length <= negligible * first)
            break;
        for (size_t i = 0; i < rows; i++)
            q[i] = rest[at * rows + i] / length;
        for (size_t k = 0; k < cols; k++) {
            double s = dot(q, rest + k * rows, rows);
            for (size_t i = 0; i < rows; i++)
                rest[k * rows + i] -= s * q[i];
        }
    }
    free(rest);
    *ret_rank = rank;
    return 0;
}
