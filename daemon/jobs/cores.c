/* SPDX-License-Identifier: MIT */
#include "daemon/jobs/cores.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/buf.h"
#include "engine/base/file.h"
#include "engine/base/paths.h"

unsigned fnd_quota_cores(const char *cpu_max)
{
    char *end;
    unsigned long long quota = strtoull(cpu_max, &end, 10);
    if (end == cpu_max || *end != ' ' || !quota) /* "max": no quota */
        return 0;
    unsigned long long period = strtoull(end, NULL, 10);
    if (!period)
        return 0;
    unsigned long long cores = quota / period + (quota % period != 0);
    return cores > 4096 ? 0 : (unsigned)cores;
}

static unsigned cgroup_cores(void)
{
    struct fn_buf own, max;
    struct fn_error err;
    char path[FN_PATH_MAX];
    unsigned cores = 0;
    fn_buf_init(&own, 65536);
    fn_buf_init(&max, 256);
    if (!fn_file_read("/proc/self/cgroup", &own, &err)) {
        const char *line = strstr(fn_buf_cstr(&own), "0::");
        int n = line ? (int)strcspn(line + 3, "\n") : 0;
        if (line &&
            snprintf(path, sizeof path, "/sys/fs/cgroup%.*s/cpu.max", n, line + 3) <
                (int)sizeof path &&
            !fn_file_read(path, &max, &err))
            cores = fnd_quota_cores(fn_buf_cstr(&max));
    }
    fn_buf_finish(&own);
    fn_buf_finish(&max);
    return cores;
}

unsigned fnd_allowed_cores(void)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    int n = sched_getaffinity(0, sizeof set, &set) ? 1 : CPU_COUNT(&set);
    unsigned cores = n < 1 ? 1 : (unsigned)n, quota = cgroup_cores();
    return quota && quota < cores ? quota : cores;
}
