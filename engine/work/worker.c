/* SPDX-License-Identifier: MIT */
/* facenetd-worker: maps the models, warms up, enters the sandbox, then serves requests on
 * descriptor 3 until it is closed. Descriptors: 0 and 1 /dev/null, 2 messages, 3 the socket, 4
 * its own /proc status. */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/base/clock.h"
#include "engine/base/file.h"
#include "engine/base/options.h"
#include "engine/face/embed.h"
#include "engine/image/decode.h"
#include "engine/work/exit_codes.h"
#include "engine/work/sandbox.h"
#include "engine/work/serve.h"
#include "engine/work/wire.h"

enum { SOCKET = 3 };

struct settings {
    const char *models, *profile;
    uint64_t effort, rotate, min_face, max_faces, cpu_flags, sandbox, networks;
    double min_score, max_pixels, max_bytes, memory;
};

static int parse(int argc, char **argv, struct settings *s, struct fn_error *err)
{
    const struct fn_opt table[] = {
        {"models", 0, FN_OPT_STRING, &s->models, "DIR", "where the models are"},
        {"profile", 0, FN_OPT_STRING, &s->profile, "NAME", "which networks"},
        {"networks", 0, FN_OPT_U64, &s->networks, "0|1", "0: decode only, open no models"},
        {"effort", 0, FN_OPT_U64, &s->effort, "N", "0 fast, 1 normal, 2 thorough"},
        {"rotate", 0, FN_OPT_U64, &s->rotate, "N", "0 never, 1 when nothing is found"},
        {"min-score", 0, FN_OPT_DOUBLE, &s->min_score, "P", "least probability"},
        {"min-face", 0, FN_OPT_U64, &s->min_face, "PX", "least height"},
        {"max-faces", 0, FN_OPT_U64, &s->max_faces, "N", "most faces"},
        {"cpu-flags", 0, FN_OPT_U64, &s->cpu_flags, "BITS", "kernels to use"},
        {"max-pixels", 0, FN_OPT_DOUBLE, &s->max_pixels, "N", "largest picture"},
        {"max-bytes", 0, FN_OPT_DOUBLE, &s->max_bytes, "N", "decoder memory"},
        {"memory", 0, FN_OPT_DOUBLE, &s->memory, "N", "address space above the start"},
        {"sandbox", 0, FN_OPT_U64, &s->sandbox, "0|1", "0 for debuggers"},
        {0},
    };
    const struct fn_opt *const tables[] = {table};
    size_t operands = 0;
    return fn_options_parse(argc, argv, tables, 1, &operands, err);
}

/* ---- the socket ---- */

static void close_fds(int *fds, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (fds[i] >= 0) {
            (void)close(fds[i]);
            fds[i] = -1;
        }
}

/* Reads exactly n bytes, and any descriptors sent with them. 0: closed; negative: broken. */
static int read_exact(uint8_t *p, size_t n, int fds[2])
{
    size_t got = 0;
    while (got < n) {
        union {
            char bytes[CMSG_SPACE(2 * sizeof(int))];
            struct cmsghdr align;
        } control;
        struct iovec iov = {p + got, n - got};
        struct msghdr m = {.msg_iov = &iov,
                           .msg_iovlen = 1,
                           .msg_control = control.bytes,
                           .msg_controllen = sizeof control};
        ssize_t r = recvmsg(SOCKET, &m, MSG_CMSG_CLOEXEC);
        if (r < 0 && errno == EINTR)
            continue;
        if (r <= 0)
            return r < 0 ? -errno : 0;
        for (struct cmsghdr *h = CMSG_FIRSTHDR(&m); h; h = CMSG_NXTHDR(&m, h)) {
            if (h->cmsg_level != SOL_SOCKET || h->cmsg_type != SCM_RIGHTS)
                continue;
            size_t count = (h->cmsg_len - CMSG_LEN(0)) / sizeof(int);
            close_fds(fds, 2);
            memcpy(fds, CMSG_DATA(h), (count < 2 ? count : 2) * sizeof(int));
        }
        got += (size_t)r;
    }
    return 1;
}

struct worker {
    struct fn_face_engine *engine;
    struct fn_decode_limits limits;
    uint32_t feature_width;
    int status_fd; /* /proc/self/status */
    struct fn_buf out;
    uint8_t *in;
    float (*boxes)[4];
    float (*points)[5][2];
};

/* VmHWM of /proc/self/status, opened before the sandbox closed. ru_maxrss would still be that
 * of the program that forked this one. */
static uint64_t peak_bytes(const struct worker *w)
{
    char text[4096];
    ssize_t n = fn_pread_all(w->status_fd, text, sizeof text - 1, 0);
    text[n > 0 ? n : 0] = '\0';
    const char *line = strstr(text, "VmHWM:");
    return line ? (uint64_t)strtoull(line + 6, NULL, 10) * 1024 : 0;
}

static int answer(struct worker *w, uint64_t id, const struct fn_work_request *q)
{
    struct fn_work_reply reply = {.id = id, .feature_width = w->feature_width};
    uint64_t start = fn_clock_thread_cpu_ns();
    fn_serve(w->engine, &w->limits, q, &reply);
    if (reply.code ==
        -ENOMEM) /* a library may be in any state now, so a new process is safer */
        _exit(FN_WORKER_EXIT_MEMORY);
    reply.id = id;
    reply.feature_width = w->feature_width;
    reply.cpu_ns = fn_clock_thread_cpu_ns() - start;
    reply.peak_bytes = peak_bytes(w);
    fn_buf_reset(&w->out);
    fn_wire_put_reply(&w->out, &reply);
    return fn_buf_failed(&w->out) ? -ENOMEM : fn_write_all(SOCKET, w->out.data, w->out.len);
}

/* One request. 1: done, 0: the client is gone, negative: the protocol was violated. */
static int step(struct worker *w)
{
    uint8_t header[FN_WIRE_HEADER];
    int fds[2] = {-1, -1};
    struct fn_wire_header h;
    struct fn_work_request q;
    bool has_out = false;
    int rc = read_exact(header, sizeof header, fds);
    if (rc == 1 && (fn_wire_get_header(header, &h) || h.type != FN_WIRE_REQUEST))
        rc = -EPROTO;
    if (rc == 1 && h.length)
        rc = read_exact(w->in, h.length, fds);
    if (rc == 1 &&
        (fn_wire_get_request(w->in, h.length, w->boxes, w->points, &q, &has_out, NULL) ||
         fds[0] < 0 || (has_out && fds[1] < 0)))
        rc = -EPROTO;
    if (rc == 1) {
        q.fd = fds[0];
        q.out_fd = has_out ? fds[1] : -1;
        int sent = answer(w, h.id, &q);
        rc = sent ? sent : 1;
    }
    close_fds(fds, 2);
    return rc;
}

/* ---- start ---- */

/* libheif is C++, where out of memory ends in abort(). If hardly any address space is left,
 * that was the reason. */
static void on_abort(int sig)
{
    (void)sig;
    enum { LITTLE = 64 << 20 };
    void *p = mmap(NULL, LITTLE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        _exit(FN_WORKER_EXIT_MEMORY);
    (void)munmap(p, LITTLE); /* abort() raises it again, with the default action */
}

/* Ctrl-C in a terminal goes to all processes. The one that started the worker decides: a worker
 * ends with its pipe, and a photo in progress is no bad file. */
static int set_signals(void)
{
    struct sigaction a = {.sa_handler = on_abort, .sa_flags = (int)SA_RESETHAND};
    const struct sigaction ignore = {.sa_handler = SIG_IGN};
    return sigaction(SIGABRT, &a, NULL) || sigaction(SIGINT, &ignore, NULL) ? -errno : 0;
}

/* Everything that a first photo would initialise: BLAS buffers and thread-local memory (decoder
 * tables and plug-ins are done by fn_image_warm_up). A grey picture has no faces, so the
 * landmark network and the embedder are warmed up with a given box. */
static int warm_up_networks(struct fn_face_engine *e, struct fn_error *err)
{
    const float box[4] = {.25f, .25f, .5f, .5f};
    struct fn_image m = {0};
    struct fn_source src = {memfd_create("warm", MFD_CLOEXEC), 0};
    struct fn_face *face = calloc(1, sizeof *face);
    int rc = src.fd >= 0 && face ? fn_image_create(320, 240, &m) : -ENOMEM;
    if (rc)
        rc = fn_error_set(err, -ENOMEM, "out of memory");
    if (!rc)
        memset(m.data, 127, m.stride * m.height);
    if (!rc)
        rc = fn_image_write_jpeg_fd(src.fd, &m, 90, err);
    off_t size = lseek(src.fd, 0, SEEK_END);
    src.size = size > 0 ? (uint64_t)size : 0;
    if (!rc)
        rc = fn_face_embed_box(e, &src, box, face, err);
    if (src.fd >= 0)
        (void)close(src.fd);
    free(face);
    fn_image_destroy(&m);
    return rc;
}

static int start(struct worker *w, const struct settings *s, struct fn_error *err)
{
    struct fn_profile *profile = NULL; /* lives as long as the process */
    struct fn_face_opts o = {
        .effort =
            (enum fn_effort)(s->effort > FN_EFFORT_THOROUGH ? FN_EFFORT_NORMAL : s->effort),
        .rotate = s->rotate ? FN_ROTATE_IF_NONE : FN_ROTATE_NEVER,
        .min_score = (float)s->min_score,
        .min_face_px = (uint32_t)s->min_face,
        .max_faces =
            s->max_faces > FN_WIRE_FACES_MAX ? FN_WIRE_FACES_MAX : (uint32_t)s->max_faces,
        .cpu_flags = (unsigned)s->cpu_flags,
        .limits = {.max_pixels = (uint64_t)s->max_pixels, .max_bytes = (size_t)s->max_bytes},
    };
    /* One heap. An arena per decoder thread would take 64 MB of address space each. */
    (void)mallopt(M_ARENA_MAX, 1);
    int rc = s->networks ? fn_profile_open(s->models, s->profile, &profile, err) : 0;
    w->status_fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
    if (!rc)
        rc = set_signals();
    if (!rc && profile)
        rc = fn_face_engine_create(profile, &o, &w->engine, err);
    if (!rc && profile)
        rc = warm_up_networks(w->engine, err);
    if (!rc)
        rc = fn_image_warm_up(&o.limits, err);
    w->limits = o.limits;
    w->in = malloc(FN_WIRE_MAX);
    w->boxes = malloc(FN_WORK_BOXES_MAX * sizeof *w->boxes);
    w->points = malloc(FN_WORK_BOXES_MAX * sizeof *w->points);
    fn_buf_init(&w->out, FN_WIRE_HEADER + FN_WIRE_MAX);
    if (!rc && (!w->in || !w->boxes || !w->points))
        rc = fn_error_set(err, -ENOMEM, "out of memory");
    if (!rc && s->sandbox)
        rc = fn_sandbox_enter((size_t)s->memory, err);
    if (!rc) {
        const struct fn_h128 none = {0};
        w->feature_width = profile ? fn_embedder_feature_width(profile->embedder) : 0;
        fn_wire_put_hello(&w->out, profile ? &profile->id : &none, w->feature_width);
        rc = fn_write_all(SOCKET, w->out.data, w->out.len);
    }
    return rc;
}

int main(int argc, char **argv)
{
    struct settings s = {.profile = "default",
                         .effort = FN_EFFORT_NORMAL,
                         .max_faces = 500,
                         .cpu_flags = 1u << 31,
                         .max_pixels = 5e8,
                         .max_bytes = 2e8,
                         .sandbox = 1,
                         .networks = 1};
    struct fn_error err = {0};
    static struct worker w;
    pid_t parent = getppid();
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    (void)syscall(SYS_close_range, SOCKET + 1, ~0u, 0);
    int rc = parse(argc, argv, &s, &err);
    if (!rc && getppid() != parent)
        rc = fn_error_set(&err, -ESRCH, "the parent is gone");
    if (!rc)
        rc = start(&w, &s, &err);
    if (rc) {
        (void)fprintf(stderr, "facenetd-worker: %s\n",
                      err.text[0] ? err.text : fn_strerror(rc));
        return FN_WORKER_EXIT_SETUP;
    }
    do
        rc = step(&w);
    while (rc == 1);
    /* without exit handlers: those of the libraries (and of a leak checker) need what the
     * sandbox forbids */
    _exit(rc ? FN_WORKER_EXIT_SETUP : 0);
}
