/* SPDX-License-Identifier: MIT */
/* Random queries over random photos, compared with the rules of the manual page applied face by
 * face: which photos match, in which order, and which of their faces are shown. A query is
 * generated as a tree. The program gets its text, and the plain evaluation gets the tree. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "engine/base/buf.h"
#include "engine/base/rng.h"
#include "index/ingest/update.h"
#include "index/labels/labels.h"
#include "index/query/query.h"
#include "tests/unit/index_fixture.h"

enum { PHOTOS = 16, FACES = 3, PERSONS = 3, CHILDREN = 3, NODES = 40, QUERIES = 150 };
enum { NOBODY = PERSONS, NO_FACE };

struct photo {
    fn_photo_id id;
    int n, who[FACES]; /* a person, NOBODY or NO_FACE */
    int size[FACES];   /* shorter side, pixels */
    float quality[FACES];
    bool dated;
    int64_t taken_s;
    int zone_min, folder;
    fn_face_id face[FACES];
};

enum kind { AND, OR, NOT, PERSON, ONLY, UNKNOWN, N_FACES, DATE, FOLDER, STATE, SIZE, QUALITY };

struct node {
    enum kind kind;
    int arg; /* person, set of persons, number, year, folder */
    bool less;
    const struct node *child[CHILDREN];
    int n;
};

static const char *const names[PERSONS] = {"ann", "bob", "cleo"};

/* ---- plain evaluation; sets of faces are bits ---- */

static bool holds(const struct photo *p, int i, const struct node *q)
{
    bool counts = p->who[i] != NO_FACE;
    if (q->kind == PERSON)
        return p->who[i] == q->arg;
    if (q->kind == UNKNOWN)
        return p->who[i] == NOBODY;
    if (q->kind == STATE)
        return q->arg == 0 ? p->who[i] < PERSONS : q->arg == 1 ? p->who[i] == NOBODY : !counts;
    if (q->kind == SIZE)
        return counts && (q->less ? p->size[i] <= q->arg : p->size[i] > q->arg);
    return counts && (q->less ? p->quality[i] < .5f : p->quality[i] >= .5f);
}

static unsigned faces_of(const struct photo *p, const struct node *q, unsigned among)
{
    unsigned set = 0;
    for (int i = 0; i < p->n; i++)
        set |= (among >> i & 1) && holds(p, i, q) ? 1u << i : 0;
    return set;
}

static bool only(const struct photo *p, const struct node *q, unsigned among, unsigned *shown)
{
    unsigned seen = 0;
    *shown = 0;
    for (int i = 0; i < p->n; i++) {
        if (p->who[i] == NO_FACE)
            continue;
        if (p->who[i] == NOBODY || !(q->arg >> p->who[i] & 1))
            return false;
        seen |= 1u << p->who[i];
        *shown |= among & 1u << i;
    }
    return (int)seen == q->arg;
}

static bool of_photo(const struct photo *p, const struct node *q)
{
    int n = 0;
    time_t local = (time_t)(p->taken_s + p->zone_min * 60);
    struct tm tm;
    if (q->kind == FOLDER)
        return p->folder == q->arg;
    if (q->kind == DATE)
        return p->dated && gmtime_r(&local, &tm) && tm.tm_year + 1900 == q->arg;
    for (int i = 0; i < p->n; i++)
        n += p->who[i] != NO_FACE;
    return q->less ? n <= q->arg : n == q->arg;
}

static bool judge(const struct photo *p, const struct node *q, unsigned among, unsigned *shown);

/* Terms about one face restrict the faces to which the other terms may refer. */
static bool judge_and(const struct photo *p, const struct node *q, unsigned among,
                      unsigned *shown)
{
    unsigned one, all = 0;
    bool about_faces = false;
    for (int i = 0; i < q->n; i++) {
        if (q->child[i]->kind < STATE)
            continue;
        about_faces = true;
        among = faces_of(p, q->child[i], among);
        if (!among)
            return false;
    }
    for (int i = 0; i < q->n; i++) {
        if (q->child[i]->kind >= STATE)
            continue;
        if (!judge(p, q->child[i], among, &one))
            return false;
        all |= one;
    }
    *shown = about_faces && !all ? among : all;
    return true;
}

static bool judge(const struct photo *p, const struct node *q, unsigned among, unsigned *shown)
{
    unsigned one;
    bool any = false;
    *shown = 0;
    if (q->kind == AND)
        return judge_and(p, q, among, shown);
    if (q->kind == NOT)
        return !judge(p, q->child[0], (1u << p->n) - 1, &one);
    if (q->kind == ONLY)
        return only(p, q, among, shown);
    if (q->kind == N_FACES || q->kind == DATE || q->kind == FOLDER)
        return of_photo(p, q);
    if (q->kind != OR)
        return (*shown = faces_of(p, q, among)) != 0;
    for (int i = 0; i < q->n; i++) {
        if (judge(p, q->child[i], among, &one)) {
            *shown |= one;
            any = true;
        }
    }
    return any;
}

/* Without a term about faces or people, all faces are shown, except those that are not a
 * face. */
static bool names_faces(const struct node *q)
{
    if (q->kind != AND && q->kind != OR)
        return q->kind != NOT && q->kind != N_FACES && q->kind != DATE && q->kind != FOLDER;
    for (int i = 0; i < q->n; i++)
        if (names_faces(q->child[i]))
            return true;
    return false;
}

/* ---- random queries ---- */

static struct node *make(struct fn_rng *r, struct node *pool, int *n, int depth,
                         enum kind above)
{
    struct node *q = &pool[(*n)++];
    *q = (struct node){.kind = (enum kind)(PERSON + fn_rng_below(r, QUALITY - PERSON + 1))};
    if (depth && fn_rng_below(r, 3))
        q->kind = (enum kind)fn_rng_below(r, 3);
    if (q->kind == above) /* "(a b) c" is another tree than "a b c" */
        q->kind = NOT;
    q->less = fn_rng_below(r, 2);
    q->arg = (int)fn_rng_below(r, 3);
    q->arg = q->kind == ONLY   ? 1 + (int)fn_rng_below(r, (1 << PERSONS) - 1)
             : q->kind == DATE ? 2010 + q->arg
             : q->kind == SIZE ? 100 * (1 + q->arg)
                               : q->arg;
    q->n = q->kind == NOT ? 1 : q->kind <= OR ? 2 + (int)fn_rng_below(r, 2) : 0;
    for (int i = 0; i < q->n; i++)
        q->child[i] = make(r, pool, n, depth - 1, q->kind);
    return q;
}

static void write_only(const struct node *q, struct fn_buf *out)
{
    const char *sep = "only:";
    for (int i = 0; i < PERSONS; i++) {
        if (!(q->arg >> i & 1))
            continue;
        fn_buf_printf(out, "%s%s", sep, names[i]);
        sep = ",";
    }
}

static void write_term(const struct node *q, struct fn_buf *out)
{
    static const char *const states[] = {"confirmed", "unknown", "rejected"};
    if (q->kind == PERSON)
        fn_buf_str(out, names[q->arg]);
    else if (q->kind == ONLY)
        write_only(q, out);
    else if (q->kind == UNKNOWN)
        fn_buf_str(out, "with:unknown");
    else if (q->kind == N_FACES)
        fn_buf_printf(out, "faces:%s%d", q->less ? "<=" : "=", q->arg);
    else if (q->kind == DATE)
        fn_buf_printf(out, "date:%d", q->arg);
    else if (q->kind == FOLDER)
        fn_buf_printf(out, "path:d%d/**", q->arg);
    else if (q->kind == STATE)
        fn_buf_printf(out, "state:%s", states[q->arg]);
    else if (q->kind == SIZE)
        fn_buf_printf(out, "size%s%d", q->less ? "<=" : ">", q->arg);
    else
        fn_buf_str(out, q->less ? "quality<0.5" : "quality>=0.5");
}

static void write_query(const struct node *q, struct fn_buf *out)
{
    if (q->kind > NOT) {
        write_term(q, out);
        return;
    }
    if (q->kind == NOT)
        fn_buf_str(out, "not ");
    fn_buf_char(out, '(');
    for (int i = 0; i < q->n; i++) {
        fn_buf_str(out, !i ? "" : q->kind == OR ? " or " : i % 2 ? " " : " and ");
        write_query(q->child[i], out);
    }
    fn_buf_char(out, ')');
}

/* ---- random photos ---- */

static void random_photo(struct fn_rng *r, struct photo *p)
{
    *p = (struct photo){.n = (int)fn_rng_below(r, FACES + 1),
                        .dated = fn_rng_below(r, 4) != 0,
                        .zone_min = 60 * ((int)fn_rng_below(r, 25) - 12),
                        .folder = (int)fn_rng_below(r, 3)};
    struct tm tm = {.tm_year = 110 + (int)fn_rng_below(r, 4), .tm_mday = 1};
    p->taken_s = timegm(&tm) + (fn_rng_below(r, 2) ? 86400 * 100 : 0) +
                 ((int)fn_rng_below(r, 49) - 24) * 3600; /* around the start of the year */
    if (fn_rng_below(r, 3) == 0)
        p->taken_s = timegm(&tm) - p->zone_min * 60; /* at it */
    for (int i = 0; i < p->n; i++) {
        p->who[i] = (int)fn_rng_below(r, NO_FACE + 1);
        for (int k = 0; k < i; k++)
            if (p->who[k] == p->who[i] && p->who[i] < PERSONS)
                p->who[i] = NOBODY; /* no person is twice in a photo */
        p->size[i] = 50 + 100 * (int)fn_rng_below(r, 4);
        p->quality[i] = fn_rng_below(r, 2) ? .8f : .2f;
    }
}

static void box_of(const struct photo *p, int i, float box[4])
{
    float side = (float)p->size[i] / 2000; /* of a photo of 2000 x 2000 pixels */
    box[0] = .02f + .3f * (float)i;
    box[1] = .1f;
    box[2] = side + .0002f;
    box[3] = 1.4f * side;
}

static void label(struct fn_txn *t, struct photo *p, int i)
{
    struct fn_error err = {0};
    struct fn_assertion a = {.kind = p->who[i] == NO_FACE ? FN_ASSERT_NOTFACE : FN_ASSERT_IS,
                             .time_us = 1,
                             .author = "test"};
    fx_check(fn_face_key_of(t, p->face[i], &a.face), NULL);
    a.person.b[0] = p->who[i] == NO_FACE ? 0 : (uint8_t)(1 + p->who[i]);
    if (p->who[i] != NOBODY)
        fx_check(fn_assert_append(t, &a, 1, NULL, &err), &err);
}

static void ingest(struct fx *f, struct fn_txn *t, struct photo *p, int number)
{
    static uint16_t feature[FX_WIDTH];
    struct fn_error err = {0};
    struct fn_ingest_face faces[FACES] = {{.score = 0}};
    struct fn_ingest in = {.hash = fx_hash((uint64_t)number),
                           .faces = faces,
                           .n_faces = (uint32_t)p->n,
                           .feature_width = FX_WIDTH,
                           .profile_id = fx_model().profile_id,
                           .photo = {.width = 2000,
                                     .height = 2000,
                                     .orientation = 1,
                                     .taken_s = p->taken_s,
                                     .taken_precision = p->dated,
                                     .zone_min = (int16_t)p->zone_min},
                           .path = {.root = f->root}};
    size_t n;
    (void)snprintf(in.path.path, sizeof in.path.path, "d%d/p%d.jpg", p->folder, number);
    for (int i = 0; i < p->n; i++) {
        faces[i] =
            (struct fn_ingest_face){.score = .9f, .quality = p->quality[i], .feature = feature};
        box_of(p, i, faces[i].box);
        fx_embedding((uint64_t)number, (uint32_t)i, faces[i].embedding);
    }
    fx_check(fn_ingest_photo(t, &in, &p->id, &err), &err);
    fx_check(fn_face_ids_of_photo(t, p->id, p->face, FACES, &n), NULL);
    assert_int_equal(n, p->n);
    for (int i = 0; i < p->n; i++)
        label(t, p, i);
}

static void name_all(struct fn_txn *t)
{
    struct fn_error err = {0};
    for (int i = 0; i < PERSONS; i++) {
        struct fn_assertion a = {.kind = FN_ASSERT_NAME,
                                 .time_us = 1,
                                 .author = "test",
                                 .person = {{(uint8_t)(1 + i)}}};
        (void)snprintf(a.text, sizeof a.text, "%s", names[i]);
        fx_check(fn_assert_append(t, &a, 1, NULL, &err), &err);
    }
}

/* ---- both compared ---- */

struct seen {
    const struct photo *photos;
    bool hit[PHOTOS];
    unsigned shown[PHOTOS];
    const struct photo *last;
};

static bool before(const struct photo *a, const struct photo *b)
{
    if (a->dated != b->dated)
        return a->dated;
    if (a->dated && a->taken_s != b->taken_s)
        return a->taken_s < b->taken_s;
    return a->id < b->id;
}

static int see(const struct fn_photo *p, const fn_face_id *faces, size_t n, void *ctx)
{
    struct seen *s = ctx;
    int k = 0;
    while (s->photos[k].id != p->id)
        assert_true(++k < PHOTOS);
    assert_false(s->hit[k]);
    assert_true(!s->last || before(s->last, &s->photos[k]));
    s->hit[k] = true;
    s->last = &s->photos[k];
    for (size_t i = 0; i < n; i++)
        for (int f = 0; f < s->photos[k].n; f++)
            s->shown[k] |= s->photos[k].face[f] == faces[i] ? 1u << f : 0;
    return 0;
}

static size_t ask(struct fn_txn *t, const struct photo *photos, const struct node *q)
{
    struct fn_query *parsed = NULL;
    struct fn_error err = {0};
    struct seen s = {.photos = photos};
    struct fn_buf text;
    size_t column = 0, n = 0;
    fn_buf_init(&text, 4000);
    write_query(q, &text);
    if (fn_query_parse(t, fn_buf_cstr(&text), &parsed, &column, &err))
        fail_msg("%s: %s at %zu", fn_buf_cstr(&text), err.text, column);
    fx_check(fn_query_run(t, parsed, see, &s), NULL);
    for (int i = 0; i < PHOTOS; i++) {
        unsigned shown = 0, all = 0;
        bool hit = judge(&photos[i], q, (1u << photos[i].n) - 1, &shown);
        for (int k = 0; k < photos[i].n; k++)
            all |= photos[i].who[k] != NO_FACE ? 1u << k : 0;
        if (!names_faces(q))
            shown = all;
        if (hit != s.hit[i] || (hit && shown != s.shown[i]))
            fail_msg("%s: photo %d: %d %x, not %d %x", fn_buf_cstr(&text), i, s.hit[i],
                     s.shown[i], hit, shown);
        n += hit;
    }
    fn_query_destroy(parsed);
    fn_buf_finish(&text);
    return n;
}

static void queries(void **state)
{
    (void)state;
    size_t n_hits = 0;
    for (uint64_t seed = 1; seed <= 8; seed++) {
        struct fn_rng r = fn_rng_init(seed, 17);
        struct photo photos[PHOTOS];
        struct fx f;
        fx_new(&f, FN_STORE_NOSYNC);
        struct fn_txn *t = fx_begin(&f, true);
        for (int i = 0; i < PHOTOS; i++) {
            random_photo(&r, &photos[i]);
            ingest(&f, t, &photos[i], i);
        }
        name_all(t);
        fx_commit(t);
        t = fx_begin(&f, false);
        for (int i = 0; i < QUERIES; i++) {
            struct node pool[NODES];
            int n = 0;
            n_hits += ask(t, photos, make(&r, pool, &n, 2, NOT));
        }
        fn_txn_abort(t);
        fx_remove(&f);
    }
    assert_in_range(n_hits, 8 * QUERIES, 8 * QUERIES * PHOTOS * 3 / 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(queries)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
