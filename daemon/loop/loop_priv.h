/* SPDX-License-Identifier: MIT */
/* The loop: owns the parts, connects them, and calls them in each turn.
 *
 * Threads: the loop (libuv; everything here belongs to it), one reader thread per root
 * (base/reader.h: stat, readdir, hashing; may hang in a dead mount without affecting the rest)
 * and one writer thread (writing/writer.h: every write transaction). Workers are processes
 * (jobs/worker_pool.h). Threads send messages to the loop's mailbox; the loop drains all of
 * them at each wake-up.
 *
 * The turn: everything that may allow progress (a message, an event, a reply, the clock) sets
 * one flag, changed. Before the loop waits for the next event, it serves the flag once:
 * requested scans start, entries are taken from the queue, workers get photos, and completion
 * is checked.
 *
 * Shutdown, in this order: no new work; busy workers may finish for a short time; readers are
 * told to stop; the writer commits what it has and ends; the store is closed. If a reader hangs
 * in a dead mount, the process ends with _exit.
 *
 * Calls go down this list:
 *
 *     facenetd_run.c   start, the run, the end
 *     turn.c           the turn and the clock
 *     signals.c        SIGHUP, SIGUSR1, SIGCHLD, and those that stop
 *     parts.c          making the parts, and what they call back
 *     reload.c         the configuration, again
 *     pausing.c        by the user, and for lack of space
 *     stopping.c       the end of it all
 *     telling.c        what the person who started it is told
 *     run_values.c     how it all stands */
#ifndef FN_DAEMON_LOOP_PRIV_H
#define FN_DAEMON_LOOP_PRIV_H

#include <jansson.h>
#include <uv.h>

#include "daemon/base/mailbox.h"
#include "daemon/base/daemon_settings.h"
#include "daemon/jobs/jobs.h"
#include "daemon/loop/facenetd_run.h"
#include "daemon/talking/control.h"
#include "daemon/talking/progress.h"
#include "daemon/watching/watching.h"
#include "daemon/writing/writer.h"

enum { FND_SIGNALS = 5 };

struct fnd_told {
    bool watching; /* that everything is indexed and changes are awaited */
    uint64_t photos, faces, known, bad, gone;
};

struct fnd {
    const struct fnd_setup *with;
    struct fn_config_file *config;
    struct fnd_settings settings; /* the values that all parts read */
    int lock_fd;                  /* held until the process ends: one daemon per index */
    struct fn_store *store;       /* any thread begins its own transactions */
    uint64_t started_ns;

    uv_loop_t loop;
    bool has_loop;
    uv_async_t wake;
    uv_timer_t tick;
    uv_prepare_t turn;
    uv_signal_t signals[FND_SIGNALS];
    struct fnd_mailbox box;

    struct fnd_writer *writer;
    struct fnd_watching *watching;
    struct fnd_jobs *jobs;
    struct fnd_control *control;
    struct fnd_progress *progress;

    bool changed; /* progress or completion may be possible */
    bool paused;
    int64_t paused_until_s; /* 0: until resume */
    bool no_space;
    uint64_t last_write_ns; /* of the last change of the index */
    bool clusters_wait;     /* an update is needed: faces have changed since the last one */
    bool finishing;         /* --once: all is indexed, the clusters are being updated */
    bool incomplete;        /* something could not be written, and its reason was told */
    struct fnd_told told;   /* what telling.c has printed */
    bool stopping;
    uint64_t stop_ns;
    bool interrupted;
    int exit_code;
    struct { /* the next time of each; monotonic */
        uint64_t space_ns, readers_ns, expire_ns, life_ns;
    } next;
};

/* ---- run_values.c ---- */
json_t *fnd_status_now(struct fnd *f); /* a new reference, NULL: out of memory */
void fnd_summary_now(const struct fnd *f);
uint64_t fnd_queued_now(void *owner); /* entries in the queue */

uint64_t fnd_people_now(void *owner);         /* people that `fnq people list` shows */
uint64_t fnd_photos_now(const struct fnd *f); /* files of all roots that are indexed */

/* ---- telling.c ---- */
void fnd_tell_start(const struct fnd *f);
/* Everything is indexed: prints that it watches, or what changed since then. */
void fnd_tell_idle(struct fnd *f);
/* After a signal: what is stored. */
void fnd_tell_stopped(struct fnd *f);

/* ---- stopping.c ---- */
/* Ends the run: clean-up continues in the loop. Later calls do not change the exit code unless
 * it was 0. */
void fnd_stop(struct fnd *f, int exit_code);
/* Prints "facenetd: TEXT." on stderr, and stops with the exit code. */
void fnd_fatal(struct fnd *f, int exit_code, const char *fmt, ...) FN_PRINTF(3, 4);
/* While stopping, called every few ms: waits a short time for busy workers, then closes
 * everything and ends the loop. */
void fnd_finish_stopping(struct fnd *f);
void fnd_close_handles(struct fnd *f); /* all handles of the loop */

/* ---- pausing.c ---- */
void fnd_pause(struct fnd *f, int64_t until_s);
void fnd_resume(struct fnd *f);
/* The index cannot be written, or can be again (code 0). */
void fnd_no_space(struct fnd *f, int code);
/* Checks whether there is enough free space for the index. */
void fnd_check_space(struct fnd *f);

/* ---- reload.c ---- */
void fnd_reload(struct fnd *f);

/* ---- parts.c ---- */
FN_NODISCARD int fnd_parts_create(struct fnd *f, struct fn_error *err);
void fnd_parts_destroy(struct fnd *f);

/* ---- signals.c ---- */
FN_NODISCARD int fnd_signals_start(struct fnd *f); /* 0 or a libuv code */

/* ---- turn.c ---- */
FN_NODISCARD int fnd_turns_start(struct fnd *f); /* 0 or a libuv code */

#endif
