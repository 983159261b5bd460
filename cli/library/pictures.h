/* SPDX-License-Identifier: MIT */
/* Pictures for display: crops and whole pictures. Pixels of photos come from a worker
 * process only; fnq itself never decodes a photo. */
#ifndef FN_CLI_LIBRARY_PICTURES_H
#define FN_CLI_LIBRARY_PICTURES_H

#include "cli/library/library.h"
#include "engine/work/steady.h"
#include "index/store/store.h"

/* Starts the one worker of this handle if it does not run, and waits until it is ready. */
FN_NODISCARD int fnl_worker_start(struct fn_library *lib, struct fn_error *err);
void fnl_worker_stop(struct fn_library *lib);
/* Sets the profile that the worker runs from now on, instead of the configured one. models_dir:
 * the folder of the profile, which outlives the handle; NULL: the default. */
void fnl_profile_use(struct fn_library *lib, const char *models_dir, const char *profile);
/* The same for the installed profile that makes the vectors of the index, whatever its name is
 * now; if there is none, the one that the index names. dir: the folder of models, or NULL. */
void fnl_profile_of_index(struct fn_library *lib, const char *dir,
                          const struct fn_index_model *m);
void fnl_profile_copy(struct fn_library *to, const struct fn_library *from);
/* Sends r (its id is set here) and waits. A worker that dies or hangs is FN_EWORKER with the
 * reason ("crashed (SIGSEGV)"); the next call starts another. A failure of the photo itself is
 * returned with its code and text. */
FN_NODISCARD int fnl_worker_ask(struct fn_library *lib, struct fn_work_request *r,
                                struct fn_work_reply *ret, struct fn_error *err);

/* Thumbnails of n boxes of the photo in fd, px x px each; images: n, which the caller destroys.
 */
FN_NODISCARD int fnl_crops(struct fn_library *lib, int fd, const float (*boxes)[4], size_t n,
                           uint32_t px, float margin, struct fn_image *images,
                           struct fn_error *err);
/* The upright picture, its longer side at most px pixels; 0: as large as it is. */
FN_NODISCARD int fnl_picture(struct fn_library *lib, int fd, uint32_t px, struct fn_image *ret,
                             struct fn_error *err);
FN_NODISCARD int fnl_save_jpeg(const char *path, const struct fn_image *m,
                               struct fn_error *err);

#endif
