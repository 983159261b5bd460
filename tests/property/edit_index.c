/* SPDX-License-Identifier: MIT */
#include "tests/property/edit_index.h"

#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "index/ingest/update.h"
#include "index/store/tables.h"
#include "tests/property/synth.h"

enum { EVERY_S = 10 }; /* from one label to the next */

void ei_fail(const struct ei *e, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(stderr, "seed %llu, step %llu (%s): ", (unsigned long long)e->m.seed,
            (unsigned long long)e->m.step, e->doing ? e->doing : "");
    vfprintf(stderr, format, args);
    fprintf(stderr, "\nAgain, with all steps: --seed %llu", (unsigned long long)e->m.seed);
    for (int i = 0; i < e->n_kills; i++)
        fprintf(stderr, "%s%llu", i ? "," : " --kills ", (unsigned long long)e->kills[i]);
    fprintf(stderr, "\n");
    va_end(args);
    exit(1);
}

void ei_say(const struct ei *e, const char *format, ...)
{
    va_list args;
    if (!e->loud)
        return;
    va_start(args, format);
    printf("%llu: ", (unsigned long long)e->m.step);
    vprintf(format, args);
    printf("\n");
    fflush(stdout);
    va_end(args);
}

void ei_check(const struct ei *e, int rc, const struct fn_error *err)
{
    if (rc)
        ei_fail(e, "%d: %s", rc, err->text);
}

void ei_open(struct ei *e)
{
    struct fn_error err = {0};
    ei_check(e, fn_store_open(e->dir, FN_STORE_CREATE | FN_STORE_NOSYNC, &e->store, &err),
             &err);
}

void ei_close(struct ei *e)
{
    fn_store_close(e->store);
    e->store = NULL;
}

struct fn_txn *ei_begin(struct ei *e)
{
    struct fn_txn *t = NULL;
    struct fn_error err = {0};
    ei_check(e, fn_txn_begin(e->store, true, 5000, &t, &err), &err);
    return t;
}

void ei_end_if_due(const struct ei *e)
{
    if (e->end_after && e->end_after == e->m.commits)
        raise(SIGKILL);
}

void ei_commit(struct ei *e, struct fn_txn *t)
{
    struct fn_error err = {0};
    e->m.commits++;
    if (e->stored)
        ei_check(e,
                 fn_tab_put(t, FN_T_META, EI_MODEL, strlen(EI_MODEL), &e->m, sizeof e->m, &err),
                 &err);
    ei_check(e, fn_index_commit(t, &err), &err);
    ei_end_if_due(e);
}

void ei_create(struct ei *e, uint64_t seed)
{
    const char *tmp = getenv("TMPDIR");
    struct fn_error err = {0};
    struct fn_root root = {.path = "/photos"};
    struct fn_index_model model = {.profile_id = {{1}},
                                   .profile = "test",
                                   .feature_width = EP_FEATURE,
                                   .pair_d = FN_Q14_ONE / 100 * 90,
                                   .min_quality = 60,
                                   .logistic_a = 19.2,
                                   .logistic_b = 15};
    *e = (struct ei){.loud = e->loud, .strict = e->strict, .doing = "start"};
    e->m.seed = seed;
    e->m.rng = fn_rng_init(seed, 5);
    e->m.clock_us = 1000000000000;
    e->m.n_identities = seed % 3 ? 8 : 5; /* five: everybody is in many photos */
    snprintf(e->dir, sizeof e->dir, "%s/fn-edits-XXXXXX", tmp ? tmp : "/tmp");
    if (!mkdtemp(e->dir))
        ei_fail(e, "no directory");
    ei_open(e);
    struct fn_txn *t = ei_begin(e);
    ei_check(e, fn_index_model_set(t, &model, &err), &err);
    ei_check(e, fn_root_put(t, &root, &err), &err);
    e->root = root.id;
    ei_commit(e, t);
}

void ei_delete(struct ei *e)
{
    static const char *const files[] = {"data.mdb", "lock.mdb", "writer.lock", "labels.log",
                                        "model"};
    char path[128];
    if (e->store)
        ei_close(e);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        snprintf(path, sizeof path, "%s/%s", e->dir, files[i]);
        unlink(path);
    }
    rmdir(e->dir);
}

/* ---- pictures ---- */

struct fn_h128 ei_hash(const struct ei *e, int picture)
{
    uint64_t v[2] = {e->m.seed, (uint64_t)picture};
    return fn_hash128(v, sizeof v);
}

/* x moves to a random direction: afterwards its squared distance to the old one is about by².
 */
static void drift(float x[FN_DIM], float by, uint64_t seed, uint64_t stream)
{
    float noise[FN_DIM];
    struct synth y = {.seed = seed + 7, .within = .5};
    double n = 0;
    synth_vector(&y, (uint32_t)stream + 100, 0, noise);
    for (int i = 0; i < FN_DIM; i++) {
        x[i] += by * noise[i];
        n += (double)x[i] * (double)x[i];
    }
    for (int i = 0; i < FN_DIM; i++)
        x[i] = (float)((double)x[i] / sqrt(n));
}

static void first_vector(const struct em *m, int lineage, uint8_t number, float out[FN_DIM])
{
    const struct ep_lineage *l = &m->lineages[lineage];
    struct synth y = {.seed = m->seed, .within = .62, .families = m->seed % 2 ? .78 : 0};
    if (l->like < 0) {
        synth_vector(&y, l->identity[number], (uint32_t)(lineage * EP_FACES + number), out);
        return;
    }
    first_vector(m, l->like, number, out);
    drift(out, .3f, m->seed, (uint64_t)(5000 + lineage * EP_FACES + number));
}

static void describe_face(const struct em *m, const struct ep_picture *p,
                          const struct ep_face *f, struct fn_ingest_face *out)
{
    static const uint16_t feature[EP_FEATURE] = {0};
    *out = (struct fn_ingest_face){
        .score = .9f, .quality = .8f, .sharpness = .8f, .eyes_px = 60, .feature = feature};
    ep_upright_box(p, f, out->box);
    for (int k = 0; k < 5; k++)
        ep_upright_point(p, f->points[k][0], f->points[k][1], out->points[k]);
    first_vector(m, p->lineage, f->number, out->embedding);
    if (f->unlike)
        drift(out->embedding, 5, m->seed, 30000 + (uint64_t)p->vectors * EP_FACES + f->number);
    else if (p->drift > 0)
        drift(out->embedding, p->drift, m->seed,
              10000 + (uint64_t)p->vectors * EP_FACES + f->number);
}

static void describe(const struct ei *e, int picture, struct fn_ingest *in,
                     struct fn_ingest_face faces[EP_FACES])
{
    const struct ep_picture *p = &e->m.pictures[picture];
    uint64_t pixels[3] = {e->m.seed, p->vectors, 1};
    *in = (struct fn_ingest){.hash = ei_hash(e, picture),
                             .faces = faces,
                             .feature_width = EP_FEATURE,
                             .profile_id = {{1}}};
    for (uint8_t i = 0; i < p->n; i++) {
        if (p->faces[i].seen)
            describe_face(&e->m, p, &p->faces[i], &faces[in->n_faces++]);
    }
    in->photo.orientation = p->orientation;
    in->photo.pixel_key = fn_hash128(pixels, sizeof pixels);
    /* Seen after what was said before, and before what is said next. */
    in->photo.seen_s = e->m.clock_us / 1000000 + EVERY_S / 2;
    in->photo.size = 100000 + (uint64_t)picture;
    ep_upright_size(p, &in->photo.width, &in->photo.height);
    if (p->has_date) {
        in->photo.taken_precision = 6;
        in->photo.taken_s = e->m.lineages[p->lineage].taken_s;
    }
}

/* ---- files ---- */

void ei_show(struct ei *e, struct fn_txn *t, const char *path, int picture)
{
    struct fn_ingest in;
    struct fn_ingest_face faces[EP_FACES];
    struct fn_error err = {0};
    fn_photo_id id;
    describe(e, picture, &in, faces);
    in.path = (struct fn_path){.root = e->root, .mtime_ns = 1, .size = in.photo.size};
    in.path.inode = 1000 + (uint64_t)picture;
    snprintf(in.path.path, sizeof in.path.path, "%s", path);
    bool known = fn_photo_by_hash(t, &in.hash, &id) == 0;
    ei_say(e, "%s shows picture %d%s", path, picture, known ? ", which is known" : "");
    ei_check(e,
             known ? fn_ingest_known(t, &in.hash, &in.path, &err)
                   : fn_ingest_photo(t, &in, &id, &err),
             &err);
    em_show(&e->m, path, picture);
}

void ei_remove(struct ei *e, struct fn_txn *t, const char *path)
{
    struct fn_error err = {0};
    ei_say(e, "%s is removed", path);
    ei_check(e, fn_path_delete(t, e->root, path, &err), &err);
    em_remove(&e->m, path);
}

static void rename_in_index(struct ei *e, struct fn_txn *t, const char *from, const char *to)
{
    struct fn_error err = {0};
    uint64_t n;
    ei_say(e, "%s is renamed to %s", from, to);
    ei_check(e, fn_path_rename(t, e->root, from, e->root, to, &n, &err), &err);
}

void ei_rename(struct ei *e, struct fn_txn *t, const char *from, const char *to)
{
    rename_in_index(e, t, from, to);
    em_rename(&e->m, from, to);
}

void ei_rename_folder(struct ei *e, struct fn_txn *t, const char *from, const char *to)
{
    rename_in_index(e, t, from, to);
    em_rename_folder(&e->m, from, to);
}

/* ---- acts ---- */

struct fn_person_id ei_person(uint8_t person)
{
    struct fn_person_id p = {{0xf0, person}};
    return p;
}

static void face_key(const struct ei *e, int picture, const struct ep_face *f,
                     struct fn_face_key *ret)
{
    float box[4];
    ep_upright_box(&e->m.pictures[picture], f, box);
    ret->photo = ei_hash(e, picture);
    fn_box_quantise(box, ret->box);
}

bool ei_face(struct ei *e, struct fn_txn *t, int picture, uint8_t number, fn_face_id *ret)
{
    const struct ep_face *f = em_face(&e->m, picture, number);
    struct fn_face_key k, found;
    if (!f || !f->seen)
        return false;
    face_key(e, picture, f, &k);
    return fn_face_by_key(t, &k, ret) == 0 && fn_face_key_of(t, *ret, &found) == 0;
}

void ei_label(struct ei *e, struct fn_txn *t)
{
    static const uint8_t kinds[] = {FN_ASSERT_IS, FN_ASSERT_NOT, FN_ASSERT_NOTFACE};
    struct em *m = &e->m;
    struct em_file *f = em_any_file(m);
    struct fn_error err = {0};
    struct fn_assertion a = {.time_us = m->clock_us += EVERY_S * 1000000, .author = "ann"};
    if (!f || m->n_acts == EM_ACTS || !m->pictures[f->picture].n)
        return;
    const struct ep_picture *p = &m->pictures[f->picture];
    const struct ep_face *face = &p->faces[fn_rng_below(&m->rng, p->n)];
    uint64_t what = fn_rng_below(&m->rng, 10);
    struct em_act said = {.picture = f->picture, .number = face->number, .in_force = true};
    said.kind = what < 8 ? EM_IS : what < 9 ? EM_NOT : EM_NOTFACE;
    said.person = m->lineages[p->lineage].identity[face->number];
    if ((said.kind == EM_NOT) != (fn_rng_below(&m->rng, 20) == 0))
        said.person = (uint8_t)fn_rng_below(&m->rng, 9); /* users err */
    if (!face->seen)
        return;
    a.kind = kinds[said.kind];
    face_key(e, f->picture, face, &a.face);
    if (said.kind != EM_NOTFACE)
        a.person = ei_person(said.person);
    int rc = fn_assert_append(t, &a, 1, &said.act, &err);
    if (rc == FN_EREFUSED)
        return;
    ei_check(e, rc, &err);
    ei_say(e, "L%llu: face %d of picture %d: %s %d", (unsigned long long)said.act, said.number,
           said.picture, (const char *[]){"is", "is not", "no face"}[said.kind], said.person);
    m->acts[m->n_acts++] = said;
}

void ei_undo(struct ei *e, struct fn_txn *t)
{
    struct em *m = &e->m;
    struct fn_error err = {0};
    uint64_t number;
    if (!m->n_acts)
        return;
    struct em_act *a = &m->acts[fn_rng_below(&m->rng, (uint64_t)m->n_acts)];
    int rc = a->in_force ? fn_assert_undo(t, a->act, "ann", &number, &err)
                         : fn_assert_redo(t, a->act, "ann", &number, &err);
    if (rc == FN_EREFUSED)
        return;
    ei_check(e, rc, &err);
    a->in_force = !a->in_force;
    ei_say(e, "L%llu is %s", (unsigned long long)a->act, a->in_force ? "redone" : "undone");
}
