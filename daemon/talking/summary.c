/* SPDX-License-Identifier: MIT */
#include "daemon/talking/summary.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "engine/base/columns.h"
#include "engine/base/numbers.h"
#include "engine/base/plural.h"
#include "engine/base/terminal.h"

struct text {
    struct fn_buf *b;
    bool people; /* for people: "1,240 photos", "2 min"; otherwise plain numbers and seconds */
};

static void put(const struct text *t, const char *before, uint64_t n, const char *one,
                const char *many)
{
    char number[32];
    if (t->people)
        fn_thousands(number, sizeof number, n);
    else
        (void)snprintf(number, sizeof number, "%" PRIu64, n);
    fn_buf_printf(t->b, "%s%s %s", before, number, fn_plural(n, one, many));
}

static void put_photos(const struct text *b, const struct fnd_summary *s)
{
    const struct fnd_job_counters *c = s->done;
    put(b, "indexed ", s->index.of.photos + s->index.of.bad, "photo", "photos");
    put(b, ": ", c->photos, "new", "new");
    put(b, ", ", c->known, "moved or copied", "moved or copied");
    put(b, ", ", s->files_gone, "gone", "gone");
    put(b, ", ", c->bad, "bad", "bad");
    fn_buf_str(b->b, "\n");
}

static void put_speed(struct fn_buf *b, const struct fnd_summary *s)
{
    const struct fnd_job_counters *c = s->done;
    double n = (double)c->photos;
    fn_buf_printf(b,
                  ", %.2f photos/s; per photo: decode %.0f ms, detect %.0f ms, landmarks "
                  "%.0f ms, embed %.0f ms; %zu worker%s, at most %.0f MB each",
                  n / s->seconds, (double)c->decode_ns / 1e6 / n,
                  (double)c->detect_ns / 1e6 / n, (double)c->landmarks_ns / 1e6 / n,
                  (double)c->embed_ns / 1e6 / n, s->workers, fn_plural_s(s->workers),
                  (double)c->peak_bytes / 1e6);
}

void fnd_summary_text(struct fn_buf *b, const struct fnd_summary *s, bool people)
{
    const struct fn_index_counts *i = &s->index;
    const struct text t = {b, people};
    char span[32];
    put_photos(&t, s);
    put(&t, "", i->of.faces, "face", "faces");
    put(&t, ", ", i->named + i->unnamed, "person", "people");
    put(&t, " (", i->named, "named", "named");
    fn_buf_str(b, ")");
    if (i->of.bad)
        put(&t, "; ", i->of.bad, "bad file: fnq files --bad", "bad files: fnq files --bad");
    if (s->n_other)
        put(&t, "; ", s->n_other, "other file", "other files");
    if (people)
        fn_span(span, sizeof span, s->seconds);
    else
        (void)snprintf(span, sizeof span, "%.1f s", s->seconds);
    fn_buf_printf(b, "\n%s", span);
    if (s->done->photos)
        put_speed(b, s);
    fn_buf_str(b, "\n");
}

void fnd_summary_print(const struct fnd_summary *s)
{
    struct fn_buf b, folded;
    fn_buf_init(&b, 1 << 16);
    fn_buf_init(&folded, 1 << 16);
    bool tty = isatty(STDOUT_FILENO) == 1;
    fnd_summary_text(&b, s, tty);
    if (tty)
        fn_fold(&folded, fn_buf_cstr(&b), b.len, fn_terminal_columns(STDOUT_FILENO));
    (void)fputs(fn_buf_cstr(folded.len ? &folded : &b), stdout);
    (void)fflush(stdout);
    fn_buf_finish(&b);
    fn_buf_finish(&folded);
}
