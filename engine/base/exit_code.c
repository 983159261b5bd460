/* SPDX-License-Identifier: MIT */
#include "engine/base/exit_code.h"

#include <errno.h>

#include "engine/base/error.h"

int fn_exit_of(int code)
{
    switch (code) {
    case 0:
        return FN_EXIT_OK;
    case FN_EUSAGE:
    case FN_EAMBIGUOUS:
        return FN_EXIT_USAGE;
    case FN_ENOTFOUND:
        return FN_EXIT_NO;
    case FN_EBUSY:
    case -ENXIO: /* no index */
    case -ECONNREFUSED:
    case -ETIMEDOUT:
        return FN_EXIT_UNREACHABLE;
    case FN_EREFUSED:
        return FN_EXIT_REFUSED;
    case -ECANCELED: /* by a signal */
        return FN_EXIT_INTERRUPTED;
    case FN_ECORRUPT:
    case FN_EVERSION:
        return FN_EXIT_DAMAGED;
    case -ENOSPC:
    case -EDQUOT:
    case -EROFS:
    case -EACCES:
    case -EPERM:
    case -EIO:
    case -ENOMEM:
    case FN_EINTERNAL:
    case FN_EUNCERTAIN:
        return FN_EXIT_SYSTEM;
    default:
        return FN_EXIT_INPUT;
    }
}
