/* SPDX-License-Identifier: MIT */
/* See run_log.h. */
#include "engine/train/run_log.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/base/file.h"

static const char header[] =
    "step,images,seconds,loss,pairs,selected,active,right,rate,norm,positive_p5,positive_p25,"
    "positive_p50,positive_p75,positive_p95,negative_p5,negative_p25,negative_p50,negative_p75,"
    "negative_p95,faces_per_s,wait_s,unreadable,skipped,collapsed,held_accuracy,held_error,"
    "held_tar_1e-3,"
    "held_tar_1e-4,train_people,train_faces\n";

/* Rows after the step of the checkpoint belong to a part of the run that is discarded. */
static int drop_rows_after(int fd, uint64_t step)
{
    struct fn_buf b;
    fn_buf_init(&b, 1u << 30);
    char part[65536];
    off_t at = 0;
    ssize_t n;
    while ((n = fn_pread_all(fd, part, sizeof part, (uint64_t)at)) > 0) {
        fn_buf_add(&b, part, (size_t)n);
        at += n;
    }
    const char *p = fn_buf_cstr(&b), *line = p;
    while (line < p + b.len) {
        const char *end = strchr(line, '\n');
        if (!end || (*line >= '0' && *line <= '9' && strtoull(line, NULL, 10) > step))
            break;
        line = end + 1;
    }
    off_t keep = (off_t)(line - p);
    fn_buf_finish(&b);
    return n < 0 ? (int)n : ftruncate(fd, keep) < 0 || lseek(fd, 0, SEEK_END) < 0 ? -errno : 0;
}

int fn_run_log_open(struct fn_run_log *l, const char *path, uint64_t step, struct fn_error *err)
{
    l->path = path;
    l->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | (step ? 0 : O_TRUNC), 0644);
    int rc = l->fd < 0 ? -errno : 0;
    if (rc == 0)
        rc = drop_rows_after(l->fd, step);
    if (rc == 0 && lseek(l->fd, 0, SEEK_END) == 0)
        rc = fn_write_all(l->fd, header, sizeof header - 1);
    return rc ? fn_error_set(err, rc, "'%s': %s", path, fn_strerror(rc)) : 0;
}

int fn_run_log_add(const struct fn_run_log *l, const struct fn_train_report *r, double seconds,
                   const struct fn_sampler_facts *f, const struct fn_held_out_figures *held,
                   struct fn_error *err)
{
    struct fn_buf b;
    const struct fn_batch_stats *s = &r->stats;
    fn_buf_init(&b, 4096);
    fn_buf_printf(&b, "%" PRIu64 ",%" PRIu64 ",%.2f,%.6g,%zu,%zu,%zu,%zu,%.6g,%.6g", r->step,
                  r->images, seconds, s->loss, s->pairs, s->selected, s->active, r->right,
                  r->rate, r->norm);
    for (int i = 0; i < 5; i++)
        fn_buf_printf(&b, ",%.4f", (double)s->positive[i]);
    for (int i = 0; i < 5; i++)
        fn_buf_printf(&b, ",%.4f", (double)s->negative[i]);
    fn_buf_printf(&b, ",%.2f,%.3f,%zu,%" PRIu64 ",%d", (double)r->batch / fmax(r->step_s, 1e-9),
                  r->wait_s, r->unreadable, r->n_skipped, (int)s->collapsed);
    if (held && held->measured)
        fn_buf_printf(&b, ",%.5f,%.5f,%.5f,%.5f", held->accuracy, held->accuracy_error,
                      held->tar3, held->tar4);
    else
        fn_buf_str(&b, ",,,,");
    fn_buf_printf(&b, ",%zu,%zu\n", f->people, f->samples);
    int rc = fn_write_all(l->fd, b.data, b.len);
    fn_buf_finish(&b);
    return rc ? fn_error_set(err, rc, "'%s': %s", l->path, fn_strerror(rc)) : 0;
}

void fn_run_log_close(struct fn_run_log *l)
{
    if (l->fd >= 0)
        (void)close(l->fd);
    l->fd = -1;
}
