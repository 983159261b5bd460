/* SPDX-License-Identifier: MIT */
/* A static page of people in a folder: a list, a page for each person, a page for each photo.
 * It is opened in a browser without a server. */
#ifndef FN_CLI_PAGE_PEOPLE_PAGE_H
#define FN_CLI_PAGE_PEOPLE_PAGE_H

#include "cli/library/people_list.h"
#include "cli/page/people_views.h"

struct fnp_people_choice {
    const char *dir;
    const struct fnl_people *people; /* in the order of the list */
    size_t n;                        /* the first n of them */
    uint64_t min_photos;             /* that the list was made with */
    const char *version;             /* of the program */
};

struct fnp_people_page {
    char path[FN_PATH_MAX]; /* of the first page, absolute */
    uint64_t people, faces; /* all faces of the people */
    uint64_t shown;         /* faces with a crop of their own */
    uint64_t photos;        /* with a page of their own */
    uint64_t unreadable;    /* of them, without a picture */
    struct fnp_folder_counts files;
};

/* Writes the page, or brings an earlier one in the folder up to date. Begins inside lib's read
 * transaction and ends it. The errors of fnp_folder_open, fnp_plan_make, fnp_views_make and
 * fnp_folder_write. */
FN_NODISCARD int fnp_people_page_write(struct fn_library *lib,
                                       const struct fnp_people_choice *choice,
                                       const struct fnp_events *events,
                                       struct fnp_people_page *ret, struct fn_error *err);

#endif
