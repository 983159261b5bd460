/* SPDX-License-Identifier: MIT */
/* Random schedules of edits, moves, deletions, labels and undos, with transactions that are
 * aborted and processes that are killed, against the plain model (edit_model.h). After every
 * step each label is on its own face or on none.
 *
 *   test_edits [--seed N [--kills N,...]] [--schedules N] [--strict]
 *
 * FN_TEST_FULL=1: 1,000 schedules. --seed: this one, step by step; --kills: killed after so
 * many commits, as a failure prints them. Labels that were lost when an easily edited picture
 * was moved are counted; --strict: none may be. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "index/edits/lost_labels.h"
#include "index/ingest/update.h"
#include "index/people/people.h"
#include "index/store/tables.h"
#include "tests/property/edit_index.h"

enum { STEPS = 60, EVENTS = 3 };

struct counts {
    uint64_t right, lost, older, edits, kills, aborts, acts, kept, not_kept;
};
static struct counts total;

/* ---- what must hold ---- */

static uint8_t person_of(const struct ei *e, const struct fn_person_id *p)
{
    if (p->b[0] != 0xf0)
        ei_fail(e, "a person that nobody named");
    return p->b[1];
}

static void check_rejections(struct ei *e, const struct fn_face_labels *l, int picture,
                             uint8_t number)
{
    for (size_t i = 0; i < l->n_rejected; i++) {
        uint8_t p = person_of(e, &l->rejected[i]);
        if (!em_may_be_said(&e->m, picture, number, EM_NOT, p))
            ei_fail(e, "face %d of picture %d is rejected as %d, which nobody said", number,
                    picture, p);
    }
}

static void check_face(struct ei *e, struct fn_txn *t, const char *path, int picture,
                       uint8_t number)
{
    struct fn_face_labels l;
    fn_face_id id;
    if (!ei_face(e, t, picture, number, &id))
        ei_fail(e, "%s: face %d of picture %d is not in the index", path, number, picture);
    if (fn_labels_of_face(t, id, &l))
        ei_fail(e, "%s: labels cannot be read", path);
    if (l.confirmed && !em_may_be(&e->m, picture, number, person_of(e, &l.person)))
        ei_fail(e, "%s: face %d of picture %d is %d, which nobody said", path, number, picture,
                l.person.b[1]);
    if (l.notface && !em_may_be_said(&e->m, picture, number, EM_NOTFACE, -1))
        ei_fail(e, "%s: face %d of picture %d is no face, which nobody said", path, number,
                picture);
    if (!l.confirmed && em_must_be_confirmed(&e->m, picture, number))
        ei_fail(e, "%s: face %d of picture %d was confirmed, and is not", path, number,
                picture);
    check_rejections(e, &l, picture, number);
}

static bool is_confirmed(struct ei *e, struct fn_txn *t, int picture, uint8_t number,
                         uint8_t person)
{
    struct fn_face_labels l;
    fn_face_id id;
    return ei_face(e, t, picture, number, &id) && !fn_labels_of_face(t, id, &l) &&
           l.confirmed && l.person.b[1] == person;
}

struct lost {
    uint64_t acts[EM_ACTS];
    size_t n;
};

static int take_lost(const struct fn_lost_label *l, void *ctx)
{
    struct lost *lost = ctx;
    if (lost->n == EM_ACTS)
        return FN_ELIMIT;
    lost->acts[lost->n++] = l->act;
    return 0;
}

/* Whether the act is the last word about its face. */
static bool counts(const struct em *m, int act)
{
    const struct em_act *a = &m->acts[act];
    for (int i = act + 1; i < m->n_acts; i++) {
        const struct em_act *b = &m->acts[i];
        if (b->in_force && (b->kind != EM_NOT || b->person == a->person) &&
            b->number == a->number &&
            m->pictures[b->picture].lineage == m->pictures[a->picture].lineage)
            return false;
    }
    return a->in_force && a->kind == EM_IS;
}

/* Each name is on its face in some file, or in the list of the lost ones. */
static void check_told(struct ei *e, struct fn_txn *t)
{
    struct lost lost = {.n = 0};
    if (fn_lost_labels(t, false, take_lost, &lost))
        ei_fail(e, "the lost labels cannot be read");
    for (int i = 0; i < e->m.n_acts; i++) {
        const struct em_act *a = &e->m.acts[i];
        bool told = !counts(&e->m, i);
        for (size_t k = 0; !told && k < lost.n; k++)
            told = lost.acts[k] == a->act;
        for (int k = 0; !told && k < EM_FILES; k++)
            told = e->m.files[k].path[0] &&
                   e->m.pictures[e->m.files[k].picture].lineage ==
                       e->m.pictures[a->picture].lineage &&
                   is_confirmed(e, t, e->m.files[k].picture, a->number, a->person);
        if (!told)
            ei_fail(e, "L%llu is on no face of a file, and not among the lost",
                    (unsigned long long)a->act);
    }
}

static void check_all(struct ei *e, struct fn_txn *t)
{
    for (int i = 0; i < EM_FILES; i++) {
        const struct em_file *f = &e->m.files[i];
        struct fn_path p;
        struct fn_photo photo;
        if (!f->path[0])
            continue;
        struct fn_h128 hash = ei_hash(e, f->picture);
        if (fn_path_get(t, e->root, f->path, &p) || fn_photo_get(t, p.photo, &photo) ||
            !fn_h128_eq(&photo.hash, &hash))
            ei_fail(e, "%s does not show picture %d", f->path, f->picture);
        const struct ep_picture *q = &e->m.pictures[f->picture];
        for (uint8_t k = 0; k < q->n; k++) {
            if (q->faces[k].seen)
                check_face(e, t, f->path, f->picture, q->faces[k].number);
        }
    }
    check_told(e, t);
}

/* How many names are on their faces, of those whose face is in a file. */
static void count_names(struct ei *e, struct fn_txn *t)
{
    for (int i = 0; i < e->m.n_acts; i++) {
        const struct em_act *a = &e->m.acts[i];
        bool here = false, right = false;
        if (!a->in_force || a->kind != EM_IS)
            continue;
        for (int k = 0; k < EM_FILES; k++) {
            int p = e->m.files[k].picture;
            const struct ep_face *f;
            if (!e->m.files[k].path[0] || !em_is_version_of(&e->m, p, a->picture) ||
                !(f = em_face(&e->m, p, a->number)) || !f->seen || f->unlike ||
                !em_may_be(&e->m, p, a->number, a->person))
                continue;
            here = true;
            right |= is_confirmed(e, t, p, a->number, a->person);
        }
        total.right += right;
        total.lost += here && !right;
    }
}

/* Names that the user replaced on a version that could not be followed. */
static void count_older(struct ei *e, struct fn_txn *t)
{
    for (int i = 0; i < EM_FILES; i++) {
        const struct ep_picture *q = &e->m.pictures[e->m.files[i].picture];
        for (uint8_t k = 0; e->m.files[i].path[0] && k < q->n; k++) {
            struct fn_face_labels l;
            fn_face_id id;
            if (ei_face(e, t, e->m.files[i].picture, q->faces[k].number, &id) &&
                !fn_labels_of_face(t, id, &l) && l.confirmed)
                total.older += em_is_older(&e->m, e->m.files[i].picture, q->faces[k].number,
                                           l.person.b[1]);
        }
    }
}

/* ---- edits ---- */

struct event {
    enum { SHOW, RENAME, REMOVE } kind;
    char path[EM_PATH], to[EM_PATH];
    int picture;
};

struct plan {
    struct event events[EVENTS];
    int n;
    bool near; /* only the folder or the name speaks for the new picture */
};

static void add(struct plan *p, int kind, const char *path, const char *to, int picture)
{
    struct event *v = &p->events[p->n++];
    v->kind = kind;
    v->picture = picture;
    snprintf(v->path, EM_PATH, "%s", path);
    snprintf(v->to, EM_PATH, "%s", to ? to : "");
}

/* The same name in another folder. */
static void elsewhere(struct em *m, const char *path, char out[EM_PATH])
{
    const char *name = strrchr(path, '/');
    do
        snprintf(out, EM_PATH, "m%u%s", (unsigned)fn_rng_below(&m->rng, 60), name);
    while (em_file_at(m, out));
}

/* A name that no file has, in the same folder. */
static void beside(struct em *m, const char *path, char out[EM_PATH])
{
    do
        snprintf(out, EM_PATH, "%.*s/p%u.jpg", (int)strcspn(path, "/"), path,
                 (unsigned)fn_rng_below(&m->rng, 100));
    while (em_file_at(m, out));
}

/* How the new picture comes to take the place of the old one. */
static const char *plan_edit(struct em *m, struct plan *p, const char *path, int old, int new)
{
    char other[EM_PATH], backup[EM_PATH];
    uint64_t way = fn_rng_below(&m->rng, 9);
    int n = snprintf(backup, EM_PATH, "%s_original", path);
    beside(m, path, other);
    *p = (struct plan){.n = 0};
    switch (n < EM_PATH ? way : 0) {
    case 0:
    case 1:
        add(p, SHOW, path, NULL, new);
        return "edited in place";
    case 2:
        add(p, SHOW, other, NULL, new);
        add(p, RENAME, other, path, 0);
        return "a file that was seen is renamed over it";
    case 3:
        add(p, RENAME, path, backup, 0);
        add(p, SHOW, path, NULL, new);
        return "renamed away, then created";
    case 4:
        add(p, SHOW, backup, NULL, old);
        add(p, SHOW, path, NULL, new);
        return "renamed away and created, while stopped";
    case 5:
        p->near = true;
        add(p, SHOW, other, NULL, new);
        add(p, REMOVE, path, NULL, 0);
        return "edited copy, original deleted";
    case 6:
        p->near = true;
        elsewhere(m, path, other);
        add(p, SHOW, other, NULL, new);
        add(p, REMOVE, path, NULL, 0);
        return "moved and edited";
    case 7:
        p->near = true;
        elsewhere(m, path, other);
        add(p, REMOVE, path, NULL, 0);
        add(p, SHOW, other, NULL, new);
        return "moved and edited, removed first";
    default:
        elsewhere(m, path, other);
        add(p, RENAME, path, other, 0);
        add(p, SHOW, other, NULL, new);
        return "moved, then edited";
    }
}

static void happen(struct ei *e, struct fn_txn *t, const struct event *v)
{
    if (v->kind == SHOW)
        ei_show(e, t, v->path, v->picture);
    else if (v->kind == RENAME)
        ei_rename(e, t, v->path, v->to);
    else
        ei_remove(e, t, v->path);
}

static struct fn_txn *next_txn(struct ei *e, struct fn_txn *t)
{
    ei_commit(e, t);
    return ei_begin(e);
}

struct before {
    bool right[EP_FACES], notface[EP_FACES];
    uint8_t person[EP_FACES];
};

static void remember(struct ei *e, struct fn_txn *t, int picture, struct before *b)
{
    *b = (struct before){.right = {false}};
    for (uint8_t k = 0; k < EP_FACES; k++) {
        struct fn_face_labels l;
        fn_face_id id;
        if (!ei_face(e, t, picture, k, &id) || em_face(&e->m, picture, k)->unlike ||
            fn_labels_of_face(t, id, &l))
            continue;
        b->right[k] = l.confirmed;
        b->notface[k] = l.notface;
        b->person[k] = l.person.b[1];
    }
}

/* After an edit that keeps all faces, a label that was right before is right. Where only the
 * folder or the name speaks for it, some are lost, and told. (Not asked of an edited copy
 * elsewhere while another file still shows the old picture with its label.) */
static void check_kept(struct ei *e, struct fn_txn *t, int picture, const struct before *b,
                       bool near)
{
    for (uint8_t k = 0; k < EP_FACES; k++) {
        struct fn_face_labels l;
        fn_face_id id;
        if (!(b->right[k] || b->notface[k]) || !ei_face(e, t, picture, k, &id) ||
            em_face(&e->m, picture, k)->unlike || fn_labels_of_face(t, id, &l))
            continue;
        bool kept = b->right[k] ? l.confirmed : l.notface;
        total.kept += near && kept;
        total.not_kept += near && !kept;
        if (!kept && (e->strict || !near))
            ei_fail(e, "face %d, now of picture %d, lost its label (%s %d)", k, picture,
                    b->right[k] ? "is" : "no face", b->person[k]);
    }
}

static struct fn_txn *edit(struct ei *e, struct fn_txn *t)
{
    static const char *const names[] = {"tag",  "orientation tag", "turn", "resize", "colour",
                                        "crop", "straighten"};
    static char doing[120];
    struct em_file *f = em_any_file(&e->m);
    enum ep_edit how = (enum ep_edit)fn_rng_below(&e->m.rng, EP_EDITS);
    struct plan plan;
    struct before b;
    char path[EM_PATH];
    int old = f ? f->picture : -1, new = f ? em_new_edit(&e->m, old, how) : -1;
    if (new < 0)
        return t;
    memcpy(path, f->path, EM_PATH);
    remember(e, t, old, &b);
    const char *way = plan_edit(&e->m, &plan, path, old, new);
    snprintf(doing, sizeof doing, "%s, picture %d to %d: %s", names[how], old, new, way);
    e->doing = doing;
    ei_say(e, "%s", doing);
    bool apart = fn_rng_below(&e->m.rng, 2);
    for (int i = 0; i < plan.n; i++) {
        happen(e, t, &plan.events[i]);
        if (apart)
            t = next_txn(e, t);
    }
    t = apart ? t : next_txn(e, t);
    if (how < EP_CROP && (em_file_at(&e->m, path) || !em_is_shown(&e->m, old)))
        check_kept(e, t, new, &b, plan.near);
    total.edits++;
    return t;
}

/* ---- other steps ---- */

static void show_new(struct ei *e, struct fn_txn *t)
{
    char path[EM_PATH];
    struct em_file *f = em_any_file(&e->m);
    em_free_path(&e->m, path);
    if (f && fn_rng_below(&e->m.rng, 4) == 0) /* a camera that counts from 1 again */
        memcpy(path, f->path, EM_PATH);
    int p = em_new_picture(&e->m);
    if (p >= 0)
        ei_show(e, t, path, p);
}

static void show_burst(struct ei *e, struct fn_txn *t)
{
    char path[EM_PATH];
    struct em_file *f = em_any_file(&e->m);
    if (!f || e->m.pictures[f->picture].parent >= 0 || !e->m.pictures[f->picture].has_date)
        return;
    em_free_path(&e->m, path);
    memcpy(path, f->path, 2); /* the same folder */
    int p = em_file_at(&e->m, path) ? -1 : em_new_burst(&e->m, f->picture);
    if (p >= 0)
        ei_show(e, t, path, p);
}

/* From a backup, or another file's content. */
static void restore(struct ei *e, struct fn_txn *t)
{
    struct em_file *f = em_any_file(&e->m);
    if (!f)
        return;
    int p = f->picture, up = (int)fn_rng_below(&e->m.rng, 3);
    for (; up >= 0 && e->m.pictures[p].parent >= 0; up--)
        p = e->m.pictures[p].parent;
    ei_show(e, t, f->path, p);
}

static void copy(struct ei *e, struct fn_txn *t)
{
    char path[EM_PATH];
    struct em_file *f = em_any_file(&e->m);
    em_free_path(&e->m, path);
    if (f)
        ei_show(e, t, path, f->picture);
}

static void swap(struct ei *e, struct fn_txn *t)
{
    struct em_file *f = em_any_file(&e->m), *g = em_any_file(&e->m);
    char a[EM_PATH], b[EM_PATH];
    if (!f || f == g)
        return;
    memcpy(a, f->path, EM_PATH);
    memcpy(b, g->path, EM_PATH);
    if (fn_rng_below(&e->m.rng, 2)) {
        ei_rename(e, t, a, "swap.jpg");
        ei_rename(e, t, b, a);
        ei_rename(e, t, "swap.jpg", b);
    } else { /* as a scan sees it */
        int p = f->picture, q = g->picture;
        ei_show(e, t, a, q);
        ei_show(e, t, b, p);
    }
}

static void rename_some(struct ei *e, struct fn_txn *t)
{
    char to[EM_PATH], from[EM_PATH];
    struct em_file *f = em_any_file(&e->m);
    if (!f)
        return;
    if (fn_rng_below(&e->m.rng, 4) == 0) {
        snprintf(to, sizeof to, "n%llu", (unsigned long long)e->m.step);
        snprintf(from, sizeof from, "%.*s", (int)strcspn(f->path, "/"), f->path);
        if (strchr(f->path, '/') && strlen(to) < 6)
            ei_rename_folder(e, t, from, to);
        return;
    }
    em_free_path(&e->m, to);
    memcpy(from, f->path, EM_PATH);
    ei_rename(e, t, from, to);
}

static void remove_one(struct ei *e, struct fn_txn *t)
{
    char path[EM_PATH];
    struct em_file *f = em_any_file(&e->m);
    if (!f)
        return;
    memcpy(path, f->path, EM_PATH);
    ei_remove(e, t, path);
}

static struct fn_txn *one_step(struct ei *e, struct fn_txn *t)
{
    static const struct {
        const char *name;
        void (*run)(struct ei *e, struct fn_txn *t);
        int weight;
    } steps[] = {
        {"new picture", show_new, 4}, {"label", ei_label, 10},     {"undo", ei_undo, 2},
        {"burst", show_burst, 1},     {"restored", restore, 2},    {"copied", copy, 1},
        {"swapped", swap, 1},         {"renamed", rename_some, 2}, {"removed", remove_one, 2}};
    int at = (int)fn_rng_below(&e->m.rng, 33);
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        at -= steps[i].weight;
        if (at < 0) {
            e->doing = steps[i].name;
            steps[i].run(e, t);
            return t;
        }
    }
    return edit(e, t);
}

/* ---- schedules ---- */

static void settle(struct ei *e, struct fn_txn *t)
{
    struct fn_error err = {0};
    size_t left;
    if (fn_rng_below(&e->m.rng, 12) == 0)
        ei_check(e, fn_people_settle(t, 0, &left, &err), &err);
}

/* One step, and its transaction; some are given up halfway. */
static void step(struct ei *e)
{
    static struct em saved;
    struct fn_error err = {0};
    struct fn_txn *t = ei_begin(e);
    e->m.step++;
    if (fn_rng_below(&e->m.rng, 12) == 0) {
        saved = e->m;
        ei_label(e, t);
        show_new(e, t);
        remove_one(e, t);
        ei_undo(e, t);
        fn_txn_abort(t);
        ei_say(e, "all this is aborted");
        e->m = saved;
        total.aborts++;
        t = ei_begin(e);
    }
    t = one_step(e, t);
    settle(e, t);
    ei_check(e, fn_index_update(t, &err), &err);
    check_all(e, t);
    ei_commit(e, t);
}

static void run_to_the_end(struct ei *e)
{
    while (e->m.step < STEPS)
        step(e);
}

/* ---- kills ---- */

/* us: of its own time, so that a busy machine does not kill it at the start each time; 0: it is
 * not killed. SIGPROF ends a process as abruptly as SIGKILL. */
static void run_as_child(struct ei *e, long us)
{
    const struct itimerval kill_after = {.it_value.tv_usec = us};
    ei_open(e);
    ei_end_if_due(e);
    if (setitimer(ITIMER_PROF, &kill_after, NULL))
        ei_fail(e, "no timer");
    run_to_the_end(e);
    ei_close(e);
    _exit(0);
}

/* A process that continues the schedule and is killed after a moment, or in a replay ends
 * itself. True: it came to the end. */
static bool killed_or_done(struct ei *e, struct fn_rng *moments, const char **replay)
{
    int status;
    ei_close(e);
    fflush(stdout);
    e->end_after = *replay ? strtoull(*replay, NULL, 10) : 0; /* 0 at its end: to the end */
    pid_t child = fork();
    if (child < 0)
        ei_fail(e, "no process");
    long us = 500 + (long)fn_rng_below(moments, 40000);
    if (child == 0)
        run_as_child(e, *replay ? 0 : us);
    if (*replay) {
        const char *comma = strchr(*replay, ',');
        *replay = comma ? comma + 1 : "";
    }
    if (waitpid(child, &status, 0) != child || (WIFEXITED(status) && WEXITSTATUS(status)))
        exit(1); /* the child has said why */
    ei_open(e);
    return WIFEXITED(status);
}

static void load_model(struct ei *e, bool killed)
{
    struct fn_error err = {0};
    struct fn_txn *t = ei_begin(e);
    struct fn_slice v;
    ei_check(e, fn_tab_get(t, FN_T_META, EI_MODEL, strlen(EI_MODEL), &v), &err);
    memcpy(&e->m, v.p, sizeof e->m);
    if (killed)
        e->kills[e->n_kills++] = e->m.commits;
    check_all(e, t);
    fn_txn_abort(t);
}

static void run_with_kills(struct ei *e, const char *replay)
{
    struct fn_rng moments = fn_rng_init(e->m.seed, 6);
    struct fn_txn *t = ei_begin(e);
    e->stored = true;
    ei_commit(e, t);
    while (e->n_kills < EI_KILLS && !killed_or_done(e, &moments, &replay)) {
        e->doing = "after a kill";
        load_model(e, true);
        e->m.rng = fn_rng_init(e->m.seed, 100 + (uint64_t)e->n_kills);
    }
    total.kills += (uint64_t)e->n_kills;
    load_model(e, false);
}

/* ---- */

struct options {
    uint64_t first, n;
    const char *kills;
    bool loud, strict;
};

static void schedule(uint64_t seed, const struct options *o)
{
    static struct ei e;
    e.loud = o->loud;
    e.strict = o->strict;
    ei_create(&e, seed);
    if (seed % 5 == 4)
        run_with_kills(&e, o->kills);
    else
        run_to_the_end(&e);
    struct fn_txn *t = ei_begin(&e);
    count_names(&e, t);
    count_older(&e, t);
    fn_txn_abort(t);
    total.acts += (uint64_t)e.m.n_acts;
    ei_delete(&e);
}

static int usage(void)
{
    fprintf(stderr,
            "usage: test_edits [--seed N [--kills N,...]] [--schedules N] [--strict]\n");
    return 2;
}

static bool parse(struct options *o, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        bool seed = strcmp(argv[i], "--seed") == 0;
        if (strcmp(argv[i], "--strict") == 0)
            o->strict = true;
        else if (i + 1 < argc && strcmp(argv[i], "--kills") == 0)
            o->kills = argv[++i];
        else if (i + 1 < argc && (seed || strcmp(argv[i], "--schedules") == 0))
            *(seed ? &o->first : &o->n) = strtoull(argv[++i], NULL, 10);
        else
            return false;
        if (seed) {
            o->n = 1;
            o->loud = true;
        }
    }
    return true;
}

static int report(const struct options *o)
{
    printf("%llu schedules from seed %llu: %llu edits, %llu acts, %llu aborts, %llu kills\n",
           (unsigned long long)o->n, (unsigned long long)o->first,
           (unsigned long long)total.edits, (unsigned long long)total.acts,
           (unsigned long long)total.aborts, (unsigned long long)total.kills);
    printf("names at the end: %llu on their faces, %llu on none, %llu older ones; pictures "
           "that were moved, too, kept "
           "%llu labels and lost %llu\n",
           (unsigned long long)total.right, (unsigned long long)total.lost,
           (unsigned long long)total.older, (unsigned long long)total.kept,
           (unsigned long long)total.not_kept);
    /* Of 1,000 schedules, 93 % and 13 %. */
    bool few = total.right * 10 < (total.right + total.lost) * 9;
    bool lost = total.not_kept * (o->n < 500 ? 4 : 6) > total.kept + total.not_kept;
    if (o->n < 20 || (!few && !lost && total.kills && total.aborts))
        return 0;
    fprintf(stderr, "%s\n",
            few    ? "less than 90 of 100 names are on their faces"
            : lost ? "more than one label of six was lost with a picture that was moved, too"
                   : "nothing was killed or aborted");
    return 1;
}

int main(int argc, char **argv)
{
    const char *full = getenv("FN_TEST_FULL");
    struct options o = {.first = 1, .n = full && *full == '1' ? 1000 : 25};
    if (!parse(&o, argc, argv))
        return usage();
    for (uint64_t seed = o.first; seed < o.first + o.n; seed++)
        schedule(seed, &o);
    return report(&o);
}
