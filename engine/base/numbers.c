/* SPDX-License-Identifier: MIT */
#include "engine/base/numbers.h"

#include <stdio.h>

void fn_thousands(char *out, size_t size, uint64_t n)
{
    char digits[24];
    int len = snprintf(digits, sizeof digits, "%llu", (unsigned long long)n);
    size_t at = 0;
    for (int i = 0; i < len && at + 2 < size; i++) {
        if (i && (len - i) % 3 == 0)
            out[at++] = ',';
        out[at++] = digits[i];
    }
    out[at] = '\0';
}

void fn_span(char *out, size_t size, double s)
{
    long long m = (long long)(s / 60 + .5);
    if (s < 59.5)
        (void)snprintf(out, size, "%.0f s", s);
    else if (m < 60)
        (void)snprintf(out, size, "%lld min", m);
    else if (m < 48 * 60)
        (void)snprintf(out, size, "%lld h %lld min", m / 60, m % 60);
    else
        (void)snprintf(out, size, "%lld d %lld h", m / (24 * 60), m / 60 % 24);
}
