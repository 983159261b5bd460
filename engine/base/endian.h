/* SPDX-License-Identifier: MIT */
/* Little- and big-endian reads and writes at any alignment. Values on disk are little-endian.
 * Keys that must sort by number are big-endian. */
#ifndef FN_ENGINE_BASE_ENDIAN_H
#define FN_ENGINE_BASE_ENDIAN_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

#define FN_DEFINE_ENDIAN(bits, name, to, from)                                                 \
    static inline void fn_put_##name##bits(void *p, uint##bits##_t v)                          \
    {                                                                                          \
        v = to(v);                                                                             \
        memcpy(p, &v, sizeof v);                                                               \
    }                                                                                          \
    static inline uint##bits##_t fn_get_##name##bits(const void *p)                            \
    {                                                                                          \
        uint##bits##_t v;                                                                      \
        memcpy(&v, p, sizeof v);                                                               \
        return from(v);                                                                        \
    }

FN_DEFINE_ENDIAN(16, le, htole16, le16toh)
FN_DEFINE_ENDIAN(32, le, htole32, le32toh)
FN_DEFINE_ENDIAN(64, le, htole64, le64toh)
FN_DEFINE_ENDIAN(16, be, htobe16, be16toh)
FN_DEFINE_ENDIAN(32, be, htobe32, be32toh)
FN_DEFINE_ENDIAN(64, be, htobe64, be64toh)

static inline float fn_get_lef(const void *p)
{
    uint32_t u = fn_get_le32(p);
    float f;
    memcpy(&f, &u, sizeof f);
    return f;
}

static inline void fn_put_lef(void *p, float f)
{
    uint32_t u;
    memcpy(&u, &f, sizeof u);
    fn_put_le32(p, u);
}

#endif
