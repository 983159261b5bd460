/* SPDX-License-Identifier: MIT */
#include "engine/base/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static uint64_t now_ns(clockid_t id)
{
    struct timespec ts = {0};
    (void)clock_gettime(id, &ts);
    return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

uint64_t fn_clock_mono_ns(void)
{
    return now_ns(CLOCK_MONOTONIC);
}

uint64_t fn_clock_thread_cpu_ns(void)
{
    return now_ns(CLOCK_THREAD_CPUTIME_ID);
}

int64_t fn_clock_wall_us(void)
{
    return (int64_t)(now_ns(CLOCK_REALTIME) / 1000);
}

int64_t fn_clock_wall_s(void)
{
    return fn_clock_wall_us() / 1000000;
}

/* Days since 1970-01-01 of a proleptic Gregorian date: Hinnant, "chrono-Compatible Low-Level
 * Date Algorithms", days_from_civil. */
static int64_t days_from_civil(int64_t y, int m, int d)
{
    y -= m <= 2;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t yoe = y - era * 400;
    int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + doe - 719468;
}

int64_t fn_civil_to_unix(int year, int month, int day, int h, int m, int s)
{
    return ((days_from_civil(year, month, day) * 24 + h) * 60 + m) * 60 + s;
}

struct fn_civil fn_unix_to_civil(int64_t t)
{
    int64_t days = t / 86400, rest = t % 86400;
    if (rest < 0) {
        rest += 86400;
        days--;
    }
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t doe = days - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;
    struct fn_civil c = {
        .month = (int)(mp < 10 ? mp + 3 : mp - 9),
        .day = (int)(doy - (153 * mp + 2) / 5 + 1),
        .hour = (int)(rest / 3600),
        .minute = (int)(rest / 60 % 60),
        .second = (int)(rest % 60),
    };
    c.year = (int)(yoe + era * 400 + (c.month <= 2));
    return c;
}

void fn_rfc3339(char out[FN_RFC3339_MAX], int64_t t, int zone_min)
{
    int known = zone_min != FN_ZONE_UNKNOWN;
    /* Years with four digits only. No photo has a date outside them. */
    const int64_t lo = -62167219200, hi = 253402300799;
    t = t < lo ? lo : t > hi ? hi : t;
    struct fn_civil c = fn_unix_to_civil(known ? t + (int64_t)zone_min * 60 : t);
    int n = snprintf(out, FN_RFC3339_MAX, "%04d-%02d-%02dT%02d:%02d:%02d", c.year % 10000,
                     c.month, c.day, c.hour, c.minute, c.second);
    if (!known || n < 0 || n >= FN_RFC3339_MAX)
        return;
    if (zone_min == 0)
        (void)snprintf(out + n, (size_t)(FN_RFC3339_MAX - n), "Z");
    else
        (void)snprintf(out + n, (size_t)(FN_RFC3339_MAX - n), "%c%02d:%02d",
                       zone_min < 0 ? '-' : '+', abs(zone_min) / 60 % 100, abs(zone_min) % 60);
}
