/* SPDX-License-Identifier: MIT */
#include "daemon/talking/progress.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "engine/base/log.h"

enum {
    REDRAW_MS = 250,
    DELAY_MS = 1000, /* no progress is printed before this time */
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

struct fnd_progress *fnd_progress_create(bool quiet)
{
    struct fnd_progress *p = calloc(1, sizeof *p);
    if (!p)
        return NULL;
    p->tty = isatty(STDERR_FILENO) == 1;
    p->quiet = quiet;
    return p;
}

void fnd_progress_destroy(struct fnd_progress *p)
{
    free(p);
}

struct fnd_eta fnd_progress_eta(const struct fnd_progress *p, uint64_t queued)
{
    return fnd_rate_eta(&p->rate, queued);
}

void fnd_progress_clear(struct fnd_progress *p)
{
    if (p->drawn)
        (void)fputs("\r\033[K", stderr);
    p->drawn = false;
}

void fnd_progress_line(struct fnd_progress *p, const char *fmt, ...)
{
    va_list ap;
    fnd_progress_clear(p);
    va_start(ap, fmt);
    (void)vfprintf(stderr, fmt, ap);
    va_end(ap);
    (void)fputc('\n', stderr);
}

static void describe(const struct fnd_progress *p, const struct fnd_progress_values *v,
                     char *out, size_t size)
{
    uint64_t queued = v->queued(v->owner);
    struct fnd_eta e = fnd_progress_eta(p, queued);
    char eta[32], low[32], high[32], left[128] = "", rate[48] = "";
    const char *state = v->no_space  ? "   waiting for disk space"
                        : v->paused  ? "   paused"
                        : v->sorting ? "   updating clusters"
                                     : "";
    if (e.known && !*state) {
        fnd_span(eta, sizeof eta, e.eta_s);
        fnd_span(low, sizeof low, e.low_s);
        fnd_span(high, sizeof high, e.high_s);
        (void)snprintf(rate, sizeof rate, "   %.1f photos/s", e.rate_per_s);
        (void)snprintf(left, sizeof left, "   about %s (%s – %s)", eta, low, high);
    }
    (void)snprintf(out, size, "indexing %" PRIu64 " of %" PRIu64 "%s   %" PRIu64 " faces%s%s",
                   v->done, v->done + queued, rate, v->faces, left, state);
}

static void show(struct fnd_progress *p, uint64_t now_ns, const struct fnd_progress_values *v)
{
    char text[512];
    describe(p, v, text, sizeof text);
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

void fnd_progress_tick(struct fnd_progress *p, uint64_t now_ns,
                       const struct fnd_progress_values *v)
{
    if (!v->busy) {
        if (p->busy_since_ns)
            fnd_progress_clear(p);
        p->busy_since_ns = 0;
        return;
    }
    if (!p->busy_since_ns) {
        p->busy_since_ns = now_ns;
        p->next_line_ns = now_ns + (p->tty ? DELAY_MS * 1000000u : PLAIN_FIRST_S * second_ns);
    }
    if (now_ns >= p->next_mark_ns) {
        fnd_rate_mark(&p->rate, now_ns, v->done);
        p->next_mark_ns = now_ns + second_ns;
    }
    if (!p->quiet && now_ns >= p->next_line_ns)
        show(p, now_ns, v);
}
