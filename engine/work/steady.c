/* SPDX-License-Identifier: MIT */
/* See steady.h. */
#include "engine/work/steady.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

enum { DYING_MS = 1000, DYING_STEP_MS = 5 }; /* from a broken connection to the exit */

int fn_steady_start(struct fn_steady_worker *s, struct fn_error *err)
{
    return s->worker ? 0 : fn_worker_spawn(&s->opts, &s->worker, err);
}

static void reap(pid_t pid, int *ret_status)
{
    while (waitpid(pid, ret_status, 0) < 0 && errno == EINTR)
        ;
}

void fn_steady_stop(struct fn_steady_worker *s)
{
    int status = 0;
    if (!s->worker)
        return;
    pid_t pid = fn_worker_pid(s->worker);
    fn_worker_destroy(s->worker, true);
    s->worker = NULL;
    reap(pid, &status);
}

/* The end of a worker that closed the connection; its exit status shows the reason. If it does
 * not exit although nobody listens any more, it is killed, and *ret_killed is set. */
static int end_of(struct fn_steady_worker *s, bool *ret_killed)
{
    pid_t pid = fn_worker_pid(s->worker);
    int status = 0;
    fn_worker_destroy(s->worker, false);
    s->worker = NULL;
    for (int ms = 0; ms < DYING_MS; ms += DYING_STEP_MS) {
        pid_t ended = waitpid(pid, &status, WNOHANG);
        if (ended == pid || (ended < 0 && errno != EINTR))
            return status;
        (void)poll(NULL, 0, DYING_STEP_MS);
    }
    *ret_killed = true;
    (void)kill(pid, SIGKILL);
    reap(pid, &status);
    return status;
}

/* *ret_again: the worker was killed from outside during the request. */
static int ask_once(struct fn_steady_worker *s, struct fn_work_request *q,
                    struct fn_work_reply *ret, bool *ret_again, struct fn_error *err)
{
    char how[128] = "";
    int rc = fn_steady_start(s, err);
    if (rc)
        return rc;
    q->id = ++s->last_id;
    bool was_ready = fn_worker_ready(s->worker), killed = false;
    rc = fn_worker_call(s->worker, q, s->photo_ms + (was_ready ? 0 : FN_WORKER_START_MS), ret,
                        err);
    if (!rc)
        return ret->code ? fn_error_set(err, ret->code, "%s", ret->text) : 0;
    if (rc == -ETIMEDOUT) {
        fn_steady_stop(s);
        return fn_error_set(err, FN_EWORKER, "timed out");
    }
    struct fn_error why = *err;
    bool ready = fn_worker_ready(s->worker);
    enum fn_worker_end e = fn_worker_judge(end_of(s, &killed), false, how, sizeof how);
    /* Before it is ready, it reports errors itself on standard error (models missing,
     * sandbox). */
    if (!ready)
        return fn_error_set(err, FN_EMODEL, "the worker did not start: %s", why.text);
    *ret_again = e == FN_END_OUTSIDE && !killed;
    return fn_error_set(err, FN_EWORKER, "%s", killed || !how[0] ? why.text : how);
}

int fn_steady_ask(struct fn_steady_worker *s, struct fn_work_request *q,
                  struct fn_work_reply *ret, struct fn_error *err)
{
    bool again = false;
    /* The position is shared with the worker, which may be killed when it has written a part.
     */
    off_t start = q->out_fd < 0 ? 0 : lseek(q->out_fd, 0, SEEK_CUR);
    int rc = ask_once(s, q, ret, &again, err);
    if (!rc || !again || (q->out_fd >= 0 && lseek(q->out_fd, start, SEEK_SET) < 0))
        return rc;
    again = false;
    rc = ask_once(s, q, ret, &again, err);
    return rc && again
               ? fn_error_set(err, FN_EBUSY, "its worker was killed from outside, twice")
               : rc;
}
