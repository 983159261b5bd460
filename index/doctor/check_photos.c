/* SPDX-License-Identifier: MIT */
/* Checks of photos, paths, roots and the queue. */
#include <string.h>

#include "engine/base/endian.h"
#include "index/doctor/doctor_priv.h"
#include "index/records/counts.h"
#include "index/records/records.h"
#include "index/records/rows.h"

#define REMEDY "'fnq doctor --repair' writes them again"

static uint32_t key_number(struct fn_slice key)
{
    return key.n >= 4 ? fn_get_be32(key.p) : 0;
}

static int stop_at_first(const struct fn_path *p, void *ctx)
{
    (void)p;
    (void)ctx;
    return 1;
}

/* Its folder and its name, by which a photo is found that was edited while it was away. */
static void check_places(struct fn_doctor *d, const struct fn_photo *p)
{
    static const char *const by[FN_TOMB_PLACES] = {"folder", "name"};
    uint8_t keys[FN_TOMB_PLACES][FN_TOMB_PLACE_KEY];
    char last[FN_PLACE_MAX];
    struct fn_slice v;
    int rc = fn_photo_last_path(d->t, p, last, sizeof last);
    if (rc == FN_ENOTFOUND)
        return; /* not known, or the list of gone photos lacks it, which is said */
    if (rc) {
        fn_doctor_bad(d, "the last path of gone photo %u cannot be read", p->id);
        return;
    }
    fn_tomb_place_keys(p->id, last, keys);
    for (size_t i = 0; i < FN_TOMB_PLACES; i++)
        if (fn_tab_get(d->t, FN_T_TOMB_PLACE, keys[i], sizeof keys[i], &v))
            fn_doctor_bad(d, "gone photo %u is not found by its %s; " REMEDY, p->id, by[i]);
}

static void check_gone(struct fn_doctor *d, const struct fn_photo *p)
{
    int paths = fn_path_each_of_photo(d->t, p->id, stop_at_first, NULL);
    if (paths < 0)
        fn_doctor_bad(d, "photo %u: its paths cannot be read", p->id);
    else if ((paths == 0) != (p->state == FN_PHOTO_GONE))
        fn_doctor_bad(d,
                      p->state == FN_PHOTO_GONE ? "photo %u is gone and has a path"
                                                : "photo %u has no path and is not gone",
                      p->id);
    if (p->state != FN_PHOTO_GONE)
        return;
    uint8_t key[12];
    struct fn_slice v;
    fn_put_be64(key, (uint64_t)p->gone_s);
    fn_put_be32(key + 8, p->id);
    if (fn_tab_get(d->t, FN_T_TOMB, key, sizeof key, &v))
        fn_doctor_bad(d, "gone photo %u is not among the gone", p->id);
    check_places(d, p);
}

static void check_photo(struct fn_doctor *d, struct fn_slice key, struct fn_slice val)
{
    struct fn_photo p;
    if (fn_photo_decode(key, val, &p)) {
        fn_doctor_bad(d, "photo %u: its record is damaged", key_number(key));
        return;
    }
    fn_photo_id id;
    if (fn_photo_by_hash(d->t, &p.hash, &id) || id != p.id)
        fn_doctor_bad(d, "photo %u is not found by its hash", p.id);
    uint8_t pixels[20];
    struct fn_slice v;
    memcpy(pixels, p.pixel_key.b, 16);
    fn_put_be32(pixels + 16, p.id);
    if (!fn_h128_is_zero(&p.pixel_key) &&
        fn_tab_get(d->t, FN_T_PHOTO_PIXEL, pixels, sizeof pixels, &v))
        fn_doctor_bad(d, "photo %u is not found by its pixel key", p.id);
    d->n_faces += p.n_faces;
    check_gone(d, &p);
}

static void check_photo_hash(struct fn_doctor *d, struct fn_slice key, struct fn_slice val)
{
    uint32_t id = 0;
    struct fn_photo p;
    if (key.n != 16 || fn_ref_decode(val, &id) || fn_photo_get(d->t, id, &p) ||
        memcmp(p.hash.b, key.p, 16) != 0)
        fn_doctor_bad(d, "a photo hash points to photo %u, which has not this hash", id);
}

static void check_photo_pixel(struct fn_doctor *d, struct fn_slice key, struct fn_slice val)
{
    (void)val;
    struct fn_photo p;
    if (key.n != 20 || fn_photo_get(d->t, fn_get_be32(key.p + 16), &p) ||
        memcmp(p.pixel_key.b, key.p, 16) != 0)
        fn_doctor_bad(d, "a pixel key points to photo %u, which has not this key",
                      key.n == 20 ? fn_get_be32(key.p + 16) : 0);
}

static void check_tomb(struct fn_doctor *d, struct fn_slice key, struct fn_slice val)
{
    (void)val;
    struct fn_photo p;
    if (key.n != 12 || fn_photo_get(d->t, fn_get_be32(key.p + 8), &p) ||
        p.state != FN_PHOTO_GONE || p.gone_s != (int64_t)fn_get_be64(key.p))
        fn_doctor_bad(
            d, "the list of gone photos has photo %u, which is not gone, or at another time",
            key.n == 12 ? fn_get_be32(key.p + 8) : 0);
}

static void check_tomb_place(struct fn_doctor *d, struct fn_slice key, struct fn_slice val)
{
    (void)val;
    uint8_t keys[FN_TOMB_PLACES][FN_TOMB_PLACE_KEY];
    char last[FN_PLACE_MAX];
    struct fn_photo p;
    fn_photo_id id = key.n == sizeof keys[0] ? fn_get_be32(key.p + sizeof keys[0] - 4) : 0;
    bool ok = id && fn_photo_get(d->t, id, &p) == 0 && p.state == FN_PHOTO_GONE &&
              fn_photo_last_path(d->t, &p, last, sizeof last) == 0;
    if (ok) {
        fn_tomb_place_keys(id, last, keys);
        ok = !memcmp(key.p, keys[0], sizeof keys[0]) || !memcmp(key.p, keys[1], sizeof keys[1]);
    }
    if (!ok)
        fn_doctor_bad(d,
                      "the places of gone photos have photo %u, which is not gone, or was "
                      "elsewhere; " REMEDY,
                      id);
}

static void check_path(struct fn_doctor *d, struct fn_slice key, struct fn_slice val)
{
    struct fn_path p;
    if (fn_path_decode(key, val, &p)) {
        fn_doctor_bad(d, "a path record of root %u is damaged",
                      key.n >= 2 ? fn_get_be16(key.p) : 0);
        return;
    }
    struct fn_photo photo;
    struct fn_root root;
    struct fn_slice v;
    uint8_t mark[4 + FN_PATH_KEY];
    fn_put_be32(mark, p.photo);
    memcpy(mark + 4, key.p, FN_PATH_KEY);
    if (fn_photo_get(d->t, p.photo, &photo))
        fn_doctor_bad(d, "path '%s' shows photo %u, which is not there", p.path, p.photo);
    if (fn_root_get(d->t, p.root, &root))
        fn_doctor_bad(d, "path '%s' belongs to root %u, which is not there", p.path, p.root);
    if (fn_tab_get(d->t, FN_T_PATH_PHOTO, mark, sizeof mark, &v))
        fn_doctor_bad(d, "path '%s' is not among the paths of photo %u", p.path, p.photo);
}

static void check_path_photo(struct fn_doctor *d, struct fn_slice key, struct fn_slice val)
{
    (void)val;
    struct fn_path p;
    struct fn_slice v, k = {key.p + 4, FN_PATH_KEY};
    if (key.n != 4 + FN_PATH_KEY || fn_tab_get(d->t, FN_T_PATH, k.p, k.n, &v) ||
        fn_path_decode(k, v, &p) || p.photo != fn_get_be32(key.p))
        fn_doctor_bad(d, "photo %u lists a path that does not show it", key_number(key));
}

static void check_root(struct fn_doctor *d, struct fn_slice key, struct fn_slice val)
{
    struct fn_root r;
    if (fn_root_decode(key, val, &r))
        fn_doctor_bad(d, "root %u: its record is damaged", key.n == 2 ? fn_get_be16(key.p) : 0);
}

static void check_queue(struct fn_doctor *d, struct fn_slice key, struct fn_slice val)
{
    struct fn_queue_entry e;
    struct fn_root r;
    if (fn_queue_decode(key, val, &e))
        fn_doctor_bad(d, "a queue entry is damaged");
    else if (fn_root_get(d->t, e.root, &r))
        fn_doctor_bad(d, "the queue entry of '%s' belongs to root %u, which is not there",
                      e.path, e.root);
}

static void check_queue_path(struct fn_doctor *d, struct fn_slice key, struct fn_slice val)
{
    struct fn_queue_entry e;
    struct fn_slice v;
    uint8_t k[FN_QUEUE_KEY];
    bool ok = key.n == FN_PATH_KEY && val.n == 12 && val.p[0] == FN_RECORD_VERSION;
    if (ok) {
        fn_queue_key(val.p[2], fn_get_le64(val.p + 4), k);
        ok = fn_tab_get(d->t, FN_T_QUEUE, k, sizeof k, &v) == 0 &&
             fn_queue_decode((struct fn_slice){k, sizeof k}, v, &e) == 0 &&
             e.root == fn_get_be16(key.p) &&
             fn_hash64(e.path, strlen(e.path)) == fn_get_be64(key.p + 2);
    }
    if (!ok)
        fn_doctor_bad(d, "a queued path has no queue entry");
}

static void check_count(struct fn_doctor *d, const char *what, uint64_t counted, uint64_t there)
{
    if (counted != there)
        fn_doctor_say(d, FN_FIND_WARN,
                      "%llu %s are counted, %llu are there; 'fnq doctor --repair' counts again",
                      (unsigned long long)counted, what, (unsigned long long)there);
}

static int check_root_count(const struct fn_root *r, void *ctx)
{
    struct fn_doctor *d = ctx;
    uint64_t counted = 0, there = 0;
    int rc = fn_counts_root(d->t, r->id, &counted);
    rc = rc ? rc : fn_counts_root_plain(d->t, r->id, &there);
    if (!rc)
        check_count(d, "paths of a root", counted, there);
    return rc;
}

static void check_counts(struct fn_doctor *d)
{
    struct fn_counts c, p;
    int rc = fn_counts_get(d->t, &c);
    rc = rc ? rc : fn_counts_plain(d->t, &p);
    rc = rc ? rc : fn_root_each(d->t, check_root_count, d);
    if (rc) {
        fn_doctor_say(d, FN_FIND_WARN, "the counts of the index cannot be read: %s",
                      fn_strerror(rc));
        return;
    }
    check_count(d, "photos", c.photos, p.photos);
    check_count(d, "bad files", c.bad, p.bad);
    check_count(d, "gone photos", c.gone, p.gone);
    check_count(d, "faces", c.faces, p.faces);
}

int fn_doctor_photos(struct fn_doctor *d)
{
    static const struct {
        enum fn_table table;
        const char *what;
        void (*each)(struct fn_doctor *d, struct fn_slice key, struct fn_slice val);
    } checks[] = {
        {FN_T_PHOTO, "photos", check_photo},
        {FN_T_PHOTO_HASH, "photo hashes", check_photo_hash},
        {FN_T_PHOTO_PIXEL, "pixel keys", check_photo_pixel},
        {FN_T_TOMB, "gone photos", check_tomb},
        {FN_T_TOMB_PLACE, "places of gone photos", check_tomb_place},
        {FN_T_ROOT, "roots", check_root},
        {FN_T_PATH, "paths", check_path},
        {FN_T_PATH_PHOTO, "paths of photos", check_path_photo},
        {FN_T_QUEUE, "queue entries", check_queue},
        {FN_T_QUEUE_PATH, "queued paths", check_queue_path},
    };
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
        int rc = fn_doctor_walk(d, checks[i].table, checks[i].what, checks[i].each);
        if (rc)
            return rc;
    }
    fn_doctor_same_count(d, FN_T_PHOTO, FN_T_PHOTO_HASH);
    fn_doctor_same_count(d, FN_T_PATH, FN_T_PATH_PHOTO);
    fn_doctor_same_count(d, FN_T_QUEUE, FN_T_QUEUE_PATH);
    check_counts(d);
    return 0;
}
