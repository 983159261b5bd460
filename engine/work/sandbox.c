/* SPDX-License-Identifier: MIT */
/* The sandbox of a worker; see sandbox.h.
 *
 * There are three barriers, each enough against most attacks by a hostile picture: resource
 * limits; Landlock (if the kernel has it) without a single rule, so without any path; and a
 * seccomp allow-list that kills by default. Memory may be mapped, but is never executable.
 * Builds with sanitizers have no address space limit, and a forbidden call fails instead of
 * killing, because their runtimes make calls of their own when they report. */
#include "engine/work/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { FILES_MAX = 32 };

static int set_limit(__rlimit_resource_t what, rlim_t value)
{
    struct rlimit l = {value, value};
    return setrlimit(what, &l) ? -errno : 0;
}

#ifndef FN_SANITIZED
/* Number of bytes mapped now, from /proc (read before the file system becomes inaccessible). */
static size_t mapped_bytes(void)
{
    char text[128];
    int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, text, sizeof text - 1) : -1;
    if (fd >= 0)
        (void)close(fd);
    size_t pages = 0;
    for (ssize_t i = 0; i < n && text[i] >= '0' && text[i] <= '9'; i++)
        pages = pages * 10 + (size_t)(text[i] - '0');
    return pages * (size_t)sysconf(_SC_PAGESIZE);
}
#endif

static int limits(size_t memory_bytes)
{
    int rc = set_limit(RLIMIT_CORE, 0);
    if (!rc)
        rc = set_limit(RLIMIT_NOFILE, FILES_MAX);
    if (!rc)
        rc = set_limit(RLIMIT_FSIZE, (rlim_t)1 << 30);
#ifdef FN_SANITIZED
    (void)memory_bytes; /* shadow memory alone is terabytes of address space */
#else
    if (!rc && memory_bytes)
        rc = set_limit(RLIMIT_AS, mapped_bytes() + memory_bytes);
#endif
    return rc;
}

/* No file system at all (Landlock, Linux 5.13). On older kernels, seccomp below still refuses
 * every open. */
static int no_files(void)
{
    struct landlock_ruleset_attr a = {
        .handled_access_fs = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE |
                             LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR |
                             LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |
                             LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR |
                             LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK |
                             LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK |
                             LANDLOCK_ACCESS_FS_MAKE_SYM,
    };
    long fd = syscall(SYS_landlock_create_ruleset, &a, sizeof a, 0);
    if (fd < 0)
        return errno == ENOSYS || errno == EOPNOTSUPP ? 0 : -errno;
    int rc = syscall(SYS_landlock_restrict_self, (int)fd, 0) ? -errno : 0;
    (void)close((int)fd);
    return rc;
}

/* Memory, time, open descriptors, threads of this process. */
static const int allowed[] = {
    SCMP_SYS(read),
    SCMP_SYS(pread64),
    SCMP_SYS(readv),
    SCMP_SYS(write),
    SCMP_SYS(pwrite64),
    SCMP_SYS(writev),
    SCMP_SYS(lseek),
    SCMP_SYS(fstat),
    SCMP_SYS(close),
    SCMP_SYS(fcntl),
    SCMP_SYS(recvmsg),
    SCMP_SYS(sendmsg),
    SCMP_SYS(recvfrom),
    SCMP_SYS(sendto),
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(brk),
    SCMP_SYS(futex),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),
    SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_getres),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(nanosleep),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(time),
    SCMP_SYS(times),
    SCMP_SYS(getrusage),
    SCMP_SYS(sysinfo),
    SCMP_SYS(getrandom),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
#ifdef FN_SANITIZED
    SCMP_SYS(mmap),
    SCMP_SYS(clone),
    SCMP_SYS(tgkill),
    SCMP_SYS(getppid),
    SCMP_SYS(mprotect),
    SCMP_SYS(sched_getparam),
    SCMP_SYS(wait4),
    SCMP_SYS(ptrace),
    SCMP_SYS(process_vm_readv),
    SCMP_SYS(pipe2),
    SCMP_SYS(prctl),
#endif
};

/* Calls that a library may try, and that may fail. */
static const struct {
    int call, error;
} refused[] = {
    {SCMP_SYS(openat), EACCES},
    {SCMP_SYS(open), EACCES},
    {SCMP_SYS(access), EACCES},
    {SCMP_SYS(readlink), EACCES},
    {SCMP_SYS(readlinkat), EACCES},
    {SCMP_SYS(ioctl), ENOTTY},
    {SCMP_SYS(clone3), ENOSYS},
    {SCMP_SYS(prctl), EPERM},
    {SCMP_SYS(sched_setaffinity), EPERM},
    {SCMP_SYS(getcpu), ENOSYS},
    {SCMP_SYS(uname), EPERM},
    {SCMP_SYS(mbind), EPERM},
    {SCMP_SYS(get_mempolicy), EPERM},
    {SCMP_SYS(statx), EACCES},
    {SCMP_SYS(statfs), EACCES},
};

static int add_rules(scmp_filter_ctx f)
{
    int rc = 0;
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed && !rc; i++)
        rc = seccomp_rule_add(f, SCMP_ACT_ALLOW, allowed[i], 0);
    for (size_t i = 0; i < sizeof refused / sizeof *refused && !rc; i++) {
        rc =
            seccomp_rule_add(f, SCMP_ACT_ERRNO((uint16_t)refused[i].error), refused[i].call, 0);
        rc = rc == -EACCES || rc == -EEXIST ? 0 : rc; /* allowed above */
    }
    /* fstat of glibc; with a path it would need the file system, which Landlock forbids */
    if (!rc)
        rc = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(newfstatat), 1,
                              SCMP_A3(SCMP_CMP_EQ, AT_EMPTY_PATH, 0));
#ifndef FN_SANITIZED
    /* Threads (the HEIF decoders start some), but no processes. */
    if (!rc)
        rc = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
                              SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));
    if (!rc)
        rc = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
                              SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    /* thread stacks get their guard page this way */
    if (!rc)
        rc = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
                              SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    /* abort() */
    if (!rc)
        rc = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
                              SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid(), 0));
#endif
    return rc;
}

static int no_calls(void)
{
#ifdef FN_SANITIZED
    scmp_filter_ctx f = seccomp_init(SCMP_ACT_ERRNO(EPERM));
#else
    scmp_filter_ctx f = seccomp_init(SCMP_ACT_KILL_PROCESS);
#endif
    if (!f)
        return -ENOMEM;
    /* also for threads that a library may have started before */
    int rc = seccomp_attr_set(f, SCMP_FLTATR_CTL_TSYNC, 1);
    if (!rc)
        rc = add_rules(f);
    if (!rc)
        rc = seccomp_load(f);
    seccomp_release(f);
    return rc;
}

int fn_sandbox_enter(size_t memory_bytes, struct fn_error *err)
{
    int rc = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ? -errno : 0;
    if (!rc)
        rc = prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) ? -errno : 0;
    if (!rc)
        rc = limits(memory_bytes);
    if (!rc)
        rc = no_files();
    if (!rc)
        rc = no_calls();
    return rc ? fn_error_set(err, rc, "cannot enter the sandbox: %s", fn_strerror(rc)) : 0;
}
