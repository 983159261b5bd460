/* SPDX-License-Identifier: MIT */
/* See figures.h. */
#include "engine/eval/figures.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/base/array.h"

void fn_figures_finish(struct fn_figures *f)
{
    free(f->v);
    *f = (struct fn_figures){0};
}

void fn_figures_add(struct fn_figures *f, const char *group, const char *key, double value,
                    double error, int digits, const char *label)
{
    struct fn_figure *v = fn_array_grow(f->v, &f->cap, f->n + 1, sizeof *v);
    if (!v) {
        f->failed = true;
        return;
    }
    f->v = v;
    struct fn_figure *to = &v[f->n++];
    *to = (struct fn_figure){.value = value, .error = error, .digits = digits};
    (void)snprintf(to->group, sizeof to->group, "%s", group);
    (void)snprintf(to->key, sizeof to->key, "%s", key);
    (void)snprintf(to->label, sizeof to->label, "%s", label);
}

void fn_figures_count(struct fn_figures *f, const char *group, const char *key, size_t value,
                      const char *label)
{
    fn_figures_add(f, group, key, (double)value, (double)NAN, 0, label);
}
