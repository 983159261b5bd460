/* SPDX-License-Identifier: MIT */
/* A picture source that decodes in the process of the test, for pictures that the test drew. */
#ifndef FN_TESTS_UNIT_LOCAL_PICTURES_H
#define FN_TESTS_UNIT_LOCAL_PICTURES_H

#include "engine/train/picture_source.h"

extern const struct fn_picture_source local_pictures;

#endif
