/* SPDX-License-Identifier: MIT */
/* Names of values, which have a fixed size in the graph. */
#ifndef FN_ENGINE_MODEL_NAME_H
#define FN_ENGINE_MODEL_NAME_H

#include <string.h>

#include "engine/graph/graph.h"

/* out = name + suffix; of a name that does not fit, the end is used. */
static inline void fn_name_join(char out[FN_NAME_MAX], const char *name, const char *suffix)
{
    size_t s = strlen(suffix), n = strlen(name), room = FN_NAME_MAX - 1 - s;
    if (n > room) {
        name += n - room;
        n = room;
    }
    memset(out, 0, FN_NAME_MAX);
    memcpy(out, name, n);
    memcpy(out + n, suffix, s);
}

#endif
