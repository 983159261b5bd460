/* SPDX-License-Identifier: MIT */
#include "daemon/watching/scan_plan.h"

#include "index/records/photos.h"

enum {
    AWAY_RETRY_S = 30, /* a drive that comes back is noticed within this time */
    POLL_MAX_S = 6 * 3600,
};

uint64_t fnd_next_scan_s(uint8_t state, bool polled, uint64_t poll_s, uint64_t full_s)
{
    if (state == FN_ROOT_AWAY)
        return AWAY_RETRY_S;
    return state == FN_ROOT_HELD || polled ? poll_s : full_s;
}

uint64_t fnd_next_poll_s(uint64_t poll_s, uint64_t least_s, bool changed)
{
    uint64_t most_s = least_s > POLL_MAX_S ? least_s : POLL_MAX_S;
    uint64_t s = changed ? least_s : poll_s + poll_s / 2;
    return s > most_s ? most_s : s < least_s ? least_s : s;
}
