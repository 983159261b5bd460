/* SPDX-License-Identifier: MIT */
/* Pictures for a training, decoded by worker processes (engine/train/picture_source.h). */
#ifndef FN_CLI_LIBRARY_PICTURE_POOL_H
#define FN_CLI_LIBRARY_PICTURE_POOL_H

#include "cli/library/library.h"
#include "engine/train/picture_source.h"
#include "engine/work/pool.h"

struct fnl_pictures {
    struct fn_picture_source source;
    struct fn_worker_pool *pool;
};
/* n: maximum number of workers; as many as threads that request pictures. Needs no models. */
FN_NODISCARD int fnl_pictures_open(struct fn_library *lib, unsigned n, struct fnl_pictures *ret,
                                   struct fn_error *err);
void fnl_pictures_close(struct fnl_pictures *p); /* safe on zeroes */

#endif
