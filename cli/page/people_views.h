/* SPDX-License-Identifier: MIT */
/* The pictures of a page of people: a crop of each face that is shown, and a preview of each
 * photo. Photos are decoded by worker processes, each photo once; what an earlier run made is
 * reused. */
#ifndef FN_CLI_PAGE_PEOPLE_VIEWS_H
#define FN_CLI_PAGE_PEOPLE_VIEWS_H

#include "cli/library/library.h"
#include "cli/page/page_folder.h"
#include "cli/page/people_plan.h"

enum {
    FNP_CROP_PX = 192,    /* side of a crop */
    FNP_PREVIEW_PX = 800, /* longer side of a preview */
};

struct fnp_progress {
    size_t done, total; /* photos */
    double seconds;
    bool last; /* all are done */
};
struct fnp_events {
    void (*progress)(void *arg, const struct fnp_progress *p); /* or NULL; several a second */
    bool (*stop)(void *arg); /* is the user in a hurry? Any thread; or NULL */
    void *arg;
};

/* The names of the files, "faces/f....jpg" and "photos/HASH" with the end. */
void fnp_crop_name(uint64_t ckey, char out[FNP_NAME_MAX]);
void fnp_photo_name(const struct fn_h128 *hash, const char *end, char out[FNP_NAME_MAX]);

/* Makes what is missing, and marks in the plan what is there then. No transaction may be open.
 * A photo that cannot be read is no error. *ret_unreadable: the photos that lack a picture.
 * FN_EMODEL: no worker can be started; -ECANCELED: events->stop; errors of fnp_folder_write. */
FN_NODISCARD int fnp_views_make(struct fn_library *lib, struct fnp_plan *p,
                                struct fnp_folder *folder, const struct fnp_events *events,
                                size_t *ret_unreadable, struct fn_error *err);

#endif
