/* SPDX-License-Identifier: MIT */
/* From unpacked npm packages to a model directory: the networks of each pinned profile as .fnm
 * files, then the profile file, written last so that a half-made directory has no profile that
 * looks usable. */
#include "engine/model/import.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/endian.h"
#include "engine/base/file.h"
#include "engine/base/paths.h"
#include "engine/model/joint.h"
#include "engine/model/pinned.h"
#include "engine/model/rotate.h"
#include "engine/model/tfjs.h"

enum { SOURCE_BYTES_MAX = 256 << 20 };

struct job {
    const char *packages, *out;
    const char *projection; /* text */
    size_t projection_size;
    void (*progress)(const char *what, void *ctx);
    void *ctx;
    struct fn_error *err;
};

/* One network on its way. */
struct source {
    struct fn_buf file[2];
    struct fn_graph_builder *b, *rotated;
    float *anchors;
    struct fn_model m;
};

static void source_finish(struct source *s)
{
    fn_graph_builder_destroy(s->b);
    fn_graph_builder_destroy(s->rotated);
    fn_buf_finish(&s->file[0]);
    fn_buf_finish(&s->file[1]);
    free(s->anchors);
}

static int no_memory(struct job *j)
{
    return fn_error_set(j->err, -ENOMEM, "out of memory");
}

static int path_of(struct job *j, char *out, const char *dir, const char *a, const char *b)
{
    char package[FN_PATH_MAX];
    int rc = fn_path_join(package, sizeof package, dir, a);
    if (rc == 0 && b)
        rc = fn_path_join(out, FN_PATH_MAX, package, b);
    else if (rc == 0)
        memcpy(out, package, strlen(package) + 1);
    return rc ? fn_error_set(j->err, rc, "path too long under \"%s\"", dir) : 0;
}

static int read_sources(struct job *j, const struct fn_pinned_network *n, struct source *s)
{
    char path[FN_PATH_MAX];
    int rc = 0;
    for (int i = 0; i < 2 && rc == 0 && n->path[i]; i++) {
        rc = path_of(j, path, j->packages, n->package, n->path[i]);
        if (rc == 0)
            rc = fn_file_read(path, &s->file[i], j->err);
    }
    return rc;
}

/* XXH3-128 of the source files' hashes, the importer's version, and what it was told to do with
 * them. */
static struct fn_h128 model_id(const struct fn_pinned_network *n, const struct source *s)
{
    uint8_t b[2 * 16 + 4 + 64] = {0};
    for (int i = 0; i < 2 && n->path[i]; i++) {
        struct fn_h128 h = fn_hash128(s->file[i].data, s->file[i].len);
        memcpy(b + 16 * i, h.b, sizeof h.b);
    }
    fn_put_le32(b + 32, FN_IMPORTER_VERSION);
    memcpy(b + 36, n->recipe, strnlen(n->recipe, 63));
    return fn_hash128(b, sizeof b);
}

static int import_graph(struct job *j, const struct fn_pinned_network *n, struct source *s)
{
    const uint8_t *p = (const uint8_t *)s->file[0].data, *q = (const uint8_t *)s->file[1].data;
    struct fn_graph *g = &s->m.graph;
    switch (n->format) {
    case FN_PINNED_ONNX:
        return fn_import_onnx_part(p, s->file[0].len, n->outputs, n->n_outputs, s->b, g,
                                   j->err);
    case FN_PINNED_TFLITE:
        return fn_import_tflite_part(p, s->file[0].len, n->outputs, n->n_outputs, s->b, g,
                                     j->err);
    case FN_PINNED_TFJS:
        return fn_import_tfjs(p, s->file[0].len, q, s->file[1].len, n->recipe, s->b, g, j->err);
    }
    return FN_EUSAGE;
}

static int import_rotation(struct job *j, uint32_t dim, struct source *s)
{
    struct fn_graph g;
    s->rotated = fn_graph_builder_create();
    if (!s->rotated)
        return no_memory(j);
    int rc = fn_embedding_rotate(&s->m.graph, dim, s->rotated, &g, j->err);
    if (rc == 0)
        s->m.graph = g;
    return rc;
}

static int import_anchors(struct job *j, const struct fn_pinned_network *n, struct source *s)
{
    struct fn_tfjs *w;
    int rc = fn_tfjs_read((const uint8_t *)s->file[0].data, s->file[0].len,
                          (const uint8_t *)s->file[1].data, s->file[1].len, &w, j->err);
    if (rc)
        return rc;
    const struct fn_tfjs_tensor *t = fn_tfjs_find(w, n->anchors);
    if (!t || t->n % 4)
        rc = fn_error_set(j->err, FN_EMODEL, "no anchors \"%s\"", n->anchors);
    else if (!(s->anchors = malloc(t->n * sizeof(float))))
        rc = no_memory(j);
    if (rc == 0) {
        fn_tfjs_floats(t, s->anchors);
        s->m.decode.anchors = s->anchors;
        s->m.decode.n_anchors = (uint32_t)(t->n / 4);
    }
    fn_tfjs_destroy(w);
    return rc;
}

/* Reads the files of one network of its own package, and makes its graph. */
static int import_single(struct job *j, const struct fn_pinned_network *n, uint32_t rotate,
                         struct source *s)
{
    int rc = read_sources(j, n, s);
    if (rc)
        return rc;
    rc = import_graph(j, n, s);
    if (rc == 0 && rotate)
        rc = import_rotation(j, rotate, s);
    if (rc == 0 && n->anchors)
        rc = import_anchors(j, n, s);
    return rc ? fn_error_prefix(j->err, "%s/%s", n->package, n->path[0]) : 0;
}

static int source_init(struct job *j, struct source *s)
{
    *s = (struct source){.m = {.feature_output = FN_NONE}};
    fn_buf_init(&s->file[0], SOURCE_BYTES_MAX);
    fn_buf_init(&s->file[1], SOURCE_BYTES_MAX);
    s->b = fn_graph_builder_create();
    return s->b ? 0 : no_memory(j);
}

/* XXH3-128 as of a single network: the files of the trunks, and the projection in the recipe.
 */
static struct fn_h128 joint_id(const struct job *j, const struct fn_pinned_network *n,
                               const struct source *trunk, uint32_t n_trunks)
{
    uint8_t b[FN_PROJECTION_PARTS * 16 + 4 + 64 + 16] = {0};
    struct fn_h128 h = fn_hash128(j->projection, j->projection_size);
    size_t at = 0;
    for (uint32_t i = 0; i < n_trunks; i++, at += 16) {
        struct fn_h128 f = fn_hash128(trunk[i].file[0].data, trunk[i].file[0].len);
        memcpy(b + at, f.b, sizeof f.b);
    }
    fn_put_le32(b + at, FN_IMPORTER_VERSION);
    memcpy(b + at + 4, n->recipe, strnlen(n->recipe, 63));
    memcpy(b + at + 68, h.b, sizeof h.b);
    return fn_hash128(b, at + 68 + sizeof h.b);
}

static int import_joint(struct job *j, const struct fn_pinned_network *n, struct source *s)
{
    struct source trunk[FN_PROJECTION_PARTS] = {0};
    struct fn_graph g[FN_PROJECTION_PARTS];
    struct fn_projection p = {0};
    int rc = fn_projection_parse(j->projection, j->projection_size, &p, j->err);
    uint32_t k = 0;
    for (; rc == 0 && k < FN_PROJECTION_PARTS && n->trunk[k]; k++) {
        rc = source_init(j, &trunk[k]);
        if (rc == 0 && k >= p.n_parts)
            rc = fn_error_set(j->err, FN_EMODEL, "the projection has %u parts", p.n_parts);
        rc = rc ? rc : import_single(j, n->trunk[k], p.part[k].numbers, &trunk[k]);
        g[k] = trunk[k].m.graph;
    }
    if (rc == 0 && k != p.n_parts)
        rc = fn_error_set(j->err, FN_EMODEL, "the projection has %u parts", p.n_parts);
    rc = rc ? rc : fn_joint_build(g, &p, s->b, &s->m.graph, j->err);
    if (rc == 0)
        s->m.id = joint_id(j, n, trunk, k);
    for (uint32_t i = 0; i < k; i++)
        source_finish(&trunk[i]);
    fn_projection_free(&p);
    return rc;
}

static int import_network(struct job *j, const struct fn_pinned_network *n)
{
    struct source s;
    char path[FN_PATH_MAX];
    if (j->progress)
        j->progress(n->file, j->ctx);
    int rc = source_init(j, &s);
    if (rc == 0)
        n->describe(&s.m);
    if (rc == 0 && n->trunk)
        rc = import_joint(j, n, &s);
    else if (rc == 0) {
        rc = import_single(j, n, n->rotate, &s);
        s.m.id = model_id(n, &s);
    }
    rc = rc ? rc : path_of(j, path, j->out, n->file, NULL);
    rc = rc ? rc : fn_model_save(&s.m, path, j->err);
    source_finish(&s);
    return rc;
}

static int write_profile(struct job *j, const struct fn_pinned_profile *p)
{
    char name[80] = {0}, path[FN_PATH_MAX];
    struct fn_buf b;
    size_t n = strlen(p->values.name);
    memcpy(name, p->values.name, n);
    memcpy(name + n, ".profile", sizeof ".profile");
    int rc = path_of(j, path, j->out, name, NULL);
    if (rc)
        return rc;
    fn_buf_init(&b, 1 << 16);
    fn_profile_print(&p->values, &b);
    rc = fn_buf_failed(&b) ? no_memory(j)
                           : fn_file_write_atomic(path, b.data, b.len, 0644, j->err);
    fn_buf_finish(&b);
    if (rc == 0 && j->progress)
        j->progress(name, j->ctx);
    return rc;
}

static bool package_present(struct job *j, const char *package, const char **missing)
{
    char path[FN_PATH_MAX];
    if (path_of(j, path, j->packages, package, NULL) == 0 && fn_file_exists(path))
        return true;
    *missing = package;
    return false;
}

/* Are the packages of a profile there? *missing: the first that is not. */
static bool packages_present(struct job *j, const struct fn_pinned_profile *p,
                             const char **missing)
{
    for (int i = 0; i < FN_PINNED_NETWORKS; i++) {
        const struct fn_pinned_network *n = p->network[i];
        for (int k = 0; n && n->trunk && n->trunk[k]; k++)
            if (!package_present(j, n->trunk[k]->package, missing))
                return false;
        if (n && n->package && !package_present(j, n->package, missing))
            return false;
    }
    return true;
}

static void report_left_out(struct job *j, const struct fn_pinned_profile *p,
                            const char *missing)
{
    struct fn_buf b;
    fn_buf_init(&b, 4096);
    fn_buf_printf(&b, "profile %s left out: no package %s", p->values.name, missing);
    if (j->progress)
        j->progress(fn_buf_cstr(&b), j->ctx);
    fn_buf_finish(&b);
}

int fn_import_profiles(const char *packages_dir, const char *out_dir, const char *projection,
                       size_t size, void (*progress)(const char *what, void *ctx), void *ctx,
                       struct fn_error *err)
{
    struct job j = {packages_dir, out_dir, projection, size, progress, ctx, err};
    if (!projection) {
        j.projection = (const char *)fn_joint_projection;
        j.projection_size = fn_joint_projection_size;
    }
    const struct fn_pinned_profile *p;
    const char *missing = NULL;
    unsigned done = 0;
    int rc = fn_mkdirs(out_dir, 0755, err);
    for (unsigned i = 0; rc == 0 && (p = fn_pinned_profile(i)) != NULL; i++) {
        if (!packages_present(&j, p, &missing)) {
            report_left_out(&j, p, missing);
            continue;
        }
        for (int k = 0; rc == 0 && k < FN_PINNED_NETWORKS; k++)
            if (p->network[k])
                rc = import_network(&j, p->network[k]);
        if (rc == 0)
            rc = write_profile(&j, p);
        done++;
    }
    if (rc == 0 && !done)
        rc = fn_error_set(err, FN_ENOTFOUND, "no package \"%s\" in \"%s\"", missing,
                          packages_dir);
    return rc;
}
