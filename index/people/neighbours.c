/* Neighbour lists: of every face that takes part, the nearest good faces of other photos within neighbour_d, exact, ties by content
 * key. Poor faces have lists, but are in none. A list depends on the set of faces alone, not on what was said of them nor on
 * the order in which they came.
 *
 * A face enters the lists whose reach it is within; one pass over all vectors finds these, because the reach of every face
 * lies beside its photo and key in the partition table. The same pass finds the lists a face that goes was in. Lists
 * keep 48 faces and show 32: a list is searched anew only when 17 of its faces have gone. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/endian.h"
#include "engine/kernels/cpu.h"
#include "index/people/people_priv.h"

enum {
    PART = 24,
    PARTS_PER_BLOCK = 170,
    PART_BLOCK = PART * PARTS_PER_BLOCK,
    LIST_HEAD = 4,
    ROWS = 256
};

/* ---- partition entries ---- */

static void part_decode(const uint8_t *p, struct fn_part *ret)
{
    ret->reach = fn_get_le32(p);
    ret->photo = fn_get_le32(p + 4);
    ret->ckey = fn_get_le64(p + 8);
    ret->kind = p[16];
    ret->quality = p[17];
}

int fn_part_get(struct fn_txn *t, fn_face_id face, struct fn_part *ret)
{
    uint8_t key[4];
    struct fn_slice v;
    fn_put_be32(key, face / PARTS_PER_BLOCK);
    memset(ret, 0, sizeof *ret);
    int rc = fn_tab_get(t, FN_T_PARTITION, key, sizeof key, &v);
    if (rc == FN_ENOTFOUND)
        return 0;
    if (rc)
        return rc;
    if (v.n != PART_BLOCK)
        return FN_ECORRUPT;
    part_decode(v.p + face % PARTS_PER_BLOCK * PART, ret);
    return 0;
}

static int part_put(struct fn_txn *t, fn_face_id face, const struct fn_part *part,
                    struct fn_error *err)
{
    uint8_t key[4], block[PART_BLOCK];
    struct fn_slice v;
    fn_put_be32(key, face / PARTS_PER_BLOCK);
    int rc = fn_tab_get(t, FN_T_PARTITION, key, sizeof key, &v);
    if (rc && rc != FN_ENOTFOUND)
        return rc;
    if (!rc && v.n != PART_BLOCK)
        return FN_ECORRUPT;
    if (rc)
        memset(block, 0, sizeof block);
    else
        memcpy(block, v.p, sizeof block);
    uint8_t *p = block + face % PARTS_PER_BLOCK * PART;
    fn_put_le32(p, part->reach);
    fn_put_le32(p + 4, part->photo);
    fn_put_le64(p + 8, part->ckey);
    p[16] = part->kind;
    p[17] = part->quality;
    return fn_tab_put(t, FN_T_PARTITION, key, sizeof key, block, sizeof block, err);
}

int fn_face_vector(struct fn_txn *t, fn_face_id face, int16_t ret[FN_DIM])
{
    struct fn_face_rec f;
    int rc = fn_face_get(t, face, &f);
    return rc ? rc : fn_vector_get(t, f.row, ret);
}

int fn_dirty_get(struct fn_txn *t, fn_face_id face, enum fn_dirty *ret)
{
    uint8_t key[4];
    struct fn_slice v;
    fn_put_be32(key, face);
    int rc = fn_tab_get(t, FN_T_DIRTY, key, sizeof key, &v);
    if (rc)
        return rc;
    if (v.n != 1 || v.p[0] < FN_DIRTY_LABELS || v.p[0] > FN_DIRTY_ALL)
        return FN_ECORRUPT;
    *ret = (enum fn_dirty)v.p[0];
    return 0;
}

int fn_dirty_clear(struct fn_txn *t, fn_face_id face, struct fn_error *err)
{
    uint8_t key[4];
    fn_put_be32(key, face);
    int rc = fn_tab_del(t, FN_T_DIRTY, key, sizeof key, err);
    return rc == FN_ENOTFOUND ? 0 : rc;
}

int fn_dirty_mark(struct fn_txn *t, fn_face_id face, enum fn_dirty why, struct fn_error *err)
{
    uint8_t key[4], v = (uint8_t)why;
    enum fn_dirty was;
    int rc = fn_dirty_get(t, face, &was);
    if (rc != FN_ENOTFOUND && (rc || was >= why))
        return rc;
    fn_put_be32(key, face);
    return fn_tab_put(t, FN_T_DIRTY, key, sizeof key, &v, 1, err);
}

/* ---- lists ---- */

static uint32_t kept(uint8_t kind)
{
    return kind == FN_PART_GOOD ? FN_LIST_KEPT : FN_HANG_KEPT;
}

static uint32_t shown(uint8_t kind)
{
    return kind == FN_PART_GOOD ? FN_LIST_SHOWN : 1;
}

int fn_list_get(struct fn_txn *t, fn_face_id face, struct fn_list *ret)
{
    uint8_t key[4];
    struct fn_slice v;
    fn_put_be32(key, face);
    ret->n = 0;
    ret->cut = false;
    int rc = fn_tab_get(t, FN_T_NBR, key, sizeof key, &v);
    if (rc)
        return rc == FN_ENOTFOUND ? 0 : rc;
    if (v.n < LIST_HEAD || v.p[0] != 1 || v.p[2] > FN_LIST_KEPT ||
        v.n != LIST_HEAD + 8u * v.p[2])
        return FN_ECORRUPT;
    ret->cut = v.p[1];
    ret->n = v.p[2];
    for (uint32_t i = 0; i < ret->n; i++) {
        const uint8_t *p = v.p + LIST_HEAD + 8 * (size_t)i;
        ret->v[i] = (struct fn_near){.face = fn_get_le32(p), .d = fn_get_le32(p + 4)};
    }
    return 0;
}

static int list_put(struct fn_txn *t, fn_face_id face, const struct fn_list *l,
                    struct fn_error *err)
{
    uint8_t key[4], v[LIST_HEAD + 8 * FN_LIST_KEPT] = {1, l->cut, (uint8_t)l->n};
    fn_put_be32(key, face);
    for (uint32_t i = 0; i < l->n; i++) {
        fn_put_le32(v + LIST_HEAD + 8 * (size_t)i, l->v[i].face);
        fn_put_le32(v + LIST_HEAD + 8 * (size_t)i + 4, l->v[i].d);
    }
    return fn_tab_put(t, FN_T_NBR, key, sizeof key, v, LIST_HEAD + 8 * (size_t)l->n, err);
}

static bool nearer(const struct fn_near *a, const struct fn_near *b)
{
    return a->d != b->d ? a->d < b->d : a->ckey < b->ckey;
}

/* Returns the place x took, or max when it is behind a full list. */
static uint32_t list_insert(struct fn_list *l, const struct fn_near *x, uint32_t max)
{
    uint32_t i = l->n;
    if (l->n == max) {
        l->cut = true;
        if (!nearer(x, &l->v[max - 1]))
            return max;
        i = max - 1;
    } else {
        l->n++;
    }
    for (; i && nearer(x, &l->v[i - 1]); i--)
        l->v[i] = l->v[i - 1];
    l->v[i] = *x;
    return i;
}

static uint32_t list_reach(const struct fn_list *l, uint32_t neighbour_d)
{
    if (!l->cut)
        return neighbour_d;
    return l->n ? l->v[l->n - 1].d : 0;
}

/* Ties need the keys, which the table does not hold. */
static int list_keys(struct fn_txn *t, struct fn_list *l)
{
    for (uint32_t i = 0; i < l->n; i++) {
        struct fn_part p;
        int rc = fn_part_get(t, l->v[i].face, &p);
        if (rc)
            return rc;
        l->v[i].ckey = p.ckey;
    }
    return 0;
}

/* people_index 'H' follows the nearest face of a poor one. */
static int rehang(struct fn_txn *t, fn_face_id poor, fn_face_id from, fn_face_id to,
                  struct fn_error *err)
{
    uint8_t key[FN_PEOPLE_KEY_MAX], be[4], one = 1;
    int rc = 0;
    if (from == to)
        return 0;
    if (from) {
        fn_put_be32(be, from);
        rc = fn_tab_del(t, FN_T_PEOPLE_INDEX, key, fn_people_key(key, FN_PX_HANG, be, 4, poor),
                        err);
        rc = rc == FN_ENOTFOUND ? 0 : rc;
    }
    if (to && !rc) {
        fn_put_be32(be, to);
        rc = fn_tab_put(t, FN_T_PEOPLE_INDEX, key, fn_people_key(key, FN_PX_HANG, be, 4, poor),
                        &one, 1, err);
    }
    return rc;
}

int fn_neighbours_write(struct fn_txn *t, const struct fn_index_model *m, fn_face_id face,
                        const struct fn_part *part, const struct fn_list *list,
                        struct fn_error *err)
{
    struct fn_list old;
    struct fn_part now = *part, was;
    now.reach = list_reach(list, m->neighbour_d);
    int rc = fn_list_get(t, face, &old);
    if (!rc)
        rc = list_put(t, face, list, err);
    if (!rc && part->kind == FN_PART_POOR)
        rc = rehang(t, face, old.n ? old.v[0].face : 0, list->n ? list->v[0].face : 0, err);
    if (!rc)
        rc = fn_part_get(t, face, &was);
    if (!rc && (was.reach != now.reach || was.kind != now.kind || was.photo != now.photo ||
                was.ckey != now.ckey || was.quality != now.quality))
        rc = part_put(t, face, &now, err);
    return rc;
}

/* ---- the pass over all vectors ---- */

struct seeker { /* one face whose list is searched */
    fn_face_id face;
    struct fn_part part;
    int16_t x[FN_DIM];
    struct fn_list list;
};

struct hits {
    struct fn_near *v;
    size_t n, size;
};

struct pass {
    struct fn_txn *t;
    const struct fn_vector_kernels *kernels;
    uint32_t neighbour_d;
    struct seeker *seekers;
    size_t n_seekers;
    struct hits *reached; /* faces whose reach the first seeker is within; NULL: not asked */
    uint32_t block;       /* the partition block at hand */
    struct fn_slice entries;
    bool have_block;
};

static int pass_part(struct pass *p, fn_face_id face, struct fn_part *ret)
{
    uint32_t block = face / PARTS_PER_BLOCK;
    if (!p->have_block || block != p->block) {
        uint8_t key[4];
        fn_put_be32(key, block);
        int rc = fn_tab_get(p->t, FN_T_PARTITION, key, sizeof key, &p->entries);
        if (rc == FN_ENOTFOUND)
            p->entries = (struct fn_slice){0};
        else if (rc || p->entries.n != PART_BLOCK)
            return rc ? rc : FN_ECORRUPT;
        p->have_block = true;
        p->block = block;
    }
    if (p->entries.n)
        part_decode(p->entries.p + face % PARTS_PER_BLOCK * PART, ret);
    else
        memset(ret, 0, sizeof *ret);
    return 0;
}

static int hits_add(struct hits *h, const struct fn_near *x)
{
    if (h->n == h->size) {
        size_t size = h->size ? h->size * 2 : 64;
        struct fn_near *v = realloc(h->v, size * sizeof *v);
        if (!v)
            return -ENOMEM;
        h->v = v;
        h->size = size;
    }
    h->v[h->n++] = *x;
    return 0;
}

static int pass_near(struct pass *p, struct seeker *s, fn_face_id face, uint32_t d)
{
    struct fn_part part;
    int rc = pass_part(p, face, &part);
    if (rc || part.kind == FN_PART_NONE || part.photo == s->part.photo || face == s->face)
        return rc;
    struct fn_near near = {.face = face, .d = d, .ckey = part.ckey};
    if (part.kind == FN_PART_GOOD)
        list_insert(&s->list, &near, kept(s->part.kind));
    if (p->reached && s->part.kind == FN_PART_GOOD && d <= part.reach)
        rc = hits_add(p->reached, &near);
    return rc;
}

static int pass_run(uint32_t first_row, const int16_t *rows, const fn_face_id *faces, size_t n,
                    void *ctx)
{
    struct pass *p = ctx;
    uint32_t d[ROWS];
    (void)first_row;
    for (size_t at = 0; at < n; at += ROWS) {
        size_t m = n - at < ROWS ? n - at : ROWS;
        for (size_t k = 0; k < p->n_seekers; k++) {
            p->kernels->d2_rows(d, p->seekers[k].x, rows + at * FN_DIM, m, FN_DIM);
            for (size_t i = 0; i < m; i++) {
                fn_face_id face;
                memcpy(&face, faces + at + i, sizeof face);
                if (d[i] > p->neighbour_d || !face)
                    continue;
                int rc = pass_near(p, &p->seekers[k], face, d[i]);
                if (rc)
                    return rc;
            }
        }
    }
    return 0;
}

static int run_pass(struct fn_txn *t, const struct fn_index_model *m, struct seeker *s,
                    size_t n, struct hits *reached)
{
    struct pass p = {.t = t,
                     .kernels = fn_vector_kernels(FN_CPU_DETECT),
                     .neighbour_d = m->neighbour_d,
                     .seekers = s,
                     .n_seekers = n,
                     .reached = reached};
    return fn_vector_each_run(t, pass_run, &p);
}

/* ---- coming ---- */

static int enter_list(struct fn_txn *t, const struct fn_index_model *m, const struct fn_near *y,
                      const struct seeker *x, struct fn_error *err)
{
    struct fn_list l;
    struct fn_part part;
    struct fn_near me = {.face = x->face, .d = y->d, .ckey = x->part.ckey};
    int rc = fn_part_get(t, y->face, &part);
    if (!rc)
        rc = fn_list_get(t, y->face, &l);
    if (!rc)
        rc = list_keys(t, &l);
    if (rc)
        return rc;
    bool was_cut = l.cut;
    /* A cut list ends where its last entry ends: what lies behind belongs to what was cut. */
    if (was_cut && (!l.n || !nearer(&me, &l.v[l.n - 1])))
        return 0;
    uint32_t at = list_insert(&l, &me, kept(part.kind));
    if (at < kept(part.kind) || l.cut != was_cut)
        rc = fn_neighbours_write(t, m, y->face, &part, &l, err);
    if (!rc && at < shown(part.kind))
        rc = fn_dirty_mark(t, y->face, FN_DIRTY_ALL, err);
    return rc;
}

int fn_neighbours_add(struct fn_txn *t, const struct fn_index_model *m,
                      const struct fn_face_rec *f, struct fn_error *err)
{
    struct hits reached = {0};
    struct seeker *s = calloc(1, sizeof *s);
    int rc = -ENOMEM;
    if (!s)
        goto out;
    s->face = f->id;
    s->part = (struct fn_part){.photo = f->photo,
                               .ckey = f->ckey,
                               .kind = f->flags & FN_FACE_POOR ? FN_PART_POOR : FN_PART_GOOD,
                               .quality = f->quality};
    rc = fn_vector_get(t, f->row, s->x);
    if (!rc)
        rc = run_pass(t, m, s, 1, &reached);
    if (!rc)
        rc = fn_neighbours_write(t, m, f->id, &s->part, &s->list, err);
    for (size_t i = 0; !rc && i < reached.n; i++)
        rc = enter_list(t, m, &reached.v[i], s, err);
    if (!rc)
        rc = fn_dirty_mark(t, f->id, FN_DIRTY_ALL, err);
out:
    free(reached.v);
    free(s);
    return rc;
}

/* ---- going ---- */

static bool list_drop(struct fn_list *l, fn_face_id face, uint32_t *ret_at)
{
    for (uint32_t i = 0; i < l->n; i++) {
        if (l->v[i].face != face)
            continue;
        memmove(&l->v[i], &l->v[i + 1], (l->n - i - 1) * sizeof *l->v);
        l->n--;
        *ret_at = i;
        return true;
    }
    return false;
}

/* Takes x out of y's list; a list that has become too short is put off for a search. */
static int leave_list(struct fn_txn *t, const struct fn_index_model *m, fn_face_id y,
                      fn_face_id x, struct seeker *refill, size_t *n_refill,
                      struct fn_error *err)
{
    struct fn_list l;
    struct fn_part part;
    uint32_t at;
    int rc = fn_part_get(t, y, &part);
    if (!rc)
        rc = fn_list_get(t, y, &l);
    if (rc || !list_drop(&l, x, &at))
        return rc;
    if (at < shown(part.kind))
        rc = fn_dirty_mark(t, y, FN_DIRTY_ALL, err);
    if (!rc && l.cut && l.n < shown(part.kind)) {
        struct seeker *s = &refill[(*n_refill)++];
        memset(s, 0, sizeof *s);
        s->face = y;
        s->part = part;
        return fn_face_vector(t, y, s->x);
    }
    return rc ? rc : fn_neighbours_write(t, m, y, &part, &l, err);
}

static int forget_own(struct fn_txn *t, fn_face_id face, uint8_t kind, struct fn_error *err)
{
    struct fn_list own;
    uint8_t key[4];
    fn_put_be32(key, face);
    int rc = fn_list_get(t, face, &own);
    if (!rc && kind == FN_PART_POOR)
        rc = rehang(t, face, own.n ? own.v[0].face : 0, 0, err);
    if (!rc)
        rc = fn_tab_del(t, FN_T_NBR, key, sizeof key, err);
    if (rc == FN_ENOTFOUND)
        rc = 0;
    if (!rc)
        rc = part_put(t, face, &(struct fn_part){0}, err);
    return rc ? rc : fn_dirty_clear(t, face, err);
}

int fn_neighbours_remove(struct fn_txn *t, const struct fn_index_model *m, fn_face_id face,
                         struct fn_error *err)
{
    struct hits reached = {0};
    struct seeker *s = calloc(1, sizeof *s), *refill = NULL;
    size_t n_refill = 0;
    int rc = s ? fn_part_get(t, face, &s->part) : -ENOMEM;
    if (rc || s->part.kind == FN_PART_NONE)
        goto out;
    s->face = face;
    rc = fn_face_vector(t, face, s->x);
    if (!rc && s->part.kind == FN_PART_GOOD)
        rc = run_pass(t, m, s, 1, &reached);
    if (!rc)
        rc = forget_own(t, face, s->part.kind, err);
    if (rc)
        goto out;
    if (reached.n && !(refill = malloc(reached.n * sizeof *refill))) {
        rc = -ENOMEM;
        goto out;
    }
    for (size_t i = 0; !rc && i < reached.n; i++)
        rc = leave_list(t, m, reached.v[i].face, face, refill, &n_refill, err);
    if (!rc && n_refill)
        rc = run_pass(t, m, refill, n_refill, NULL);
    for (size_t i = 0; !rc && i < n_refill; i++)
        rc = fn_neighbours_write(t, m, refill[i].face, &refill[i].part, &refill[i].list, err);
out:
    free(reached.v);
    free(refill);
    free(s);
    return rc;
}

/* ---- from scratch ---- */

struct loader {
    struct fn_txn *t;
    const struct fn_index_model *m;
    struct fn_everyone *e;
    size_t size;
};

static int everyone_grow(struct loader *l)
{
    struct fn_everyone *e = l->e;
    if (e->n < l->size)
        return 0;
    size_t size = l->size ? l->size * 2 : 1024;
    void *faces = realloc(e->faces, size * sizeof *e->faces);
    if (faces)
        e->faces = faces;
    void *parts = realloc(e->parts, size * sizeof *e->parts);
    if (parts)
        e->parts = parts;
    void *x = realloc(e->x, size * FN_DIM * sizeof *e->x);
    if (x)
        e->x = x;
    if (!faces || !parts || !x)
        return -ENOMEM;
    l->size = size;
    return 0;
}

static int load_face(const struct fn_face_rec *f, void *ctx)
{
    struct loader *l = ctx;
    struct fn_everyone *e = l->e;
    if (f->flags & (FN_FACE_GONE | FN_FACE_NOTFACE))
        return 0;
    int rc = everyone_grow(l);
    if (!rc)
        rc = fn_vector_get(l->t, f->row, e->x + e->n * FN_DIM);
    if (rc)
        return rc;
    e->faces[e->n] = f->id;
    e->parts[e->n++] =
        (struct fn_part){.photo = f->photo,
                         .ckey = f->ckey,
                         .kind = f->flags & FN_FACE_POOR ? FN_PART_POOR : FN_PART_GOOD,
                         .quality = f->quality};
    return 0;
}

static void search_one(struct fn_everyone *e, size_t i, size_t at, const uint32_t *d, size_t n,
                       uint32_t max_d)
{
    for (size_t k = 0; k < n; k++) {
        size_t j = at + k;
        if (d[k] > max_d || j == i || e->parts[j].kind != FN_PART_GOOD ||
            e->parts[j].photo == e->parts[i].photo)
            continue;
        struct fn_near near = {.face = e->faces[j], .d = d[k], .ckey = e->parts[j].ckey};
        list_insert(&e->lists[i], &near, kept(e->parts[i].kind));
    }
}

int fn_everyone_load(struct fn_txn *t, const struct fn_index_model *m, struct fn_everyone *ret,
                     struct fn_error *err)
{
    const struct fn_vector_kernels *kernels = fn_vector_kernels(FN_CPU_DETECT);
    struct fn_everyone e = {0};
    struct loader l = {t, m, &e, 0};
    int rc = fn_face_each(t, load_face, &l);
    if (!rc && e.n && !(e.lists = calloc(e.n, sizeof *e.lists)))
        rc = -ENOMEM;
    if (rc) {
        fn_everyone_finish(&e);
        return fn_error_set(err, rc, "faces cannot be read: %s", fn_strerror(rc));
    }
    for (size_t at = 0; at < e.n;
         at += ROWS) { /* a block of vectors stays in the cache for all */
        uint32_t d[ROWS];
        size_t n = e.n - at < ROWS ? e.n - at : ROWS;
        for (size_t i = 0; i < e.n; i++) {
            kernels->d2_rows(d, e.x + i * FN_DIM, e.x + at * FN_DIM, n, FN_DIM);
            search_one(&e, i, at, d, n, m->neighbour_d);
        }
    }
    *ret = e;
    return 0;
}

void fn_everyone_finish(struct fn_everyone *e)
{
    free(e->faces);
    free(e->parts);
    free(e->x);
    free(e->lists);
    *e = (struct fn_everyone){0};
}
