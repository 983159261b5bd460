/* SPDX-License-Identifier: MIT */
#include "cli/library/root_facts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/library/library_roots.h"
#include "index/records/counts.h"

bool fnl_is_below(const char *folder, const char *path)
{
    size_t n = strlen(folder);
    n -= n == 1; /* "/" */
    return strncmp(folder, path, n) == 0 && (path[n] == '/' || path[n] == '\0');
}

static bool is_configured(const struct fn_config *cfg, const char *path)
{
    char expanded[FN_PATH_MAX];
    for (size_t i = 0; i < cfg->root.n; i++) {
        if (fn_path_expand(expanded, sizeof expanded, cfg->root.items[i]))
            continue;
        char *real = realpath(expanded, NULL);
        bool same = strcmp(real ? real : expanded, path) == 0;
        free(real);
        if (same)
            return true;
    }
    return false;
}

static int of_roots(struct fn_txn *t, const struct fnl_roots *l, struct fnl_root_facts *ret)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < l->n; i++) {
        const char *root = l->r[i].path;
        if (strcmp(root, ret->path) == 0) {
            ret->is_root = true;
            rc = fn_counts_root(t, l->r[i].id, &ret->photos);
        } else if (fnl_is_below(root, ret->path)) {
            (void)snprintf(ret->outer, sizeof ret->outer, "%s", root);
        } else if (fnl_is_below(ret->path, root)) {
            (void)snprintf(ret->inner, sizeof ret->inner, "%s", root);
        }
    }
    return rc;
}

int fnl_root_facts(struct fn_library *lib, const char *path, struct fnl_root_facts *ret,
                   struct fn_error *err)
{
    const struct fn_config *cfg = NULL;
    struct fnl_roots l = {0};
    *ret = (struct fnl_root_facts){.photos = 0};
    (void)snprintf(ret->path, sizeof ret->path, "%s", path);
    int rc = fnl_config(lib, &cfg, err);
    if (rc)
        return rc;
    ret->configured = is_configured(cfg, path);
    if (fnl_read_begin(lib, err))
        return 0; /* no index yet */
    rc = fnl_roots_list(fnl_txn(lib), &l, err);
    if (!rc && (rc = of_roots(fnl_txn(lib), &l, ret)))
        (void)fn_error_set(err, rc, "the index cannot be read: %s", fn_strerror(rc));
    fnl_read_end(lib);
    fnl_roots_finish(&l);
    return rc;
}
