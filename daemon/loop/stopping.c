/* SPDX-License-Identifier: MIT */
/* Shutdown: requested from anywhere, done in the loop. */
#include "daemon/loop/loop_priv.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "daemon/talking/notify.h"
#include "engine/base/clock.h"
#include "engine/base/exit_code.h"

enum {
    /* Together less than two seconds. A photo in progress may still be finished. */
    STOP_WORKERS_MS = 1000,
    STOP_READERS_MS = 500,
    STOP_TICK_MS = 20,
};

void fnd_stop(struct fnd *f, int exit_code)
{
    if (f->exit_code == FN_EXIT_OK)
        f->exit_code = exit_code;
    if (f->stopping)
        return;
    f->stopping = true;
    f->stop_ns = fn_clock_mono_ns();
    fnd_watching_quit(f->watching);
    fnd_jobs_quit(f->jobs);
    (void)fnd_notify("STOPPING=1");
    uv_timer_set_repeat(&f->tick, STOP_TICK_MS);
    (void)uv_timer_again(&f->tick);
}

void fnd_fatal(struct fnd *f, int exit_code, const char *fmt, ...)
{
    char text[2048];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    if (f->exit_code == FN_EXIT_OK || !f->stopping)
        fnd_progress_line(f->progress, "facenetd: %s.", text);
    fnd_stop(f, exit_code);
}

static void on_walk(uv_handle_t *h, void *arg)
{
    (void)arg;
    if (!uv_is_closing(h))
        uv_close(h, NULL);
}

void fnd_close_handles(struct fnd *f)
{
    uv_walk(&f->loop, on_walk, NULL);
}

void fnd_finish_stopping(struct fnd *f)
{
    uint64_t since = fn_clock_mono_ns() - f->stop_ns;
    if (fnd_jobs_busy(f->jobs) && since < STOP_WORKERS_MS * 1000000ull)
        return;
    fnd_jobs_stop(f->jobs);
    bool clean = fnd_watching_join(f->watching, STOP_READERS_MS);
    fnd_writer_stop(f->writer);
    fnd_mailbox_drain(&f->box);
    bool ended = f->exit_code == FN_EXIT_OK || f->exit_code == FN_EXIT_PARTLY || f->interrupted;
    if (f->settings.once && !f->interrupted && ended)
        fnd_summary_now(f);
    if (f->interrupted && ended)
        fnd_tell_stopped(f);
    fnd_progress_clear(f->progress);
    fnd_control_stop(f->control);
    if (!clean) /* a thread hangs in a dead mount: nothing more can be freed safely */
        _exit(f->exit_code);
    fnd_close_handles(f);
}
