/* SPDX-License-Identifier: MIT */
/* The daemon: one struct that owns everything, and how threads speak to its loop.
 *
 * Threads: the loop (libuv; everything in struct fnd not said otherwise belongs to it), one
 * reader thread per root (reader.h: stat, readdir, hashing; may hang in a dead mount without
 * harm to the rest) and one writer thread (writer.h: every write transaction). Workers are
 * processes (supervise.h). Threads send messages to the loop with fnd_post; the loop drains all
 * of them at each wake-up.
 *
 * The way of a file: watch.c or scan.c finds it -> settle.c waits until it is stable -> the
 * durable queue -> dispatch.c takes it from there -> admit.c opens and hashes it -> supervise.c
 * has a worker look at it -> ops.c stores the outcome and removes it from the queue in one
 * transaction.
 *
 * Shutdown, in this order: no new work; busy workers have 2 s; readers are told to stop; the
 * writer commits what it has and ends; the store is closed. A reader that hangs in a dead mount
 * is left behind by _exit. */
#ifndef FN_DAEMON_DAEMON_H
#define FN_DAEMON_DAEMON_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <uv.h>

#include "engine/base/config.h"
#include "engine/base/log.h"
#include "engine/base/options.h"
#include "engine/base/paths.h"
#include "engine/model/profile.h"
#include "index/ingest/ingest.h"

struct fnd;

enum fnd_exit {
    FND_OK = 0,
    FND_FAILED = 1,
    FND_USAGE = 2,
    FND_PART = 3,    /* done, but some files are bad */
    FND_BUSY = 4,    /* another daemon or writer has the index */
    FND_INPUT = 5,   /* a model or folder that is missing */
    FND_REFUSED = 6, /* contradicts what the index holds */
    FND_DAMAGED = 7, /* index damaged, or newer than this program */
    FND_NOSPACE = 8, /* no space, read-only, no permission */
    FND_INTERRUPTED = 130,
};

struct fnd_msg {
    struct fnd_msg *next;
    void (*run)(struct fnd *f, struct fnd_msg *m); /* on the loop; owns m */
};

struct fnd_options {
    bool once, foreground, check, print_config, no_progress, version, help;
    const char *config, *index, *models, *profile;
    uint64_t workers;
    char **dirs;
    size_t n_dirs;
};

struct fnd_counters { /* since the start */
    uint64_t done;    /* queue entries finished, in any way */
    uint64_t photos;  /* decoded by a worker */
    uint64_t known;   /* content that was known: moved or copied */
    uint64_t faces, bad, files_gone;
    uint64_t decode_ns, detect_ns, landmarks_ns, embed_ns, cpu_ns;
    uint64_t peak_bytes;
};

struct fnd_stats { /* of the whole index; made by the writer thread when it is idle */
    uint64_t photos, faces, bad, named, unnamed;
};

struct fnd {
    struct fnd_options opt;
    struct fn_config_file *config_file;
    const struct fn_config *cfg; /* values of config_file */
    struct fn_profile_values profile;
    char index_dir[FN_PATH_MAX], labels_log[FN_PATH_MAX], socket_path[FN_PATH_MAX],
        config_path[FN_PATH_MAX];
    int lock_fd; /* held as long as we live: one daemon per index */
    uint64_t index_dev, index_ino;
    struct fn_store *store; /* any thread begins its own transactions */
    uint64_t started_ns, started_wall_s;

    uv_loop_t loop;
    uv_async_t wake;
    uv_timer_t tick;
    uv_signal_t signals[6];
    pthread_mutex_t mail_lock; /* guards mail_head, mail_tail */
    struct fnd_msg *mail_head, *mail_tail;

    struct fnd_rules *rules; /* what is left out; swapped by a reload */
    struct fnd_root *roots;
    struct fnd_watch *watch;
    struct fnd_settle *settle;
    struct fnd_dispatch *dispatch;
    struct fnd_pool *pool;
    struct fnd_writer *writer;
    struct fnd_control *control;
    struct fnd_progress *progress;

    struct fnd_counters n;
    struct fnd_stats stats;
    bool paused;
    int64_t paused_until_s; /* 0: until resume */
    bool no_space;
    uint64_t last_change_ns; /* of the index: when the last batch was written */
    bool unsettled;          /* faces changed since people were settled */
    bool finishing;          /* --once: all is indexed, people are being settled */
    bool stopping;
    uint64_t stop_ns;
    bool interrupted;
    int exit_code;
};

/* Sends m to the loop; any thread. */
void fnd_post(struct fnd *f, struct fnd_msg *m);

/* Ends the run: clean-up goes on in the loop. Later calls keep the first exit code unless it
 * was FND_OK. */
void fnd_stop(struct fnd *f, int exit_code);
/* Says "facenetd: TEXT" on stderr and in the log's place, and stops with the exit code. */
void fnd_fatal(struct fnd *f, int exit_code, const char *fmt, ...) FN_PRINTF(3, 4);
/* May a photo be handed to a worker now? */
bool fnd_may_work(const struct fnd *f);
/* Called whenever something may have become possible or complete. */
void fnd_advance(struct fnd *f);
void fnd_reload(struct fnd *f);
void fnd_pause(struct fnd *f, int64_t until_s);
void fnd_resume(struct fnd *f);

/* A file's name for the log: as it is, or a hash of it when log.paths = no. out: FN_PATH_MAX.
 */
const char *fnd_log_name(const struct fnd *f, const char *root, const char *rel, char *out);

int fnd_run(struct fnd *f); /* the exit code */
int fnd_exit_of(int code);  /* of an error */

#endif
