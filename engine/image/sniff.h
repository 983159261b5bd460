/* SPDX-License-Identifier: MIT */
/* Which picture format a file has: by its first bytes, or, before it is opened, whether its
 * name ends as that of a picture. Links no decoder (target fn_sniff), so that a program that
 * decodes nothing can ask too. */
#ifndef FN_ENGINE_IMAGE_SNIFF_H
#define FN_ENGINE_IMAGE_SNIFF_H

#include "engine/image/image.h"

enum { FN_SNIFF_BYTES = 64 }; /* no answer takes more */

/* The format that is read here of which head[0..n) is the beginning, or FN_FORMAT_UNKNOWN.
 * n: FN_SNIFF_BYTES, or less where the file is shorter. */
enum fn_format fn_sniff_head(const uint8_t *head, size_t n);

/* The same of a file, with the sentence for `fnq files --bad`: FN_EUNSUPPORTED for a picture of
 * a format that is known and not read, FN_EDECODE for what is no picture, -errno. */
FN_NODISCARD int fn_sniff(const struct fn_source *src, enum fn_format *ret,
                          struct fn_error *err);

/* Does a file of this name look like a picture of a format that is read here? Only the ending
 * counts, without case: for folders that are listed before anything in them is opened. */
bool fn_picture_name(const char *name);

#endif
