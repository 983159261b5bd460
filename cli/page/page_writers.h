/* SPDX-License-Identifier: MIT */
/* The pages of a site, each as a whole. */
#ifndef FN_CLI_PAGE_PAGE_WRITERS_H
#define FN_CLI_PAGE_PAGE_WRITERS_H

#include "cli/page/page_frame.h"

enum { FNP_PEOPLE_PER_PAGE = 500 };

/* Page n (from 1) of the list of people; fnp_index_pages: how many there are, at least 1. */
size_t fnp_index_pages(const struct fnp_plan *p);
void fnp_index_name(size_t n, char out[FNP_NAME_MAX]);
void fnp_put_index(struct fn_buf *b, const struct fnp_site *site, size_t n);
/* The page of a person: in people/. */
void fnp_put_person(struct fn_buf *b, const struct fnp_site *site, const struct fnp_person *p);
/* The page of a photo: in photos/. */
void fnp_put_photo(struct fn_buf *b, const struct fnp_site *site, const struct fnp_photo *p);
/* Boxes over a preview. only: the index of one person, or FNP_NOBODY for all, with names and
 * links; up: the way to the first page. */
void fnp_put_boxes(struct fn_buf *b, const struct fnp_site *site, const struct fnp_photo *p,
                   uint32_t only, const char *up);
/* The preview, with boxes over it, or a placeholder. */
void fnp_put_preview(struct fn_buf *b, const struct fnp_site *site, const struct fnp_photo *p,
                     uint32_t only, const char *up);

/* The style sheet, from style.css. */
extern const unsigned char fnp_style[];
extern const size_t fnp_style_size;

#endif
