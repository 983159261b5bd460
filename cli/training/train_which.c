/* SPDX-License-Identifier: MIT */
/* The share of people and of held-out people, and how faces are found, in a checkpoint:
 * "share 1 hold-out 0.1 mode detect". See train_options.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/training/train_options.h"

void fnq_train_which_format(const struct fnq_train_which *w, char *out, size_t size)
{
    (void)snprintf(out, size, "share %.17g hold-out %.17g mode %s", w->share, w->hold_out,
                   w->centre ? "centre" : "detect");
}

/* The text after a word; NULL: the line has no such word. */
static const char *after(const char *line, const char *word)
{
    size_t n = strlen(word);
    for (const char *p = strstr(line, word); p; p = strstr(p + 1, word))
        if ((p == line || p[-1] == ' ') && p[n] == ' ')
            return p + n + 1;
    return NULL;
}

static int differs(const char *option, struct fn_error *err)
{
    return fn_error_set(err, FN_EUSAGE,
                        "--%s is another than this run was started with. Leave it out: the run "
                        "has it",
                        option);
}

static int resume_number(const char *extra, const char *option, const char *given, double *v,
                         struct fn_error *err)
{
    const char *kept = after(extra, option);
    double was = kept ? strtod(kept, NULL) : *v;
    if (given && (*v < was || *v > was))
        return differs(option, err);
    *v = was;
    return 0;
}

int fnq_train_which_resume(const char *extra, const struct fnq_train_given *given,
                           struct fnq_train_which *w, struct fn_error *err)
{
    const char *mode = after(extra, "mode");
    bool centre = mode ? strncmp(mode, "centre", strlen("centre")) == 0 : w->centre;
    int rc = resume_number(extra, "share", given->share, &w->share, err);
    rc = rc ? rc : resume_number(extra, "hold-out", given->hold_out, &w->hold_out, err);
    if (!rc && given->mode && centre != w->centre)
        rc = differs("mode", err);
    if (!rc)
        w->centre = centre;
    return rc;
}
