/* SPDX-License-Identifier: MIT */
/* The activity of facenetd and the contents of the index, as numbers. They are the same with a
 * running facenetd and without one, except those that only a running facenetd knows. */
#ifndef FN_CLI_LIBRARY_LIBRARY_STATUS_H
#define FN_CLI_LIBRARY_LIBRARY_STATUS_H

#include "cli/library/library.h"

/* Times are seconds since 1970; 0: unknown, or never. */
struct fnl_root_status {
    char *path;
    char state[16], mode[16], reason[64]; /* "online", "poll", "nfs4"; see library_roots.h */
    uint64_t photos;                      /* files with photos */
    uint64_t other_files;                 /* files that are not photos, as of the last scan */
    int64_t since_s;                      /* of the state */
    int64_t last_scan_s;
    /* with a running facenetd */
    uint64_t folders, polled_folders;
    bool scanning;
    double interval_s; /* of polling; NAN: not polled */
};

struct fnl_daemon_status {
    bool running;
    uint64_t pid, uptime_s, workers, busy; /* busy: workers that process a photo */
    char version[32];
    char paused[64]; /* until when, or why; "": not paused */
};

struct fnl_status {
    const struct fn_places *places; /* of the handle */
    struct fnl_daemon_status daemon;
    struct fnl_root_status *roots;
    size_t n_roots, roots_cap;
    struct {
        uint64_t done, total;        /* done: by the running facenetd */
        double rate_per_s;           /* NAN: unknown */
        double eta_s, low_s, high_s; /* time left, and its range; NAN: unknown */
    } queue;
    bool counted; /* false: the index is damaged; the numbers below are 0 then */
    uint64_t photos, faces, bad_files;
    uint64_t named, unnamed;           /* people */
    uint64_t lost_labels, kept_labels; /* confirmed names without a face: of edited photos, of
                                          deleted ones (index/edits/lost_labels.h) */
    uint64_t index_bytes;
    char model[32]; /* "": the index has no faces yet */
    /* pending faces; all faces while clusters are computed from scratch */
    uint64_t pending;
    int64_t pending_since_s;
    bool regroup;
    uint64_t regroup_done, regroup_total;
};

/* Reads the status from facenetd, or from the index when none runs. -ENXIO: there is no index.
 * The caller finishes *ret. */
FN_NODISCARD int fnl_status_get(struct fn_library *lib, struct fnl_status *ret,
                                struct fn_error *err);
void fnl_status_finish(struct fnl_status *s);

/* Calls visit immediately and after each change, until it returns non-zero; then returns 0.
 * With a facenetd, changes are those it reports; without one, those of the index. */
FN_NODISCARD int fnl_status_watch(struct fn_library *lib,
                                  int (*visit)(const struct fnl_status *s, void *arg),
                                  void *arg, struct fn_error *err);

#endif
