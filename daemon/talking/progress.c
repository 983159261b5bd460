/* SPDX-License-Identifier: MIT */
#include "daemon/talking/progress.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/base/numbers.h"
#include "engine/base/plural.h"
#include "engine/base/status_line.h"

enum { PEOPLE_EVERY_S = 5, LINE = 1 << 15 /* the status of many roots */ };

struct fnd_progress {
    struct fnd_rate rate;
    struct fn_progress line;
    bool quiet, busy;
    uint64_t next_mark_ns, next_people_ns, people;
};

static const uint64_t second_ns = 1000000000u;

struct fnd_progress *fnd_progress_create(bool quiet)
{
    struct fnd_progress *p = calloc(1, sizeof *p);
    if (p)
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
    fn_progress_end(&p->line);
}

void fnd_progress_line(struct fnd_progress *p, const char *fmt, ...)
{
    char text[LINE];
    va_list ap;
    (void)p;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    fn_message(text);
}

/* ---- the line ---- */

static void put_number(struct fn_progress_part *part, uint64_t n, const char *one,
                       const char *many)
{
    char number[32];
    fn_thousands(number, sizeof number, n);
    (void)snprintf(part->text, sizeof part->text, "%s %s", number, fn_plural(n, one, many));
}

static void put_first(struct fn_progress_part *part, const struct fnd_progress_values *v,
                      uint64_t queued)
{
    char done[32], all[32];
    fn_thousands(done, sizeof done, v->done);
    fn_thousands(all, sizeof all, v->done + queued);
    if (v->scanning && v->done + queued == 0)
        (void)snprintf(part->text, sizeof part->text, "searching for photos");
    else if (v->sorting)
        (void)snprintf(part->text, sizeof part->text, "%s %s indexed, updating people", done,
                       fn_plural(v->done, "photo", "photos"));
    else
        (void)snprintf(part->text, sizeof part->text, "indexing %s of %s%s %s", done,
                       v->scanning ? "at least " : "", all,
                       fn_plural(v->done + queued, "photo", "photos"));
}

void fnd_progress_text(char *out, size_t size, const struct fnd_progress_values *v,
                       uint64_t queued, uint64_t people, const struct fnd_eta *eta,
                       size_t columns)
{
    enum { FIRST, RATE, FACES, PEOPLE, LEFT, PARTS };
    struct fn_progress_part part[PARTS] = {[RATE] = {.rank = 2},
                                           [FACES] = {.rank = 3},
                                           [PEOPLE] = {.rank = 4},
                                           [LEFT] = {.rank = 1}};
    char span[32];
    put_first(&part[FIRST], v, queued);
    if (v->faces)
        put_number(&part[FACES], v->faces, "face", "faces");
    if (people)
        put_number(&part[PEOPLE], people, "person", "people");
    if (v->no_space || v->paused) {
        (void)snprintf(part[LEFT].text, sizeof part[LEFT].text, "%s",
                       v->no_space ? "waiting for disk space" : "paused");
    } else if (eta->known && !v->sorting) {
        fn_span(span, sizeof span, eta->eta_s < 1 ? 1 : eta->eta_s);
        (void)snprintf(part[RATE].text, sizeof part[RATE].text, "%.1f photos/s",
                       eta->rate_per_s);
        (void)snprintf(part[LEFT].text, sizeof part[LEFT].text, "about %s", span);
    }
    fn_progress_join(out, size, part, PARTS, columns);
}

static void show(struct fnd_progress *p, uint64_t now_ns, const struct fnd_progress_values *v)
{
    char text[512];
    uint64_t queued = v->queued(v->owner);
    struct fnd_eta eta = fnd_progress_eta(p, queued);
    if (now_ns >= p->next_people_ns) {
        p->people = v->people(v->owner);
        p->next_people_ns = now_ns + PEOPLE_EVERY_S * second_ns;
    }
    fnd_progress_text(text, sizeof text, v, queued, p->people, &eta,
                      fn_progress_columns(&p->line));
    fn_progress_show(&p->line, now_ns, text);
}

void fnd_progress_tick(struct fnd_progress *p, uint64_t now_ns,
                       const struct fnd_progress_values *v)
{
    if (!v->busy) {
        if (p->busy)
            fnd_progress_clear(p);
        p->busy = false;
        return;
    }
    p->busy = true;
    if (now_ns >= p->next_mark_ns) {
        fnd_rate_mark(&p->rate, now_ns, v->done);
        p->next_mark_ns = now_ns + second_ns;
    }
    if (!p->quiet && fn_progress_due(&p->line, now_ns))
        show(p, now_ns, v);
}
