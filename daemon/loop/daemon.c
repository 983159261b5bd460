/* SPDX-License-Identifier: MIT */
/* Start, the loop's rhythm, and the end. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "daemon/talking/control.h"
#include "daemon/jobs/jobs.h"
#include "daemon/talking/notify.h"
#include "daemon/writing/index_writes.h"
#include "daemon/talking/progress.h"
#include "daemon/watching/root_list.h"
#include "daemon/files/rules.h"
#include "daemon/watching/quiet.h"
#include "daemon/talking/status_json.h"
#include "daemon/jobs/worker_pool.h"
#include "daemon/watching/inotify_events.h"
#include "daemon/writing/writer.h"
#include "engine/base/clock.h"
#include "engine/base/file.h"

enum {
    TICK_BUSY_MS = 50,
    TICK_IDLE_MS = 500,
    SETTLE_IDLE_MS = 2000,  /* people are settled after this long without a change */
    STOP_WORKERS_MS = 2000, /* a photo in hand may still be finished */
    STOP_READERS_MS = 1500,
    SPACE_EVERY_S = 2,
    REWIND_EVERY_S = 2,
    READERS_EVERY_S = 60, /* slots of dead readers of the index */
    EXPIRE_EVERY_S = 3600,
};

static const uint64_t second_ns = 1000000000u;

/* ---- messages ---- */

void fnd_post(struct fnd *f, struct fnd_msg *m)
{
    m->next = NULL;
    pthread_mutex_lock(&f->mail_lock);
    if (f->mail_tail)
        f->mail_tail->next = m;
    else
        f->mail_head = m;
    f->mail_tail = m;
    pthread_mutex_unlock(&f->mail_lock);
    (void)uv_async_send(&f->wake);
}

static void drain(struct fnd *f)
{
    pthread_mutex_lock(&f->mail_lock);
    struct fnd_msg *m = f->mail_head;
    f->mail_head = f->mail_tail = NULL;
    pthread_mutex_unlock(&f->mail_lock);
    while (m) {
        struct fnd_msg *next = m->next;
        m->run(f, m);
        m = next;
    }
}

static void on_wake(uv_async_t *a)
{
    drain(a->data);
}

/* ---- small things others use ---- */

int fnd_exit_of(int code)
{
    switch (code) {
    case 0:
        return FND_OK;
    case FN_EUSAGE:
        return FND_USAGE;
    case FN_EBUSY:
        return FND_BUSY;
    case FN_EREFUSED:
        return FND_REFUSED;
    case FN_ECORRUPT:
    case FN_EVERSION:
        return FND_DAMAGED;
    case -ENOSPC:
    case -EDQUOT:
    case -EROFS:
    case -EACCES:
    case -EPERM:
        return FND_NOSPACE;
    case -ENOMEM:
    case FN_EINTERNAL:
        return FND_FAILED;
    default:
        return FND_INPUT;
    }
}

const char *fnd_log_name(const struct fnd *f, const char *root, const char *rel, char *out)
{
    if (fn_path_join(out, FN_PATH_MAX, root, rel))
        (void)snprintf(out, FN_PATH_MAX, "%s", root);
    if (!f->cfg->log_paths)
        (void)snprintf(out, FN_PATH_MAX, "file-%016" PRIx64, fn_hash64(out, strlen(out)));
    return out;
}

bool fnd_may_work(const struct fnd *f)
{
    return !f->stopping && !f->paused && !f->no_space;
}

void fnd_fatal(struct fnd *f, int exit_code, const char *fmt, ...)
{
    char text[2048];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    if (f->exit_code == FND_OK || !f->stopping)
        fnd_progress_line(f, "facenetd: %s.", text);
    fnd_stop(f, exit_code);
}

void fnd_pause(struct fnd *f, int64_t until_s)
{
    f->paused = true;
    f->paused_until_s = until_s;
    fn_log(FN_LOG_INFO, "paused");
}

void fnd_resume(struct fnd *f)
{
    if (f->paused)
        fn_log(FN_LOG_INFO, "resumed");
    f->paused = false;
    f->paused_until_s = 0;
    fnd_advance(f);
}

/* ---- progress of the whole ---- */

static bool all_indexed(struct fnd *f)
{
    return fnd_roots_idle(f) && fnd_dispatch_idle(f) && fnd_settle_idle(f) &&
           fnd_watch_idle(f) && fnd_writer_idle(f) && !fnd_dispatch_waiting(f);
}

/* --once: all found, all done, all decided; then people; then the end. */
static void advance_once(struct fnd *f)
{
    if (f->finishing) {
        if (!f->unsettled && fnd_writer_idle(f))
            fnd_stop(f, f->n.bad ? FND_PART : FND_OK);
        return;
    }
    if (!all_indexed(f) || fnd_roots_recheck(f))
        return;
    f->finishing = true;
    f->unsettled = true;
    fnd_op_expire(f);
    fnd_writer_settle(f);
}

void fnd_advance(struct fnd *f)
{
    if (f->stopping)
        return;
    fnd_dispatch(f);
    if (f->opt.once && fnd_may_work(f))
        advance_once(f);
}

static void check_space(struct fnd *f)
{
    struct statvfs v;
    if (statvfs(f->index_dir, &v))
        return;
    uint64_t room = (uint64_t)v.f_bavail * v.f_frsize, least = f->cfg->min_free_bytes;
    if (!f->no_space && room < least) {
        f->no_space = true;
        if (f->opt.once)
            fnd_fatal(f, FND_NOSPACE,
                      "%s: only %" PRIu64 " MB free, less than limits.min_free_space (%" PRIu64
                      " MB). Free space there, or lower it",
                      f->index_dir, room >> 20, least >> 20);
        else
            fn_log(FN_LOG_WARN,
                   "%s: only %" PRIu64 " MB free, less than limits.min_free_space (%" PRIu64
                   " MB): paused, goes on by itself when there is room",
                   f->index_dir, room >> 20, least >> 20);
    } else if (f->no_space && room >= least + least / 20) {
        fn_log(FN_LOG_INFO, "%s: there is room again, going on", f->index_dir);
        f->no_space = false;
        fnd_advance(f);
    }
}

static bool every(uint64_t *next_ns, uint64_t now_ns, uint64_t s)
{
    if (now_ns < *next_ns)
        return false;
    *next_ns = now_ns + s * second_ns;
    return true;
}

static void housekeeping(struct fnd *f, uint64_t now)
{
    static uint64_t next_space, next_rewind, next_readers, next_expire, next_life;
    static const uint64_t never = UINT64_MAX;
    uint64_t life = fnd_notify_watchdog_ns();
    if (life && now >= next_life) {
        (void)fnd_notify("WATCHDOG=1");
        next_life = now + life / 3;
    }
    if (every(&next_space, now, SPACE_EVERY_S))
        check_space(f);
    if (every(&next_rewind, now, REWIND_EVERY_S))
        fnd_dispatch_rewind(f);
    if (every(&next_readers, now, READERS_EVERY_S) && fn_store_reader_check(f->store) > 0)
        fn_log(FN_LOG_DEBUG, "slots of dead readers were cleared");
    if (next_expire == 0)
        next_expire = now + 60 * second_ns;
    if (next_expire != never && every(&next_expire, now, EXPIRE_EVERY_S))
        fnd_op_expire(f);
    if (f->paused && f->paused_until_s && fn_clock_wall_s() >= f->paused_until_s)
        fnd_resume(f);
}

/* People, when nothing has changed for a moment; decisions that waited for the queue to be
 * empty. */
static void when_idle(struct fnd *f, uint64_t now)
{
    if (f->opt.once || !fnd_dispatch_idle(f) || !fnd_writer_idle(f))
        return;
    if (f->unsettled && now - f->last_change_ns > SETTLE_IDLE_MS * 1000000ull) {
        f->unsettled = false;
        fnd_writer_settle(f);
    }
    if (fnd_roots_idle(f) && !fnd_dispatch_waiting(f))
        (void)fnd_roots_recheck(f);
}

static void finish_stopping(struct fnd *f);

static void on_tick(uv_timer_t *t)
{
    struct fnd *f = t->data;
    uint64_t now = fn_clock_mono_ns();
    if (f->stopping) {
        finish_stopping(f);
        return;
    }
    fnd_watch_tick(f, now);
    fnd_settle_tick(f, now);
    fnd_roots_tick(f, now);
    housekeeping(f, now);
    if (f->stopping)
        return;
    fnd_pool_tick(f, now);
    fnd_advance(f);
    when_idle(f, now);
    fnd_progress_tick(f, now);
    fnd_control_tick(f, now);
    bool busy = !fnd_dispatch_idle(f) || !fnd_settle_idle(f) || !fnd_watch_idle(f) ||
                f->opt.once || f->unsettled;
    uint64_t interval = busy ? TICK_BUSY_MS : TICK_IDLE_MS;
    if (uv_timer_get_repeat(t) != interval && !f->stopping)
        (void)uv_timer_start(t, on_tick, interval, interval);
}

/* ---- reload and signals ---- */

static int load_config(struct fnd *f, struct fn_config_file **ret, struct fn_error *err)
{
    struct fn_config_file *c = NULL;
    int rc = fn_config_create(&c, err);
    if (!rc && f->config_path[0])
        rc = fn_config_load(c, f->config_path, f->opt.config != NULL, err);
    if (!rc && f->opt.profile)
        rc = fn_config_set(c, "models.profile", f->opt.profile, FN_ORIGIN_COMMAND_LINE, err);
    if (!rc && f->opt.models)
        rc = fn_config_set(c, "models.dir", f->opt.models, FN_ORIGIN_COMMAND_LINE, err);
    if (rc)
        fn_config_destroy(c);
    else
        *ret = c;
    return rc;
}

void fnd_reload(struct fnd *f)
{
    struct fn_config_file *c = NULL;
    struct fn_error err;
    struct fnd_rules *rules = NULL;
    (void)fnd_notify("RELOADING=1");
    int rc = load_config(f, &c, &err);
    if (!rc && !(rules = fnd_rules_create(fn_config_values(c))))
        rc = fn_error_set(&err, -ENOMEM, "out of memory");
    if (rc) {
        fn_log(FN_LOG_ERROR, "configuration not reloaded, the old one stays: %s", err.text);
        fn_config_destroy(c);
        (void)fnd_notify("READY=1");
        return;
    }
    fn_config_destroy(f->config_file);
    f->config_file = c;
    f->cfg = fn_config_values(c);
    fnd_rules_unref(f->rules);
    f->rules = rules;
    fn_log_set_level((enum fn_log_level)f->cfg->log_level);
    for (size_t i = 0; i < f->cfg->root.n; i++)
        if (fnd_root_add(f, f->cfg->root.items[i], &err))
            fn_log(FN_LOG_WARN, "%s, skipping this root", err.text);
    fnd_pool_reload(f);
    fnd_roots_scan_all(f);
    fn_log(FN_LOG_INFO, "configuration reloaded");
    (void)fnd_notify("READY=1");
}

static void log_status(struct fnd *f)
{
    json_t *s = fnd_status_json(f);
    char *text = s ? json_dumps(s, JSON_COMPACT | JSON_REAL_PRECISION(9)) : NULL;
    if (text) /* longer than a log line may be */
        fnd_progress_line(f, "%s", text);
    free(text);
    json_decref(s);
}

static void on_signal(uv_signal_t *s, int number)
{
    struct fnd *f = s->data;
    switch (number) {
    case SIGHUP:
        fnd_reload(f);
        break;
    case SIGUSR1:
        log_status(f);
        break;
    case SIGCHLD:
        fnd_pool_child(f);
        break;
    default:
        if (f->stopping)
            _exit(f->opt.once ? FND_INTERRUPTED : FND_OK); /* the index is whole all the same */
        f->interrupted = true;
        fnd_stop(f, f->opt.once ? FND_INTERRUPTED : FND_OK);
    }
}

/* ---- the end ---- */

void fnd_stop(struct fnd *f, int exit_code)
{
    if (f->exit_code == FND_OK)
        f->exit_code = exit_code;
    if (f->stopping)
        return;
    f->stopping = true;
    f->stop_ns = fn_clock_mono_ns();
    (void)fnd_notify("STOPPING=1");
    (void)uv_timer_start(&f->tick, on_tick, 0, 20);
}

static void on_walk(uv_handle_t *h, void *arg)
{
    (void)arg;
    if (!uv_is_closing(h))
        uv_close(h, NULL);
}

/* Busy workers get their moment; then everything is closed and the loop ends. */
static void finish_stopping(struct fnd *f)
{
    uint64_t since = fn_clock_mono_ns() - f->stop_ns;
    if (fnd_pool_busy(f) && since < STOP_WORKERS_MS * 1000000ull)
        return;
    fnd_pool_stop(f);
    fnd_roots_stop(f);
    bool clean = fnd_roots_join(f, STOP_READERS_MS);
    fnd_writer_stop(f);
    drain(f);
    if (f->opt.once && !f->interrupted && (f->exit_code == FND_OK || f->exit_code == FND_PART))
        fnd_progress_summary(f);
    fnd_progress_clear(f);
    if (!clean) { /* a thread hangs in a dead mount: nothing more can be freed safely */
        fnd_control_stop(f);
        _exit(f->exit_code);
    }
    fnd_control_stop(f);
    fnd_watch_stop(f);
    uv_walk(&f->loop, on_walk, NULL);
}

/* ---- the start ---- */

static int take_lock(struct fnd *f, struct fn_error *err)
{
    char path[FN_PATH_MAX], pid[32] = "";
    struct stat st;
    int rc = fn_mkdirs(f->index_dir, 0700, err);
    if (rc)
        return rc;
    if (stat(f->index_dir, &st) ||
        fn_path_join(path, sizeof path, f->index_dir, "facenetd.lock"))
        return fn_error_set(err, -errno, "%s: %s", f->index_dir, fn_strerror(-errno));
    f->index_dev = st.st_dev;
    f->index_ino = st.st_ino;
    f->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, st.st_mode & S_IWGRP ? 0660 : 0600);
    if (f->lock_fd < 0)
        return fn_error_set(err, -errno, "%s: %s", path, fn_strerror(-errno));
    if (flock(f->lock_fd, LOCK_EX | LOCK_NB)) {
        ssize_t n = pread(f->lock_fd, pid, sizeof pid - 1, 0);
        pid[n > 0 ? strcspn(pid, "\n") : 0] = '\0';
        return fn_error_set(err, FN_EBUSY,
                            "%s: is already kept by facenetd (pid %s). Ask that one: fnq "
                            "status, fnq watch add DIR",
                            f->index_dir, pid[0] ? pid : "unknown");
    }
    int n = snprintf(pid, sizeof pid, "%ld\n", (long)getpid());
    if (ftruncate(f->lock_fd, 0) || pwrite(f->lock_fd, pid, (size_t)n, 0) != n)
        return fn_error_set(err, -errno, "%s: %s", path, fn_strerror(-errno));
    return 0;
}

static int init_loop(struct fnd *f, struct fn_error *err)
{
    static const int numbers[] = {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGCHLD};
    int rc = uv_loop_init(&f->loop);
    if (!rc)
        rc = uv_async_init(&f->loop, &f->wake, on_wake);
    if (!rc)
        rc = uv_timer_init(&f->loop, &f->tick);
    f->wake.data = f->tick.data = f;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers && !rc; i++) {
        rc = uv_signal_init(&f->loop, &f->signals[i]);
        f->signals[i].data = f;
        if (!rc)
            rc = uv_signal_start(&f->signals[i], on_signal, numbers[i]);
    }
    if (!rc)
        rc = uv_timer_start(&f->tick, on_tick, 0, TICK_BUSY_MS);
    (void)signal(SIGPIPE, SIG_IGN);
    return rc ? fn_error_set(err, rc, "cannot start: %s", fn_strerror(rc)) : 0;
}

/* No thread runs before this is through; a failure leaves what was made to the exit of the
 * process. */
static int start_parts(struct fnd *f, struct fn_error *err)
{
    int rc = take_lock(f, err);
    if (!rc)
        rc = fn_store_open(f->index_dir, FN_STORE_WRITE | FN_STORE_CREATE, &f->store, err);
    if (!rc)
        rc = init_loop(f, err);
    f->rules = fnd_rules_create(f->cfg);
    if (!rc && !f->rules)
        rc = fn_error_set(err, -ENOMEM, "out of memory");
    if (!rc)
        rc = fnd_progress_start(f, err);
    if (!rc)
        rc = fnd_settle_start(f, err);
    if (!rc)
        rc = fnd_dispatch_start(f, err);
    if (!rc)
        rc = fnd_pool_start(f, err);
    if (!rc)
        rc = fnd_watch_start(f, err);
    if (!rc)
        rc = fnd_writer_start(f, err);
    return rc;
}

static void free_parts(struct fnd *f)
{
    fnd_control_free(f);
    fnd_watch_free(f);
    fnd_pool_free(f);
    fnd_dispatch_free(f);
    fnd_settle_free(f);
    fnd_progress_free(f);
    fnd_roots_free(f);
    fnd_writer_free(f);
    fnd_rules_unref(f->rules);
    fn_store_close(f->store);
    fn_config_destroy(f->config_file);
    (void)pthread_mutex_destroy(&f->mail_lock);
    if (f->lock_fd >= 0)
        (void)close(f->lock_fd);
}

int fnd_run(struct fnd *f)
{
    struct fn_error err = {0};
    f->started_ns = fn_clock_mono_ns();
    f->lock_fd = -1;
    (void)pthread_mutex_init(&f->mail_lock, NULL);
    int rc = start_parts(f, &err);
    if (rc) {
        (void)fprintf(stderr, "facenetd: %s.\n", err.text);
        return fnd_exit_of(rc);
    }
    fnd_control_start(f);
    rc = fnd_roots_start(f, &err);
    if (rc) {
        fnd_fatal(f, fnd_exit_of(rc), "%s", err.text);
    } else if (!f->roots) {
        fnd_fatal(f, FND_USAGE, "no folder to index. Name one: facenetd ~/Pictures");
    } else {
        fn_log(FN_LOG_DEBUG, "started version=%s index=%s workers=%zu", FN_VERSION,
               f->index_dir, fnd_pool_size(f));
        (void)fnd_notify("READY=1");
    }
    (void)uv_run(&f->loop, UV_RUN_DEFAULT);
    drain(f);
    (void)uv_loop_close(&f->loop);
    int code = f->exit_code;
    free_parts(f);
    return code;
}
