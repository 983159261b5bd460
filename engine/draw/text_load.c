/* SPDX-License-Identifier: MIT */
#include "engine/draw/text_load.h"

#include <dlfcn.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/base/paths.h"

#define MODULE "fnq-text.so"

/* Searches next to the running program, in its build tree, and at the installed path, as
 * engine/work/client.c does for the worker. FACENETD_TEXT names another file, for tests. */
static void find(char *out, size_t size)
{
    static const char *const near[] = {MODULE, "../engine/draw/" MODULE,
                                       "../libexec/facenetd/" MODULE};
    char exe[FN_PATH_MAX];
    const char *wanted = getenv("FACENETD_TEXT");
    ssize_t n = wanted ? 0 : readlink("/proc/self/exe", exe, sizeof exe - 1);
    if (n > 0) {
        exe[n] = '\0';
        const char *dir = dirname(exe);
        for (size_t i = 0; i < sizeof near / sizeof *near; i++)
            if (!fn_path_join(out, size, dir, near[i]) && access(out, R_OK) == 0)
                return;
    }
    (void)snprintf(out, size, "%s", wanted ? wanted : FN_LIBEXECDIR "/" MODULE);
}

int fn_text_load(const struct fn_text_module **ret, struct fn_error *err)
{
    char path[FN_PATH_MAX];
    find(path, sizeof path);
    if (access(path, R_OK) < 0)
        return fn_error_set(err, FN_EUNSUPPORTED,
                            "text cannot be drawn: '%s' is missing; install facenetd again",
                            path);
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    const char *why = library ? NULL : dlerror();
    if (why)
        return fn_error_set(err, FN_EUNSUPPORTED,
                            "text cannot be drawn: %.300s; install libpangocairo-1.0-0", why);
    const struct fn_text_module *m = dlsym(library, FN_TEXT_MODULE_SYMBOL);
    if (!m || m->version != FN_TEXT_MODULE_VERSION)
        return fn_error_set(err, FN_EUNSUPPORTED,
                            "text cannot be drawn: '%s' is of another version; install "
                            "facenetd again",
                            path);
    *ret = m;
    return 0;
}
