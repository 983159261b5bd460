/* SPDX-License-Identifier: MIT */
/* Around the matcher of edited photos: related names, backups, the places of gone photos, and
 * the list of lost labels. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/rng.h"
#include "index/edits/edits_priv.h"
#include "index/edits/lost_labels.h"
#include "index/ingest/update.h"
#include "index/records/faces.h"
#include "index/store/tables.h"
#include "tests/unit/index_fixture.h"

/* ---- names ---- */

static void related_names(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        bool related;
    } cases[] = {
        {"IMG_1.jpg", "IMG_1.jpg", true},
        {"IMG_1.jpg", "IMG_1.png", true},
        {"IMG_1.jpg", "IMG_1 copy.png", true},
        {"IMG_1.jpg", "IMG_1-2.jpg", true},
        {"IMG_1.jpg", "IMG_12.jpg", false},
        {"IMG_1.jpg", "IMG_2.jpg", false},
        {"IMG_1.jpg", "IMG_1.jpg_original", true},
        {"IMG_1.jpg", "img_1.jpg", false},
        {"IMG_1.edit.jpg", "IMG_1.jpg", true},
        {"a.jpg", "a.png", true},
        {"a.jpg", "ab.jpg", false},
        {"ab.jpg", "ab copy.jpg", false},
        {"abc.jpg", "abc copy.jpg", true},
        {".jpg", ".jpg", true},
        {".hidden", ".hidden.jpg", true},
        {"photo", "photo.jpg", true},
        {"photo", "photo9.jpg", false},
        {"copy of IMG_1.jpg", "IMG_1.jpg", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (fn_names_related(cases[i].a, cases[i].b) != cases[i].related ||
            fn_names_related(cases[i].b, cases[i].a) != cases[i].related)
            fail_msg("'%s' and '%s'", cases[i].a, cases[i].b);
}

/* Letter by letter: the one without its ending begins the other, and the next is no digit. */
static bool plain_related(const char *a, const char *b)
{
    char x[32], y[32];
    snprintf(x, sizeof x, "%s", a);
    snprintf(y, sizeof y, "%s", b);
    if (strrchr(x + 1, '.'))
        *strrchr(x + 1, '.') = 0;
    if (strrchr(y + 1, '.'))
        *strrchr(y + 1, '.') = 0;
    if (strcmp(x, y) == 0)
        return true;
    const char *s = strlen(x) < strlen(y) ? x : y, *l = s == x ? y : x;
    return strstr(l, s) == l && !strchr("0123456789", l[strlen(s)]) && strlen(s) >= 3;
}

static void any_name(struct fn_rng *r, char out[16])
{
    static const char letters[] = "aab1.~ ";
    size_t n = 1 + fn_rng_below(r, 7);
    for (size_t i = 0; i < n; i++)
        out[i] = letters[fn_rng_below(r, sizeof letters - 1)];
    out[n] = 0;
}

static void related_names_letter_by_letter(void **state)
{
    (void)state;
    struct fn_rng r = fn_rng_init(1, 1);
    size_t n = 0;
    for (int i = 0; i < 200000; i++) {
        char a[16], b[16];
        any_name(&r, a);
        any_name(&r, b);
        if (fn_rng_below(&r, 2)) /* what is often related */
            snprintf(b, sizeof b, "%.5s%c%c", a, "a1. "[fn_rng_below(&r, 4)], 'b');
        bool related = fn_names_related(a, b);
        n += related;
        if (related != plain_related(a, b) || related != fn_names_related(b, a))
            fail_msg("'%s' and '%s' are %srelated", a, b, related ? "" : "not ");
    }
    assert_true(n > 1000);
}

static void backups(void **state)
{
    (void)state;
    static const struct {
        const char *path, *of;
    } cases[] = {
        {"a/b.jpg_original", "a/b.jpg"},
        {"a/b.jpg~", "a/b.jpg"},
        {"b.jpg.bak", "b.jpg"},
        {"b.jpg.orig", "b.jpg"},
        {"b.jpg.old", "b.jpg"},
        {"b.jpg", ""},
        {"~", ""},
        {".bak", ""},
        {"_original", ""},
        {"b_original.jpg", ""},
        {"b.jpg_ORIGINAL", ""},
        {"", ""},
        {"b.jpg~~", "b.jpg~"},
        {"b.jpg.bak~", "b.jpg.bak"},
        {"old", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(fn_backup_of(cases[i].path), strlen(cases[i].of));
    for (size_t i = 0; fn_backup_ends[i]; i++) {
        char path[64];
        snprintf(path, sizeof path, "d/p.jpg%s", fn_backup_ends[i]);
        assert_int_equal(fn_backup_of(path), strlen("d/p.jpg"));
    }
}

/* ---- places of gone photos ---- */

enum { PHOTOS = 40, PLACES = 30, STEPS = 600 };

/* A plain list: where each photo is, or was last. */
struct shelf {
    struct fx f;
    struct {
        fn_photo_id id; /* 0: not in the index */
        int place;      /* -1: gone */
        int last;
    } photo[PHOTOS];
};

static void place_path(int place, char out[48])
{
    static const char *const folders[] = {"", "a/", "b/", "a/b/", "abc/d/", "a\303\244/"};
    snprintf(out, 48, "%sp%d.jpg", folders[place % 6], place / 6);
}

struct visits {
    fn_photo_id seen[4 * PHOTOS];
    size_t n;
};

static int note(fn_photo_id photo, void *ctx)
{
    struct visits *v = ctx;
    assert_true(v->n < sizeof v->seen / sizeof *v->seen);
    v->seen[v->n++] = photo;
    return 0;
}

static bool has(const struct visits *v, fn_photo_id photo)
{
    for (size_t i = 0; i < v->n; i++)
        if (v->seen[i] == photo)
            return true;
    return false;
}

static void check_shelf(struct shelf *s, struct fn_txn *t)
{
    for (int place = 0; place < PLACES; place++) {
        char path[64], at[48];
        struct visits folder = {.n = 0}, name = {.n = 0};
        size_t in_folder = 0, of_name = 0;
        place_path(place, at);
        snprintf(path, sizeof path, "/photos/%s", at);
        fx_check(fn_photos_gone_from_folder(t, path, note, &folder), NULL);
        fx_check(fn_photos_gone_of_name(t, path, note, &name), NULL);
        for (size_t i = 0; i < PHOTOS; i++) {
            bool gone = s->photo[i].id && s->photo[i].place < 0;
            bool a = gone && s->photo[i].last % 6 == place % 6;
            bool b = gone && s->photo[i].last / 6 == place / 6;
            if (a != has(&folder, s->photo[i].id) || b != has(&name, s->photo[i].id))
                fail_msg("%s: photo %zu: is of the folder %d, of the name %d", path, i, a, b);
            in_folder += a;
            of_name += b;
        }
        assert_int_equal(folder.n, in_folder); /* each once */
        assert_int_equal(name.n, of_name);
    }
}

static void leave(struct shelf *s, size_t i)
{
    s->photo[i].last = s->photo[i].place;
    s->photo[i].place = -1;
}

/* Photo i comes to a place, and takes it from another. */
static void come(struct shelf *s, struct fn_txn *t, size_t i, int place)
{
    char path[48];
    place_path(place, path);
    for (size_t k = 0; k < PHOTOS; k++)
        if (k != i && s->photo[k].id && s->photo[k].place == place)
            leave(s, k);
    if (s->photo[i].id && s->photo[i].place >= 0)
        return; /* one path is enough here */
    struct fn_path p = {.root = s->f.root, .mtime_ns = 5, .size = 12345, .inode = 6};
    struct fn_h128 hash = fx_hash(i);
    struct fn_error err = {0};
    memcpy(p.path, path, strlen(path) + 1);
    if (s->photo[i].id)
        fx_check(fn_ingest_known(t, &hash, &p, &err), &err);
    else
        s->photo[i].id = fx_ingest(&s->f, t, path, i, 1);
    s->photo[i].place = place;
}

static bool is_there(const struct shelf *s, size_t i)
{
    return s->photo[i].id && s->photo[i].place >= 0;
}

static void one_change(struct shelf *s, struct fn_txn *t, struct fn_rng *r)
{
    char path[48], to[48];
    struct fn_error err = {0};
    uint64_t n;
    size_t i = fn_rng_below(r, PHOTOS);
    int place = (int)fn_rng_below(r, PLACES);
    uint64_t what = fn_rng_below(r, 12);
    if (!is_there(s, i)) {
        come(s, t, i, place);
    } else if (what < 6) {
        place_path(s->photo[i].place, path);
        fx_check(fn_path_delete(t, s->f.root, path, &err), &err);
        leave(s, i);
    } else if (what < 11) { /* renamed, also over another */
        place_path(s->photo[i].place, path);
        place_path(place, to);
        for (size_t k = 0; k < PHOTOS; k++)
            if (k != i && is_there(s, k) && s->photo[k].place == place)
                leave(s, k);
        fx_check(fn_path_rename(t, s->f.root, path, s->f.root, to, &n, &err), &err);
        s->photo[i].place = place;
    } else { /* gone photos are forgotten */
        fx_check(fn_photos_expire(t, INT64_MAX, NULL, &n, &err), &err);
        for (size_t k = 0; k < PHOTOS; k++)
            if (s->photo[k].id && s->photo[k].place < 0)
                s->photo[k].id = 0;
    }
}

static void places_of_gone_photos(void **state)
{
    (void)state;
    static struct shelf s;
    struct fn_rng r = fn_rng_init(7, 1);
    fx_new(&s.f, FN_STORE_NOSYNC);
    for (int i = 0; i < STEPS / 20; i++) {
        struct fn_txn *t = fx_begin(&s.f, true);
        for (int k = 0; k < 20; k++) {
            one_change(&s, t, &r);
            check_shelf(&s, t);
        }
        fx_commit(t);
    }
    struct fn_txn *t = fx_begin(&s.f, true);
    uint64_t n, before = fn_tab_count(t, FN_T_TOMB_PLACE);
    struct fn_error err = {0};
    assert_int_equal(before, 2 * fn_tab_count(t, FN_T_TOMB));
    fx_check(fn_tomb_places_repair(t, &err), &err);
    assert_int_equal(fn_tab_count(t, FN_T_TOMB_PLACE), before);
    check_shelf(&s, t);
    fx_check(fn_photos_expire(t, INT64_MAX, NULL, &n, &err), &err);
    assert_int_equal(fn_tab_count(t, FN_T_TOMB_PLACE), 0);
    fx_commit(t);
    fx_remove(&s.f);
}

/* ---- lost labels ---- */

static struct fx f;
static struct fn_txn *t;
static struct fn_error err;

struct lost {
    struct fn_lost_label l;
    char path[200];
};
static struct lost found[16];
static size_t n_found;

static int take_lost(const struct fn_lost_label *l, void *ctx)
{
    (void)ctx;
    assert_true(n_found < sizeof found / sizeof *found);
    found[n_found].l = *l;
    snprintf(found[n_found++].path, sizeof found->path, "%s", l->path);
    return 0;
}

static size_t list(bool gone_only)
{
    n_found = 0;
    fx_check(fn_lost_labels(t, gone_only, take_lost, NULL), NULL);
    return n_found;
}

/* What was lost by an act, or NULL. */
static const struct lost *lost_by(uint64_t act)
{
    for (size_t i = 0; i < n_found; i++)
        if (found[i].l.act == act)
            return &found[i];
    return NULL;
}

static struct fn_person_id person(uint8_t k)
{
    return (struct fn_person_id){{0xf0, k}};
}

static struct fn_face_key key_of(uint64_t content, uint32_t face)
{
    struct fn_face_key k = {.photo = fx_hash(content)};
    float box[4];
    fx_box(face, box);
    fn_box_quantise(box, k.box);
    return k;
}

static uint64_t say(struct fn_assertion a)
{
    uint64_t act;
    a.time_us = 1000000;
    memcpy(a.author, "ann", 4);
    fx_check(fn_assert_append(t, &a, 1, &act, &err), &err);
    return act;
}

static uint64_t is(uint64_t content, uint32_t face, uint8_t who)
{
    return say((struct fn_assertion){
        .kind = FN_ASSERT_IS, .face = key_of(content, face), .person = person(who)});
}

static void remove_file(const char *path)
{
    fx_check(fn_path_delete(t, f.root, path, &err), &err);
    fx_check(fn_index_update(t, &err), &err);
}

static void ingest(const char *path, uint64_t content, uint32_t n)
{
    fx_ingest(&f, t, path, content, n);
    fx_check(fn_index_update(t, &err), &err);
}

static int open_small(void **state)
{
    (void)state;
    fx_new(&f, FN_STORE_NOSYNC);
    t = fx_begin(&f, true);
    for (uint64_t i = 0; i < 6; i++) {
        char path[16];
        snprintf(path, sizeof path, "d%u/p.jpg", (unsigned)i);
        ingest(path, i, 3);
    }
    assert_int_equal(list(false), 0);
    return 0;
}

static int close_small(void **state)
{
    (void)state;
    fx_commit(t);
    fx_remove(&f);
    return 0;
}

static void assert_lost(uint64_t act, enum fn_lost_why why, const char *path, uint8_t who)
{
    struct fn_person_id p = person(who);
    const struct lost *l = lost_by(act);
    if (!l) {
        fail_msg("L%llu is not among the lost", (unsigned long long)act);
        return;
    }
    assert_int_equal(l->l.why, why);
    assert_string_equal(l->path, path);
    assert_true(fn_person_eq(&l->l.person, &p));
}

static void deleted_and_back(void **state)
{
    (void)state;
    uint64_t a = is(0, 0, 1), b = is(0, 2, 2);
    say((struct fn_assertion){.kind = FN_ASSERT_NOTFACE, .face = key_of(0, 1)});
    is(1, 0, 3); /* its photo stays */
    assert_int_equal(list(false), 0);
    remove_file("d0/p.jpg");
    for (int gone_only = 0; gone_only < 2; gone_only++) {
        assert_int_equal(list(gone_only), 2); /* no name was said of the third */
        assert_lost(a, FN_LOST_DELETED, "/photos/d0/p.jpg", 1);
        assert_lost(b, FN_LOST_DELETED, "/photos/d0/p.jpg", 2);
        struct fn_face_key k = key_of(0, 0);
        assert_memory_equal(&lost_by(a)->l.face, &k, sizeof k);
    }
    ingest("d9/back.jpg", 77, 1); /* another photo */
    assert_int_equal(list(false), 2);
    struct fn_h128 hash = fx_hash(0);
    struct fn_path p = {.root = f.root, .path = "d9/p.jpg", .size = 12345};
    fx_check(fn_ingest_known(t, &hash, &p, &err), &err);
    fx_check(fn_index_update(t, &err), &err);
    assert_int_equal(list(false), 0);
}

static void edited(void **state)
{
    (void)state;
    uint64_t a = is(0, 0, 1), b = is(1, 1, 2);
    ingest("d0/p.jpg", 50, 3); /* faces of others */
    assert_int_equal(list(true), 1);
    assert_lost(a, FN_LOST_EDITED, "/photos/d0/p.jpg", 1);
    /* renamed to a backup, which is deleted later */
    uint64_t n;
    fx_check(fn_path_rename(t, f.root, "d1/p.jpg", f.root, "d1/p.jpg_original", &n, &err),
             &err);
    ingest("d1/p.jpg", 51, 3);
    assert_int_equal(list(false), 1);
    remove_file("d1/p.jpg_original");
    assert_int_equal(list(false), 2);
    assert_lost(a, FN_LOST_EDITED, "/photos/d0/p.jpg", 1);
    assert_lost(b, FN_LOST_EDITED, "/photos/d1/p.jpg", 2);
    /* the new one goes, too */
    remove_file("d1/p.jpg");
    assert_int_equal(list(false), 2);
    assert_lost(b, FN_LOST_DELETED, "/photos/d1/p.jpg_original", 2);
}

static void followed(void **state)
{
    (void)state;
    uint64_t a = is(0, 0, 1), b = is(0, 1, 2);
    ingest("d0/p.jpg", 50, 3);
    assert_int_equal(list(false), 2);
    /* the log says of one what it is now */
    struct fn_face_key to = key_of(50, 0);
    struct fn_assertion same = {
        .kind = FN_ASSERT_SAME, .face = key_of(0, 0), .object_photo = to.photo};
    memcpy(same.object_box, to.box, sizeof to.box);
    uint64_t link = say(same);
    assert_int_equal(list(false), 1);
    assert_lost(b, FN_LOST_EDITED, "/photos/d0/p.jpg", 2);
    /* undone, it is lost again */
    fx_check(fn_assert_undo(t, link, "ann", &link, &err), &err);
    assert_int_equal(list(false), 2);
    assert_lost(a, FN_LOST_EDITED, "/photos/d0/p.jpg", 1);
    fx_check(fn_assert_undo(t, link, "ann", &link, &err), &err);
    assert_int_equal(list(false), 1);
    /* what it is now goes, too: the old face has the label, and is in no file */
    remove_file("d0/p.jpg");
    assert_int_equal(list(false), 2); /* each once, though of two versions */
    assert_non_null(lost_by(a));
    assert_non_null(lost_by(b));
    assert_int_equal(list(true), 2);
}

/* ---- two pictures of a burst ---- */

static void ingest_taken(const char *path, uint64_t content, int64_t taken_s)
{
    static uint16_t feature[FX_WIDTH];
    struct fn_ingest_face face = {
        .score = .9f, .quality = .8f, .eyes_px = 40, .feature = feature};
    struct fn_ingest in = {.hash = fx_hash(content),
                           .faces = &face,
                           .n_faces = 1,
                           .feature_width = FX_WIDTH,
                           .profile_id = fx_model().profile_id};
    fn_photo_id id;
    fx_box(0, face.box);
    fx_embedding(4711, 0, face.embedding); /* one person, nearly the same */
    in.photo = (struct fn_photo){.width = 4000, .height = 3000, .orientation = 1};
    in.photo.pixel_key = fx_hash(content + 5000);
    in.photo.taken_s = taken_s;
    in.photo.taken_precision = 6;
    in.photo.seen_s = 100;
    in.path = (struct fn_path){.root = f.root, .mtime_ns = 5, .size = content};
    snprintf(in.path.path, sizeof in.path.path, "%s", path);
    fx_check(fn_ingest_photo(t, &in, &id, &err), &err);
    fx_check(fn_index_update(t, &err), &err);
}

static void show_known(const char *path, uint64_t content)
{
    struct fn_h128 hash = fx_hash(content);
    struct fn_path p = {.root = f.root, .mtime_ns = 6, .size = content};
    snprintf(p.path, sizeof p.path, "%s", path);
    fx_check(fn_ingest_known(t, &hash, &p, &err), &err);
}

static bool is_confirmed(uint64_t content)
{
    struct fn_face_key k = key_of(content, 0);
    struct fn_face_labels l;
    fn_face_id id;
    fx_check(fn_face_by_key(t, &k, &id), NULL);
    fx_check(fn_labels_of_face(t, id, &l), NULL);
    return l.confirmed;
}

/* As a scan sees that two files exchanged their names. */
static void a_burst_that_is_swapped(void **state)
{
    (void)state;
    uint64_t act;
    struct fn_assertion a = {.kind = FN_ASSERT_IS, .time_us = 200000000, .author = "ann"};
    ingest_taken("s/a.jpg", 100, 2000);
    ingest_taken("s/b.jpg", 101, 2002);
    a.face = key_of(100, 0);
    a.person = person(1);
    fx_check(fn_assert_append(t, &a, 1, &act, &err), &err);
    show_known("s/b.jpg", 100);
    show_known("s/a.jpg", 101);
    fx_check(fn_index_update(t, &err), &err);
    assert_true(is_confirmed(100));
    assert_false(is_confirmed(101)); /* nobody said so */
    assert_int_equal(list(false), 0);
}

static void no_face_and_not_indexed(void **state)
{
    (void)state;
    struct fn_face_key here = key_of(2, 0), away = key_of(1234, 0);
    here.box[0] = 60000; /* where nobody is */
    here.box[1] = 60000;
    here.box[2] = here.box[3] = 3000;
    uint64_t a =
        say((struct fn_assertion){.kind = FN_ASSERT_IS, .face = here, .person = person(1)});
    uint64_t first =
        say((struct fn_assertion){.kind = FN_ASSERT_IS, .face = away, .person = person(2)});
    uint64_t b =
        say((struct fn_assertion){.kind = FN_ASSERT_IS, .face = away, .person = person(3)});
    assert_int_equal(list(true), 0);
    assert_int_equal(list(false), 2);
    assert_lost(a, FN_LOST_NO_FACE, "/photos/d2/p.jpg", 1);
    assert_lost(b, FN_LOST_NOT_INDEXED, "", 3); /* the last of two counts */
    assert_null(lost_by(first));
    fx_check(fn_assert_undo(t, b, "ann", &b, &err), &err);
    assert_int_equal(list(false), 2);
    assert_lost(first, FN_LOST_NOT_INDEXED, "", 2);
    /* its photo is deleted: the place that it had last */
    remove_file("d2/p.jpg");
    assert_int_equal(list(false), 2);
    assert_lost(a, FN_LOST_NO_FACE, "/photos/d2/p.jpg", 1);
    ingest("e/p.jpg", 1234, 1);
    assert_int_equal(list(false), 1);
}

static void undone_and_merged(void **state)
{
    (void)state;
    uint64_t a = is(0, 0, 1), b = is(0, 1, 2), again;
    remove_file("d0/p.jpg");
    assert_int_equal(list(false), 2);
    fx_check(fn_assert_undo(t, a, "ann", &again, &err), &err);
    for (int gone_only = 0; gone_only < 2; gone_only++) {
        assert_int_equal(list(gone_only), 1);
        assert_null(lost_by(a));
    }
    fx_check(fn_assert_undo(t, again, "ann", NULL, &err), &err);
    assert_int_equal(list(false), 2);
    uint64_t m = say((struct fn_assertion){
        .kind = FN_ASSERT_MERGE, .person = person(1), .object = person(5)});
    assert_int_equal(list(false), 2);
    assert_lost(a, FN_LOST_DELETED, "/photos/d0/p.jpg", 5);
    assert_lost(b, FN_LOST_DELETED, "/photos/d0/p.jpg", 2);
    fx_check(fn_assert_undo(t, m, "ann", NULL, &err), &err);
    assert_int_equal(list(true), 2);
    assert_lost(a, FN_LOST_DELETED, "/photos/d0/p.jpg", 1);
    /* of a face that is in no photo, too */
    uint64_t c = is(1234, 0, 1);
    say((struct fn_assertion){
        .kind = FN_ASSERT_MERGE, .person = person(1), .object = person(5)});
    assert_int_equal(list(false), 3);
    assert_lost(c, FN_LOST_NOT_INDEXED, "", 5);
}

static int stop_at_second(const struct fn_lost_label *l, void *ctx)
{
    (void)l;
    return ++*(int *)ctx == 2 ? 7 : 0;
}

static void a_visit_stops(void **state)
{
    (void)state;
    int n = 0;
    for (uint32_t i = 0; i < 3; i++)
        is(0, i, (uint8_t)i);
    remove_file("d0/p.jpg");
    assert_int_equal(fn_lost_labels(t, false, stop_at_second, &n), 7);
    assert_int_equal(n, 2);
}

#define SMALL(test) cmocka_unit_test_setup_teardown(test, open_small, close_small)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(related_names),
        cmocka_unit_test(related_names_letter_by_letter),
        cmocka_unit_test(backups),
        cmocka_unit_test(places_of_gone_photos),
        SMALL(deleted_and_back),
        SMALL(edited),
        SMALL(followed),
        SMALL(a_burst_that_is_swapped),
        SMALL(no_face_and_not_indexed),
        SMALL(undone_and_merged),
        SMALL(a_visit_stops),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
