/* SPDX-License-Identifier: MIT */
#include "engine/base/half.h"

#include <string.h>

uint16_t fn_half_from_float(float f)
{
    uint32_t u;
    memcpy(&u, &f, sizeof u);
    uint32_t sign = u >> 16 & 0x8000, a = u & 0x7fffffff;
    if (a > 0x7f800000)
        return (uint16_t)(sign | 0x7e00);
    if (a >= 0x477ff000) /* rounds to 65536 or more */
        return (uint16_t)(sign | 0x7c00);
    if (a < 0x33000001) /* at most half of the smallest subnormal */
        return (uint16_t)sign;
    uint32_t e = a >> 23, m = (a & 0x7fffff) | 0x800000;
    uint32_t shift = e < 113 ? 126 - e : 13; /* subnormal results lose more bits */
    uint32_t h = m >> shift, rest = m & ((1u << shift) - 1), half = 1u << (shift - 1);
    h += rest > half || (rest == half && (h & 1));
    if (e >= 113)
        h += (e - 113) << 10; /* the implicit bit carries into the exponent */
    return (uint16_t)(sign | h);
}

float fn_half_to_float(uint16_t h)
{
    uint32_t sign = (uint32_t)(h & 0x8000) << 16, e = h >> 10 & 31, m = h & 1023, u;
    if (e == 31) {
        u = sign | 0x7f800000 | m << 13;
    } else if (e) {
        u = sign | (e + 112) << 23 | m << 13;
    } else if (m) {
        e = 113;
        while (!(m & 1024)) {
            m <<= 1;
            e--;
        }
        u = sign | e << 23 | (m & 1023) << 13;
    } else {
        u = sign;
    }
    float f;
    memcpy(&f, &u, sizeof f);
    return f;
}
