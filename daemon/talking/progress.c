/* SPDX-License-Identifier: MIT */
#include "daemon/talking/progress.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/jobs/jobs.h"
#include "daemon/watching/root_list.h"
#include "daemon/jobs/worker_pool.h"
#include "engine/base/clock.h"

enum {
    REDRAW_MS = 250,
    DELAY_MS = 1000, /* nothing is said about what is over at once */
    PLAIN_FIRST_S = 10,
    PLAIN_EVERY_S = 60,
    PLAIN_JOURNAL_S = 600,
};

struct fnd_progress {
    struct fnd_rate rate;
    bool tty, quiet, drawn;
    uint64_t next_mark_ns, next_line_ns, busy_since_ns;
};

static const uint64_t second_ns = 1000000000u;

/* ---- arithmetic ---- */

static uint64_t mark_ns(const struct fnd_rate *r, size_t back)
{
    return r->mark[(r->at + FND_MARKS - 1 - back) % FND_MARKS].ns;
}

static uint64_t mark_done(const struct fnd_rate *r, size_t back)
{
    return r->mark[(r->at + FND_MARKS - 1 - back) % FND_MARKS].done;
}

void fnd_rate_mark(struct fnd_rate *r, uint64_t now_ns, uint64_t done)
{
    if (r->n && now_ns - mark_ns(r, 0) > 60 * second_ns)
        r->n = 0;
    r->mark[r->at].ns = now_ns;
    r->mark[r->at].done = done;
    r->at = (r->at + 1) % FND_MARKS;
    r->n += r->n < FND_MARKS;
}

static double rate_between(const struct fnd_rate *r, size_t older, size_t newer)
{
    double s = (double)(mark_ns(r, newer) - mark_ns(r, older)) / 1e9;
    return s > 0 ? (double)(mark_done(r, newer) - mark_done(r, older)) / s : 0;
}

struct fnd_eta fnd_rate_eta(const struct fnd_rate *r, uint64_t left)
{
    struct fnd_eta e = {0};
    if (r->n < 3)
        return e;
    size_t last = r->n - 1, mid = last / 2;
    e.rate_per_s = rate_between(r, last, 0);
    double a = rate_between(r, last, mid), b = rate_between(r, mid, 0);
    if (e.rate_per_s <= 0)
        return (struct fnd_eta){0};
    double fast = a > b ? a : b, slow = a > b ? b : a;
    fast = fast < e.rate_per_s * 1.1 ? e.rate_per_s * 1.1 : fast;
    slow = slow > e.rate_per_s / 1.1 ? e.rate_per_s / 1.1 : slow;
    slow = slow < e.rate_per_s / 3 ? e.rate_per_s / 3 : slow;
    e.known = true;
    e.eta_s = (double)left / e.rate_per_s;
    e.low_s = (double)left / fast;
    e.high_s = (double)left / slow;
    return e;
}

void fnd_span(char *out, size_t size, double s)
{
    long long m = (long long)(s / 60 + .5);
    if (s < 59.5)
        (void)snprintf(out, size, "%.0f s", s);
    else if (m < 60)
        (void)snprintf(out, size, "%lld min", m);
    else if (m < 48 * 60)
        (void)snprintf(out, size, "%lld h %lld min", m / 60, m % 60);
    else
        (void)snprintf(out, size, "%lld d %lld h", m / (24 * 60), m / 60 % 24);
}

/* ---- showing ---- */

int fnd_progress_start(struct fnd *f, struct fn_error *err)
{
    struct fnd_progress *p = calloc(1, sizeof *p);
    if (!p)
        return fn_error_set(err, -ENOMEM, "out of memory");
    p->tty = isatty(STDERR_FILENO) == 1;
    p->quiet = f->opt.no_progress;
    f->progress = p;
    return 0;
}

void fnd_progress_free(struct fnd *f)
{
    free(f->progress);
    f->progress = NULL;
}

struct fnd_eta fnd_progress_eta(const struct fnd *f, uint64_t queued)
{
    return fnd_rate_eta(&f->progress->rate, queued);
}

void fnd_progress_clear(struct fnd *f)
{
    if (f->progress && f->progress->drawn)
        (void)fputs("\r\033[K", stderr);
    if (f->progress)
        f->progress->drawn = false;
}

void fnd_progress_line(struct fnd *f, const char *fmt, ...)
{
    va_list ap;
    fnd_progress_clear(f);
    va_start(ap, fmt);
    (void)vfprintf(stderr, fmt, ap);
    va_end(ap);
    (void)fputc('\n', stderr);
}

static void describe(struct fnd *f, uint64_t queued, char *out, size_t size)
{
    struct fnd_eta e = fnd_progress_eta(f, queued);
    char eta[32], low[32], high[32], left[128] = "", rate[48] = "";
    const char *state = f->no_space    ? "   waiting for disk space"
                        : f->paused    ? "   paused"
                        : f->finishing ? "   sorting people"
                                       : "";
    if (e.known && !*state) {
        fnd_span(eta, sizeof eta, e.eta_s);
        fnd_span(low, sizeof low, e.low_s);
        fnd_span(high, sizeof high, e.high_s);
        (void)snprintf(rate, sizeof rate, "   %.1f photos/s", e.rate_per_s);
        (void)snprintf(left, sizeof left, "   about %s (%s – %s)", eta, low, high);
    }
    (void)snprintf(out, size, "indexing %" PRIu64 " of %" PRIu64 "%s   %" PRIu64 " faces%s%s",
                   f->n.done, f->n.done + queued, rate, f->n.faces, left, state);
}

static void show(struct fnd *f, uint64_t now_ns, uint64_t queued)
{
    struct fnd_progress *p = f->progress;
    char text[512];
    describe(f, queued, text, sizeof text);
    if (p->tty) {
        (void)fprintf(stderr, "\r\033[K%s", text);
        p->drawn = true;
        p->next_line_ns = now_ns + REDRAW_MS * 1000000u;
    } else {
        fn_log(FN_LOG_INFO, "%s", text);
        p->next_line_ns =
            now_ns + (getenv("JOURNAL_STREAM") ? PLAIN_JOURNAL_S : PLAIN_EVERY_S) * second_ns;
    }
}

void fnd_progress_tick(struct fnd *f, uint64_t now_ns)
{
    struct fnd_progress *p = f->progress;
    bool busy = !fnd_dispatch_idle(f) || f->finishing;
    if (!busy) {
        if (p->busy_since_ns)
            fnd_progress_clear(f);
        p->busy_since_ns = 0;
        return;
    }
    if (!p->busy_since_ns) {
        p->busy_since_ns = now_ns;
        p->next_line_ns = now_ns + (p->tty ? DELAY_MS * 1000000u : PLAIN_FIRST_S * second_ns);
    }
    if (now_ns >= p->next_mark_ns) {
        fnd_rate_mark(&p->rate, now_ns, f->n.done);
        p->next_mark_ns = now_ns + second_ns;
    }
    if (!p->quiet && now_ns >= p->next_line_ns)
        show(f, now_ns, fnd_dispatch_queued(f));
}

void fnd_progress_summary(struct fnd *f)
{
    double s = (double)(fn_clock_mono_ns() - f->started_ns) / 1e9;
    double n = f->n.photos ? (double)f->n.photos : 1;
    uint64_t other = 0;
    fnd_progress_clear(f);
    for (const struct fnd_root *r = f->roots; r; r = r->next)
        other += r->removed ? 0 : r->rec.n_other;
    (void)printf("indexed %" PRIu64 " photos: %" PRIu64 " new, %" PRIu64 " moved or copied, "
                 "%" PRIu64 " gone, %" PRIu64 " bad\n",
                 f->stats.photos, f->n.photos, f->n.known, f->n.files_gone, f->n.bad);
    (void)printf("%" PRIu64 " faces, %" PRIu64 " people (%" PRIu64 " named)", f->stats.faces,
                 f->stats.named + f->stats.unnamed, f->stats.named);
    if (f->stats.bad)
        (void)printf("   bad files %" PRIu64 ": fnq files --bad", f->stats.bad);
    if (other)
        (void)printf("   %" PRIu64 " other files", other);
    (void)printf("\n%.1f s", s);
    if (f->n.photos)
        (void)printf("   %.2f photos/s   per photo: decode %.0f ms, detect %.0f ms, landmarks "
                     "%.0f ms, embed %.0f ms   %zu workers, at most %.0f MB each",
                     (double)f->n.photos / s, (double)f->n.decode_ns / 1e6 / n,
                     (double)f->n.detect_ns / 1e6 / n, (double)f->n.landmarks_ns / 1e6 / n,
                     (double)f->n.embed_ns / 1e6 / n, fnd_pool_size(f),
                     (double)f->n.peak_bytes / 1e6);
    (void)printf("\n");
    (void)fflush(stdout);
}
