/* SPDX-License-Identifier: MIT */
/* The names of the files of a page. A list that somebody edited cannot lead to other files. */
#ifndef FN_CLI_PAGE_PAGE_NAMES_H
#define FN_CLI_PAGE_PAGE_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/base/error.h"

/* Is it "index.html", "index-2.html", "style.css", or FOLDER/ID.html or FOLDER/ID.jpg with a
 * folder of fnp_subfolders and an id of small letters and digits? */
bool fnp_is_page_name(const char *name);

enum { FNP_SUBFOLDERS = 3 };
extern const char *const fnp_subfolders[FNP_SUBFOLDERS]; /* "people", "photos", "faces" */

/* A list of names for one thread at a time. */
struct fnp_names {
    char **name;
    bool *used; /* belongs to the page that is being written */
    size_t n, cap, used_cap, n_sorted;
};
/* Adds a copy, used or not. -ENOMEM. */
FN_NODISCARD int fnp_names_add(struct fnp_names *l, const char *name, bool used);
/* Sorts and removes doubles; fnp_names_find works afterwards, for these names. */
void fnp_names_sort(struct fnp_names *l);
/* SIZE_MAX: it is not there. */
size_t fnp_names_find(const struct fnp_names *l, const char *name);
void fnp_names_finish(struct fnp_names *l);

#endif
