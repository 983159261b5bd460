/* SPDX-License-Identifier: MIT */
/* Where gone photos were: their folders and their names, so that a photo that comes can be
 * compared with those that left the same folder, or had the same name elsewhere.
 *
 * Key: 'F' and the hash of the folder, or 'N' and that of the name; then the photo. */
#include <string.h>

#include "engine/base/endian.h"
#include "engine/base/hash.h"
#include "index/records/photos.h"
#include "index/records/records.h"
#include "index/records/rows.h"

enum { KEY = FN_TOMB_PLACE_KEY, TAG_FOLDER = 'F', TAG_NAME = 'N' };

struct fn_place_hashes fn_place_hashes(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    return (struct fn_place_hashes){.folder = fn_hash64(path, (size_t)(name - path)),
                                    .name = fn_hash64(name, strlen(name))};
}

static void place_key(char tag, const char *path, fn_photo_id id, uint8_t out[KEY])
{
    struct fn_place_hashes h = fn_place_hashes(path);
    out[0] = (uint8_t)tag;
    fn_put_be64(out + 1, tag == TAG_FOLDER ? h.folder : h.name);
    fn_put_be32(out + 9, id);
}

void fn_tomb_place_keys(fn_photo_id id, const char *last,
                        uint8_t ret[FN_TOMB_PLACES][FN_TOMB_PLACE_KEY])
{
    place_key(TAG_FOLDER, last, id, ret[0]);
    place_key(TAG_NAME, last, id, ret[1]);
}

int fn_tomb_place_put(struct fn_txn *t, fn_photo_id id, const char *last, struct fn_error *err)
{
    uint8_t keys[FN_TOMB_PLACES][KEY];
    int rc = 0;
    if (!*last)
        return 0;
    fn_tomb_place_keys(id, last, keys);
    for (size_t i = 0; !rc && i < FN_TOMB_PLACES; i++)
        rc = fn_tab_put(t, FN_T_TOMB_PLACE, keys[i], KEY, fn_mark, sizeof fn_mark, err);
    return rc;
}

int fn_tomb_place_del(struct fn_txn *t, fn_photo_id id, const char *last, struct fn_error *err)
{
    uint8_t keys[FN_TOMB_PLACES][KEY];
    fn_tomb_place_keys(id, last, keys);
    for (size_t i = 0; i < FN_TOMB_PLACES; i++) {
        int rc = fn_tab_del(t, FN_T_TOMB_PLACE, keys[i], KEY, err);
        if (rc && rc != FN_ENOTFOUND)
            return rc;
    }
    return 0;
}

static int visit_tag(struct fn_txn *t, char tag, const char *path,
                     int (*visit)(fn_photo_id photo, void *ctx), void *ctx)
{
    struct fn_cur c = {0};
    uint8_t key[KEY];
    place_key(tag, path, 0, key);
    int stop = 0, rc = fn_cur_open(t, FN_T_TOMB_PLACE, &c);
    if (!rc)
        rc = fn_cur_seek(&c, key, sizeof key);
    while (!rc && !stop && c.key.n == KEY && !memcmp(c.key.p, key, KEY - 4)) {
        stop = visit(fn_get_be32(c.key.p + KEY - 4), ctx);
        if (!stop)
            rc = fn_cur_next(&c);
    }
    fn_cur_close(&c);
    return stop ? stop : rc == FN_ENOTFOUND ? 0 : rc;
}

int fn_photos_gone_from_folder(struct fn_txn *t, const char *path,
                               int (*visit)(fn_photo_id photo, void *ctx), void *ctx)
{
    return visit_tag(t, TAG_FOLDER, path, visit, ctx);
}

int fn_photos_gone_of_name(struct fn_txn *t, const char *path,
                           int (*visit)(fn_photo_id photo, void *ctx), void *ctx)
{
    return visit_tag(t, TAG_NAME, path, visit, ctx);
}
