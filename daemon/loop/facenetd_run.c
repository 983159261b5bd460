/* SPDX-License-Identifier: MIT */
/* Start, the run, and the end. */
#include "daemon/loop/facenetd_run.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "daemon/loop/daemon_lock.h"
#include "daemon/loop/loop_priv.h"
#include "daemon/talking/notify.h"
#include "engine/base/clock.h"
#include "engine/base/exit_code.h"
#include "engine/base/log.h"

static void wake_up(void *owner)
{
    struct fnd *f = owner;
    (void)uv_async_send(&f->wake);
}

static void on_wake(uv_async_t *a)
{
    struct fnd *f = a->data;
    fnd_mailbox_drain(&f->box);
}

static int start_loop(struct fnd *f, struct fn_error *err)
{
    int rc = uv_loop_init(&f->loop);
    f->has_loop = rc == 0;
    if (!rc)
        rc = uv_async_init(&f->loop, &f->wake, on_wake);
    f->wake.data = f;
    if (!rc)
        rc = fnd_signals_start(f);
    if (!rc)
        rc = fnd_turns_start(f);
    return rc ? fn_error_set(err, rc, "cannot start: %s", fn_strerror(rc)) : 0;
}

static int start(struct fnd *f, struct fn_error *err)
{
    struct fnd_settings *set = &f->settings;
    int rc = fnd_lock_index(f->with->places.index_dir, &f->lock_fd, &set->index_dev,
                            &set->index_ino, err);
    if (!rc)
        rc = fn_store_open(f->with->places.index_dir, FN_STORE_WRITE | FN_STORE_CREATE,
                           &f->store, err);
    if (!rc)
        rc = start_loop(f, err);
    return rc ? rc : fnd_parts_create(f, err);
}

/* Releases everything before any reader was started. */
static void give_up(struct fnd *f)
{
    if (f->writer)
        fnd_writer_stop(f->writer);
    if (f->has_loop)
        fnd_close_handles(f);
}

static void finish(struct fnd *f)
{
    if (f->has_loop) {
        (void)uv_run(&f->loop, UV_RUN_DEFAULT);
        fnd_mailbox_drain(&f->box);
        (void)uv_loop_close(&f->loop);
    }
    fnd_parts_destroy(f);
    fn_store_close(f->store);
    fn_config_destroy(f->config);
    fnd_mailbox_finish(&f->box);
    if (f->lock_fd >= 0)
        (void)close(f->lock_fd);
}

static void start_watching(struct fnd *f)
{
    struct fn_error err;
    int rc = fnd_watching_start(f->watching, f->with->dirs, f->with->n_dirs, &err);
    if (rc) {
        fnd_fatal(f, fn_exit_of(rc), "%s", err.text);
    } else if (!fnd_watching_has_roots(f->watching)) {
        fnd_fatal(f, FN_EXIT_USAGE, "no folder to index. Name one: facenetd ~/Pictures");
    } else {
        fn_log(FN_LOG_DEBUG, "started version=%s index=%s workers=%zu", FN_VERSION,
               f->with->places.index_dir, fnd_jobs_workers(f->jobs));
        fnd_tell_start(f);
        (void)fnd_notify("READY=1");
    }
}

static void init(struct fnd *f, const struct fnd_setup *s, struct fn_config_file *config)
{
    *f = (struct fnd){.with = s,
                      .config = config,
                      .settings = {.cfg = fn_config_values(config),
                                   .profile = s->values,
                                   .once = s->once,
                                   .workers = s->workers,
                                   .models = s->models,
                                   .index_dir = s->places.index_dir},
                      .lock_fd = -1,
                      .started_ns = fn_clock_mono_ns()};
    fnd_mailbox_init(&f->box, wake_up, f);
}

static const char *what_to_do(int code)
{
    if (code == -ENOSPC || code == -EDQUOT)
        return ". Free space on this disk, or name a folder on another one: --index DIR";
    return code == -EROFS ? ". Name a folder that can be written: --index DIR" : "";
}

int fnd_run(const struct fnd_setup *s, struct fn_config_file *config)
{
    struct fn_error err = {0};
    struct fnd f;
    init(&f, s, config);
    int rc = start(&f, &err);
    if (rc) {
        (void)fprintf(stderr, "facenetd: %s%s.\n", err.text, what_to_do(rc));
        f.exit_code = fn_exit_of(rc);
        give_up(&f);
    } else {
        start_watching(&f);
    }
    finish(&f);
    return f.exit_code;
}
