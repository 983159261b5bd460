/* SPDX-License-Identifier: MIT */
/* The turn, which serves the flag, and the clock. */
#include "daemon/loop/loop_priv.h"

#include "daemon/talking/notify.h"
#include "daemon/writing/index_writes.h"
#include "engine/base/clock.h"
#include "engine/base/exit_code.h"
#include "engine/base/log.h"

enum {
    TICK_BUSY_MS = 50,
    TICK_IDLE_MS = 500,
    UPDATE_IDLE_MS = 2000, /* clusters are updated after this long without a change */
    SPACE_EVERY_S = 2,
    READERS_EVERY_S = 60, /* frees the slots of dead readers of the index */
    EXPIRE_EVERY_S = 3600,
    EXPIRE_FIRST_S = 60,
};

static const uint64_t second_ns = 1000000000u;

/* Grace time: photos that have been gone for a long time are removed from the index. */
static void expire(struct fnd *f)
{
    fnd_write_expire(f->writer, fn_clock_wall_s() - (int64_t)f->settings.cfg->away_grace_s);
}

/* ---- the turn ---- */

static bool all_indexed(struct fnd *f)
{
    return fnd_roots_idle(f->watching) && fnd_jobs_idle(f->jobs) &&
           fnd_events_idle(f->watching) && fnd_writer_idle(f->writer) &&
           !fnd_jobs_waiting(f->jobs);
}

/* Nothing bad, and the index has what the folders have. */
static bool did_all(struct fnd *f)
{
    return !f->incomplete && !fnd_jobs_counters(f->jobs)->bad && !fnd_roots_held(f->watching);
}

/* --once: when everything is found, processed and decided, updates the clusters; then stops. */
static void advance_once(struct fnd *f)
{
    if (f->finishing) {
        if (!f->clusters_wait && fnd_writer_idle(f->writer))
            fnd_stop(f, did_all(f) ? FN_EXIT_OK : FN_EXIT_PARTLY);
        return;
    }
    if (!all_indexed(f) || fnd_roots_recheck(f->watching))
        return;
    f->finishing = true;
    f->clusters_wait = true;
    expire(f);
    fnd_writer_update_clusters(f->writer);
}

/* Updates the clusters when nothing has changed for a short time, and makes decisions that
 * waited for an empty queue. */
static void when_idle(struct fnd *f)
{
    if (!fnd_jobs_idle(f->jobs) || !fnd_writer_idle(f->writer))
        return;
    if (f->clusters_wait &&
        fn_clock_mono_ns() - f->last_write_ns > UPDATE_IDLE_MS * 1000000ull) {
        f->clusters_wait = false;
        fnd_writer_update_clusters(f->writer);
    }
    if (fnd_roots_idle(f->watching) && !fnd_jobs_waiting(f->jobs) &&
        !fnd_roots_recheck(f->watching) && fnd_events_idle(f->watching) && !f->clusters_wait)
        fnd_tell_idle(f);
}

/* Called before the loop waits. If the flag is set meanwhile, another turn follows immediately.
 */
static void on_turn(uv_prepare_t *p)
{
    struct fnd *f = p->data;
    if (!f->changed || f->stopping)
        return;
    f->changed = false;
    fnd_watching_turn(f->watching);
    fnd_jobs_turn(f->jobs);
    if (!f->settings.once)
        when_idle(f);
    else if (!f->paused && !f->no_space && !f->stopping)
        advance_once(f);
    if (f->changed)
        (void)uv_async_send(&f->wake);
}

/* ---- the clock ---- */

static bool every(uint64_t *next_ns, uint64_t now_ns, uint64_t s)
{
    if (now_ns < *next_ns)
        return false;
    *next_ns = now_ns + s * second_ns;
    return true;
}

static void housekeeping(struct fnd *f, uint64_t now)
{
    uint64_t life = fnd_notify_watchdog_ns();
    if (life && now >= f->next.life_ns) {
        (void)fnd_notify("WATCHDOG=1");
        f->next.life_ns = now + life / 3;
    }
    if (every(&f->next.space_ns, now, SPACE_EVERY_S))
        fnd_check_space(f);
    if (every(&f->next.readers_ns, now, READERS_EVERY_S) && fn_store_reader_check(f->store) > 0)
        fn_log(FN_LOG_DEBUG, "slots of dead readers were cleared");
    if (every(&f->next.expire_ns, now, EXPIRE_EVERY_S))
        expire(f);
    if (f->paused && f->paused_until_s && fn_clock_wall_s() >= f->paused_until_s)
        fnd_resume(f);
}

static void show(struct fnd *f, uint64_t now)
{
    const struct fnd_job_counters *n = fnd_jobs_counters(f->jobs);
    bool scanning = !f->finishing && !f->told.watching && !fnd_roots_idle(f->watching);
    struct fnd_progress_values v = {.busy = !fnd_jobs_idle(f->jobs) || f->finishing || scanning,
                                    .scanning = scanning,
                                    .no_space = f->no_space,
                                    .paused = f->paused,
                                    .sorting = f->finishing,
                                    .done = n->done,
                                    .faces = n->faces,
                                    .queued = fnd_queued_now,
                                    .people = fnd_people_now,
                                    .owner = f};
    fnd_progress_tick(f->progress, now, &v);
    fnd_control_tick(f->control, now);
}

static void on_tick(uv_timer_t *t)
{
    struct fnd *f = t->data;
    uint64_t now = fn_clock_mono_ns();
    if (f->stopping) {
        fnd_finish_stopping(f);
        return;
    }
    fnd_watching_tick(f->watching, now);
    housekeeping(f, now);
    fnd_jobs_tick(f->jobs, now);
    show(f, now);
    f->changed = true; /* something that waits for a time may be due */
    bool busy = !fnd_jobs_idle(f->jobs) || !fnd_events_idle(f->watching) || f->settings.once ||
                f->clusters_wait;
    uint64_t interval = busy ? TICK_BUSY_MS : TICK_IDLE_MS;
    if (uv_timer_get_repeat(t) != interval && !f->stopping)
        (void)uv_timer_start(t, on_tick, interval, interval);
}

int fnd_turns_start(struct fnd *f)
{
    f->next.expire_ns = fn_clock_mono_ns() + EXPIRE_FIRST_S * second_ns;
    f->changed = true;
    int rc = uv_timer_init(&f->loop, &f->tick);
    if (!rc)
        rc = uv_prepare_init(&f->loop, &f->turn);
    f->tick.data = f->turn.data = f;
    if (!rc)
        rc = uv_timer_start(&f->tick, on_tick, 0, TICK_BUSY_MS);
    return rc ? rc : uv_prepare_start(&f->turn, on_turn);
}
