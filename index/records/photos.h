/* SPDX-License-Identifier: MIT */
/* Photos (by content), the paths of their files, and the roots that hold them. */
#ifndef FN_INDEX_PHOTOS_H
#define FN_INDEX_PHOTOS_H

#include "engine/base/clock.h"
#include "index/store/store.h"

typedef uint32_t fn_photo_id; /* never reused; 0 is none */
typedef uint16_t fn_root_id;

enum fn_photo_state {
    FN_PHOTO_OK = 0,
    FN_PHOTO_BAD = 1,  /* cannot be decoded, or quarantined: see reason */
    FN_PHOTO_GONE = 2, /* no path left; its vectors are stored until the grace time is over, and
                          longer if a user confirmed a face */
};

#define FN_REASON_MAX 200
#define FN_CAMERA_MAX 64
struct fn_photo {
    fn_photo_id id;
    struct fn_h128 hash;      /* XXH3-128 of the file */
    struct fn_h128 pixel_key; /* zero: none */
    uint8_t state, orientation, taken_precision;
    bool has_gps, truncated;
    bool was_bad; /* GONE: it becomes BAD again when a path returns */
    uint16_t n_faces, n_dropped, rotated;
    uint32_t width, height; /* upright */
    uint64_t size;
    int64_t taken_s;
    int16_t zone_min;
    int32_t lat_e7, lon_e7;
    int64_t seen_s; /* when it was indexed */
    int64_t gone_s; /* since when it has no path */
    char camera[FN_CAMERA_MAX];
    char reason[FN_REASON_MAX]; /* BAD: "crashed (SIGSEGV)", "truncated JPEG", ... */
};

FN_NODISCARD int fn_photo_get(struct fn_txn *t, fn_photo_id id,
                              struct fn_photo *ret); /* FN_ENOTFOUND, FN_ECORRUPT */
FN_NODISCARD int fn_photo_by_hash(struct fn_txn *t, const struct fn_h128 *hash,
                                  fn_photo_id *ret);
/* Visits the photos with the same coded pixels, whatever their metadata; a zero key has none.
 * Stops when visit returns non-zero and returns that. */
int fn_photo_each_of_pixels(struct fn_txn *t, const struct fn_h128 *key,
                            int (*visit)(fn_photo_id photo, void *ctx), void *ctx);
/* Visits in id order; stops when visit returns non-zero and returns that. */
int fn_photo_each(struct fn_txn *t, int (*visit)(const struct fn_photo *p, void *ctx),
                  void *ctx);
/* Photos whose hash starts with the given hex digits: up to max ids. */
FN_NODISCARD int fn_photo_by_prefix(struct fn_txn *t, const char *hex, fn_photo_id *ret,
                                    size_t max, size_t *ret_n);

/* The absolute path that a photo in state GONE had last. FN_ENOTFOUND: it is not known (an
 * older program removed it); -ENAMETOOLONG. */
FN_NODISCARD int fn_photo_last_path(struct fn_txn *t, const struct fn_photo *p, char *out,
                                    size_t size);

/* Visits the photos in state GONE, those that went first first. Stops when visit returns
 * non-zero and returns that. */
int fn_photo_each_gone(struct fn_txn *t, int (*visit)(const struct fn_photo *p, void *ctx),
                       void *ctx);
/* Visits the photos in state GONE that were in the folder of an absolute path, or had its name,
 * when they had a path last. Stops when visit returns non-zero and returns that. */
int fn_photos_gone_from_folder(struct fn_txn *t, const char *path,
                               int (*visit)(fn_photo_id photo, void *ctx), void *ctx);
int fn_photos_gone_of_name(struct fn_txn *t, const char *path,
                           int (*visit)(fn_photo_id photo, void *ctx), void *ctx);
/* Makes what these search anew, out of the list of gone photos. */
FN_NODISCARD int fn_tomb_places_repair(struct fn_txn *t, struct fn_error *err);
/* The newest photo. FN_ENOTFOUND: there is none. */
FN_NODISCARD int fn_photo_newest(struct fn_txn *t, fn_photo_id *ret);

enum fn_root_state {
    FN_ROOT_ONLINE = 0,
    FN_ROOT_AWAY = 1,
    FN_ROOT_HELD = 2 /* a scan lost too much, waits for --accept */
};
struct fn_root {
    fn_root_id id;
    uint8_t state;
    uint8_t mode; /* current enum fn_watch_mode */
    bool removed;
    int64_t state_since_s, last_scan_s;
    uint64_t fsid, inode; /* identity of the root directory */
    uint64_t n_other;     /* files that are no image candidates, counted by the last scan */
    char reason[64];      /* of the mode or state: "nfs4", "empty" */
    char path[4096];      /* absolute, real */
};
FN_NODISCARD int fn_root_get(struct fn_txn *t, fn_root_id id, struct fn_root *ret);
FN_NODISCARD int fn_root_by_path(struct fn_txn *t, const char *path, struct fn_root *ret);
FN_NODISCARD int fn_root_put(struct fn_txn *t, struct fn_root *r,
                             struct fn_error *err); /* id 0: a new one is given */
FN_NODISCARD int fn_root_delete(struct fn_txn *t, fn_root_id id,
                                struct fn_error *err); /* with its paths and queue entries */
int fn_root_each(struct fn_txn *t, int (*visit)(const struct fn_root *r, void *ctx), void *ctx);

struct fn_path {
    fn_root_id root;
    fn_photo_id photo;
    int64_t mtime_ns;
    int64_t ctime_ns; /* 0: not known */
    uint64_t size, inode;
    char path[4096]; /* relative to the root, bytes */
};
FN_NODISCARD int fn_path_get(struct fn_txn *t, fn_root_id root, const char *path,
                             struct fn_path *ret);
/* Inserts or replaces. When the path showed another photo before, that one loses it (and is
 * GONE when it was its last). */
FN_NODISCARD int fn_path_put(struct fn_txn *t, const struct fn_path *p, struct fn_error *err);
FN_NODISCARD int fn_path_delete(struct fn_txn *t, fn_root_id root, const char *path,
                                struct fn_error *err); /* FN_ENOTFOUND is not an error: 0 */
/* Renames a file or a whole folder (prefix) within a root or across roots; *ret_n: number of
 * paths changed. */
FN_NODISCARD int fn_path_rename(struct fn_txn *t, fn_root_id from_root, const char *from,
                                fn_root_id to_root, const char *to, uint64_t *ret_n,
                                struct fn_error *err);
int fn_path_each_of_photo(struct fn_txn *t, fn_photo_id id,
                          int (*visit)(const struct fn_path *p, void *ctx), void *ctx);
int fn_path_each_of_root(struct fn_txn *t, fn_root_id root,
                         int (*visit)(const struct fn_path *p, void *ctx), void *ctx);
/* Absolute path of the photo's first path on a root that is not away, otherwise of any path;
 * FN_ENOTFOUND if it has none. */
FN_NODISCARD int fn_path_absolute(struct fn_txn *t, fn_photo_id id, char *out, size_t size);

/* Drops photos GONE for longer than the grace time, with faces and vectors (assertions stay),
 * except those that keep decides to retain (NULL: none). */
typedef int fn_photo_keep(struct fn_txn *t, fn_photo_id photo, bool *ret);
FN_NODISCARD int fn_photos_expire(struct fn_txn *t, int64_t gone_before_s, fn_photo_keep *keep,
                                  uint64_t *ret_n, struct fn_error *err);

#endif
