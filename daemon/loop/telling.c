/* SPDX-License-Identifier: MIT */
/* What facenetd prints for the person who started it: what it does, when it watches, what
 * changed, and what is stored when it stops. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "daemon/loop/loop_priv.h"
#include "engine/base/log.h"
#include "engine/base/numbers.h"
#include "engine/base/paths.h"
#include "engine/base/plural.h"
#include "engine/base/status_line.h"
#include "index/records/counts.h"

enum { NUMBER = 32, NAMED_ROOTS = 2 };

/* "3 photos" */
static const char *things(char *out, size_t size, uint64_t n, const char *one, const char *many)
{
    char number[NUMBER];
    fn_thousands(number, sizeof number, n);
    (void)snprintf(out, size, "%s %s", number, fn_plural(n, one, many));
    return out;
}

/* ---- the start ---- */

struct names {
    char text[1024];
    size_t n;
};

static void add_name(const struct fnd_root_status *s, void *arg)
{
    struct names *names = arg;
    size_t at = strlen(names->text);
    char path[FN_PATH_MAX];
    fn_path_tilde(path, sizeof path, s->path);
    if (names->n++ < NAMED_ROOTS)
        (void)snprintf(names->text + at, sizeof names->text - at, "%s%s", at ? ", " : "", path);
}

void fnd_tell_start(const struct fnd *f)
{
    struct names names = {.n = 0};
    char index[FN_PATH_MAX], more[NUMBER] = "";
    if (f->with->no_progress)
        return;
    fnd_watching_each_root(f->watching, add_name, &names);
    fn_path_tilde(index, sizeof index, f->with->places.index_dir);
    if (names.n > NAMED_ROOTS)
        (void)snprintf(more, sizeof more, " and %zu more", names.n - NAMED_ROOTS);
    fn_log(FN_LOG_INFO, "%s the faces in the photos below %s%s; the index is %s",
           f->settings.once ? "indexing" : "keeping up to date", names.text, more, index);
}

/* ---- watching ---- */

struct watching {
    struct fn_txn *t;
    size_t n, at;
    const char *end;
};

static void count_root(const struct fnd_root_status *s, void *arg)
{
    struct watching *w = arg;
    (void)s;
    w->n++;
}

static void tell_polled(const struct fnd_root_status *s, const char *path, const char *photos,
                        const char *end)
{
    char every[NUMBER];
    fn_span(every, sizeof every, (double)s->interval_s);
    fn_log(FN_LOG_INFO, "scanning %s every %s%s%s: %s%s", path, every, s->reason[0] ? ", " : "",
           s->reason, photos, end);
}

static void tell_root(const struct fnd_root_status *s, void *arg)
{
    struct watching *w = arg;
    char path[FN_PATH_MAX], photos[64], folders[64];
    const char *end = ++w->at == w->n ? w->end : "";
    uint64_t n = 0;
    fn_path_tilde(path, sizeof path, s->path);
    if (w->t && fn_counts_root(w->t, s->id, &n))
        n = 0;
    (void)things(photos, sizeof photos, n, "photo", "photos");
    if (strcmp(s->state, "away") == 0)
        fn_log(FN_LOG_INFO, "%s is away: %s, nothing is removed%s", path, photos, end);
    else if (s->polled && !s->n_folders)
        tell_polled(s, path, photos, end);
    else
        fn_log(FN_LOG_INFO, "watching %s: %s, %s%s", path, photos,
               things(folders, sizeof folders, s->n_folders, "folder", "folders"), end);
}

static void tell_watching(const struct fnd *f)
{
    struct fn_error err;
    struct watching w = {.end = isatty(STDERR_FILENO) == 1 ? "; Ctrl-C stops" : ""};
    if (fn_txn_begin(f->store, false, 0, &w.t, &err))
        w.t = NULL;
    fnd_watching_each_root(f->watching, count_root, &w);
    fnd_watching_each_root(f->watching, tell_root, &w);
    fn_txn_abort(w.t);
}

/* "3 photos indexed, 4 faces, 1 file moved or copied" */
static void tell_change(const struct fnd_told *was, const struct fnd_told *is)
{
    const struct {
        uint64_t n;
        const char *one, *many;
    } all[] = {
        {is->photos - was->photos, "photo indexed", "photos indexed"},
        {is->faces - was->faces, "face", "faces"},
        {is->known - was->known, "file moved or copied", "files moved or copied"},
        {is->gone - was->gone, "file gone", "files gone"},
        {is->bad - was->bad, "bad file (fnq files --bad)", "bad files (fnq files --bad)"},
    };
    char text[256] = "", part[64];
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        size_t at = strlen(text);
        if (all[i].n)
            (void)snprintf(text + at, sizeof text - at, "%s%s", at ? ", " : "",
                           things(part, sizeof part, all[i].n, all[i].one, all[i].many));
    }
    if (text[0])
        fn_log_always(FN_LOG_INFO, "%s", text);
}

void fnd_tell_idle(struct fnd *f)
{
    const struct fnd_job_counters *c = fnd_jobs_counters(f->jobs);
    struct fnd_told now = {.watching = true,
                           .photos = c->photos,
                           .faces = c->faces,
                           .known = c->known,
                           .bad = c->bad,
                           .gone = fnd_watching_files_gone(f->watching)};
    if (f->with->no_progress)
        return;
    if (!f->told.watching)
        fnd_progress_clear(f->progress);
    if (!f->told.watching)
        tell_watching(f);
    else
        tell_change(&f->told, &now);
    f->told = now;
}

/* ---- the end ---- */

void fnd_tell_stopped(struct fnd *f)
{
    char done[NUMBER], all[NUMBER];
    uint64_t n = fnd_photos_now(f), left = fnd_queued_now(f);
    bool more = !fnd_roots_idle(f->watching);
    fnd_progress_clear(f->progress);
    fn_thousands(done, sizeof done, n);
    fn_thousands(all, sizeof all, n + left);
    if (left || more)
        fnd_progress_line(f->progress,
                          "facenetd: stopped: %s of %s%s photos are indexed and saved; run the "
                          "same command to continue.",
                          done, more ? "at least " : "", all);
    else
        fnd_progress_line(f->progress, "facenetd: stopped: %s %s indexed and saved.", done,
                          fn_plural(n, "photo is", "photos are"));
}
