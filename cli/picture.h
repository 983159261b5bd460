/* SPDX-License-Identifier: MIT */
/* Pictures for people to look at. Pixels of photos come from a worker process only; fnq itself
 * never decodes a photo. */
#ifndef FN_CLI_PICTURE_H
#define FN_CLI_PICTURE_H

#include "cli/fnq.h"
#include "engine/image/draw.h"
#include "engine/work/steady.h"

/* The one worker of this command, started when first asked for; waits until it is ready. */
FN_NODISCARD int fnq_worker_start(struct fnq_ctx *ctx, struct fn_error *err);
void fnq_worker_stop(struct fnq_ctx *ctx);
/* Sends r (its id is set here) and waits. A worker that dies or hangs gives FN_EWORKER with how
 * it ended ("crashed (SIGSEGV)"); the next call starts another. A photo's own failure comes
 * back as its code and text. */
FN_NODISCARD int fnq_worker_ask(struct fnq_ctx *ctx, struct fn_work_request *r,
                                struct fn_work_reply *ret, struct fn_error *err);

/* Thumbnails of n boxes of the photo in fd, px x px each; images: caller's n, destroyed by the
 * caller. */
FN_NODISCARD int fnq_crops(struct fnq_ctx *ctx, int fd, const float (*boxes)[4], size_t n,
                           uint32_t px, float margin, struct fn_image *images,
                           struct fn_error *err);
/* The photo with boxes and names drawn, as a JPEG file. */
FN_NODISCARD int fnq_draw(struct fnq_ctx *ctx, int fd, const float (*boxes)[4],
                          const char (*labels)[FN_WORK_LABEL_MAX], size_t n, const char *path,
                          struct fn_error *err);
FN_NODISCARD int fnq_save_jpeg(const char *path, const struct fn_image *m,
                               struct fn_error *err);

/* ---- contact sheets ---- */
enum { FNQ_SHEET_CELL = 128, FNQ_SHEET_COLUMNS = 8, FNQ_SHEET_MAX = 2000 };

struct fnq_sheet_face {
    char *path; /* of the photo; NULL: a heading */
    float box[4];
    char line1[96], line2[96];
    struct fn_image thumb;
};
struct fnq_sheet {
    struct fnq_sheet_face *faces;
    size_t n, cap;
    bool failed;
};
/* Collects only; the pictures are cut by fnq_sheet_write, when no transaction is open. */
void fnq_sheet_heading(struct fnq_sheet *s, const char *text);
void fnq_sheet_add(struct fnq_sheet *s, const char *path, const float box[4], const char *line1,
                   const char *line2);
/* Faces whose photo cannot be read are left out; *ret_lost says how many. */
FN_NODISCARD int fnq_sheet_write(struct fnq_ctx *ctx, struct fnq_sheet *s, const char *title,
                                 const char *path, size_t *ret_lost, struct fn_error *err);
void fnq_sheet_finish(struct fnq_sheet *s);

#endif
