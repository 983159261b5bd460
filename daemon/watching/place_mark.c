/* SPDX-License-Identifier: MIT */
#include "daemon/watching/place_mark.h"

#include <errno.h>
#include <sys/stat.h>

#include "engine/base/hash.h"

uint64_t fnd_place_mark(const char *path)
{
    struct stat st;
    if (stat(path, &st))
        return (uint64_t)errno;
    uint64_t v[6] = {st.st_dev,
                     st.st_ino,
                     (uint64_t)st.st_mtim.tv_sec,
                     (uint64_t)st.st_mtim.tv_nsec,
                     (uint64_t)st.st_ctim.tv_sec,
                     (uint64_t)st.st_ctim.tv_nsec};
    return fn_hash64(v, sizeof v);
}
