/* SPDX-License-Identifier: MIT */
/* Workers: one binary, facenetd-worker, parses every untrusted byte of a photo. It has no
 * access to the index. facenetd and fnq spawn it in the same way, with one socketpair(AF_UNIX,
 * SOCK_STREAM) on fd 3.
 *
 * Start: argv has the models directory, profile and options. The worker maps the models, warms
 * up, enters its sandbox (rlimits, Landlock without any file system, seccomp allow-list) and
 * sends HELLO. After that it serves one request at a time. Requests carry open descriptors
 * (SCM_RIGHTS), replies a record of fixed layout. The client validates every field. */
#ifndef FN_ENGINE_WORK_WORK_H
#define FN_ENGINE_WORK_WORK_H

#include <stdbool.h>
#include <sys/types.h>

#include "engine/base/config.h"
#include "engine/face/face.h"
#include "engine/image/chip_cut.h"

struct fn_worker; /* client side */

struct fn_worker_opts {
    const char *binary;     /* NULL: next to the running program, then the installed libexec */
    const char *models_dir; /* NULL: the usual places */
    const char *profile;    /* "default" */
    struct fn_face_opts face;
    size_t memory_bytes; /* RLIMIT_AS above the warm-up; 0: none */
    int priority;        /* enum fn_priority; applied by the child before exec */
    bool no_networks;    /* no models are opened, profile is not used: INDEX, BOX, AGAIN fail */
    bool no_sandbox;     /* FACENETD_NO_SANDBOX=1: for debuggers; reported in the log */
};

/* Maximum time until a worker is ready, in addition to the time for its first photo. */
enum { FN_WORKER_START_MS = 30000 };

enum fn_work_kind {
    FN_WORK_INDEX = 1,   /* find and embed all faces */
    FN_WORK_BOX = 2,     /* embed the box of the request */
    FN_WORK_CROP = 3,    /* cut boxes as thumbnails, raw RGB of `px`, into out_fd */
    FN_WORK_PICTURE = 4, /* the upright picture as raw RGB into out_fd */
    FN_WORK_CHIP = 5,    /* one chip as raw floats into out_fd, for training */
    FN_WORK_PROBE = 6,   /* facts about the picture; nothing is decoded */
    FN_WORK_AGAIN = 7,   /* embed faces whose boxes and points are known, from the photo (not
                            from stored chips): nothing is detected (fn_face_embed_again). The
                            reply has the faces of the request, all of them and in its order,
                            and the facts about the photo that INDEX gives, but for n_dropped
                            and rotated, which are 0. A face that cannot be embedded is marked
                            no_vector */
};

enum { FN_WORK_BOXES_MAX = 512, FN_WORK_WHOLE_MAX = 4096 };

struct fn_work_request {
    enum fn_work_kind kind;
    uint64_t id; /* echoed */
    int fd;      /* the photo, read-only; duplicated into the worker, the caller keeps it */
    int out_fd;  /* memfd or -1 */
    uint32_t n_boxes;
    const float (*boxes)[4];     /* fractions of the upright picture */
    const float (*points)[5][2]; /* AGAIN: n_boxes times, as fn_face.points; -100..100 */
    uint32_t px; /* CROP: side of each square thumbnail; PICTURE: longer side of the result at
                    most, 0: as it is */
    uint32_t whole;         /* CROP: longer side of the whole picture, which is put before the
                               thumbnails, 1..FN_WORK_WHOLE_MAX; 0: none */
    uint32_t finest;        /* CROP: longer side at which the picture is decoded, at least: the
                               result then does not depend on which boxes are asked for */
    float margin;           /* CROP: share of the box added on each side */
    struct fn_chip_cut cut; /* CHIP */
};

struct fn_work_reply {
    uint64_t id;
    int code;       /* 0 or a fn_errcode / -errno for this photo */
    char text[512]; /* the reason, if code != 0 */
    struct fn_photo_faces
        photo; /* faces point into memory of the client, valid until the next receive */
    uint32_t feature_width;
    struct fn_h128 pixel_key; /* zero if there is none */
    uint64_t out_bytes; /* CROP: the whole picture, if it is asked for (fn_work_whole_size),
                           then n_boxes x px x px, raw RGB; PICTURE: width and height, u32
                           little-endian each, then height x width x 3 raw RGB; CHIP: height x
                           width x 3 floats of this machine */
    uint64_t cpu_ns, peak_bytes;
};

/* The size of the whole picture of a CROP: its longer side is `longer`, or that of the picture
 * where that is smaller. 0 x 0 for 0. */
void fn_work_whole_size(const struct fn_image_info *info, uint32_t longer, uint32_t *ret_width,
                        uint32_t *ret_height);

/* Options that every program passes to its workers: limits and settings of the configuration,
 * and two variables of the environment for tests and debuggers, FACENETD_WORKER (the binary)
 * and FACENETD_NO_SANDBOX=1. models_dir: the folder of models from the command line, or NULL.
 * profile: NULL or "" for the configured one. The result points into its arguments and the
 * environment. */
void fn_worker_opts_of(const struct fn_config *c, const char *models_dir, const char *profile,
                       struct fn_worker_opts *ret);

/* Forks and execs, and returns immediately. The worker is ready when its HELLO has been
 * received. It dies with the THREAD that calls this (PR_SET_PDEATHSIG), so call it from one
 * that lives as long as the program. */
FN_NODISCARD int fn_worker_spawn(const struct fn_worker_opts *o, struct fn_worker **ret,
                                 struct fn_error *err);
pid_t fn_worker_pid(const struct fn_worker *w);
int fn_worker_fd(const struct fn_worker *w); /* for poll/uv_poll: readable when there is data */
bool fn_worker_ready(const struct fn_worker *w); /* HELLO was received */
/* After HELLO: the id of the embeddings it computes. */
struct fn_h128 fn_worker_profile_id(const struct fn_worker *w);

/* Sends one request (small, never blocks for long). Only one request per worker may be
 * outstanding. */
FN_NODISCARD int fn_worker_submit(struct fn_worker *w, const struct fn_work_request *r,
                                  struct fn_error *err);
/* Reads the available data. 1: *ret is a complete and validated reply (or HELLO: id 0, see
 * fn_worker_ready). 0: incomplete. Negative: the worker died (FN_EWORKER) or violated the
 * protocol: kill and destroy it, reap it, and see fn_worker_judge. */
FN_NODISCARD int fn_worker_receive(struct fn_worker *w, struct fn_work_reply *ret,
                                   struct fn_error *err);
/* Blocking call for fnq: submits, waits at most timeout_ms, receives. */
FN_NODISCARD int fn_worker_call(struct fn_worker *w, const struct fn_work_request *r,
                                int timeout_ms, struct fn_work_reply *ret,
                                struct fn_error *err);

/* Why a worker died, and whether that is the fault of the photo. */
enum fn_worker_end { FN_END_PHOTO, FN_END_OUTSIDE, FN_END_SETUP };
/* wait_status: from waitpid. we_killed: the caller sent the signal (time-out). text: "crashed
 * (SIGSEGV)", "out of memory", "timed out after 30 s", "forbidden system call", "killed from
 * outside". */
enum fn_worker_end fn_worker_judge(int wait_status, bool we_killed, char *text, size_t size);

/* Closes the socket, so that the worker exits by itself. kill_it: sends SIGKILL first. Does not
 * wait: the caller reaps the pid. */
void fn_worker_destroy(struct fn_worker *w, bool kill_it); /* NULL-safe */

#endif
