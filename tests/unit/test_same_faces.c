/* SPDX-License-Identifier: MIT */
/* Which face of an edited picture is which: random pictures of up to six faces, with random
 * edits, against an exhaustive search of all one-to-one assignments under all maps. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/rng.h"
#include "index/edits/same_faces.h"

enum { FACES = 6, POINTS = 5, TRIALS = 1500, ALIKE = 1000, FAR = 100000 };

/* ---- pictures ---- */

struct face {
    double x, y, side, points[POINTS][2]; /* pixels */
};

struct scene {
    double w, h;
    struct face f[FACES];
    size_t n;
};

/* Two pictures as the index has them. */
struct problem {
    struct fn_face_rec was_faces[FACES], now_faces[FACES];
    struct fn_picture was, now;
    uint32_t d[FACES * FACES];
    size_t truth[FACES]; /* of each old face, or FN_NO_FACE */
    struct fn_same_rule rule;
};

static double between(struct fn_rng *r, double low, double high)
{
    return low + (high - low) * fn_rng_uniform(r);
}

static void place_points(struct face *f)
{
    static const double at[POINTS][2] = {
        {-.2, -.15}, {.2, -.15}, {0, .05}, {-.15, .25}, {.15, .25}};
    for (int k = 0; k < POINTS; k++) {
        f->points[k][0] = f->x + at[k][0] * f->side;
        f->points[k][1] = f->y + at[k][1] * f->side;
    }
}

static bool has_room(const struct scene *s, const struct face *f, double apart)
{
    for (size_t i = 0; i < s->n; i++) {
        double side = fmax(s->f[i].side, f->side);
        if (hypot(s->f[i].x - f->x, s->f[i].y - f->y) < apart * side)
            return false;
    }
    return true;
}

/* apart: of two faces, in sides; below 1 they may overlap. */
static void add_faces(struct scene *s, struct fn_rng *r, size_t n, double apart)
{
    for (int i = 0; s->n < n && i < 200; i++) {
        struct face f = {.side = between(r, 150, 300)};
        f.x = between(r, f.side, s->w - f.side);
        f.y = between(r, f.side, s->h - f.side);
        place_points(&f);
        if (has_room(s, &f, apart))
            s->f[s->n++] = f;
    }
}

/* ---- edits: each moves all points ---- */

struct edit {
    bool mirror;
    int turns;                  /* by 90 degrees, clockwise */
    double degrees, by, dx, dy; /* then straightened, scaled, cropped */
};

static void move(const struct edit *e, const struct scene *s, double x, double y, double out[2])
{
    double w = s->w, h = s->h, keep;
    x = e->mirror ? w - x : x;
    for (int i = 0; i < e->turns; i++) {
        keep = x;
        x = h - y;
        y = keep;
        keep = w;
        w = h;
        h = keep;
    }
    double a = e->degrees * 3.14159265358979 / 180;
    out[0] = e->by * (cos(a) * (x - w / 2) - sin(a) * (y - h / 2) + w / 2) - e->dx;
    out[1] = e->by * (sin(a) * (x - w / 2) + cos(a) * (y - h / 2) + h / 2) - e->dy;
}

static void edit_face(const struct edit *e, const struct scene *s, const struct face *f,
                      struct face *out)
{
    static const int other[POINTS] = {1, 0, 2, 4, 3};
    double p[2];
    move(e, s, f->x, f->y, p);
    *out = (struct face){.x = p[0], .y = p[1], .side = f->side * e->by};
    for (int k = 0; k < POINTS; k++) {
        move(e, s, f->points[k][0], f->points[k][1], p);
        memcpy(out->points[e->mirror ? other[k] : k], p, sizeof p);
    }
}

/* A detector finds nearly the same. */
static void jitter(struct face *f, struct fn_rng *r)
{
    f->x += f->side * between(r, -.04, .04);
    f->y += f->side * between(r, -.04, .04);
    f->side *= between(r, .95, 1.05);
    for (int k = 0; k < POINTS; k++) {
        f->points[k][0] += f->side * between(r, -.01, .01);
        f->points[k][1] += f->side * between(r, -.01, .01);
    }
}

static bool is_in_frame(const struct scene *s, const struct face *f)
{
    return f->x > f->side / 2 && f->y > f->side / 2 && f->x < s->w - f->side / 2 &&
           f->y < s->h - f->side / 2;
}

static struct edit any_edit(struct fn_rng *r, const struct scene *s, struct scene *now)
{
    struct edit e = {.mirror = fn_rng_below(r, 2),
                     .turns = (int)fn_rng_below(r, 4),
                     .by = between(r, .4, 1.3)};
    bool cut = fn_rng_below(r, 2);
    now->w = e.by * (e.turns % 2 ? s->h : s->w);
    now->h = e.by * (e.turns % 2 ? s->w : s->h);
    if (cut) {
        e.degrees = fn_rng_below(r, 2) ? between(r, -5, 5) : 0;
        e.dx = now->w * between(r, 0, .3);
        e.dy = now->h * between(r, 0, .3);
        now->w = (now->w - e.dx) * between(r, .7, 1);
        now->h = (now->h - e.dy) * between(r, .7, 1);
    }
    return e;
}

static uint16_t part(double x, double of)
{
    return (uint16_t)lrint(fmin(fmax(x / of, 0), 1) * 65535);
}

static void describe(const struct scene *s, struct fn_face_rec *out, struct fn_picture *ret)
{
    *ret = (struct fn_picture){(uint32_t)lrint(s->w), (uint32_t)lrint(s->h), out, s->n};
    for (size_t i = 0; i < s->n; i++) {
        const struct face *f = &s->f[i];
        struct fn_face_rec *o = &out[i];
        *o = (struct fn_face_rec){.id = (fn_face_id)i + 1};
        o->box[0] = part(f->x - f->side / 2, s->w);
        o->box[1] = part(f->y - f->side / 2, s->h);
        o->box[2] = part(f->side, s->w);
        o->box[3] = part(f->side, s->h);
        for (int k = 0; k < POINTS; k++) {
            o->points[k][0] = part(f->points[k][0], s->w);
            o->points[k][1] = part(f->points[k][1], s->h);
        }
    }
}

/* confused: some other people are as alike as a face and its edit. */
static void make(struct problem *p, struct fn_rng *r, double apart, bool confused)
{
    struct scene was = {.w = 3000, .h = 2000}, now = {.n = 0};
    size_t n = fn_rng_below(r, FACES + 1);
    add_faces(&was, r, n, apart);
    struct edit e = any_edit(r, &was, &now);
    *p = (struct problem){.rule = {.alone = ALIKE, .together = ALIKE, .outside = .2}};
    if (fn_rng_below(r, 3) == 0) {
        p->rule.alone = ALIKE / 2;
        p->rule.together = ALIKE * 3 / 4;
    } else if (fn_rng_below(r, 3) == 0) {
        p->rule.alone = ALIKE * 3 / 4;
        p->rule.together = ALIKE / 2;
    }
    p->rule.same_pixels = fn_rng_below(r, 6) == 0;
    for (size_t i = 0; i < was.n; i++) {
        struct face f;
        p->truth[i] = FN_NO_FACE;
        edit_face(&e, &was, &was.f[i], &f);
        jitter(&f, r);
        if (!is_in_frame(&now, &f) || fn_rng_below(r, 8) == 0)
            continue;
        p->truth[i] = now.n;
        now.f[now.n++] = f;
    }
    if (fn_rng_below(r, 3) == 0)
        add_faces(&now, r, now.n + 2 < FACES ? now.n + 2 : FACES, apart); /* others */
    describe(&was, p->was_faces, &p->was);
    describe(&now, p->now_faces, &p->now);
    for (size_t i = 0; i < was.n; i++)
        for (size_t j = 0; j < now.n; j++) {
            bool alike = p->truth[i] == j || (confused && fn_rng_below(r, 4) == 0);
            uint32_t *d = &p->d[i * now.n + j];
            *d = alike ? (uint32_t)fn_rng_below(r, ALIKE * 11 / 10)
                       : FAR + (uint32_t)fn_rng_below(r, FAR);
            if (fn_rng_below(r, 30) == 0)
                *d = FN_D_UNKNOWN;
        }
}

/* ---- the plain search ---- */

struct plain_map {
    double at[2][3];
    bool frame;
};

struct plain {
    const struct problem *p;
    double slack; /* 1: as it is; others: near the limits */
    struct plain_map m;
    bool by_place;
    size_t try_to[FACES], best_to[FACES], n, best_n;
    uint64_t sum, best_sum;
};

static void plain_apply(const struct plain_map *m, const double p[2], double out[2])
{
    for (int k = 0; k < 2; k++)
        out[k] = m->at[k][0] * p[0] + m->at[k][1] * p[1] + m->at[k][2];
}

static void middle(const struct fn_picture *p, size_t i, double out[2], double *side)
{
    const uint16_t *b = p->faces[i].box;
    double w = p->width, h = p->height;
    out[0] = (b[0] + b[2] * .5) * w / 65535;
    out[1] = (b[1] + b[3] * .5) * h / 65535;
    *side = sqrt((b[2] * w / 65535) * (b[3] * h / 65535));
}

/* Within four tenths of the larger side, and of nearly the same size. */
static bool plain_in_place(const struct plain *s, size_t i, size_t j)
{
    double a[2], b[2], to[2], side, other;
    middle(&s->p->was, i, a, &side);
    middle(&s->p->now, j, b, &other);
    plain_apply(&s->m, a, to);
    side *= sqrt(fabs(s->m.at[0][0] * s->m.at[1][1] - s->m.at[0][1] * s->m.at[1][0]));
    double x = to[0] - b[0], y = to[1] - b[1], most = .4 * fmax(side, other) * s->slack;
    return sqrt(x * x + y * y) <= most && side <= other * exp(.6 * s->slack) &&
           other <= side * exp(.6 * s->slack);
}

static bool plain_is_alike(const struct plain *s)
{
    const struct fn_same_rule *r = &s->p->rule;
    for (size_t i = 0; !s->by_place && i < s->p->was.n; i++)
        if (s->try_to[i] != FN_NO_FACE) {
            uint32_t d = s->p->d[i * s->p->now.n + s->try_to[i]];
            if (d == FN_D_UNKNOWN || d > (s->n > 1 ? r->together : r->alone))
                return false;
        }
    return true;
}

/* All assignments of the faces from i on. */
static void plain_search(struct plain *s, size_t i)
{
    if (i == s->p->was.n || i >= FACES) {
        bool better = s->n > s->best_n || (s->n == s->best_n && s->sum < s->best_sum);
        if (s->n && better && plain_is_alike(s)) {
            s->best_n = s->n;
            s->best_sum = s->sum;
            memcpy(s->best_to, s->try_to, sizeof s->best_to);
        }
        return;
    }
    s->try_to[i] = FN_NO_FACE;
    plain_search(s, i + 1);
    for (size_t j = 0; j < s->p->now.n; j++) {
        bool free = true;
        for (size_t k = 0; k < i; k++)
            free &= s->try_to[k] != j;
        if (!free || !plain_in_place(s, i, j))
            continue;
        s->try_to[i] = j;
        s->n++;
        s->sum += s->p->d[i * s->p->now.n + j];
        plain_search(s, i + 1);
        s->sum -= s->p->d[i * s->p->now.n + j];
        s->n--;
    }
    s->try_to[i] = FN_NO_FACE;
}

/* Where the corners left-top, right-top and left-bottom go: a frame onto a frame. */
static bool plain_frame(const struct problem *p, unsigned o, struct plain_map *ret)
{
    double w = p->now.width, h = p->now.height, fw = p->was.width, fh = p->was.height;
    double c[4][2] = {{0, 0}, {w, 0}, {w, h}, {0, h}}; /* clockwise */
    unsigned lt = o % 4, rt = (lt + 1) % 4, lb = (lt + 3) % 4, keep;
    if (o >= 4) { /* what was at the left comes from the right */
        keep = lt;
        lt = rt;
        rt = keep;
        lb = (lt + 1) % 4;
    }
    double shape = o % 2 ? (w / h) / (fh / fw) : (w / h) / (fw / fh);
    if (fabs(log(shape)) > .03)
        return false;
    for (int k = 0; k < 2; k++) {
        ret->at[k][0] = (c[rt][k] - c[lt][k]) / fw;
        ret->at[k][1] = (c[lb][k] - c[lt][k]) / fh;
        ret->at[k][2] = c[lt][k];
    }
    ret->frame = true;
    return true;
}

static void points_of(const struct fn_picture *p, size_t i, double out[POINTS][2])
{
    for (int k = 0; k < POINTS; k++) {
        out[k][0] = (double)p->faces[i].points[k][0] * p->width / 65535;
        out[k][1] = (double)p->faces[i].points[k][1] * p->height / 65535;
    }
}

/* Least squares about the means, one sum after the other. */
static bool plain_landmarks(const struct problem *p, size_t i, size_t j, bool mirror,
                            struct plain_map *ret)
{
    static const int other[POINTS] = {1, 0, 2, 4, 3};
    double a[POINTS][2], b[POINTS][2], ma[2] = {0, 0}, mb[2] = {0, 0}, n = 0, u = 0, v = 0;
    double s = mirror ? -1 : 1;
    points_of(&p->was, i, a);
    points_of(&p->now, j, b);
    for (int k = 0; k < POINTS; k++)
        for (int e = 0; e < 2; e++) {
            ma[e] += a[k][e] / POINTS;
            mb[e] += b[k][e] / POINTS;
        }
    for (int k = 0; k < POINTS; k++) {
        const double *q = b[mirror ? other[k] : k];
        double x = s * (a[k][0] - ma[0]), y = a[k][1] - ma[1];
        n += x * x + y * y;
        u += (q[0] - mb[0]) * x + (q[1] - mb[1]) * y;
        v += (q[1] - mb[1]) * x - (q[0] - mb[0]) * y;
    }
    if (n <= 0)
        return false;
    const double rows[2][2] = {{s * u / n, -v / n}, {s * v / n, u / n}};
    for (int k = 0; k < 2; k++) {
        ret->at[k][0] = rows[k][0];
        ret->at[k][1] = rows[k][1];
        ret->at[k][2] = mb[k] - rows[k][0] * ma[0] - rows[k][1] * ma[1];
    }
    ret->frame = false;
    return true;
}

/* No corner of the new picture is outside the old one by more than the rule allows. */
static bool plain_inside(const struct problem *p, const struct plain_map *m, double by)
{
    double w = p->was.width, h = p->was.height, more = p->rule.outside * fmax(w, h) * by;
    double det = m->at[0][0] * m->at[1][1] - m->at[0][1] * m->at[1][0];
    for (int k = 0; k < 4; k++) {
        double x = (k % 2 ? p->now.width : 0) - m->at[0][2];
        double y = (k / 2 ? p->now.height : 0) - m->at[1][2];
        double u = (x * m->at[1][1] - y * m->at[0][1]) / det;
        double v = (y * m->at[0][0] - x * m->at[1][0]) / det;
        if (u < -more || v < -more || u > w + more || v > h + more)
            return false;
    }
    return true;
}

static void plain_try(struct plain *s, const struct plain_map *m)
{
    s->m = *m;
    s->by_place = m->frame && s->p->rule.same_pixels;
    s->n = 0;
    s->sum = 0;
    plain_search(s, 0);
}

/* slack: the limits of place are multiplied by it. */
static void plain_same_faces(const struct problem *p, double slack, struct plain *s)
{
    struct plain_map m;
    *s = (struct plain){.p = p, .slack = slack};
    for (size_t i = 0; i < FACES; i++)
        s->best_to[i] = FN_NO_FACE;
    for (unsigned o = 0; o < 8; o++)
        if (plain_frame(p, o, &m))
            plain_try(s, &m);
    for (size_t i = 0; i < p->was.n; i++)
        for (size_t j = 0; j < p->now.n; j++)
            for (int mirror = 0; mirror < 2; mirror++) {
                uint32_t d = p->d[i * p->now.n + j];
                if (d != FN_D_UNKNOWN && (d <= p->rule.alone || d <= p->rule.together) &&
                    plain_landmarks(p, i, j, mirror, &m) && plain_inside(p, &m, slack))
                    plain_try(s, &m);
            }
}

/* ---- tests ---- */

static void run(const struct problem *p, size_t to[FACES])
{
    assert_int_equal(fn_same_faces(&p->was, &p->now, p->d, &p->rule, to), 0);
}

static size_t n_pairs(const struct problem *p, const size_t *to)
{
    size_t n = 0;
    for (size_t i = 0; i < p->was.n; i++)
        n += to[i] != FN_NO_FACE;
    return n;
}

static void as_by_exhaustive_search(void **state)
{
    (void)state;
    struct fn_rng r = fn_rng_init(1, 1);
    size_t matched = 0, near = 0;
    for (int trial = 0; trial < TRIALS; trial++) {
        struct problem p;
        struct plain s, less, more;
        size_t to[FACES];
        make(&p, &r, 1.7, trial % 2);
        plain_same_faces(&p, 1, &s);
        plain_same_faces(&p, 1 - 1e-3, &less);
        plain_same_faces(&p, 1 + 1e-3, &more);
        /* at a limit, the last digit decides */
        if (memcmp(less.best_to, s.best_to, p.was.n * sizeof *to) ||
            memcmp(more.best_to, s.best_to, p.was.n * sizeof *to)) {
            near++;
            continue;
        }
        run(&p, to);
        for (size_t i = 0; i < p.was.n; i++)
            if (to[i] != s.best_to[i])
                fail_msg("trial %d: face %zu of %zu is %zd, by plain search %zd", trial, i,
                         p.was.n, to[i], s.best_to[i]);
        matched += n_pairs(&p, to);
    }
    assert_true(matched > TRIALS && near < TRIALS / 50);
}

/* With nobody else alike, each face that is found is itself; and most are found. */
static void no_face_is_another(void **state)
{
    (void)state;
    struct fn_rng r = fn_rng_init(2, 1);
    size_t right = 0, all = 0;
    for (int trial = 0; trial < TRIALS; trial++) {
        struct problem p;
        size_t to[FACES];
        make(&p, &r, 1, false);
        p.rule.same_pixels = false;
        run(&p, to);
        for (size_t i = 0; i < p.was.n; i++) {
            if (to[i] != FN_NO_FACE && to[i] != p.truth[i])
                fail_msg("trial %d: face %zu is %zd, and was made %zd", trial, i, to[i],
                         p.truth[i]);
            all += p.truth[i] != FN_NO_FACE && p.d[i * p.now.n + p.truth[i]] <= ALIKE / 2;
            right += to[i] != FN_NO_FACE && p.d[i * p.now.n + p.truth[i]] <= ALIKE / 2;
        }
    }
    if (right * 100 < all * 95)
        fail_msg("%zu of %zu faces were found", right, all);
}

/* Also where faces overlap and others are as alike: pairs are one to one, near enough, and all
 * in place under one map that may be tried. */
static void pairs_agree_in_place_and_distance(void **state)
{
    (void)state;
    struct fn_rng r = fn_rng_init(3, 1);
    for (int trial = 0; trial < TRIALS; trial++) {
        struct problem p;
        struct plain s;
        size_t to[FACES];
        make(&p, &r, .3, true);
        run(&p, to);
        size_t n = n_pairs(&p, to);
        bool far = false;
        for (size_t i = 0; i < p.was.n; i++) {
            if (to[i] == FN_NO_FACE)
                continue;
            uint32_t d = p.d[i * p.now.n + to[i]];
            assert_true(to[i] < p.now.n);
            for (size_t k = 0; k < i; k++)
                assert_true(to[k] != to[i]);
            far |= d == FN_D_UNKNOWN || d > (n > 1 ? p.rule.together : p.rule.alone);
        }
        if (far)
            assert_true(p.rule.same_pixels);
        /* the search has only these pairs to find, and finds all of them */
        struct problem only = p;
        for (size_t i = 0; i < p.was.n * p.now.n; i++)
            if (to[i / p.now.n] != i % p.now.n)
                only.d[i] = FN_D_UNKNOWN;
        only.rule.same_pixels = far;
        plain_same_faces(&only, 1 + 1e-3, &s);
        for (size_t i = 0; !far && i < p.was.n; i++)
            if (to[i] != s.best_to[i] && n)
                fail_msg("trial %d: face %zu is %zd, which no map allows", trial, i, to[i]);
    }
}

static void order_does_not_matter(void **state)
{
    (void)state;
    struct fn_rng r = fn_rng_init(4, 1);
    for (int trial = 0; trial < TRIALS; trial++) {
        struct problem p, q;
        size_t to[FACES], other[FACES], was[FACES], now[FACES];
        make(&p, &r, 1, trial % 2);
        q = p;
        q.was.faces = q.was_faces;
        q.now.faces = q.now_faces;
        for (size_t i = 0; i < FACES; i++)
            was[i] = now[i] = i;
        for (size_t i = p.was.n; i > 1; i--) {
            size_t k = fn_rng_below(&r, i), keep = was[k];
            was[k] = was[i - 1];
            was[i - 1] = keep;
        }
        for (size_t i = p.now.n; i > 1; i--) {
            size_t k = fn_rng_below(&r, i), keep = now[k];
            now[k] = now[i - 1];
            now[i - 1] = keep;
        }
        for (size_t i = 0; i < p.was.n; i++)
            q.was_faces[was[i]] = p.was_faces[i];
        for (size_t j = 0; j < p.now.n; j++)
            q.now_faces[now[j]] = p.now_faces[j];
        for (size_t i = 0; i < p.was.n; i++)
            for (size_t j = 0; j < p.now.n; j++)
                q.d[was[i] * p.now.n + now[j]] = p.d[i * p.now.n + j];
        p.was.faces = p.was_faces;
        p.now.faces = p.now_faces;
        run(&p, to);
        run(&q, other);
        for (size_t i = 0; i < p.was.n; i++)
            assert_int_equal(to[i] == FN_NO_FACE ? FN_NO_FACE : now[to[i]], other[was[i]]);
    }
}

/* One pair alone has to be more alike than each of two; and the other way round if the rule is.
 */
static void one_alone_and_two_together(void **state)
{
    (void)state;
    static const struct {
        uint32_t d[2], alone, together;
        size_t n;
    } cases[] = {
        {{100, FAR}, 100, 300, 1}, {{101, FAR}, 100, 300, 0}, {{300, 300}, 100, 300, 2},
        {{300, 301}, 100, 300, 0}, {{50, 301}, 100, 300, 1},  {{300, FAR}, 300, 100, 1},
        {{300, 300}, 300, 100, 1}, {{100, 100}, 300, 100, 2}, {{301, 300}, 300, 100, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct problem p = {.rule = {.alone = cases[i].alone, .together = cases[i].together}};
        struct scene s = {.w = 3000, .h = 2000, .n = 2};
        size_t to[FACES];
        for (int k = 0; k < 2; k++) {
            s.f[k] = (struct face){.x = 900 + 1000 * k, .y = 700, .side = 200};
            place_points(&s.f[k]);
        }
        describe(&s, p.was_faces, &p.was);
        describe(&s, p.now_faces, &p.now);
        p.d[0] = cases[i].d[0];
        p.d[3] = cases[i].d[1];
        p.d[1] = p.d[2] = FAR;
        run(&p, to);
        if (n_pairs(&p, to) != cases[i].n)
            fail_msg("case %zu: %zu pairs", i, n_pairs(&p, to));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_by_exhaustive_search),
        cmocka_unit_test(no_face_is_another),
        cmocka_unit_test(pairs_agree_in_place_and_distance),
        cmocka_unit_test(order_does_not_matter),
        cmocka_unit_test(one_alone_and_two_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
