/* SPDX-License-Identifier: MIT */
/* Training options as JSON, by one table for both directions. An option that is missing in it
 * is not restored. */
#include "engine/train/checkpoint.h"

#include <stdio.h>
#include <string.h>

enum kind { U64, U32, INT, F32, F64, TEXT, NAME };

struct field {
    const char *name;
    enum kind kind;
    size_t at, size;
    bool bits;                /* it affects the result */
    const char *const *names; /* NAME: names of the values of an enum from 0 on, then NULL */
};

static const char *const loss_names[] = {"triplet", "arc", "cos", NULL};
static const char *const selection_names[] = {"semi-hard", "batch-hard", NULL};
static const char *const negative_names[] = {"skip", "farthest", "random", NULL};
static const char *const mining_names[] = {"online", "offline", "both", NULL};
static const char *const optim_names[] = {"adagrad", "momentum", "adamw", NULL};
static const char *const schedule_names[] = {"flat", "steps", "cosine", NULL};

#define ENTRY(kind_, member, bits_, names_)                                                    \
    {                                                                                          \
#        member, kind_, offsetof(struct fn_train_opts, member),                                \
            sizeof(((struct fn_train_opts *)0)->member), bits_, names_                         \
    }
#define FIELD(kind, member, bits) ENTRY(kind, member, bits, NULL)
#define NAMED(member, names)      ENTRY(NAME, member, true, names)

_Static_assert(sizeof(enum fn_loss) == sizeof(uint32_t), "enums are read as u32");

static const struct field fields[] = {
    FIELD(U64, seed, true),
    FIELD(U64, steps, true),
    FIELD(U32, people, true),
    FIELD(U32, faces, true),
    FIELD(U32, extra, true),
    FIELD(U32, width, true),
    FIELD(U32, height, true),
    FIELD(U32, chunk, true),
    FIELD(U32, lanes, true),
    FIELD(U32, threads, false),
    FIELD(U32, loader_threads, false),
    FIELD(F32, frame, true),
    FIELD(U32, begin_sample, true),
    FIELD(U32, need_face, true),
    FIELD(F32, augment.flip_p, true),
    FIELD(F32, augment.shift, true),
    FIELD(F32, augment.scale, true),
    FIELD(F32, augment.rotate_deg, true),
    FIELD(F32, augment.brightness, true),
    FIELD(F32, augment.contrast, true),
    FIELD(F32, augment.saturation, true),
    FIELD(F32, augment.grey_p, true),
    FIELD(F32, augment.blur_p, true),
    FIELD(F32, augment.blur_px, true),
    FIELD(F32, augment.jpeg_p, true),
    FIELD(INT, augment.jpeg_min, true),
    FIELD(INT, augment.jpeg_max, true),
    FIELD(F32, augment.cutout_p, true),
    NAMED(loss, loss_names),
    FIELD(F32, margin, true),
    FIELD(F32, margin_scale, true),
    NAMED(selection, selection_names),
    NAMED(no_negative, negative_names),
    NAMED(mining, mining_names),
    FIELD(U32, offline_every, true),
    FIELD(U32, offline_subset, true),
    NAMED(optim.kind, optim_names),
    FIELD(F32, optim.momentum, true),
    FIELD(F32, optim.beta2, true),
    FIELD(F32, optim.eps, true),
    FIELD(F32, optim.weight_decay, true),
    FIELD(F32, optim.initial, true),
    FIELD(F32, optim.max_norm, true),
    FIELD(F64, rate, true),
    FIELD(F64, head_rate, true),
    NAMED(schedule.kind, schedule_names),
    FIELD(U64, schedule.warm_up, true),
    FIELD(U64, schedule.total, true),
    FIELD(F64, schedule.floor, true),
    FIELD(F64, schedule.factor, true),
    FIELD(TEXT, freeze_before, true),
    FIELD(U32, bad_steps_max, false),
};
enum { N_FIELDS = sizeof fields / sizeof *fields };

static json_t *get(const struct field *f, const void *from)
{
    uint64_t u64;
    uint32_t u32;
    int i;
    float f32;
    double f64;
    switch (f->kind) {
    case U64:
        memcpy(&u64, from, sizeof u64);
        return json_integer((json_int_t)u64);
    case U32:
        memcpy(&u32, from, sizeof u32);
        return json_integer(u32);
    case INT:
        memcpy(&i, from, sizeof i);
        return json_integer(i);
    case F32:
        memcpy(&f32, from, sizeof f32);
        return json_real((double)f32);
    case F64:
        memcpy(&f64, from, sizeof f64);
        return json_real(f64);
    case NAME:
        memcpy(&u32, from, sizeof u32);
        return json_string(f->names[u32]);
    case TEXT:
    default:
        return json_string(from);
    }
}

static bool set_number(const struct field *f, const json_t *j, void *to)
{
    if (f->kind == F32) {
        float v = (float)json_number_value(j);
        memcpy(to, &v, sizeof v);
        return json_is_number(j);
    }
    if (f->kind == F64) {
        double v = json_number_value(j);
        memcpy(to, &v, sizeof v);
        return json_is_number(j);
    }
    json_int_t v = json_integer_value(j);
    if (!json_is_integer(j) || (f->kind == U64 && v < 0) ||
        (f->kind == U32 && (v < 0 || v > UINT32_MAX)) ||
        (f->kind == INT && (v < INT32_MIN || v > INT32_MAX)))
        return false;
    uint64_t u64 = (uint64_t)v;
    uint32_t u32 = (uint32_t)v;
    if (f->kind == U64)
        memcpy(to, &u64, sizeof u64);
    else
        memcpy(to, &u32, sizeof u32);
    return true;
}

static bool set_text(const struct field *f, const char *text, void *to)
{
    if (f->kind == TEXT) {
        size_t n = strlen(text);
        if (n < f->size)
            memcpy(to, text, n + 1);
        return n < f->size;
    }
    for (uint32_t i = 0; f->names[i]; i++)
        if (strcmp(f->names[i], text) == 0) {
            memcpy(to, &i, sizeof i);
            return true;
        }
    return false;
}

static bool is_text(const struct field *f)
{
    return f->kind == TEXT || f->kind == NAME;
}

json_t *fn_train_opts_json(const struct fn_train_opts *o)
{
    json_t *j = json_object();
    for (size_t i = 0; j && i < N_FIELDS; i++)
        if (json_object_set_new(j, fields[i].name,
                                get(&fields[i], (const char *)o + fields[i].at)) < 0) {
            json_decref(j);
            return NULL;
        }
    return j;
}

int fn_train_opts_parse(const json_t *j, struct fn_train_opts *ret, struct fn_error *err)
{
    struct fn_train_opts o = fn_train_default();
    for (size_t i = 0; i < N_FIELDS; i++) {
        const struct field *f = &fields[i];
        const json_t *v = json_object_get(j, f->name);
        char *to = (char *)&o + f->at;
        bool ok = v && (is_text(f) ? json_is_string(v) && set_text(f, json_string_value(v), to)
                                   : set_number(f, v, to));
        if (!ok)
            return fn_error_set(err, FN_ECORRUPT, "option '%s' is missing or out of range",
                                f->name);
    }
    *ret = o;
    return 0;
}

const char *fn_train_opts_differ(const struct fn_train_opts *a, const struct fn_train_opts *b)
{
    for (size_t i = 0; i < N_FIELDS; i++) {
        const struct field *f = &fields[i];
        const char *x = (const char *)a + f->at, *y = (const char *)b + f->at;
        bool same = f->kind == TEXT ? strcmp(x, y) == 0 : memcmp(x, y, f->size) == 0;
        if (f->bits && !same)
            return f->name;
    }
    return NULL;
}

/* Numbers that strtod reads completely. */
static bool set_value(const struct field *f, const char *text, void *to)
{
    if (is_text(f))
        return set_text(f, text, to);
    json_t *j = json_loads(text, JSON_DECODE_ANY, NULL);
    bool ok = j && set_number(f, j, to);
    json_decref(j);
    return ok;
}

static void list_names(const struct field *f, char *out, size_t size)
{
    size_t n = 0;
    out[0] = 0;
    for (size_t i = 0; f->kind == NAME && f->names[i] && n < size; i++)
        n += (size_t)snprintf(out + n, size - n, "%s%s", i ? ", " : "; one of ", f->names[i]);
}

int fn_train_opts_set(struct fn_train_opts *o, const char *name, const char *value,
                      struct fn_error *err)
{
    char names[200];
    for (size_t i = 0; i < N_FIELDS; i++) {
        if (strcmp(fields[i].name, name) != 0)
            continue;
        if (set_value(&fields[i], value, (char *)o + fields[i].at))
            return 0;
        list_names(&fields[i], names, sizeof names);
        return fn_error_set(err, FN_EUSAGE, "%s cannot be '%s'%s", name, value, names);
    }
    return fn_error_set(err, FN_EUSAGE, "there is no training option '%s'", name);
}

const char *fn_train_opts_name(size_t i)
{
    return i < N_FIELDS ? fields[i].name : NULL;
}
