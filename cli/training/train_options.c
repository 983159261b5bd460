/* SPDX-License-Identifier: MIT */
/* See train_options.h. */
#include "cli/training/train_options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/kernels/cpu.h"

static int set_named(struct fn_train_opts *o, const char *name, const char *value,
                     struct fn_error *err)
{
    return value ? fn_train_opts_set(o, name, value, err) : 0;
}

/* Parses a number above 0 with at most seven digits; *p is moved past it. */
static bool number(const char **p, uint32_t *ret)
{
    char *end;
    unsigned long v = **p >= '0' && **p <= '9' ? strtoul(*p, &end, 10) : 0;
    if (!v || end - *p > 7)
        return false;
    *ret = (uint32_t)v;
    *p = end;
    return true;
}

static bool two_numbers(const char **p, uint32_t *a, uint32_t *b)
{
    return number(p, a) && *(*p)++ == 'x' && number(p, b);
}

static int set_batch(struct fn_train_opts *o, const char *text, struct fn_error *err)
{
    uint32_t people, faces, extra = 0;
    if (!text)
        return 0;
    bool ok = two_numbers(&text, &people, &faces);
    if (ok && *text == '+') {
        text++;
        ok = number(&text, &extra);
    }
    if (!ok || *text)
        return fn_error_set(err, FN_EUSAGE, "--batch is PEOPLExFACES, like 45x8 or 45x8+60");
    o->people = people;
    o->faces = faces;
    o->extra = extra;
    return 0;
}

static int set_size(struct fn_train_opts *o, const char *text, struct fn_error *err)
{
    if (text && (!two_numbers(&text, &o->width, &o->height) || *text))
        return fn_error_set(err, FN_EUSAGE, "--size is WIDTHxHEIGHT, like 96x96");
    return 0;
}

static int set_list(struct fn_train_opts *o, const struct fn_opt_list *l, struct fn_error *err)
{
    char name[64];
    for (size_t i = 0; i < l->n; i++) {
        const char *eq = strchr(l->items[i], '=');
        if (!eq || (size_t)(eq - l->items[i]) >= sizeof name)
            return fn_error_set(err, FN_EUSAGE, "--set is NAME=VALUE, not '%s'", l->items[i]);
        (void)snprintf(name, sizeof name, "%.*s", (int)(eq - l->items[i]), l->items[i]);
        int rc = fn_train_opts_set(o, name, eq + 1, err);
        if (rc)
            return rc;
    }
    return 0;
}

/* Sets the defaults of the optimiser and the loss, before the options of the user. */
static void set_defaults(struct fn_train_opts *o)
{
    static const double rates[] = {.003, .05, .001};
    o->optim = fn_optim_default(o->optim.kind);
    o->rate = rates[o->optim.kind];
    o->margin = o->loss == FN_LOSS_ARC ? .5f : o->loss == FN_LOSS_COS ? .35f : .2f;
    o->schedule = (struct fn_schedule){.kind = FN_SCHEDULE_COSINE, .floor = .02, .factor = .1};
}

int fnq_train_read(const struct fnq_train_words *c, struct fn_train_opts *o,
                   struct fn_error *err)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    *o = fn_train_default();
    int rc = set_named(o, "optim.kind", c->optimizer, err);
    rc = rc ? rc : set_named(o, "loss", c->loss, err);
    set_defaults(o);
    o->steps = c->steps ? c->steps : o->steps;
    o->seed = c->seed ? c->seed : o->seed;
    o->threads = c->threads ? (unsigned)c->threads : cores > 0 ? (unsigned)cores : 1;
    rc = rc ? rc : set_named(o, "schedule.kind", c->schedule, err);
    rc = rc ? rc : set_batch(o, c->batch, err);
    rc = rc ? rc : set_size(o, c->size, err);
    rc = rc ? rc : set_named(o, "selection", c->select, err);
    rc = rc ? rc : set_named(o, "mining", c->mining, err);
    rc = rc ? rc : set_named(o, "margin", c->margin, err);
    rc = rc ? rc : set_named(o, "rate", c->rate, err);
    rc = rc ? rc : set_named(o, "freeze_before", c->freeze_before, err);
    rc = rc ? rc : set_list(o, &c->set, err);
    o->schedule.total = o->steps;
    o->cpu_flags = FN_CPU_DETECT;
    return rc;
}

static bool read_share(const char *text, double *ret)
{
    char *end = NULL;
    *ret = strtod(text, &end);
    return end != text && !*end;
}

int fnq_train_read_shares(const char *share, const char *hold_out, double *ret_share,
                          double *ret_hold_out, struct fn_error *err)
{
    if (hold_out &&
        !(read_share(hold_out, ret_hold_out) && *ret_hold_out >= 0 && *ret_hold_out < 1))
        return fn_error_set(err, FN_EUSAGE, "--hold-out is a number from 0, below 1, not '%s'",
                            hold_out);
    if (share && !(read_share(share, ret_share) && *ret_share > 0 && *ret_share <= 1))
        return fn_error_set(err, FN_EUSAGE, "--share is a number above 0, at most 1, not '%s'",
                            share);
    return 0;
}
