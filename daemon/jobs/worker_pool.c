/* SPDX-License-Identifier: MIT */
#include "daemon/jobs/worker_pool.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "daemon/jobs/jobs.h"
#include "daemon/jobs/job.h"
#include "daemon/jobs/reply.h"
#include "engine/base/clock.h"
#include "engine/base/file.h"
#include "engine/kernels/cpu.h"
#include "engine/work/work.h"

enum {
    WALL_FACTOR = 4,     /* wall time may be this many times limits.photo_timeout ... */
    STARVED_FACTOR = 40, /* ... and this many while the worker only waits for a core */
    SETUP_TRIES = 3,     /* workers that never got ready until it is fatal */
    KILLED_TRIES = 12,   /* the same for workers that somebody kills before they are ready */
    SETUP_WAIT_S = 60,   /* for a worker to get ready */
    EXIT_TRIES = 2,      /* a photo whose workers leave without an answer gets as many more */
    DYING_MS = 1000,     /* between a broken connection and the process's end */
    IDLE_S = 60,         /* without work: workers end and give their memory back */
    BACKOFF_MAX_S = 60,
};

static const uint64_t second_ns = 1000000000u;

struct link { /* lives until libuv has closed the handle */
    uv_poll_t poll;
    struct slot *slot; /* NULL: the worker is gone */
};

struct slot {
    struct fnd *f;
    struct fn_worker *w; /* NULL: none running */
    struct link *link;
    pid_t pid;
    unsigned generation;
    struct fnd_job *job;
    uint64_t id;       /* of the request */
    uint64_t since_ns; /* spawn, request, or begin of dying */
    uint64_t cpu_ns;   /* of the process when the request was sent */
    bool dying, killed, retired;
    char why[96]; /* killed: the reason */
};

struct fnd_pool {
    struct slot *slot;
    size_t n, size; /* in use by configuration; allocated */
    unsigned generation;
    bool ever_ready, model_checked;
    unsigned setup_failures;
    uint64_t not_before_ns; /* next spawn */
    uint64_t idle_since_ns, next_id;
};

/* ---- how many ---- */

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

static size_t wanted(const struct fnd *f)
{
    uint64_t n = f->opt.workers ? f->opt.workers : f->cfg->workers;
    return n ? (n > 1024 ? 1024 : (size_t)n) : fnd_allowed_cores();
}

static int resize(struct fnd *f, size_t n)
{
    struct fnd_pool *p = f->pool;
    if (n > p->size) {
        struct slot *more = reallocarray(p->slot, n, sizeof *more);
        if (!more)
            return -ENOMEM;
        memset(more + p->size, 0, (n - p->size) * sizeof *more);
        p->slot = more;
        for (size_t i = 0; i < n; i++) { /* the array may have moved */
            more[i].f = f;
            if (more[i].link)
                more[i].link->slot = &more[i];
        }
        p->size = n;
    }
    p->n = n;
    return 0;
}

int fnd_pool_start(struct fnd *f, struct fn_error *err)
{
    f->pool = calloc(1, sizeof *f->pool);
    if (!f->pool || resize(f, wanted(f)))
        return fn_error_set(err, -ENOMEM, "out of memory");
    f->pool->idle_since_ns = fn_clock_mono_ns();
    return 0;
}

size_t fnd_pool_size(const struct fnd *f)
{
    return f->pool->n;
}

size_t fnd_pool_busy(const struct fnd *f)
{
    size_t n = 0;
    for (size_t i = 0; i < f->pool->size; i++)
        n += f->pool->slot[i].job != NULL;
    return n;
}

size_t fnd_pool_running(const struct fnd *f)
{
    size_t n = 0;
    for (size_t i = 0; i < f->pool->size; i++)
        n += f->pool->slot[i].w != NULL;
    return n;
}

/* ---- the end of a worker ---- */

static void on_link_closed(uv_handle_t *h)
{
    free(h->data);
}

static void close_link(struct slot *s)
{
    if (!s->link)
        return;
    s->link->slot = NULL;
    uv_close((uv_handle_t *)&s->link->poll, on_link_closed);
    s->link = NULL;
}

static void clear(struct slot *s)
{
    close_link(s);
    fn_worker_destroy(s->w, false);
    *s = (struct slot){.f = s->f};
}

/* None ever got ready: said once, with what the worker wrote on stderr above it. */
static void setup_failed(struct fnd *f, enum fn_worker_end end, const char *text)
{
    struct fnd_pool *p = f->pool;
    unsigned n = ++p->setup_failures;
    /* One that was killed from outside says nothing about models and libraries; many are a
     * machine without memory. */
    unsigned most = end == FN_END_OUTSIDE ? KILLED_TRIES : SETUP_TRIES;
    if (!p->ever_ready && n >= most) {
        fnd_fatal(f, FND_INPUT,
                  "facenetd-worker: cannot start (%s). See its message above; are models and "
                  "libraries complete? fnq model list",
                  text);
        return;
    }
    uint64_t pause_s = n > 6 ? BACKOFF_MAX_S : 1u << (n - 1);
    p->not_before_ns = fn_clock_mono_ns() + (p->ever_ready ? pause_s : n) * second_ns / 2;
    fn_log(FN_LOG_WARN, "a worker could not start: %s, trying again", text);
}

static void reaped(struct slot *s, int status)
{
    struct fnd *f = s->f;
    struct fnd_job *job = s->job;
    bool ready = fn_worker_ready(s->w), killed = s->killed, quiet = s->retired;
    char text[FN_REASON_MAX], why[96];
    enum fn_worker_end end = fn_worker_judge(status, killed, text, sizeof text);
    memcpy(why, s->why, sizeof why);
    clear(s);
    if (f->stopping || quiet) {
        if (job)
            fnd_dispatch_abandon(f, job);
    } else if (!job) {
        if (!ready || end == FN_END_SETUP)
            setup_failed(f, end, text);
        else
            fn_log(FN_LOG_WARN, "an idle worker ended: %s, starting another", text);
    } else if (killed) {
        fnd_dispatch_bad(f, job, why);
    } else if (end == FN_END_PHOTO) {
        fnd_dispatch_bad(f, job, text);
    } else if (WIFEXITED(status) && job->e.tries >= EXIT_TRIES) {
        /* It left on its own, without an answer, each time this photo was in its hands. */
        fnd_dispatch_bad(f, job, why[0] ? why : text);
    } else {
        fnd_dispatch_again(f, job, text);
    }
    fnd_advance(f);
}

static void kill_slot(struct slot *s, const char *why)
{
    char text[sizeof s->why]; /* why may be s->why */
    (void)snprintf(text, sizeof text, "%s", why);
    memcpy(s->why, text, sizeof s->why);
    s->killed = true;
    (void)kill(s->pid, SIGKILL);
}

/* The connection is no good any more; the process's end says why. */
static void lost(struct slot *s, const char *text)
{
    close_link(s);
    s->dying = true;
    s->since_ns = fn_clock_mono_ns();
    if (!s->killed)
        (void)snprintf(s->why, sizeof s->why, "%s", text);
}

/* ---- answers ---- */

/* Vectors of two models are never compared: an index belongs to one. */
static bool check_model(struct fnd *f, const struct slot *s)
{
    struct fn_txn *t = NULL;
    struct fn_error err;
    struct fn_index_model m;
    struct fn_h128 id = fn_worker_profile_id(s->w);
    if (f->pool->model_checked || fn_txn_begin(f->store, false, 0, &t, &err))
        return true;
    int rc = fn_index_model_get(t, &m, &err);
    fn_txn_abort(t);
    f->pool->model_checked = true;
    if (rc || fn_h128_eq(&m.profile_id, &id))
        return true;
    fnd_fatal(f, FND_REFUSED,
              "%s: its vectors were made by profile '%s' with other networks than those found "
              "now for '%s'. Use that profile (--profile, --models), or make another index "
              "(--index DIR) and take the labels along: fnq export labels, fnq import labels",
              f->index_dir, m.profile[0] ? m.profile : "?", f->cfg->profile);
    return false;
}

static void on_ready(struct slot *s)
{
    struct fnd *f = s->f;
    f->pool->ever_ready = true;
    f->pool->setup_failures = 0;
    if (check_model(f, s))
        fnd_pool_feed(f);
}

static void on_reply(struct slot *s, const struct fn_work_reply *r)
{
    struct fnd *f = s->f;
    struct fnd_job *job = s->job;
    if (!job || r->id != s->id)
        return;
    struct fn_h128 profile = fn_worker_profile_id(s->w);
    s->job = NULL;
    if (f->stopping && f->exit_code == FND_NOSPACE)
        fnd_dispatch_abandon(f, job);
    else
        fnd_dispatch_replied(f, job, r, &profile);
    fnd_pool_feed(f);
}

static void receive(struct slot *s)
{
    struct fn_work_reply *reply = calloc(1, sizeof *reply);
    struct fn_error err = {0};
    while (reply && s->w && !s->dying) {
        bool was_ready = fn_worker_ready(s->w);
        int rc = fn_worker_receive(s->w, reply, &err);
        if (rc == 0)
            break;
        if (rc < 0) {
            lost(s, err.text);
            break;
        }
        if (!was_ready)
            on_ready(s);
        else
            on_reply(s, reply);
    }
    free(reply);
}

static void on_poll(uv_poll_t *h, int status, int events)
{
    struct link *l = h->data;
    (void)events;
    if (!l->slot)
        return;
    if (status < 0)
        lost(l->slot, "the connection to the worker broke");
    else
        receive(l->slot);
}

void fnd_pool_child(struct fnd *f)
{
    for (size_t i = 0; f->pool && i < f->pool->size; i++) {
        struct slot *s = &f->pool->slot[i];
        int status;
        if (!s->w || waitpid(s->pid, &status, WNOHANG) != s->pid)
            continue;
        receive(s); /* an answer that was sent before the end counts */
        reaped(s, status);
    }
}

/* ---- starting and feeding ---- */

static void spawn(struct fnd *f, struct slot *s)
{
    struct fn_worker_opts o;
    struct fn_error err;
    fn_worker_opts_of(f->cfg, f->opt.models, NULL, &o);
    struct link *l = calloc(1, sizeof *l);
    int rc =
        l ? fn_worker_spawn(&o, &s->w, &err) : fn_error_set(&err, -ENOMEM, "out of memory");
    if (rc) {
        free(l);
        fnd_fatal(f, FND_INPUT, "facenetd-worker: %s", err.text);
        return;
    }
    s->pid = fn_worker_pid(s->w);
    s->generation = f->pool->generation;
    s->since_ns = fn_clock_mono_ns();
    l->slot = s;
    rc = uv_poll_init(&f->loop, &l->poll, fn_worker_fd(s->w));
    l->poll.data = l;
    if (rc) { /* the handle was not begun: nothing to close */
        free(l);
        kill_slot(s, "no event handle");
        return;
    }
    s->link = l;
    (void)uv_poll_start(&l->poll, UV_READABLE | UV_DISCONNECT, on_poll);
}

static void give(struct fnd *f, struct slot *s, struct fnd_job *j)
{
    struct fn_error err;
    struct fn_work_request r = {
        .kind = FN_WORK_INDEX, .id = ++f->pool->next_id, .fd = j->fd, .out_fd = -1};
    s->job = j;
    s->id = r.id;
    s->since_ns = fn_clock_mono_ns();
    clockid_t clock;
    struct timespec ts = {0};
    if (!clock_getcpuclockid(s->pid, &clock))
        (void)clock_gettime(clock, &ts);
    s->cpu_ns = (uint64_t)ts.tv_sec * second_ns + (uint64_t)ts.tv_nsec;
    if (fn_worker_submit(s->w, &r, &err))
        lost(s, err.text);
}

static bool can_take(const struct slot *s)
{
    return s->w && !s->dying && !s->killed && !s->retired && !s->job && fn_worker_ready(s->w);
}

static void retire(struct slot *s)
{
    s->retired = true;
    (void)kill(s->pid, SIGKILL); /* it holds nothing that could be lost */
}

void fnd_pool_feed(struct fnd *f)
{
    struct fnd_pool *p = f->pool;
    uint64_t now = fn_clock_mono_ns();
    for (size_t i = 0; i < p->size; i++) {
        struct slot *s = &p->slot[i];
        if (can_take(s) && (s->generation != p->generation || i >= p->n))
            retire(s);
        struct fnd_job *j = can_take(s) && i < p->n ? fnd_dispatch_take(f) : NULL;
        if (j)
            give(f, s, j);
    }
    if (!fnd_dispatch_ready(f) || !fnd_may_work(f))
        return;
    for (size_t i = 0; i < p->n && now >= p->not_before_ns && !f->stopping; i++)
        if (!p->slot[i].w)
            spawn(f, &p->slot[i]);
}

/* ---- time ---- */

/* 'R': it has work and waits for a core, or has one. */
static char process_state(pid_t pid)
{
    char path[64];
    struct fn_buf b;
    struct fn_error err;
    char state = '?';
    (void)snprintf(path, sizeof path, "/proc/%ld/stat", (long)pid);
    fn_buf_init(&b, 4096);
    if (!fn_file_read(path, &b, &err)) {
        const char *end = strrchr(fn_buf_cstr(&b), ')'); /* the name may hold anything */
        state = end && end[1] == ' ' ? end[2] : '?';
    }
    fn_buf_finish(&b);
    return state;
}

static void check_time(struct slot *s, uint64_t now)
{
    uint64_t limit = s->f->cfg->photo_timeout_s * second_ns, wall = now - s->since_ns, cpu = 0;
    char why[96];
    clockid_t clock;
    struct timespec ts;
    if (wall < limit)
        return;
    if (!clock_getcpuclockid(s->pid, &clock) && !clock_gettime(clock, &ts))
        cpu = (uint64_t)ts.tv_sec * second_ns + (uint64_t)ts.tv_nsec - s->cpu_ns;
    bool over = cpu >= limit || wall >= STARVED_FACTOR * limit ||
                (wall >= WALL_FACTOR * limit && process_state(s->pid) != 'R');
    if (!over)
        return;
    (void)snprintf(why, sizeof why, "timed out after %" PRIu64 " s (%" PRIu64 " s of work)",
                   wall / second_ns, cpu / second_ns);
    kill_slot(s, why);
}

void fnd_pool_tick(struct fnd *f, uint64_t now)
{
    struct fnd_pool *p = f->pool;
    bool work = fnd_dispatch_in_flight(f) > 0;
    if (work)
        p->idle_since_ns = now;
    for (size_t i = 0; i < p->size; i++) {
        struct slot *s = &p->slot[i];
        if (!s->w || s->killed || s->retired)
            continue;
        if (s->dying) {
            if (now - s->since_ns > DYING_MS * 1000000ull)
                kill_slot(s, s->why);
        } else if (s->job) {
            check_time(s, now);
        } else if (!fn_worker_ready(s->w)) {
            if (now - s->since_ns > SETUP_WAIT_S * second_ns && process_state(s->pid) != 'R')
                kill_slot(s, "it did not get ready");
        } else if (now - p->idle_since_ns > IDLE_S * second_ns) {
            retire(s);
        }
    }
    fnd_pool_feed(f);
}

void fnd_pool_reload(struct fnd *f)
{
    f->pool->generation++;
    f->pool->model_checked = false;
    if (resize(f, wanted(f)))
        fn_log(FN_LOG_ERROR, "out of memory, the number of workers stays");
    fnd_pool_feed(f);
}

void fnd_pool_stop(struct fnd *f)
{
    for (size_t i = 0; f->pool && i < f->pool->size; i++) {
        struct slot *s = &f->pool->slot[i];
        if (!s->w)
            continue;
        (void)kill(s->pid, SIGKILL);
        int status;
        while (waitpid(s->pid, &status, 0) < 0 && errno == EINTR)
            continue;
        if (s->job)
            fnd_dispatch_abandon(f, s->job);
        clear(s);
    }
}

void fnd_pool_free(struct fnd *f)
{
    if (!f->pool)
        return;
    free(f->pool->slot);
    free(f->pool);
    f->pool = NULL;
}
