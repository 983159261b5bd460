/* SPDX-License-Identifier: MIT */
#include "daemon/jobs/worker_slot.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/jobs/photo_time.h"
#include "daemon/jobs/worker_process.h"
#include "engine/base/clock.h"

enum {
    SETUP_WAIT_S = 60, /* for a worker to become ready */
    DYING_MS = 1000,   /* between a broken connection and the exit of the process */
};

static const uint64_t second_ns = 1000000000u;

struct fnd_slot_link { /* exists until libuv has closed the handle */
    uv_poll_t poll;
    struct fnd_slot *slot; /* NULL: the worker is gone */
};

/* ---- the end ---- */

static void on_link_closed(uv_handle_t *h)
{
    free(h->data);
}

static void close_link(struct fnd_slot *s)
{
    if (!s->link)
        return;
    s->link->slot = NULL;
    uv_close((uv_handle_t *)&s->link->poll, on_link_closed);
    s->link = NULL;
}

void fnd_slot_clear(struct fnd_slot *s)
{
    close_link(s);
    fn_worker_destroy(s->w, false);
    *s = (struct fnd_slot){.calls = s->calls, .owner = s->owner, .loop = s->loop};
}

static void kill_it(struct fnd_slot *s, const char *why)
{
    char text[sizeof s->why]; /* why may be s->why */
    (void)snprintf(text, sizeof text, "%s", why);
    memcpy(s->why, text, sizeof s->why);
    s->killed = true;
    (void)kill(s->pid, SIGKILL);
}

/* The connection is broken; the exit of the process shows why. */
static void lost(struct fnd_slot *s, const char *text)
{
    close_link(s);
    s->dying = true;
    s->since_ns = fn_clock_mono_ns();
    if (!s->killed)
        (void)snprintf(s->why, sizeof s->why, "%s", text);
}

void fnd_slot_retire(struct fnd_slot *s)
{
    s->retired = true;
    (void)kill(s->pid, SIGKILL);
}

/* ---- replies ---- */

void fnd_slot_receive(struct fnd_slot *s)
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
            s->calls->ready(s);
        else if (s->job && reply->id == s->id)
            s->calls->replied(s, reply);
    }
    free(reply);
}

static void on_poll(uv_poll_t *h, int status, int events)
{
    struct fnd_slot_link *l = h->data;
    (void)events;
    if (!l->slot)
        return;
    if (status < 0)
        lost(l->slot, "the connection to the worker broke");
    else
        fnd_slot_receive(l->slot);
}

/* ---- work ---- */

int fnd_slot_spawn(struct fnd_slot *s, const struct fn_worker_opts *o, unsigned generation,
                   struct fn_error *err)
{
    struct fnd_slot_link *l = calloc(1, sizeof *l);
    int rc = l ? fn_worker_spawn(o, &s->w, err) : fn_error_set(err, -ENOMEM, "out of memory");
    if (rc) {
        free(l);
        return rc;
    }
    s->pid = fn_worker_pid(s->w);
    s->generation = generation;
    s->since_ns = fn_clock_mono_ns();
    l->slot = s;
    rc = uv_poll_init(s->loop, &l->poll, fn_worker_fd(s->w));
    l->poll.data = l;
    if (rc) { /* the handle was not initialised: nothing to close */
        free(l);
        kill_it(s, "no event handle");
        return 0;
    }
    s->link = l;
    (void)uv_poll_start(&l->poll, UV_READABLE | UV_DISCONNECT, on_poll);
    return 0;
}

bool fnd_slot_can_take(const struct fnd_slot *s)
{
    return s->w && !s->dying && !s->killed && !s->retired && !s->job && fn_worker_ready(s->w);
}

void fnd_slot_give(struct fnd_slot *s, struct fnd_job *j, uint64_t id)
{
    struct fn_error err;
    struct fn_work_request r = {.kind = FN_WORK_INDEX, .id = id, .fd = j->fd, .out_fd = -1};
    s->job = j;
    s->id = id;
    s->since_ns = fn_clock_mono_ns();
    s->cpu_ns = fnd_process_cpu_ns(s->pid);
    if (fn_worker_submit(s->w, &r, &err))
        lost(s, err.text);
}

/* ---- time ---- */

static void check_photo(struct fnd_slot *s, uint64_t wall_ns, uint64_t limit_ns)
{
    char why[96];
    if (wall_ns < limit_ns)
        return;
    uint64_t cpu_ns = fnd_process_cpu_ns(s->pid);
    cpu_ns = cpu_ns ? cpu_ns - s->cpu_ns : 0;
    if (!fnd_photo_time_over(limit_ns, wall_ns, cpu_ns, fnd_process_runs(s->pid)))
        return;
    (void)snprintf(why, sizeof why, "timed out after %" PRIu64 " s (%" PRIu64 " s of work)",
                   wall_ns / second_ns, cpu_ns / second_ns);
    kill_it(s, why);
}

void fnd_slot_check_time(struct fnd_slot *s, uint64_t now_ns, uint64_t limit_ns, bool idle)
{
    uint64_t wall_ns = now_ns - s->since_ns;
    if (!s->w || s->killed || s->retired)
        return;
    if (s->dying) {
        if (wall_ns > DYING_MS * 1000000ull)
            kill_it(s, s->why);
    } else if (s->job) {
        check_photo(s, wall_ns, limit_ns);
    } else if (!fn_worker_ready(s->w)) {
        if (wall_ns > SETUP_WAIT_S * second_ns && !fnd_process_runs(s->pid))
            kill_it(s, "it did not become ready");
    } else if (idle) {
        fnd_slot_retire(s);
    }
}
