/* SPDX-License-Identifier: MIT */
#include "daemon/loop/start_check.h"

#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/exit_code.h"
#include "engine/work/steady.h"

static int fail(int code, const char *text)
{
    (void)fprintf(stderr, "facenetd: %s.\n", text);
    return fn_exit_of(code);
}

/* The worker gets an empty file. That is no photo, but a worker that replies has its libraries,
 * its networks and its sandbox. */
static int check_worker(const struct fnd_setup *s, const struct fn_config *cfg,
                        struct fn_error *err)
{
    struct fn_steady_worker w = {.photo_ms = FN_WORKER_START_MS};
    struct fn_work_reply reply;
    int fd = memfd_create("check", MFD_CLOEXEC);
    if (fd < 0)
        return fn_error_set(err, -errno, "cannot make a file in memory: %s",
                            fn_strerror(-errno));
    struct fn_work_request q = {.kind = FN_WORK_PROBE, .fd = fd, .out_fd = -1};
    fn_worker_opts_of(cfg, s->models, s->profile, &w.opts);
    w.opts.priority = FN_PRIORITY_NORMAL;
    int rc = fn_steady_ask(&w, &q, &reply, err);
    if (w.worker && fn_worker_ready(w.worker))
        rc = 0;
    fn_steady_stop(&w);
    (void)close(fd);
    return rc;
}

static int check_folders(const struct fnd_setup *s, const struct fn_config *cfg)
{
    int bad = 0;
    for (size_t i = 0; i < s->n_dirs + cfg->root.n; i++) {
        const char *dir = i < s->n_dirs ? s->dirs[i] : cfg->root.items[i - s->n_dirs];
        char path[FN_PATH_MAX];
        struct stat st;
        if (!fn_path_expand(path, sizeof path, dir) && !stat(path, &st) && S_ISDIR(st.st_mode))
            continue;
        (void)fprintf(stderr, "facenetd: %s: no such folder. Check the name.\n", dir);
        bad++;
    }
    return bad ? FN_EXIT_INPUT : FN_EXIT_OK;
}

int fnd_start_check(const struct fnd_setup *s, const struct fn_config *cfg)
{
    struct fn_profile *profile = NULL;
    struct fn_error err = {0};
    int rc =
        fn_profile_open(fn_config_models_dir(cfg, s->models), cfg->profile, &profile, &err);
    fn_profile_destroy(profile);
    rc = rc ? rc : check_worker(s, cfg, &err);
    if (rc)
        return fail(rc, err.text);
    int code = check_folders(s, cfg);
    if (!code)
        (void)printf("ready: profile %s, index %s\n", cfg->profile, s->places.index_dir);
    return code;
}
