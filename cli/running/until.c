/* SPDX-License-Identifier: MIT */
#include "cli/running/until.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SPAN_MAX = 100000 }; /* of any unit */

static int64_t next_time(long hour, long minute, int64_t now_s)
{
    time_t now = (time_t)now_s;
    struct tm tm;
    if (hour > 23 || minute < 0 || minute > 59 || !localtime_r(&now, &tm))
        return 0;
    tm.tm_hour = (int)hour;
    tm.tm_min = (int)minute;
    tm.tm_sec = 0;
    tm.tm_isdst = -1;
    time_t at = mktime(&tm);
    if (at <= now) {
        tm.tm_mday++;
        tm.tm_isdst = -1;
        at = mktime(&tm);
    }
    return (int64_t)at;
}

int64_t fnq_parse_until(const char *s, int64_t now_s)
{
    static const char units[] = "smhd";
    static const int64_t seconds[] = {1, 60, 3600, 86400};
    char *end, *rest;
    long v = strtol(s, &end, 10);
    if (end == s || v < 0)
        return 0;
    if (*end == ':') {
        long minute = strtol(end + 1, &rest, 10);
        return *rest || rest == end + 1 ? 0 : next_time(v, minute, now_s);
    }
    const char *unit = *end ? strchr(units, *end) : NULL;
    return unit && !end[1] && v > 0 && v < SPAN_MAX ? now_s + v * seconds[unit - units] : 0;
}
