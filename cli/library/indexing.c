/* SPDX-License-Identifier: MIT */
#include "cli/library/indexing.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/library/act.h"
#include "cli/library/daemon_client.h"
#include "cli/library/indexing_priv.h"
#include "cli/library/library_priv.h"
#include "cli/library/library_roots.h"
#include "cli/library/model_places.h"
#include "cli/library/pictures.h"
#include "engine/base/file.h"
#include "engine/base/shell_word.h"
#include "index/intake/candidate.h"
#include "index/people/settle.h"

enum { SETTLE_FACES = 4000 };

/* ---- the root ---- */

/* The part of path below root, "" for the root itself; NULL: path is not below it. */
static const char *below(const char *root, const char *path)
{
    size_t n = strcmp(root, "/") == 0 ? 0 : strlen(root);
    if (strncmp(root, path, n) != 0 || (path[n] && path[n] != '/'))
        return NULL;
    return path + n + (path[n] == '/');
}

struct rooting {
    const char *folder;
    struct fn_root *ret;
};

static int find_or_put(struct fn_txn *t, void *arg, struct fn_error *err)
{
    const struct rooting *w = arg;
    struct fnl_roots l;
    const struct fn_root *outer = NULL, *inner = NULL;
    int rc = fnl_roots_list(t, &l, err);
    if (rc)
        return rc;
    for (size_t i = 0; i < l.n; i++) {
        if (below(l.r[i].path, w->folder))
            outer = &l.r[i];
        else if (below(w->folder, l.r[i].path))
            inner = &l.r[i];
    }
    if (outer)
        *w->ret = *outer;
    else if (inner)
        rc = fn_error_set(err, FN_EREFUSED,
                          "%s: contains %s, which is a root itself. Remove that root first: "
                          "fnq watch remove %s",
                          w->folder, inner->path, FN_SHELL(inner->path));
    else
        rc = fnl_root_put(t, w->folder, w->ret, err);
    fnl_roots_finish(&l);
    return rc;
}

/* ---- a run ---- */

/* Reads the profile of the index. -ENXIO: there is no index; FN_ENOTFOUND: it has no faces yet.
 */
static int profile_of_index(struct fn_library *lib, const char *dir, struct fn_error *err)
{
    struct fn_index_model m;
    int rc = fnl_read_begin(lib, err);
    if (rc)
        return rc;
    rc = fn_index_model_get(lib->read, &m, err);
    fnl_read_end(lib);
    if (rc == 0)
        fnl_profile_of_index(lib, dir, &m);
    return rc;
}

/* Reads the values of the profile in effect: that of the index, else the configured one. */
static int read_profile(struct fnl_run *r, struct fn_error *err)
{
    const char *dir = r->lib->models_dir;
    int rc = dir ? 0 : fnl_models_dir(r->lib, &dir, err);
    if (rc)
        return rc;
    rc = profile_of_index(r->lib, dir, err);
    if (rc && rc != -ENXIO && rc != FN_ENOTFOUND)
        return rc;
    const char *name = r->lib->profile[0] ? r->lib->profile : r->cfg->profile;
    return fn_profile_read_values(dir, name, &r->profile, err);
}

static int make_index(struct fn_library *lib, struct fn_error *err)
{
    const struct fn_places *places = NULL;
    int rc = fnl_places_get(lib, &places, err);
    rc = rc ? rc : fn_mkdirs(places->index_dir, 0700, err);
    return rc ? rc : fnl_store_open(lib, FN_STORE_WRITE | FN_STORE_CREATE, NULL, err);
}

/* folder: absolute. */
static int run_begin(struct fnl_run *r, const char *folder, struct fn_error *err)
{
    struct rooting w = {folder, &r->root};
    int rc = fnl_config(r->lib, &r->cfg, err);
    rc = rc ? rc : read_profile(r, err);
    rc = rc ? rc : make_index(r->lib, err);
    rc = rc ? rc : fnl_write(r->lib, FNL_KEEP, find_or_put, &w, err);
    rc = rc ? rc : fnl_store_open(r->lib, FN_STORE_WRITE, &r->store, err);
    if (rc)
        return rc;
    r->rel = below(r->root.path, folder);
    r->rules = fn_rules_create(r->cfg);
    r->batch = calloc(FNL_BATCH_FILES, sizeof *r->batch);
    return r->rules && r->batch && r->rel ? 0 : fn_error_set(err, -ENOMEM, "out of memory");
}

static void run_finish(struct fnl_run *r)
{
    for (size_t i = 0; i < r->n_batch; i++)
        fn_found_finish(&r->batch[i].found);
    free(r->batch);
    fn_rules_unref(r->rules);
}

/* ---- after the photos ---- */

static int settle(struct fnl_run *r, struct fn_error *err)
{
    struct fn_settler *s = NULL;
    size_t left = 1;
    if (fn_settler_create(r->store, &s))
        return fn_error_set(err, -ENOMEM, "out of memory");
    int rc = 0;
    while (left && (rc == 0 || rc == -EAGAIN))
        rc = fn_people_settle_unit(s, SETTLE_FACES, FNL_WRITER_WAIT_MS, &left, err);
    fn_settler_destroy(s);
    return rc;
}

static int count_pending(struct fnl_run *r, struct fn_error *err)
{
    struct fn_people_wait w;
    int rc = fnl_read_begin(r->lib, err);
    if (rc)
        return rc;
    rc = fn_people_waiting(r->lib->read, &w);
    fnl_read_end(r->lib);
    if (rc)
        return fn_error_set(err, rc, "the index cannot be read: %s", fn_strerror(rc));
    r->count->pending = w.faces;
    return 0;
}

/* Mirrors labels that moved to the edited version of a photo. Clusters are updated by a running
 * facenetd or here. */
static int follow_up(struct fnl_run *r, struct fn_error *err)
{
    const struct fn_places *places = NULL;
    int rc = fnl_places_get(r->lib, &places, err);
    if (!rc)
        r->count->copy.code = fn_labels_log_sync(r->store, places->labels_log, &r->count->copy);
    if (!rc && fnl_nudge(r->lib) != 0)
        rc = settle(r, err);
    return rc ? rc : count_pending(r, err);
}

/* ---- folders and files ---- */

int fnl_index_folder(struct fn_library *lib, const char *folder, fnl_indexed_visit visit,
                     void *arg, struct fnl_indexed *ret, struct fn_error *err)
{
    char path[FN_PATH_MAX];
    struct fnl_run r = {.lib = lib, .visit = visit, .arg = arg, .count = ret};
    *ret = (struct fnl_indexed){0};
    int rc = fnl_root_path(folder, true, path, err);
    rc = rc ? rc : run_begin(&r, path, err);
    if (!rc && *r.rel && fnl_run_leaves_out(&r, r.rel))
        rc = fn_error_set(err, FN_EREFUSED, "%s: is left out by a setting or a marker file",
                          path);
    rc = rc ? rc : fnl_run_walk(&r, r.rel, err);
    rc = rc ? rc : fnl_run_flush(&r, err);
    rc = rc ? rc : follow_up(&r, err);
    run_finish(&r);
    return rc;
}

static int keep_one(const struct fnl_indexed_file *f, void *arg)
{
    *(struct fnl_indexed_file *)arg = *f;
    return 0;
}

/* The folder of an absolute path. */
static void folder_of(const char *path, char folder[FN_PATH_MAX])
{
    const char *slash = strrchr(path, '/');
    int n = slash && slash > path ? (int)(slash - path) : 1;
    (void)snprintf(folder, FN_PATH_MAX, "%.*s", n, path);
}

/* Checks name and first bytes only: no root and no index are created for a file that is not a
 * photo. */
static int check_photo(struct fn_library *lib, const char *path, const char *folder,
                       struct fn_error *err)
{
    const struct fn_config *cfg = NULL;
    struct stat st;
    if (stat(path, &st))
        return fn_error_set(err, -errno, "%s: %s", path, fn_strerror(-errno));
    int rc = fnl_config(lib, &cfg, err);
    struct fn_rules *rules = rc ? NULL : fn_rules_create(cfg);
    if (!rc && !rules)
        rc = fn_error_set(err, -ENOMEM, "out of memory");
    const char *name = strrchr(path, '/') + 1; /* path is absolute */
    if (!rc && !fn_is_candidate(rules, folder, name, &st))
        rc = fn_error_set(err, FN_EUNSUPPORTED, "%s: not a photo, by its name and first bytes",
                          path);
    fn_rules_unref(rules);
    return rc;
}

/* Does the index have the file unchanged? rel: its path below the root. */
static bool is_unchanged(const struct fnl_run *r, const char *path, const char *rel)
{
    struct stat st;
    struct fn_error err;
    if (stat(path, &st) || fnl_read_begin(r->lib, &err))
        return false;
    bool known = fn_file_is_known(fnl_txn(r->lib), r->root.id, rel, &st);
    fnl_read_end(r->lib);
    return known;
}

static int index_one(struct fnl_run *r, const char *path, struct fnl_indexed_file *ret,
                     struct fn_error *err)
{
    char rel[FN_PATH_MAX];
    const char *name = strrchr(path, '/') + 1; /* path is absolute */
    (void)snprintf(rel, sizeof rel, "%s%s%s", r->rel, *r->rel ? "/" : "", name);
    if (fnl_run_leaves_out(r, r->rel))
        return 0;
    if (is_unchanged(r, path, rel)) {
        ret->end = FNL_FILE_UNCHANGED;
        return 0;
    }
    int rc = fnl_run_file(r, rel, err);
    rc = rc ? rc : fnl_run_flush(r, err);
    return rc ? rc : follow_up(r, err);
}

/* The result for the file itself. */
static int verdict(const struct fnl_indexed_file *f, const char *path, struct fn_error *err)
{
    if (f->end == FNL_FILE_BAD || f->end == FNL_FILE_UNREAD)
        return fn_error_set(err, f->code, "%s: %s", path, f->reason);
    if (f->end == FNL_FILE_OTHER)
        return fn_error_set(err, FN_EUNSUPPORTED,
                            "%s: is left out by a setting or a marker file", path);
    return 0;
}

int fnl_index_file(struct fn_library *lib, const char *file, struct fnl_indexed_file *ret,
                   struct fn_error *err)
{
    char path[FN_PATH_MAX], folder[FN_PATH_MAX];
    struct fnl_indexed count = {0};
    struct fnl_run r = {.lib = lib, .visit = keep_one, .arg = ret, .count = &count};
    *ret = (struct fnl_indexed_file){.end = FNL_FILE_UNREAD};
    int rc = fnl_root_path(file, false, path, err);
    if (rc)
        return rc;
    folder_of(path, folder);
    ret->end = FNL_FILE_OTHER;
    (void)snprintf(ret->path, sizeof ret->path, "%s", path);
    rc = check_photo(lib, path, folder, err);
    rc = rc ? rc : run_begin(&r, folder, err);
    rc = rc ? rc : index_one(&r, path, ret, err);
    run_finish(&r);
    return rc ? rc : verdict(ret, path, err);
}
