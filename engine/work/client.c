/* SPDX-License-Identifier: MIT */
/* The client side of a worker: spawn, submit, receive, find out why it died. At most one
 * request is outstanding, and a reply must match it: its id, and its maximum number of faces
 * and bytes. Nothing here blocks, except fn_worker_call. */
#include "engine/work/work.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/clock.h"
#include "engine/base/paths.h"
#include "engine/work/exit_codes.h"
#include "engine/work/wire.h"

enum { ARGS_MAX = 16, ARG_LEN = 64, IOPRIO_IDLE = 3 << 13, IOPRIO_LOW = 2 << 13 | 7 };

struct fn_worker {
    pid_t pid;
    int fd;
    bool ready;
    struct fn_h128 profile_id;
    uint32_t feature_width;
    uint64_t waiting_for;   /* id of the outstanding request, 0: none */
    enum fn_work_kind kind; /* and its kind */
    uint64_t out_bytes;     /* of a reply to it that has pixels, without the whole picture */
    uint32_t whole;         /* longer side of the whole picture of a crop */
    uint32_t n_known;       /* faces of an AGAIN */
    struct fn_buf in;
    struct fn_face *faces;
};

/* ---- spawning ---- */

static bool runnable(const char *path)
{
    return access(path, X_OK) == 0;
}

/* Searches next to the running program (installed together), in its build tree, and at the
 * installed path. */
static int find_binary(char *out, size_t size, const char *wanted)
{
    static const char *const near[] = {"facenetd-worker", "../engine/work/facenetd-worker",
                                       "../libexec/facenetd/facenetd-worker"};
    char exe[FN_PATH_MAX];
    if (wanted)
        return (size_t)snprintf(out, size, "%s", wanted) < size ? 0 : -ENAMETOOLONG;
    ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
    if (n > 0) {
        exe[n] = '\0';
        const char *dir = dirname(exe);
        for (size_t i = 0; i < sizeof near / sizeof *near; i++)
            if (!fn_path_join(out, size, dir, near[i]) && runnable(out))
                return 0;
    }
    (void)snprintf(out, size, "%s/facenetd-worker", FN_LIBEXECDIR);
    return runnable(out) ? 0 : -ENOENT;
}

struct command {
    char binary[FN_PATH_MAX];
    char text[ARGS_MAX][ARG_LEN];
    char *argv[ARGS_MAX + 6];
    size_t n_text, n;
    char one_thread[32];
    char **envp; /* on the heap; the strings are not ours */
};

/* Our environment with OPENBLAS_NUM_THREADS=1. The library starts its threads when it is
 * loaded, and Landlock does not restrict a thread that was started before the sandbox. */
static int fill_environment(struct command *c)
{
    static const char name[] = "OPENBLAS_NUM_THREADS=";
    size_t n = 0, k = 0;
    while (environ && environ[n])
        n++;
    c->envp = calloc(n + 2, sizeof *c->envp);
    if (!c->envp)
        return -ENOMEM;
    for (size_t i = 0; i < n; i++)
        if (strncmp(environ[i], name, sizeof name - 1) != 0)
            c->envp[k++] = environ[i];
    (void)snprintf(c->one_thread, sizeof c->one_thread, "%s1", name);
    c->envp[k] = c->one_thread;
    return 0;
}

static void add_number(struct command *c, const char *name, double value)
{
    char *s = c->text[c->n_text++];
    (void)snprintf(s, ARG_LEN, "--%s=%.17g", name, value);
    c->argv[c->n++] = s;
}

static void add_pair(struct command *c, const char *option, const char *value)
{
    /* execv requires char *, but does not write through it. */
    union {
        const char *c;
        char *p;
    } o = {.c = option}, v = {.c = value};
    c->argv[c->n++] = o.p;
    c->argv[c->n++] = v.p;
}

static void fill_command(struct command *c, const struct fn_worker_opts *o)
{
    c->argv[c->n++] = c->binary;
    if (o->no_networks)
        add_number(c, "networks", 0);
    if (o->models_dir)
        add_pair(c, "--models", o->models_dir);
    add_pair(c, "--profile", o->profile ? o->profile : "default");
    add_number(c, "effort", o->face.effort);
    add_number(c, "rotate", o->face.rotate);
    add_number(c, "min-score", (double)o->face.min_score);
    add_number(c, "min-face", o->face.min_face_px);
    add_number(c, "max-faces", o->face.max_faces);
    add_number(c, "cpu-flags", o->face.cpu_flags);
    add_number(c, "max-pixels", (double)o->face.limits.max_pixels);
    add_number(c, "max-bytes", (double)o->face.limits.max_bytes);
    add_number(c, "memory", (double)o->memory_bytes);
    add_number(c, "sandbox", !o->no_sandbox);
    c->argv[c->n] = NULL;
}

/* Between fork and exec: async-signal-safe calls only. */
static _Noreturn void child(const struct command *c, int fd, int priority)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    fd = fcntl(fd, F_DUPFD_CLOEXEC, 10); /* away from 0 to 3, whatever was open before */
    if (null >= 0) {
        (void)dup2(null, 0);
        (void)dup2(null, 1);
    }
    if (fd < 0 || dup2(fd, 3) < 0)
        _exit(FN_WORKER_EXIT_SETUP);
    /* A Ctrl-C is for the client, which decides what to do with the worker. Not setsid: with
     * autogroups, a separate session would make the priorities below meaningless. */
    (void)setpgid(0, 0);
    sigset_t none;
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    (void)signal(SIGPIPE, SIG_DFL);
    if (priority != FN_PRIORITY_NORMAL) {
        struct sched_param p = {0};
        (void)setpriority(PRIO_PROCESS, 0, priority == FN_PRIORITY_IDLE ? 19 : 10);
        if (priority == FN_PRIORITY_IDLE)
            (void)sched_setscheduler(0, SCHED_IDLE, &p);
        (void)syscall(SYS_ioprio_set, 1, 0,
                      priority == FN_PRIORITY_IDLE ? IOPRIO_IDLE : IOPRIO_LOW);
    }
    (void)execve(c->binary, c->argv, c->envp);
    _exit(FN_WORKER_EXIT_SETUP);
}

static int start(struct fn_worker *w, const struct command *c, int priority,
                 struct fn_error *err)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
        return fn_error_set(err, -errno, "cannot make a socket: %s", fn_strerror(-errno));
    pid_t pid = fork();
    if (pid == 0)
        child(c, pair[1], priority);
    int rc = pid < 0
                 ? fn_error_set(err, -errno, "cannot start a worker: %s", fn_strerror(-errno))
                 : 0;
    (void)close(pair[1]);
    if (rc) {
        (void)close(pair[0]);
        return rc;
    }
    w->pid = pid;
    w->fd = pair[0];
    return 0;
}

int fn_worker_spawn(const struct fn_worker_opts *o, struct fn_worker **ret,
                    struct fn_error *err)
{
    struct command *c = calloc(1, sizeof *c);
    struct fn_worker *w = calloc(1, sizeof *w);
    struct fn_face *faces = calloc(FN_WIRE_FACES_MAX, sizeof *faces);
    int rc = c && w && faces ? 0 : fn_error_set(err, -ENOMEM, "out of memory");
    if (!rc && fill_environment(c))
        rc = fn_error_set(err, -ENOMEM, "out of memory");
    if (!rc && find_binary(c->binary, sizeof c->binary, o->binary))
        rc = fn_error_set(
            err, -ENOENT,
            "cannot find facenetd-worker beside this program or in %s. Install it there",
            FN_LIBEXECDIR);
    if (!rc) {
        w->fd = -1;
        w->faces = faces;
        fn_buf_init(&w->in, FN_WIRE_HEADER + FN_WIRE_MAX);
        fill_command(c, o);
        rc = start(w, c, o->priority, err);
    }
    if (c)
        free(c->envp);
    free(c);
    if (rc) {
        free(faces);
        free(w);
        return rc;
    }
    *ret = w;
    return 0;
}

pid_t fn_worker_pid(const struct fn_worker *w)
{
    return w->pid;
}

int fn_worker_fd(const struct fn_worker *w)
{
    return w->fd;
}

bool fn_worker_ready(const struct fn_worker *w)
{
    return w->ready;
}

struct fn_h128 fn_worker_profile_id(const struct fn_worker *w)
{
    return w->profile_id;
}

/* ---- communication ---- */

static int send_frame(int fd, const struct fn_buf *frame, const int *fds, size_t n_fds)
{
    union {
        char bytes[CMSG_SPACE(2 * sizeof(int))];
        struct cmsghdr align;
    } control = {0};
    struct iovec iov = {frame->data, frame->len};
    struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1};
    if (n_fds) {
        m.msg_control = control.bytes;
        m.msg_controllen = CMSG_SPACE(n_fds * sizeof(int));
        struct cmsghdr *h = CMSG_FIRSTHDR(&m);
        h->cmsg_level = SOL_SOCKET;
        h->cmsg_type = SCM_RIGHTS;
        h->cmsg_len = CMSG_LEN(n_fds * sizeof(int));
        memcpy(CMSG_DATA(h), fds, n_fds * sizeof(int));
    }
    while (iov.iov_len > 0) {
        ssize_t n = sendmsg(fd, &m, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        iov.iov_base = (char *)iov.iov_base + n;
        iov.iov_len -= (size_t)n;
        m.msg_control = NULL; /* the descriptors were sent with the first bytes */
        m.msg_controllen = 0;
    }
    return 0;
}

/* A worker takes a request that it does not accept for an attack, and ends. What an index or a
 * user can bring about is refused here instead. */
static int check_request(const struct fn_work_request *r, struct fn_error *err)
{
    if (r->n_boxes > FN_WORK_BOXES_MAX)
        return fn_error_set(err, FN_ELIMIT, "more than %d boxes in one request",
                            FN_WORK_BOXES_MAX);
    for (uint32_t i = 0; r->kind == FN_WORK_AGAIN && i < r->n_boxes; i++)
        if (!fn_wire_box_valid(r->boxes[i]) || !fn_wire_points_valid(r->points[i]))
            return fn_error_set(err, -EINVAL, "face %u of the request is no face of a picture",
                                i + 1);
    return 0;
}

int fn_worker_submit(struct fn_worker *w, const struct fn_work_request *q, struct fn_error *err)
{
    if (w->waiting_for)
        return fn_error_set(err, -EBUSY, "the worker is busy");
    struct fn_work_request r = *q;
    r.id = q->id ? q->id : 1; /* 0 is that of HELLO */
    int code = check_request(&r, err);
    if (code)
        return code;
    struct fn_buf frame;
    fn_buf_init(&frame, FN_WIRE_HEADER + FN_WIRE_MAX);
    fn_wire_put_request(&frame, &r);
    int fds[2] = {r.fd, r.out_fd};
    code =
        fn_buf_failed(&frame) ? -ENOMEM : send_frame(w->fd, &frame, fds, r.out_fd >= 0 ? 2 : 1);
    fn_buf_finish(&frame);
    if (code)
        return fn_error_set(err, FN_EWORKER, "the worker does not listen: %s",
                            fn_strerror(code));
    w->waiting_for = r.id;
    w->kind = r.kind;
    w->n_known = r.kind == FN_WORK_AGAIN ? r.n_boxes : 0;
    w->whole = r.kind == FN_WORK_CROP ? r.whole : 0;
    w->out_bytes = r.kind == FN_WORK_CHIP
                       ? (uint64_t)r.cut.width * r.cut.height * 3 * sizeof(float)
                       : (uint64_t)r.n_boxes * r.px * r.px * 3;
    return 0;
}

static uint64_t whole_bytes(const struct fn_worker *w, const struct fn_image_info *info)
{
    uint32_t width, height;
    fn_work_whole_size(info, w->whole, &width, &height);
    return (uint64_t)width * height * 3;
}

/* Only a face whose place was known may be without a vector. */
static bool vectors_fit(const struct fn_worker *w, const struct fn_work_reply *q)
{
    for (uint32_t i = 0; i < q->photo.n_faces; i++)
        if (q->photo.faces[i].no_vector && w->kind != FN_WORK_AGAIN)
            return false;
    return true;
}

/* Whether a reply matches the request. */
static bool fits(const struct fn_worker *w, const struct fn_work_reply *q)
{
    if (q->code)
        return true;
    if (q->feature_width != w->feature_width || !vectors_fit(w, q))
        return false;
    switch (w->kind) {
    case FN_WORK_INDEX:
        return q->out_bytes == 0;
    case FN_WORK_BOX:
        return q->out_bytes == 0 && q->photo.n_faces == 1;
    case FN_WORK_CROP:
        return q->out_bytes == w->out_bytes + whole_bytes(w, &q->photo.info) &&
               q->photo.n_faces == 0;
    case FN_WORK_CHIP:
        return q->out_bytes == w->out_bytes && q->photo.n_faces == 0;
    case FN_WORK_PICTURE:
        return q->out_bytes > 8 && q->photo.n_faces == 0;
    case FN_WORK_PROBE:
        return q->out_bytes == 0 && q->photo.n_faces == 0;
    case FN_WORK_AGAIN:
        return q->out_bytes == 0 && q->photo.n_faces == w->n_known;
    }
    return false;
}

static int take_frame(struct fn_worker *w, const struct fn_wire_header *h,
                      struct fn_work_reply *ret, struct fn_error *err)
{
    const uint8_t *payload = (const uint8_t *)w->in.data + FN_WIRE_HEADER;
    if (h->type == FN_WIRE_HELLO && !w->ready) {
        int rc = fn_wire_get_hello(payload, h->length, &w->profile_id, &w->feature_width, err);
        if (!rc) {
            w->ready = true;
            *ret = (struct fn_work_reply){.feature_width = w->feature_width};
        }
        return rc ? rc : 1;
    }
    if (h->type != FN_WIRE_REPLY || !w->ready || !w->waiting_for || h->id != w->waiting_for)
        return fn_error_set(err, FN_EWORKER, "an answer nobody asked for");
    struct fn_work_reply q = {0};
    int rc = fn_wire_get_reply(payload, h->length, w->faces, &q, err);
    if (rc)
        return rc;
    if (!fits(w, &q))
        return fn_error_set(err, FN_EWORKER, "an answer to another question");
    q.id = h->id;
    w->waiting_for = 0;
    *ret = q;
    return 1;
}

int fn_worker_receive(struct fn_worker *w, struct fn_work_reply *ret, struct fn_error *err)
{
    for (;;) {
        struct fn_wire_header h;
        size_t want = FN_WIRE_HEADER;
        if (w->in.len >= FN_WIRE_HEADER) {
            if (fn_wire_get_header((const uint8_t *)w->in.data, &h))
                return fn_error_set(err, FN_EWORKER, "the worker broke the protocol");
            want += h.length;
            if (w->in.len == want) {
                int rc = take_frame(w, &h, ret, err);
                fn_buf_reset(&w->in);
                return rc;
            }
        }
        char chunk[65536];
        size_t cap = want - w->in.len;
        ssize_t n = recv(w->fd, chunk, cap < sizeof chunk ? cap : sizeof chunk, MSG_DONTWAIT);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN)
            return 0;
        if (n <= 0)
            return fn_error_set(err, FN_EWORKER, "the worker ended");
        fn_buf_add(&w->in, chunk, (size_t)n);
        if (fn_buf_failed(&w->in))
            return fn_error_set(err, -ENOMEM, "out of memory");
    }
}

static int wait_frame(struct fn_worker *w, uint64_t deadline_ns, struct fn_work_reply *ret,
                      struct fn_error *err)
{
    for (;;) {
        int rc = fn_worker_receive(w, ret, err);
        if (rc)
            return rc;
        uint64_t now = fn_clock_mono_ns();
        if (now >= deadline_ns)
            return fn_error_set(err, -ETIMEDOUT, "the worker took too long");
        struct pollfd p = {w->fd, POLLIN, 0};
        uint64_t left_ms = (deadline_ns - now) / 1000000 + 1;
        if (poll(&p, 1, left_ms > 60000 ? 60000 : (int)left_ms) < 0 && errno != EINTR)
            return fn_error_set(err, -errno, "cannot wait for the worker: %s",
                                fn_strerror(-errno));
    }
}

int fn_worker_call(struct fn_worker *w, const struct fn_work_request *q, int timeout_ms,
                   struct fn_work_reply *ret, struct fn_error *err)
{
    uint64_t deadline = fn_clock_mono_ns() + (uint64_t)timeout_ms * 1000000u;
    struct fn_work_reply reply;
    int rc = fn_worker_submit(w, q, err); /* the socket buffers it until the worker is ready */
    if (rc)
        return rc;
    do
        rc = wait_frame(w, deadline, &reply, err);
    while (rc == 1 && reply.id == 0);
    if (rc < 0)
        return rc;
    *ret = reply;
    return 0;
}

/* ---- the end ---- */

static enum fn_worker_end say(enum fn_worker_end end, char *text, size_t size, const char *what)
{
    (void)snprintf(text, size, "%s", what);
    return end;
}

enum fn_worker_end fn_worker_judge(int status, bool we_killed, char *text, size_t size)
{
    if (we_killed)
        return say(FN_END_PHOTO, text, size, "timed out");
    if (WIFEXITED(status)) {
        switch (WEXITSTATUS(status)) {
        case FN_WORKER_EXIT_MEMORY:
            return say(FN_END_PHOTO, text, size, "out of memory");
        case FN_WORKER_EXIT_SETUP:
            return say(FN_END_SETUP, text, size, "could not start");
        case 0:
            return say(FN_END_OUTSIDE, text, size, "ended by itself");
        default: /* the report of a sanitizer, or a library that calls exit */
            (void)snprintf(text, size, "crashed (exit %d)", WEXITSTATUS(status));
            return FN_END_PHOTO;
        }
    }
    int sig = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    switch (sig) {
    case SIGSYS:
        return say(FN_END_PHOTO, text, size, "forbidden system call");
    case SIGXCPU:
        return say(FN_END_PHOTO, text, size, "used too much processor time");
    case SIGSEGV:
    case SIGBUS:
    case SIGABRT:
    case SIGILL:
    case SIGFPE:
    case SIGTRAP:
        (void)snprintf(text, size, "crashed (SIG%s)", sigabbrev_np(sig));
        return FN_END_PHOTO;
    default:
        return say(FN_END_OUTSIDE, text, size, "killed from outside");
    }
}

void fn_worker_destroy(struct fn_worker *w, bool kill_it)
{
    if (!w)
        return;
    if (kill_it)
        (void)kill(w->pid, SIGKILL);
    (void)close(w->fd);
    fn_buf_finish(&w->in);
    free(w->faces);
    free(w);
}
