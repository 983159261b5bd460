/* SPDX-License-Identifier: MIT */
/* See steady.h. */
#include "engine/work/steady.h"

#include <errno.h>
#include <stdio.h>
#include <sys/wait.h>

int fn_steady_start(struct fn_steady_worker *s, struct fn_error *err)
{
    return s->worker ? 0 : fn_worker_spawn(&s->opts, &s->worker, err);
}

/* Reaps it; text: how it ended. */
static enum fn_worker_end end(struct fn_steady_worker *s, bool kill_it, char *text, size_t size)
{
    pid_t pid = fn_worker_pid(s->worker);
    int status = 0;
    fn_worker_destroy(s->worker, kill_it);
    s->worker = NULL;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return fn_worker_judge(status, kill_it, text, size);
}

void fn_steady_stop(struct fn_steady_worker *s)
{
    char text[128];
    if (s->worker)
        (void)end(s, true, text, sizeof text);
}

/* *ret_again: the worker was killed from outside while it was at work. */
static int ask_once(struct fn_steady_worker *s, struct fn_work_request *q,
                    struct fn_work_reply *ret, bool *ret_again, struct fn_error *err)
{
    char how[128] = "";
    int rc = fn_steady_start(s, err);
    if (rc)
        return rc;
    q->id = ++s->last_id;
    int timeout_ms = s->photo_ms + (fn_worker_ready(s->worker) ? 0 : FN_WORKER_START_MS);
    rc = fn_worker_call(s->worker, q, timeout_ms, ret, err);
    if (!rc)
        return ret->code ? fn_error_set(err, ret->code, "%s", ret->text) : 0;
    struct fn_error why = *err;
    bool ready = fn_worker_ready(s->worker);
    enum fn_worker_end e = end(s, rc == -ETIMEDOUT, how, sizeof how);
    *ret_again = ready && e == FN_END_OUTSIDE;
    /* Before it is ready it speaks for itself on standard error (models missing, sandbox). */
    if (rc == -ETIMEDOUT || ready)
        return fn_error_set(err, FN_EWORKER, "%s", how[0] ? how : why.text);
    return fn_error_set(err, FN_EMODEL, "the worker did not start: %s", why.text);
}

int fn_steady_ask(struct fn_steady_worker *s, struct fn_work_request *q,
                  struct fn_work_reply *ret, struct fn_error *err)
{
    bool again = false;
    int rc = ask_once(s, q, ret, &again, err);
    return rc && again ? ask_once(s, q, ret, &again, err) : rc;
}
