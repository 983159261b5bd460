/* SPDX-License-Identifier: MIT */
/* The parts, and what they call back. */
#include "daemon/loop/loop_priv.h"

#include <errno.h>

#include "index/intake/rules.h"
#include "engine/base/clock.h"
#include "engine/base/exit_code.h"
#include "engine/base/log.h"

enum { BAD_LINES = 5 }; /* bad files printed by --once; then it refers to fnq files --bad */

static void on_changed(void *owner)
{
    struct fnd *f = owner;
    f->changed = true;
}

/* ---- the writer ---- */

static void on_written(void *owner, bool gives_faces)
{
    struct fnd *f = owner;
    f->last_write_ns = fn_clock_mono_ns();
    f->clusters_wait = f->clusters_wait || gives_faces;
    f->changed = true;
}

static void on_space(void *owner, int code)
{
    fnd_no_space(owner, code);
}

static void on_updated(void *owner)
{
    struct fnd *f = owner;
    if (f->finishing)
        f->clusters_wait = false;
    f->changed = true;
}

static void on_failed(void *owner, const char *what, const char *text, const char *when)
{
    struct fnd *f = owner;
    f->incomplete = true;
    fn_log(FN_LOG_ERROR, "%s: %s, %s", what, text, f->settings.once ? "run it again" : when);
}

static const struct fnd_writer_calls writer_calls = {
    .written = on_written, .space = on_space, .updated = on_updated, .failed = on_failed};

/* ---- watching ---- */

static void on_queued(void *owner, bool urgent)
{
    struct fnd *f = owner;
    fnd_jobs_queued(f->jobs, urgent);
    f->changed = true;
}

static void on_stale(void *owner, fn_root_id root, const char *rel)
{
    const struct fnd *f = owner;
    fnd_jobs_stale(f->jobs, root, rel);
}

static const struct fnd_watching_calls watching_calls = {
    .queued = on_queued, .stale = on_stale, .changed = on_changed};

/* ---- jobs ---- */

static enum fnd_work on_work(void *owner)
{
    const struct fnd *f = owner;
    if (f->stopping)
        return f->exit_code == FN_EXIT_SYSTEM ? FND_WORK_DROP : FND_WORK_FINISH;
    return f->paused || f->no_space ? FND_WORK_WAIT : FND_WORK_GO;
}

static bool on_find_root(void *owner, fn_root_id id, const char **ret_path,
                         struct fnd_reader **ret_reader)
{
    const struct fnd *f = owner;
    struct fnd_root_place at = fnd_watching_place(f->watching, id);
    *ret_path = at.path;
    *ret_reader = at.reader;
    return at.reader != NULL;
}

static void on_doubt(void *owner, fn_root_id id)
{
    const struct fnd *f = owner;
    fnd_watching_doubt(f->watching, id);
}

static void on_look(void *owner, fn_root_id id, const char *rel, bool gone)
{
    const struct fnd *f = owner;
    fnd_watching_look(f->watching, id, rel, gone);
}

static void on_bad(void *owner, const char *name, const char *reason)
{
    const struct fnd *f = owner;
    uint64_t n = fnd_jobs_counters(f->jobs)->bad;
    if (!f->settings.once)
        fn_log(FN_LOG_WARN, "%s: %s, listed in fnq files --bad", name, reason);
    else if (n <= BAD_LINES)
        fnd_progress_line(f->progress, "facenetd: %s: %s.", name, reason);
    else if (n == BAD_LINES + 1)
        fnd_progress_line(f->progress, "facenetd: more bad files. List them: fnq files --bad");
}

static void on_fatal(void *owner, int exit_code, const char *text)
{
    fnd_fatal(owner, exit_code, "%s", text);
}

static const struct fnd_jobs_calls jobs_calls = {.work = on_work,
                                                 .find_root = on_find_root,
                                                 .doubt = on_doubt,
                                                 .look = on_look,
                                                 .bad = on_bad,
                                                 .fatal = on_fatal,
                                                 .changed = on_changed};

/* ---- the control socket ---- */

static json_t *on_status(void *owner)
{
    return fnd_status_now(owner);
}

static int on_scan(void *owner, const char *path, bool accept, struct fn_error *err)
{
    const struct fnd *f = owner;
    return fnd_watching_scan(f->watching, path, accept, err);
}

static int on_folder(void *owner, const char *path, bool add, struct fn_error *err)
{
    const struct fnd *f = owner;
    return add ? fnd_root_add(f->watching, path, err) : fnd_root_remove(f->watching, path, err);
}

static void on_pause(void *owner, int64_t until_s)
{
    fnd_pause(owner, until_s);
}

static void on_resume(void *owner)
{
    fnd_resume(owner);
}

static void on_reload(void *owner)
{
    fnd_reload(owner);
}

static void on_nudge(void *owner)
{
    const struct fnd *f = owner;
    fnd_writer_update_clusters(f->writer);
    fnd_writer_sync_labels(f->writer);
}

static const struct fnd_control_calls control_calls = {.status = on_status,
                                                       .scan = on_scan,
                                                       .folder = on_folder,
                                                       .pause = on_pause,
                                                       .resume = on_resume,
                                                       .reload = on_reload,
                                                       .nudge = on_nudge};

/* ---- making them ---- */

static int create_watching(struct fnd *f, struct fn_error *err)
{
    struct fnd_watching_setup s = {.settings = &f->settings,
                                   .store = f->store,
                                   .writer = f->writer,
                                   .box = &f->box,
                                   .loop = &f->loop,
                                   .calls = &watching_calls,
                                   .owner = f};
    return fnd_watching_create(&s, &f->watching, err);
}

static int create_jobs(struct fnd *f, struct fn_error *err)
{
    struct fnd_jobs_setup s = {.settings = &f->settings,
                               .store = f->store,
                               .writer = f->writer,
                               .loop = &f->loop,
                               .calls = &jobs_calls,
                               .owner = f};
    return fnd_jobs_create(&s, &f->jobs, err);
}

int fnd_parts_create(struct fnd *f, struct fn_error *err)
{
    struct fnd_writer_setup writer = {.store = f->store,
                                      .box = &f->box,
                                      .labels_log = f->with->places.labels_log,
                                      .calls = &writer_calls,
                                      .owner = f};
    struct fnd_control_setup control = {.socket_path = f->with->places.socket,
                                        .index_dir = f->with->places.index_dir,
                                        .loop = &f->loop,
                                        .calls = &control_calls,
                                        .owner = f};
    f->settings.rules = fn_rules_create(f->settings.cfg);
    f->progress = fnd_progress_create(f->with->no_progress);
    if (!f->settings.rules || !f->progress)
        return fn_error_set(err, -ENOMEM, "out of memory");
    int rc = fnd_writer_create(&writer, &f->writer, err);
    if (!rc)
        rc = create_watching(f, err);
    if (!rc)
        rc = create_jobs(f, err);
    if (!rc)
        f->control = fnd_control_create(&control);
    return rc;
}

void fnd_parts_destroy(struct fnd *f)
{
    fnd_control_destroy(f->control);
    fnd_jobs_destroy(f->jobs);
    fnd_watching_destroy(f->watching);
    fnd_writer_destroy(f->writer);
    fnd_progress_destroy(f->progress);
    fn_rules_unref(f->settings.rules);
}
