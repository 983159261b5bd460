/* SPDX-License-Identifier: MIT */
#include "cli/library/health.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

#include "cli/library/act.h"
#include "cli/library/daemon_client.h"
#include "engine/base/array.h"
#include "engine/model/profile.h"
#include "index/protocol.h"
#include "index/records/counts.h"

enum { WATCHES_LEAST = 8192 }; /* with fewer, large libraries are polled */

struct health {
    struct fnl_findings *to;
    bool failed; /* out of memory */
};

static void add(enum fn_finding_level level, const char *sentence, void *arg)
{
    struct health *h = arg;
    struct fnl_findings *l = h->to;
    struct fnl_finding *more = fn_array_grow(l->f, &l->cap, l->n + 1, sizeof *more);
    char *text = strdup(sentence);
    if (more)
        l->f = more;
    if (!more || !text) {
        free(text);
        h->failed = true;
        return;
    }
    l->f[l->n++] = (struct fnl_finding){level, text};
    l->worst = level > l->worst ? level : l->worst;
}

FN_PRINTF(3, 4)
static void addf(struct health *h, enum fn_finding_level level, const char *fmt, ...)
{
    char text[FN_PATH_MAX + 256];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    add(level, text, h);
}

static void check_models(struct health *h, const struct fn_config *c, const char *models)
{
    struct fn_profile_values v;
    struct fn_error err = {0};
    if (fn_profile_read_values(fn_config_models_dir(c, models), c->profile, &v, &err))
        addf(h, FN_FIND_FAIL, "models: %s. Make them: fnq model import packages DIR", err.text);
    else
        addf(h, FN_FIND_OK, "profile '%s' is installed (detector %s, embedder %s)", v.name,
             v.detector, v.embedder);
}

static void check_space(struct health *h, const struct fn_config *c, const char *index_dir)
{
    struct statvfs v;
    if (statvfs(index_dir, &v) < 0)
        return;
    uint64_t bytes = (uint64_t)v.f_bavail * v.f_frsize;
    double gib = (double)bytes / (1 << 30);
    if (bytes < c->min_free_bytes)
        addf(
            h, FN_FIND_FAIL,
            "the disk of the index has %.1f GB free: indexing pauses below %.1f GB. Free space",
            gib, (double)c->min_free_bytes / (1 << 30));
    else
        addf(h, FN_FIND_OK, "the disk of the index has %.1f GB free", gib);
}

static uint64_t number_in(const char *path)
{
    char line[64] = "";
    FILE *f = fopen(path, "re");
    if (f && !fgets(line, sizeof line, f))
        line[0] = '\0';
    if (f)
        (void)fclose(f);
    return strtoull(line, NULL, 10);
}

static void check_watches(struct health *h)
{
    uint64_t most = number_in("/proc/sys/fs/inotify/max_user_watches");
    if (most && most < WATCHES_LEAST)
        addf(h, FN_FIND_WARN,
             "only %llu inotify watches are allowed; folders beyond that are polled. More: "
             "sudo sysctl fs.inotify.max_user_watches=65536",
             (unsigned long long)most);
    else if (most)
        addf(h, FN_FIND_OK, "%llu inotify watches are allowed", (unsigned long long)most);
}

static void check_daemon(struct health *h, struct fn_library *lib)
{
    struct fn_error err = {0};
    if (fnl_choice_of(lib)->no_daemon)
        return;
    int rc = fnl_ask(lib, FN_CMD_STATUS, NULL, NULL, &err);
    if (rc == 0)
        addf(h, FN_FIND_OK, "facenetd answers");
    else if (rc == -ECONNREFUSED)
        addf(h, FN_FIND_OK, "facenetd is not running");
    else
        addf(h, FN_FIND_WARN, "facenetd: %s", err.text);
}

int fnl_health(struct fn_library *lib, bool deep, struct fnl_findings *ret,
               struct fn_error *err)
{
    const struct fn_config *c = NULL;
    const struct fn_places *places = NULL;
    struct fn_store *store = NULL;
    struct fn_error broken = {0};
    struct health h = {.to = ret};
    *ret = (struct fnl_findings){0};
    int rc = fnl_config(lib, &c, err);
    rc = rc ? rc : fnl_store_open(lib, FN_STORE_READ, &store, err);
    rc = rc ? rc : fnl_places_get(lib, &places, err);
    if (rc)
        return rc;
    if (fn_doctor_run(store, places->labels_log, deep, add, &h, &broken) < 0)
        addf(&h, FN_FIND_FAIL, "%s", broken.text);
    check_models(&h, c, fnl_choice_of(lib)->models);
    check_space(&h, c, places->index_dir);
    check_watches(&h);
    check_daemon(&h, lib);
    if (!h.failed)
        return 0;
    fnl_findings_finish(ret);
    return fn_error_set(err, -ENOMEM, "out of memory");
}

static int repair(struct fn_txn *t, void *arg, struct fn_error *err)
{
    (void)arg;
    int rc = fn_counts_repair(t, err);
    return rc ? rc : fn_tomb_places_repair(t, err);
}

int fnl_repair(struct fn_library *lib, struct fn_error *err)
{
    return fnl_write(lib, FNL_KEEP, repair, NULL, err);
}

void fnl_findings_finish(struct fnl_findings *l)
{
    for (size_t i = 0; i < l->n; i++)
        free(l->f[i].text);
    free(l->f);
    *l = (struct fnl_findings){0};
}

const char *fnl_level_name(enum fn_finding_level level)
{
    static const char *const names[] = {
        [FN_FIND_OK] = "ok", [FN_FIND_WARN] = "warn", [FN_FIND_FAIL] = "fail"};
    return names[level];
}
