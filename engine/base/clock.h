/* SPDX-License-Identifier: MIT */
/* Time. Timers use the monotonic clock. The wall clock is only for times that are stored or
 * shown. */
#ifndef FN_ENGINE_BASE_CLOCK_H
#define FN_ENGINE_BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

uint64_t fn_clock_mono_ns(void);
uint64_t fn_clock_thread_cpu_ns(void); /* CPU time of the calling thread */
int64_t fn_clock_wall_s(void);         /* seconds since 1970 UTC */
int64_t fn_clock_wall_us(void);

/* Proleptic Gregorian calendar, without time zones and without the locale of libc. */
int64_t fn_civil_to_unix(int year, int month, int day, int h, int m, int s);
struct fn_civil {
    int year, month, day, hour, minute, second;
};
struct fn_civil fn_unix_to_civil(int64_t t);

#define FN_RFC3339_MAX  40
/* zone_min: offset east of UTC in minutes; t is UTC. FN_ZONE_UNKNOWN: t is local time of an
 * unknown zone and is printed without an offset (EXIF without OffsetTime). */
#define FN_ZONE_UNKNOWN INT16_MIN
void fn_rfc3339(char out[FN_RFC3339_MAX], int64_t t, int zone_min);

#endif
