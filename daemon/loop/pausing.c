/* SPDX-License-Identifier: MIT */
/* Pausing, by the user and for lack of space. */
#include "daemon/loop/loop_priv.h"

#include <errno.h>
#include <inttypes.h>
#include <sys/statvfs.h>

#include "engine/base/exit_code.h"
#include "engine/base/log.h"

/* ---- pausing ---- */

void fnd_pause(struct fnd *f, int64_t until_s)
{
    f->paused = true;
    f->paused_until_s = until_s;
    fn_log(FN_LOG_INFO, "paused");
}

void fnd_resume(struct fnd *f)
{
    if (f->paused)
        fn_log(FN_LOG_INFO, "resumed");
    f->paused = false;
    f->paused_until_s = 0;
    f->changed = true;
}

/* ---- space ---- */

static const char *what_to_do(int code)
{
    switch (code) {
    case -ENOSPC:
    case -EDQUOT:
        return "Free space there";
    case -EROFS:
        return "Make it writable";
    default:
        return "Check the disk";
    }
}

void fnd_no_space(struct fnd *f, int code)
{
    const char *dir = f->with->places.index_dir;
    f->no_space = code != 0;
    f->changed = true;
    if (f->stopping)
        return;
    if (code == 0)
        fn_log(FN_LOG_INFO, "the index can be written again, resuming");
    else if (f->settings.once)
        fnd_fatal(f, FN_EXIT_SYSTEM, "%s: cannot write: %s. %s and run it again; %s", dir,
                  fn_strerror(code), what_to_do(code),
                  f->finishing ? "all photos are stored, but not yet sorted by person"
                               : "finished photos are stored");
    else
        fn_log(FN_LOG_ERROR, "%s: cannot write: %s, waiting. %s; indexing resumes by itself",
               dir, fn_strerror(code), what_to_do(code));
}

void fnd_check_space(struct fnd *f)
{
    struct statvfs v;
    const char *dir = f->with->places.index_dir;
    if (statvfs(dir, &v))
        return;
    uint64_t room = (uint64_t)v.f_bavail * v.f_frsize;
    uint64_t least = f->settings.cfg->min_free_bytes;
    if (!f->no_space && room < least) {
        f->no_space = true;
        if (f->settings.once)
            fnd_fatal(f, FN_EXIT_SYSTEM,
                      "%s: only %" PRIu64 " MB free, less than limits.min_free_space (%" PRIu64
                      " MB). Free space there, or lower it",
                      dir, room >> 20, least >> 20);
        else
            fn_log(FN_LOG_WARN,
                   "%s: only %" PRIu64 " MB free, less than limits.min_free_space (%" PRIu64
                   " MB): paused, resumes automatically when there is enough space",
                   dir, room >> 20, least >> 20);
    } else if (f->no_space && room >= least + least / 20) {
        fn_log(FN_LOG_INFO, "%s: there is enough space again, resuming", dir);
        f->no_space = false;
        f->changed = true;
    }
}
