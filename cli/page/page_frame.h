/* SPDX-License-Identifier: MIT */
/* What all pages have: the head with its content security policy, the way back, the footer, and
 * the picture of a face. A page has no script, and loads nothing but files next to it. */
#ifndef FN_CLI_PAGE_PAGE_FRAME_H
#define FN_CLI_PAGE_PAGE_FRAME_H

#include "cli/page/html.h"
#include "cli/page/page_folder.h"
#include "cli/page/people_plan.h"

struct fnp_site {
    const struct fnp_plan *plan;
    struct fnp_folder *folder;
    const struct fnp_events *events;
    const char *version, *made; /* of the program; when, as text */
    const char *command;        /* "fnq", with the options that find this index */
    uint64_t n_photos, n_faces; /* of the people shown; each photo once */
    uint64_t n_small, n_hidden; /* people who are left out */
    uint64_t min_photos;
};

/* Appends everything up to the content of <main>. up: "" or "../", the way to the first page; a
 * page below it gets a link there. */
void fnp_frame_begin(struct fn_buf *b, const char *title, const char *up);
void fnp_frame_end(struct fn_buf *b, const struct fnp_site *site);

/* The crop, or a placeholder. alt: any bytes; "" next to a name. */
void fnp_face_image(struct fn_buf *b, const struct fnp_face *f, const char *up,
                    const char *alt);
/* A placeholder for a picture that could not be read. */
void fnp_no_image(struct fn_buf *b, const char *class, const char *label);
/* "people/p....html" */
void fnp_person_name(const struct fnp_person *p, char out[FNP_NAME_MAX]);
/* The name, or "Unnamed" and the short id. */
void fnp_person_title(struct fn_buf *b, const struct fnp_person *p);
/* "2009", "2009–2013", or nothing. */
void fnp_years(struct fn_buf *b, const struct fn_person *p);
/* The last component of the path of a photo. */
const char *fnp_base_name(const struct fnp_photo *p);

#endif
