/* SPDX-License-Identifier: MIT */
/* facenetd-bulk: indexes a list of photos into one index, on many machines. Every rank opens,
 * hashes and embeds its share, with its own worker; the first rank has the index. This header
 * is shared by the parts of the program; their only common state is struct bulk. */
#ifndef FN_DAEMON_BULK_H
#define FN_DAEMON_BULK_H

#include "index/intake/reply.h"
#include "engine/train/comm.h"
#include "index/store/places.h"

enum { BULK_SHARE = 16 }; /* photos per rank and round */

enum bulk_state {
    BULK_NONE = 0, /* no photo left in this round */
    BULK_GONE,     /* cannot be opened or read: reported, and not indexed */
    BULK_BAD,      /* a bad file: reason */
    BULK_OPEN,     /* hashed */
};

/* One photo in progress. It is sent between ranks as raw bytes, since all ranks run the same
 * program. */
struct bulk_photo {
    uint8_t state; /* enum bulk_state */
    bool known;    /* the index has its content; set by the first rank */
    uint32_t n_faces, feature_width;
    struct fn_h128 hash, profile_id;
    struct fn_path path;
    struct fn_photo photo;
};

struct bulk {
    struct fn_comm *comm;
    const struct fn_config *cfg;
    const char *models;
    char root[FN_PATH_MAX];
    struct fn_places places; /* used by the first rank */
    char *list;              /* the paths below root, each ending in a NUL */
    uint64_t list_bytes;
    const char **path; /* into list */
    size_t n;
    /* this rank's share of a round */
    struct bulk_photo share[BULK_SHARE];
    int fd[BULK_SHARE];
    struct fn_worker *worker;
    uint64_t request;
    /* only on the first rank */
    struct fn_profile_values profile;
    struct fn_store *store;
    fn_root_id root_id;
    struct {
        uint64_t photos, faces, known, bad, gone;
    } count;
};

/* bulk_look.c: opens and hashes photo i of the list as number k of the share. */
void bulk_open(struct bulk *b, size_t i, size_t k);
/* Sends the open photos that are not known to the worker; appends photos, faces and features to
 * out. Negative: no photo can be processed. */
FN_NODISCARD int bulk_look(struct bulk *b, struct fn_buf *out, struct fn_error *err);
void bulk_worker_stop(struct bulk *b);

/* bulk_write.c: only on the first rank. */
FN_NODISCARD int bulk_index_open(struct bulk *b, struct fn_error *err);
void bulk_mark_known(struct bulk *b, struct bulk_photo *p, size_t n);
/* Writes what the ranks sent, in one transaction. */
FN_NODISCARD int bulk_store(struct bulk *b, const char *in, size_t bytes, struct fn_error *err);
FN_NODISCARD int bulk_settle(struct bulk *b, struct fn_error *err);

#endif
