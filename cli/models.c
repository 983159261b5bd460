/* Finding model files, and counting what is in them. */
#include "cli/models.h"

#include <stdio.h>
#include <string.h>

#include "engine/base/file.h"

bool fnq_ends_in(const char *s, const char *end)
{
    size_t n = strlen(s), k = strlen(end);
    return n > k && strcmp(s + n - k, end) == 0;
}

uint64_t fnq_model_parameters(const struct fn_graph *g)
{
    uint64_t n = 0;
    for (uint32_t i = 0; i < g->n_values; i++)
        if (g->values[i].kind == FN_VALUE_WEIGHT)
            n += (uint64_t)g->values[i].dims[0] * g->values[i].dims[1] * g->values[i].dims[2] *
                 g->values[i].dims[3];
    return n;
}

struct finding {
    const char *name;
    char path[FN_PATH_MAX];
};

static int find_model(const char *dir, void *arg)
{
    struct finding *f = arg;
    char file[FN_PATH_MAX];
    if (snprintf(file, sizeof file, "%s%s", f->name,
                 fnq_ends_in(f->name, ".fnm") ? "" : ".fnm") >= (int)sizeof file)
        return 0;
    return fn_path_join(f->path, sizeof f->path, dir, file) == 0 && fn_file_exists(f->path);
}

bool fnq_model_path(const struct fnq_ctx *ctx, const char *name, char *out, size_t size)
{
    struct finding f = {.name = name};
    bool itself = strchr(name, '/') || fn_file_exists(name);
    if (!itself && !fn_path_each_model_dir(ctx->o.models, find_model, &f))
        return false;
    return snprintf(out, size, "%s", itself ? name : f.path) < (int)size;
}

int fnq_no_model(const char *name)
{
    return fnq_say(FNQ_NO, "there is no model '%s'. All of them: fnq model list", name);
}
