/* SPDX-License-Identifier: MIT */
#include "daemon/jobs/worker_process.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "engine/base/buf.h"
#include "engine/base/file.h"

bool fnd_process_runs(pid_t pid)
{
    char path[64];
    struct fn_buf b;
    struct fn_error err;
    bool runs = false;
    (void)snprintf(path, sizeof path, "/proc/%ld/stat", (long)pid);
    fn_buf_init(&b, 4096);
    if (!fn_file_read(path, &b, &err)) {
        const char *end =
            strrchr(fn_buf_cstr(&b), ')'); /* the name may contain any character */
        runs = end && end[1] == ' ' && end[2] == 'R';
    }
    fn_buf_finish(&b);
    return runs;
}

uint64_t fnd_process_cpu_ns(pid_t pid)
{
    clockid_t clock;
    struct timespec ts;
    if (clock_getcpuclockid(pid, &clock) || clock_gettime(clock, &ts))
        return 0;
    return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}
