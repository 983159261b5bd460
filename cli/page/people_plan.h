/* SPDX-License-Identifier: MIT */
/* What a page of people shows: a copy of the index in memory, so that no transaction is open
 * while photos are decoded. About 100 bytes a face of the chosen people, and 300 a photo that
 * is shown. */
#ifndef FN_CLI_PAGE_PEOPLE_PLAN_H
#define FN_CLI_PAGE_PEOPLE_PLAN_H

#include "cli/library/facts.h"

enum {
    FNP_FACES_MAX = 200, /* shown of one person */
    FNP_SEEN_MAX = 12,   /* people shown that were seen with one person */
};
#define FNP_NOBODY UINT32_MAX

struct fnp_face { /* of a photo that is shown */
    uint64_t ckey;
    float box[4];
    fn_face_id id;
    uint32_t person; /* index of fnp_plan.people, or FNP_NOBODY */
    uint32_t photo;  /* index of fnp_plan.photos */
    bool shown;      /* on the page of its person: it needs a crop */
    bool cropped;    /* the crop is there (people_views.h) */
};

struct fnp_photo {
    struct fn_h128 hash;
    char *path; /* absolute; NULL: it has no file */
    char date[24];
    uint32_t width, height;       /* upright */
    uint32_t first_face, n_faces; /* of fnp_plan.faces, largest first */
    bool previewed;               /* the preview is there (people_views.h) */
    bool found;                   /* its file can be opened */
};

struct fnp_seen {
    uint32_t person, n_photos;
};

struct fnp_person {
    struct fn_person p;
    uint32_t *faces; /* shown: indices of fnp_plan.faces, oldest first, unknown dates last */
    uint32_t n_faces, n_all; /* shown; all that the index has */
    uint32_t cover;          /* index of fnp_plan.faces, or FNP_NOBODY */
    struct fnp_seen seen[FNP_SEEN_MAX];
    uint32_t n_seen;
};

struct fnp_plan {
    struct fnp_person *people; /* in the given order */
    struct fnp_photo *photos;
    struct fnp_face *faces;
    size_t n_people, n_photos, n_faces, n_shown; /* n_shown: faces that have crops */
    size_t n_all_photos;                         /* of the people, shown or not; each once */
    size_t photos_cap, faces_cap;
};

/* Collects inside the read transaction t. Finish *ret even on failure. -ENOMEM, and errors of
 * the index. */
FN_NODISCARD int fnp_plan_make(struct fn_txn *t, const struct fn_person *people, size_t n,
                               struct fnp_plan *ret, struct fn_error *err);
void fnp_plan_finish(struct fnp_plan *p);

#endif
