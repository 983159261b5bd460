/* SPDX-License-Identifier: MIT */
/* Checkpoints: docs/format-checkpoint.md. A header, a description in JSON, and binary sections,
 * all little-endian, under one hash. */
#include "engine/train/checkpoint.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/base/endian.h"
#include "engine/base/file.h"
#include "engine/base/paths.h"
#include "engine/kernels/cpu.h"

enum { HEADER = 64, ALIGN = 64, VERSION = 1, SECTIONS_MAX = 8 };
static const char magic[8] = "FNCKPT\r\n";

struct section {
    const char *name;
    const void *data;
    size_t bytes;
};

/* ---- writing ---- */

struct writer {
    int fd;
    struct fn_hasher *hash;
    uint64_t at;
    int rc;
};

static void put(struct writer *w, const void *p, size_t n)
{
    if (w->rc || !n)
        return;
    fn_hasher_add(w->hash, p, n);
    w->rc = fn_write_all(w->fd, p, n);
    w->at += n;
}

static void pad(struct writer *w)
{
    static const char zeros[ALIGN];
    put(w, zeros, (size_t)(-w->at & (ALIGN - 1)));
}

static size_t padded(size_t n)
{
    return (n + ALIGN - 1) / ALIGN * ALIGN;
}

static json_t *describe(const struct fn_trainer *t, const char *extra, const struct section *s,
                        size_t n)
{
    char data[FN_H128_HEX], layout[FN_H128_HEX];
    struct fn_h128 h = fn_params_layout(&t->params);
    fn_h128_hex(&t->data->id, data);
    fn_h128_hex(&h, layout);
    json_t *list = json_array();
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        json_array_append_new(list, json_pack("{s:s,s:I,s:I}", "name", s[i].name, "at",
                                              (json_int_t)at, "bytes", (json_int_t)s[i].bytes));
        at += padded(s[i].bytes);
    }
    return json_pack("{s:o,s:s,s:s,s:s,s:I,s:I,s:I,s:I,s:I,s:I,s:s,s:o}", "options",
                     fn_train_opts_json(&t->o), "data", data, "layout", layout, "kernels",
                     fn_cpu_name(fn_cpu_resolve(t->o.cpu_flags)), "step", (json_int_t)t->step,
                     "images", (json_int_t)t->images, "skipped", (json_int_t)t->n_skipped,
                     "optim_steps", (json_int_t)t->optim.steps, "head_steps",
                     (json_int_t)t->head_optim.steps, "mined_round", (json_int_t)t->mined_round,
                     "extra", extra ? extra : "", "sections", list);
}

static size_t list_sections(const struct fn_trainer *t, const struct fn_buf *model,
                            struct section s[SECTIONS_MAX])
{
    size_t n = 0, state = t->params.size * sizeof(float);
    size_t head = t->head.n_people * t->head.dim * sizeof(float);
    s[n++] = (struct section){"model", model->data, model->len};
    s[n++] = (struct section){"state1", t->optim.s1, state};
    if (t->optim.s2)
        s[n++] = (struct section){"state2", t->optim.s2, state};
    if (head) {
        s[n++] = (struct section){"head", t->head.w, head};
        s[n++] = (struct section){"head1", t->head_optim.s1, head};
    }
    if (head && t->head_optim.s2)
        s[n++] = (struct section){"head2", t->head_optim.s2, head};
    if (t->mined.n)
        s[n++] = (struct section){"mined", t->mined.v, t->mined.n * sizeof *t->mined.v};
    return n;
}

/* Header: magic, u32 version, u32 bytes of JSON, u64 bytes of the file, 16 bytes XXH3-128 of
 * everything after the header, zeros. */
static int write_all(struct writer *w, const char *json, const struct section *s, size_t n)
{
    uint8_t header[HEADER] = {0};
    size_t len = strlen(json);
    w->rc = fn_write_all(w->fd, header, sizeof header);
    put(w, json, len);
    pad(w);
    for (size_t i = 0; i < n; i++) {
        put(w, s[i].data, s[i].bytes);
        pad(w);
    }
    struct fn_h128 h = fn_hasher_digest(w->hash);
    memcpy(header, magic, sizeof magic);
    fn_put_le32(header + 8, VERSION);
    fn_put_le32(header + 12, (uint32_t)len);
    fn_put_le64(header + 16, HEADER + w->at);
    memcpy(header + 24, h.b, sizeof h.b);
    if (w->rc == 0 && pwrite(w->fd, header, sizeof header, 0) != (ssize_t)sizeof header)
        w->rc = -EIO;
    if (w->rc == 0 && fsync(w->fd) < 0)
        w->rc = -errno;
    return w->rc;
}

/* The previous file at path becomes path.1. There is a file at path at any moment. */
static int put_in_place(const char *tmp, const char *path)
{
    char before[FN_PATH_MAX + 8], link_tmp[FN_PATH_MAX + 16];
    (void)snprintf(before, sizeof before, "%s.1", path);
    (void)snprintf(link_tmp, sizeof link_tmp, "%s.1.tmp", path);
    (void)unlink(link_tmp);
    if (link(path, link_tmp) == 0 && rename(link_tmp, before) < 0)
        return -errno;
    return rename(tmp, path) < 0 ? -errno : fn_sync_parent(path);
}

static int save_sections(const char *path, const char *json, const struct section *s, size_t n)
{
    char tmp[FN_PATH_MAX + 16];
    (void)snprintf(tmp, sizeof tmp, "%s.tmp", path);
    struct writer w = {.hash = fn_hasher_create()};
    w.fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    int rc = !w.hash ? -ENOMEM : w.fd < 0 ? -errno : write_all(&w, json, s, n);
    if (w.fd >= 0 && close(w.fd) < 0 && rc == 0)
        rc = -errno;
    if (rc == 0)
        rc = put_in_place(tmp, path);
    if (rc && w.fd >= 0)
        (void)unlink(tmp);
    fn_hasher_destroy(w.hash);
    return rc;
}

static int save(struct fn_trainer *t, const char *path, const char *extra, struct fn_error *err)
{
    struct fn_buf model;
    struct section s[SECTIONS_MAX];
    struct fn_model m = fn_trainer_model(t);
    fn_buf_init(&model, SIZE_MAX / 2);
    int rc = fn_model_encode(&m, &model, err);
    if (rc == 0) {
        size_t n = list_sections(t, &model, s);
        json_t *j = describe(t, extra, s, n);
        char *text =
            j ? json_dumps(j, JSON_COMPACT | JSON_SORT_KEYS | JSON_REAL_PRECISION(17)) : NULL;
        rc = text ? save_sections(path, text, s, n) : -ENOMEM;
        if (rc)
            fn_error_set(err, rc,
                         "the checkpoint '%s' cannot be written: %s; the one before is kept",
                         path, fn_strerror(rc));
        json_decref(j);
        free(text);
    }
    fn_buf_finish(&model);
    return rc;
}

int fn_trainer_save(struct fn_trainer *t, const char *path, const char *extra,
                    struct fn_error *err)
{
    return fn_comm_agree(t->comm, t->comm->rank ? 0 : save(t, path, extra, err), err);
}

/* ---- reading ---- */

struct open_checkpoint {
    struct fn_map map;
    json_t *json;
    size_t sections_at;
};

static int corrupt(struct fn_error *err, const char *path, const char *what)
{
    return fn_error_set(err, FN_ECORRUPT, "'%s' is no whole checkpoint: %s", path, what);
}

static int check_file(const struct open_checkpoint *o, const char *path, struct fn_error *err)
{
    const uint8_t *p = o->map.data;
    if (o->map.size < HEADER || memcmp(p, magic, sizeof magic) != 0)
        return corrupt(err, path, "it does not begin like one");
    if (fn_get_le32(p + 8) > VERSION)
        return fn_error_set(err, FN_EVERSION, "'%s' is of a newer version", path);
    if (fn_get_le64(p + 16) != o->map.size || fn_get_le32(p + 12) > o->map.size - HEADER)
        return corrupt(err, path, "it breaks off");
    struct fn_h128 h = fn_hash128(p + HEADER, o->map.size - HEADER);
    if (memcmp(h.b, p + 24, sizeof h.b) != 0)
        return corrupt(err, path, "its bytes have changed");
    return 0;
}

static const uint8_t *section(const struct open_checkpoint *o, const char *name, size_t bytes)
{
    size_t i;
    json_t *s;
    json_array_foreach(json_object_get(o->json, "sections"), i, s)
    {
        const char *its = json_string_value(json_object_get(s, "name"));
        uint64_t at = (uint64_t)json_integer_value(json_object_get(s, "at"));
        uint64_t n = (uint64_t)json_integer_value(json_object_get(s, "bytes"));
        if (!its || strcmp(its, name) != 0)
            continue;
        uint64_t room = o->map.size - o->sections_at;
        bool fits = at <= room && n <= room - at && at % ALIGN == 0;
        return fits && (bytes == SIZE_MAX || n == bytes) ? o->map.data + o->sections_at + at
                                                         : NULL;
    }
    return NULL;
}

static size_t section_bytes(const struct open_checkpoint *o, const char *name)
{
    size_t i;
    json_t *s;
    json_array_foreach(json_object_get(o->json, "sections"), i, s)
    {
        const char *its = json_string_value(json_object_get(s, "name"));
        if (its && strcmp(its, name) == 0)
            return (size_t)json_integer_value(json_object_get(s, "bytes"));
    }
    return 0;
}

static int read_description(struct open_checkpoint *o, const char *path,
                            struct fn_checkpoint *c, struct fn_error *err)
{
    size_t len = fn_get_le32(o->map.data + 12);
    o->json = json_loadb((const char *)o->map.data + HEADER, len, 0, NULL);
    o->sections_at = HEADER + padded(len);
    if (!o->json || o->sections_at > o->map.size)
        return corrupt(err, path, "its description cannot be read");
    int rc = fn_train_opts_parse(json_object_get(o->json, "options"), &c->opts, err);
    if (rc)
        return rc;
    c->step = (uint64_t)json_integer_value(json_object_get(o->json, "step"));
    c->images = (uint64_t)json_integer_value(json_object_get(o->json, "images"));
    const char *kernels = json_string_value(json_object_get(o->json, "kernels"));
    const char *extra = json_string_value(json_object_get(o->json, "extra"));
    (void)snprintf(c->kernels, sizeof c->kernels, "%s", kernels ? kernels : "");
    (void)snprintf(c->extra, sizeof c->extra, "%s", extra ? extra : "");
    const char *data = json_string_value(json_object_get(o->json, "data"));
    if (!data || fn_h128_parse(data, &c->data_id))
        return corrupt(err, path, "its data set is not named");
    return 0;
}

int fn_checkpoint_is(const char *path, bool *ret, struct fn_error *err)
{
    struct fn_map map;
    int rc = fn_map_open(path, &map, err);
    if (rc)
        return rc;
    *ret = map.size >= sizeof magic && memcmp(map.data, magic, sizeof magic) == 0;
    fn_map_close(&map);
    return 0;
}

int fn_checkpoint_open(const char *path, struct fn_checkpoint *ret, struct fn_error *err)
{
    struct fn_checkpoint c = {0};
    struct open_checkpoint *o = calloc(1, sizeof *o);
    if (!o)
        return fn_error_set(err, -ENOMEM, "out of memory");
    c.priv = o;
    int rc = fn_map_open(path, &o->map, err);
    if (rc == 0)
        rc = check_file(o, path, err);
    if (rc == 0)
        rc = read_description(o, path, &c, err);
    if (rc == 0) {
        const uint8_t *m = section(o, "model", SIZE_MAX);
        rc = m ? fn_model_parse(m, section_bytes(o, "model"), &c.model, err)
               : corrupt(err, path, "it has no network");
    }
    if (rc)
        fn_checkpoint_close(&c);
    else
        *ret = c;
    return rc;
}

void fn_checkpoint_close(struct fn_checkpoint *c)
{
    if (!c)
        return;
    struct open_checkpoint *o = c->priv;
    fn_model_destroy(c->model);
    if (o) {
        json_decref(o->json);
        fn_map_close(&o->map);
    }
    free(o);
    *c = (struct fn_checkpoint){0};
}

/* ---- resuming ---- */

static bool restore(const struct open_checkpoint *o, const char *name, float *to, size_t floats)
{
    const uint8_t *p = floats ? section(o, name, floats * sizeof *to) : NULL;
    if (p)
        memcpy(to, p, floats * sizeof *to);
    return p || !floats;
}

static bool restore_mined(const struct open_checkpoint *o, struct fn_trainer *t)
{
    size_t bytes = section_bytes(o, "mined"), n = bytes / sizeof(struct fn_triplet);
    const uint8_t *p = bytes ? section(o, "mined", bytes) : NULL;
    if (!bytes)
        return true;
    struct fn_triplet *v = p && bytes % sizeof *v == 0 ? malloc(bytes) : NULL;
    if (!v)
        return false;
    memcpy(v, p, bytes);
    for (size_t i = 0; i < n; i++)
        if (v[i].anchor >= t->data->n || v[i].positive >= t->data->n ||
            v[i].negative >= t->data->n) {
            free(v);
            return false;
        }
    fn_triplets_finish(&t->mined);
    t->mined = (struct fn_triplets){v, n, n};
    return true;
}

static int check_same(const struct fn_trainer *t, const struct fn_checkpoint *c,
                      struct fn_error *err)
{
    const char *differs = fn_train_opts_differ(&t->o, &c->opts);
    if (differs)
        return fn_error_set(err, FN_EREFUSED, "option '%s' is another than the checkpoint's",
                            differs);
    if (memcmp(&t->data->id, &c->data_id, sizeof c->data_id) != 0)
        return fn_error_set(
            err, FN_EREFUSED,
            "the data are not those of the checkpoint (files, people or frames differ)");
    return 0;
}

static int restore_all(struct fn_trainer *t, const struct fn_checkpoint *c,
                       struct fn_error *err)
{
    const struct open_checkpoint *o = c->priv;
    size_t head = t->head.n_people * t->head.dim;
    int rc = check_same(t, c, err);
    if (rc)
        return rc;
    if (!restore(o, "state1", t->optim.s1, t->params.size) ||
        (t->optim.s2 && !restore(o, "state2", t->optim.s2, t->params.size)) ||
        !restore(o, "head", t->head.w, head) || !restore(o, "head1", t->head_optim.s1, head) ||
        (t->head_optim.s2 && !restore(o, "head2", t->head_optim.s2, head)) ||
        !restore_mined(o, t))
        return fn_error_set(err, FN_ECORRUPT, "the checkpoint lacks a part of its state");
    t->optim.steps = (uint64_t)json_integer_value(json_object_get(o->json, "optim_steps"));
    t->head_optim.steps = (uint64_t)json_integer_value(json_object_get(o->json, "head_steps"));
    t->mined_round = (uint64_t)json_integer_value(json_object_get(o->json, "mined_round"));
    t->n_skipped = (uint64_t)json_integer_value(json_object_get(o->json, "skipped"));
    t->step = c->step;
    t->images = c->images;
    return 0;
}

int fn_trainer_resume(struct fn_trainer *t, const struct fn_checkpoint *c, struct fn_error *err)
{
    int rc = fn_comm_agree(t->comm, restore_all(t, c, err), err);
    return rc ? rc : fn_train_check_state(t, err);
}
