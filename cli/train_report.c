/* SPDX-License-Identifier: MIT */
/* What fnq train says and writes down: a line that keeps itself up to date, and train.csv. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/train.h"
#include "engine/base/clock.h"
#include "engine/base/file.h"

static const uint64_t say_every_ns = 1000000000u, say_every_piped_ns = 30000000000u;

double fnq_train_seconds(const struct fnq_train *t)
{
    return t->seconds_before + (double)(fn_clock_mono_ns() - t->started_ns) / 1e9;
}

static const char header[] =
    "step,images,seconds,loss,pairs,selected,active,right,rate,norm,positive_p5,positive_p25,"
    "positive_p50,positive_p75,positive_p95,negative_p5,negative_p25,negative_p50,negative_p75,"
    "negative_p95,faces_per_s,wait_s,unreadable,skipped,collapsed,held_accuracy,held_error,"
    "held_tar_1e-3,"
    "held_tar_1e-4,train_people,train_faces\n";

/* Rows behind the step that is resumed from are of a run that did not count. */
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

int fnq_train_log_open(struct fnq_train *t, struct fn_error *err)
{
    uint64_t step = fn_trainer_steps(t->trainer);
    t->csv_fd = open(t->csv, O_RDWR | O_CREAT | O_CLOEXEC | (step ? 0 : O_TRUNC), 0644);
    int rc = t->csv_fd < 0 ? -errno : 0;
    if (rc == 0)
        rc = drop_rows_after(t->csv_fd, step);
    if (rc == 0 && lseek(t->csv_fd, 0, SEEK_END) == 0)
        rc = fn_write_all(t->csv_fd, header, sizeof header - 1);
    return rc ? fn_error_set(err, rc, "'%s': %s", t->csv, fn_strerror(rc)) : 0;
}

int fnq_train_log(struct fnq_train *t, const struct fn_train_report *r,
                  const struct fnq_train_held_out *held, struct fn_error *err)
{
    struct fn_buf b;
    const struct fn_batch_stats *s = &r->stats;
    const struct fn_sampler_facts f = fn_trainer_facts(t->trainer);
    fn_buf_init(&b, 4096);
    fn_buf_printf(&b, "%" PRIu64 ",%" PRIu64 ",%.2f,%.6g,%zu,%zu,%zu,%zu,%.6g,%.6g", r->step,
                  r->images, fnq_train_seconds(t), s->loss, s->pairs, s->selected, s->active,
                  r->right, r->rate, r->norm);
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
    fn_buf_printf(&b, ",%zu,%zu\n", f.people, f.samples);
    int rc = fn_write_all(t->csv_fd, b.data, b.len);
    fn_buf_finish(&b);
    return rc ? fn_error_set(err, rc, "'%s': %s", t->csv, fn_strerror(rc)) : 0;
}

static void duration(double s, char *out, size_t size)
{
    if (s < 90)
        (void)snprintf(out, size, "%.0f s", s);
    else if (s < 5400)
        (void)snprintf(out, size, "%.0f min", s / 60);
    else
        (void)snprintf(out, size, "%.1f h", s / 3600);
}

void fnq_train_progress(struct fnq_train *t, const struct fn_train_report *r, bool last)
{
    bool tty = isatty(STDERR_FILENO);
    uint64_t now = fn_clock_mono_ns();
    char left[32];
    if (t->ctx->o.quiet ||
        (!last && now - t->said_ns < (tty ? say_every_ns : say_every_piped_ns)))
        return;
    t->said_ns = now;
    double here = (double)(now - t->started_ns) / 1e9,
           done = (double)(r->step - t->resumed.step);
    duration(here / fmax(done, 1) * (double)(t->o.steps - r->step), left, sizeof left);
    const struct fn_batch_stats *s = &r->stats;
    (void)fprintf(stderr, "%sstep %" PRIu64 "/%" PRIu64 "  loss %.4f  ", tty ? "\r" : "",
                  r->step, t->o.steps, s->loss);
    if (t->o.loss == FN_LOSS_TRIPLET)
        (void)fprintf(stderr, "active %zu of %zu pairs", s->active, s->pairs);
    else
        (void)fprintf(stderr, "right %zu of %zu", r->right, r->batch);
    (void)fprintf(stderr, "  d2 same %.2f (%.2f) other %.2f (%.2f)  %.1f faces/s  %s left%s",
                  (double)s->positive[2], (double)s->positive[4], (double)s->negative[2],
                  (double)s->negative[0], (double)r->batch / fmax(r->step_s, 1e-9), left,
                  tty && !last ? "  " : "\n");
    (void)fflush(stderr);
}
