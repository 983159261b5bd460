/* SPDX-License-Identifier: MIT */
/* Private to index/edits. */
#ifndef FN_INDEX_EDITS_PRIV_H
#define FN_INDEX_EDITS_PRIV_H

#include "index/records/faces.h"

/* Why a photo may be the earlier version of another; the later ones are the stronger. */
enum fn_evidence {
    FN_EVIDENCE_NEAR = 1, /* it is gone, and was in the same folder or had the same name */
    FN_EVIDENCE_PLACE,    /* the other one has its path, or it has the path of its backup */
    FN_EVIDENCE_PIXELS,   /* the coded pixels are the same */
};

/* What programs add to the name of the file that they are about to change; ends with NULL. */
extern const char *const fn_backup_ends[];
/* Length of a path without such an end; of another path 0. */
size_t fn_backup_of(const char *path);

struct fn_version_pair {
    fn_photo_id was, now;
    enum fn_evidence evidence;
    /* Only labels that were made before `now` was first seen count: a photo that was there
     * beside the other when the user labelled it is not its edit. */
    bool since_label;
    bool related_names; /* NEAR: fn_names_related */
};
struct fn_version_fit {
    size_t n_labels; /* faces whose labels follow */
    size_t n_faces;  /* matched, labelled or not */
    double d;        /* mean distance of those */
};

/* version_link.c. Compares the faces of two photos. write: also logs which labelled face of
 * `was` is which of `now`. */
FN_NODISCARD int fn_version_link(struct fn_txn *t, const struct fn_version_pair *p, bool write,
                                 struct fn_version_fit *ret, struct fn_error *err);
/* The distance above which no two faces are one, if folder or name alone speak for it. */
uint32_t fn_near_limit(const struct fn_index_model *m, bool related_names);

/* labelled.c. When the user labelled the face (seconds of the clock, from 1); 0: it has no
 * label. */
FN_NODISCARD int fn_face_labelled_s(struct fn_txn *t, fn_face_id face, int64_t *ret_s);
/* Whether the photo has a face with a label. */
FN_NODISCARD int fn_photo_has_labels(struct fn_txn *t, fn_photo_id photo, bool *ret);

/* near_photos.c. Photos that came, and photos with labels that are gone, of one folder or one
 * name. They are gathered first and compared once, at the end of a transaction: a folder of
 * thousands that goes away costs one look at each photo, and pairs cost a distance. */
struct fn_near_photos {
    struct fn_txn *t;
    struct fn_gone_photo *gone;
    size_t n_gone, gone_cap;
    struct fn_shown_photo *shown;
    size_t n_shown, shown_cap;
};
/* `photo` lost its last path, an absolute one. One without labels is not added. */
FN_NODISCARD int fn_near_left(struct fn_near_photos *n, const struct fn_photo *photo,
                              const char *path);
/* `photo` came to an absolute path. */
FN_NODISCARD int fn_near_came(struct fn_near_photos *n, const struct fn_photo *photo,
                              const char *path);
/* Finds which of them may be one picture, and adds these pairs. */
struct fn_near_versions;
FN_NODISCARD int fn_near_photos_pair(struct fn_near_photos *n, struct fn_near_versions *ret,
                                     struct fn_error *err);
void fn_near_photos_finish(struct fn_near_photos *n);

/* near_versions.c. Pairs of which only folder or name speak. A photo has at most one earlier
 * and one later version among them: those with related names first, then those with most faces
 * alike. */
struct fn_near_version {
    struct fn_version_pair pair;
    struct fn_version_fit fit;
};
struct fn_near_versions {
    struct fn_near_version *v; /* free() */
    size_t n, cap;
};
FN_NODISCARD int fn_near_versions_add(struct fn_near_versions *l, fn_photo_id was,
                                      fn_photo_id now, bool related_names);
FN_NODISCARD int fn_near_versions_link(struct fn_txn *t, struct fn_near_versions *l,
                                       struct fn_error *err);
/* "IMG_1.jpg" and "IMG_1 copy.png", not "IMG_12.jpg". */
bool fn_names_related(const char *a, const char *b);
/* After the last '/'. */
const char *fn_name_in_place(const char *path);

#endif
