/* SPDX-License-Identifier: MIT */
#include "index/intake/found_photo.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/clock.h"
#include "index/intake/reply.h"

static void begin(struct fn_found_photo *p, const struct fn_path *path,
                  const struct fn_h128 *hash)
{
    *p = (struct fn_found_photo){.in = {.path = *path, .hash = *hash}};
    p->in.photo.size = path->size;
    p->in.photo.seen_s = fn_clock_wall_s();
}

int fn_found_reply(struct fn_found_photo *p, const struct fn_path *path,
                   const struct fn_h128 *hash, const struct fn_work_reply *reply,
                   const struct fn_h128 *profile_id)
{
    size_t n = reply->photo.n_faces, width = reply->feature_width;
    begin(p, path, hash);
    p->in.profile_id = *profile_id;
    fn_reply_photo(&p->in.photo, reply);
    p->faces = calloc(n + 1, sizeof *p->faces);
    p->features = calloc(n * width + 1, sizeof *p->features);
    if (!p->faces || !p->features || width > FN_FEATURE_MAX) {
        fn_found_finish(p);
        return -ENOMEM;
    }
    for (size_t i = 0; i < n; i++) {
        fn_reply_face(&p->faces[i], &reply->photo.faces[i]);
        memcpy(p->features + i * width, reply->photo.faces[i].feature,
               width * sizeof(uint16_t));
        p->faces[i].feature = p->features + i * width;
    }
    p->in.faces = p->faces;
    p->in.n_faces = (uint32_t)n;
    p->in.feature_width = (uint32_t)width;
    return 0;
}

void fn_found_bad(struct fn_found_photo *p, const struct fn_path *path,
                  const struct fn_h128 *hash, const char *reason)
{
    begin(p, path, hash);
    p->in.photo.state = FN_PHOTO_BAD;
    (void)snprintf(p->in.photo.reason, sizeof p->in.photo.reason, "%s", reason);
}

int fn_found_write(struct fn_txn *t, const struct fn_profile_values *v,
                   const struct fn_found_photo *p, struct fn_error *err)
{
    struct fn_ingest in = p->in; /* the call modifies it */
    fn_photo_id id;
    int rc = fn_reply_model(t, v, &in, err);
    return rc ? rc : fn_ingest_photo(t, &in, &id, err);
}

void fn_found_finish(struct fn_found_photo *p)
{
    free(p->faces);
    free(p->features);
    p->faces = NULL;
    p->features = NULL;
}
