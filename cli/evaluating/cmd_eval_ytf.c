/* SPDX-License-Identifier: MIT */
/* fnq eval ytf: verification of videos by the protocol of YouTube Faces. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/evaluating/eval_command.h"
#include "engine/base/file.h"

struct options {
    struct fnl_eval_choice judge;
    const char *pairs, *plot;
    uint64_t frames;
};
static const struct fn_opt table[] = {
    OPT_TEXT(pairs, "pairs", 0, "FILE", "splits.txt (default: the one in DIR; else generated)"),
    OPT_NUMBER(frames, "frames", 0, "N", "frames with a face of each video (default 100)"),
    EVAL_MODEL,
    EVAL_PLOT,
    EVAL_THREADS,
    OPT_END};

enum { MADE_FOLDS = 10, MADE_PER_FOLD = 250, FRAMES = 100 };

static int read_videos(const struct fnq_ctx *ctx, const char *dir, const char *file,
                       struct fn_eval_videos *videos, struct fn_eval_pairs *pairs,
                       struct fn_error *err)
{
    char path[FN_PATH_MAX];
    int rc = fn_eval_videos_read(videos, dir, err);
    if (rc)
        return rc;
    bool there = snprintf(path, sizeof path, "%s/splits.txt", dir) < (int)sizeof path &&
                 fn_file_exists(path);
    if (file || there)
        return fn_eval_videos_splits(videos, file ? file : path, pairs, err);
    rc = fn_eval_videos_make(videos, MADE_FOLDS, MADE_PER_FOLD, 1, pairs, err);
    if (!rc)
        fnq_note(ctx, "no splits.txt: generated %zu pairs of videos, %d folds", pairs->n,
                 MADE_FOLDS);
    return rc;
}

static int run(struct fnq_ctx *ctx, const struct options *o, int argc, char **argv)
{
    struct fn_error err = {0};
    struct fnl_eval e = {0};
    struct fnq_eval_report report = {.plot_dir = o->plot};
    struct fn_eval_videos videos = {0};
    struct fn_eval_pairs pairs = {0};
    struct fn_pair_d2 *d = NULL;
    if (argc != 1)
        return fnq_usage(ctx, "eval ytf: which folder?");
    int rc = read_videos(ctx, argv[0], o->pairs, &videos, &pairs, &err);
    rc = rc ? rc : fnq_eval_open(ctx, &o->judge, &e, &err);
    rc = rc ? rc
            : fnl_eval_videos(&e, &videos, &pairs, o->frames ? (size_t)o->frames : FRAMES,
                              &report.f, &d, &err);
    /* Mean distances over frames are larger than distances of two pictures, so no fixed
     * threshold applies. */
    rc = rc ? rc : fnq_eval_judge_pairs(&e, &report, d, pairs.n, (double)NAN, &err);
    int exit_code = rc ? fnq_fail(ctx, &err, NULL, NULL)
                       : fnq_report_print(ctx, &e, &report, "ytf", argv[0], "detect");
    free(d);
    fn_eval_videos_free(&videos);
    fn_eval_pairs_free(&pairs);
    fnq_report_finish(&report);
    fnq_eval_close(ctx, &e);
    return exit_code;
}

FNQ_COMMAND(eval_ytf) = {
    .name = "eval ytf",
    .args = "DIR",
    .group = FNQ_GROUP_EXPERTS,
    .summary = "measure accuracy on videos, as YTF does",
    .details = "DIR/PERSON/VIDEO are folders of frames.",
    .examples = "fnq eval ytf ytf/\n",
    .operands = FNQ_COMPLETE_DIRS,
    FNQ_TYPED(eval_ytf, table),
};
