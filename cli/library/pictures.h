/* SPDX-License-Identifier: MIT */
/* Pictures for display: crops, drawings and contact sheets. Pixels of photos come from a worker
 * process only; fnq itself never decodes a photo. */
#ifndef FN_CLI_LIBRARY_PICTURES_H
#define FN_CLI_LIBRARY_PICTURES_H

#include "cli/library/library.h"
#include "engine/image/draw.h"
#include "engine/work/steady.h"

/* Starts the one worker of this handle if it does not run, and waits until it is ready. */
FN_NODISCARD int fnl_worker_start(struct fn_library *lib, struct fn_error *err);
void fnl_worker_stop(struct fn_library *lib);
/* Sets the profile that the worker runs from now on, instead of the configured one. models_dir:
 * the folder of the profile, which outlives the handle; NULL: the default. */
void fnl_profile_use(struct fn_library *lib, const char *models_dir, const char *profile);
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
/* The photo with boxes and names drawn, as a JPEG file. px: longer side of the result; 0: that
 * of the photo. */
FN_NODISCARD int fnl_draw(struct fn_library *lib, int fd, const float (*boxes)[4],
                          const char (*labels)[FN_WORK_LABEL_MAX], size_t n, uint32_t px,
                          const char *path, struct fn_error *err);
FN_NODISCARD int fnl_save_jpeg(const char *path, const struct fn_image *m,
                               struct fn_error *err);

/* ---- contact sheets ---- */
enum { FNL_SHEET_CELL = 128, FNL_SHEET_COLUMNS = 8, FNL_SHEET_MAX = 2000 };

struct fnl_sheet_face {
    char *path; /* of the photo; NULL: a heading */
    float box[4];
    char line1[96], line2[96];
    struct fn_image thumb;
};
struct fnl_sheet {
    struct fnl_sheet_face *faces;
    size_t n, cap;
    bool failed;
};
/* Only collects; fnl_sheet_write cuts the faces out, when no transaction is open. */
void fnl_sheet_heading(struct fnl_sheet *s, const char *text);
void fnl_sheet_add(struct fnl_sheet *s, const char *path, const float box[4], const char *line1,
                   const char *line2);
/* Faces whose photo cannot be read are left out; *ret_lost is their number. */
FN_NODISCARD int fnl_sheet_write(struct fn_library *lib, struct fnl_sheet *s, const char *title,
                                 const char *path, size_t *ret_lost, struct fn_error *err);
void fnl_sheet_finish(struct fnl_sheet *s);

#endif
