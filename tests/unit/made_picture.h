/* SPDX-License-Identifier: MIT */
/* Small pictures for tests, drawn in memory: a pattern without symmetry, and files in
 * memfds. */
#ifndef FN_TESTS_UNIT_MADE_PICTURE_H
#define FN_TESTS_UNIT_MADE_PICTURE_H

#include "engine/image/image.h"

/* Smooth gradients with a different value in every corner. */
struct fn_image picture_pattern(uint32_t width, uint32_t height);
/* A memfd with the bytes. The caller closes the fd of the source. */
struct fn_source picture_source(const void *p, size_t n);
struct fn_source picture_jpeg(const struct fn_image *m, int quality);
struct fn_source picture_png(const struct fn_image *m);
/* All bytes of a source. Release them with free(). */
uint8_t *picture_bytes(const struct fn_source *src);
/* The same JPEG with a segment (marker, len bytes) directly after SOI. Closes src. */
struct fn_source picture_with_segment(struct fn_source src, uint8_t marker, const void *p,
                                      size_t len);
/* A little-endian TIFF block with one orientation tag, after "Exif\0\0". Returns its length. */
size_t picture_exif_orientation(uint8_t out[32], int orientation);
/* Largest absolute difference, or -1 when the sizes differ. */
int picture_difference(const struct fn_image *a, const struct fn_image *b);
double picture_mean_difference(const struct fn_image *a, const struct fn_image *b);

/* $FACENETD_SHARED, or ../shared next to the source tree, with rel appended. NULL when that
 * file does not exist. Static memory. */
const char *picture_shared(const char *rel);
/* Opens a file. fd is -1 on failure. */
struct fn_source picture_open(const char *path);

#endif
