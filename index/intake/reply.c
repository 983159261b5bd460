/* SPDX-License-Identifier: MIT */
#include "index/intake/reply.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static uint32_t to_exact(float d2)
{
    return d2 <= 0 ? 0 : (uint32_t)llround((double)d2 * FN_Q14_ONE);
}

int fn_reply_model(struct fn_txn *t, const struct fn_profile_values *v,
                   const struct fn_ingest *in, struct fn_error *err)
{
    struct fn_index_model m;
    int rc = fn_index_model_get(t, &m, err);
    if (rc != FN_ENOTFOUND || !in->feature_width)
        return rc == FN_ENOTFOUND ? 0 : rc;
    m = (struct fn_index_model){.profile_id = in->profile_id,
                                .feature_width = in->feature_width,
                                .single_d = to_exact(v->single_d2),
                                .group_d = to_exact(v->group_d2),
                                .net_d = to_exact(v->net_d2),
                                .decade_d = to_exact(v->decade_d2),
                                .pair_d = to_exact(v->pair_d2),
                                .min_quality = (uint8_t)lrintf(v->min_quality * 255.0f),
                                .logistic_a = (double)v->logistic_a,
                                .logistic_b = (double)v->logistic_b};
    (void)snprintf(m.profile, sizeof m.profile, "%s", v->name);
    return fn_index_model_set(t, &m, err);
}

void fn_reply_face(struct fn_ingest_face *to, const struct fn_face *from)
{
    memcpy(to->box, from->box, sizeof to->box);
    memcpy(to->points, from->points, sizeof to->points);
    to->score = from->score;
    to->quality = from->quality;
    to->sharpness = from->sharpness;
    to->eyes_px = from->eyes_px;
    to->yaw_deg = from->yaw_deg;
    to->roll_deg = from->roll_deg;
    memcpy(to->embedding, from->embedding, sizeof to->embedding);
}

void fn_reply_photo(struct fn_photo *p, const struct fn_work_reply *r)
{
    const struct fn_image_info *i = &r->photo.info;
    p->state = FN_PHOTO_OK;
    p->pixel_key = r->pixel_key;
    p->orientation = (uint8_t)i->exif.orientation;
    p->taken_precision = i->exif.taken_precision;
    p->has_gps = i->exif.has_gps;
    p->truncated = r->photo.truncated;
    p->n_dropped =
        (uint16_t)(r->photo.n_dropped > UINT16_MAX ? UINT16_MAX : r->photo.n_dropped);
    p->rotated = r->photo.rotated;
    p->width = i->width;
    p->height = i->height;
    p->taken_s = i->exif.taken_s;
    p->zone_min = i->exif.zone_min;
    p->lat_e7 = i->exif.lat_e7;
    p->lon_e7 = i->exif.lon_e7;
    (void)snprintf(p->camera, sizeof p->camera, "%s", i->exif.camera);
}
