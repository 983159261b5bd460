/* SPDX-License-Identifier: MIT */
#include "daemon/talking/summary.h"

#include <inttypes.h>
#include <stdio.h>

static void print_speed(const struct fnd_job_counters *c, double seconds, size_t workers)
{
    double n = (double)c->photos;
    (void)printf("   %.2f photos/s   per photo: decode %.0f ms, detect %.0f ms, landmarks "
                 "%.0f ms, embed %.0f ms   %zu workers, at most %.0f MB each",
                 n / seconds, (double)c->decode_ns / 1e6 / n, (double)c->detect_ns / 1e6 / n,
                 (double)c->landmarks_ns / 1e6 / n, (double)c->embed_ns / 1e6 / n, workers,
                 (double)c->peak_bytes / 1e6);
}

void fnd_summary_print(const struct fnd_summary *s)
{
    const struct fn_index_counts *i = &s->index;
    const struct fnd_job_counters *c = s->done;
    (void)printf("indexed %" PRIu64 " photos: %" PRIu64 " new, %" PRIu64 " moved or copied, "
                 "%" PRIu64 " gone, %" PRIu64 " bad\n",
                 i->of.photos + i->of.bad, c->photos, c->known, s->files_gone, c->bad);
    (void)printf("%" PRIu64 " faces, %" PRIu64 " people (%" PRIu64 " named)", i->of.faces,
                 i->named + i->unnamed, i->named);
    if (i->of.bad)
        (void)printf("   bad files %" PRIu64 ": fnq files --bad", i->of.bad);
    if (s->n_other)
        (void)printf("   %" PRIu64 " other files", s->n_other);
    (void)printf("\n%.1f s", s->seconds);
    if (c->photos)
        print_speed(c, s->seconds, s->workers);
    (void)printf("\n");
    (void)fflush(stdout);
}
