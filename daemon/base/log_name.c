/* SPDX-License-Identifier: MIT */
#include "daemon/base/log_name.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/hash.h"
#include "engine/base/paths.h"

const char *fnd_log_name(bool as_it_is, const char *root, const char *rel, char *out)
{
    if (fn_path_join(out, FN_PATH_MAX, root, rel))
        (void)snprintf(out, FN_PATH_MAX, "%s", root);
    if (!as_it_is)
        (void)snprintf(out, FN_PATH_MAX, "file-%016" PRIx64, fn_hash64(out, strlen(out)));
    return out;
}
