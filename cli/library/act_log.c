/* SPDX-License-Identifier: MIT */
#include "cli/library/act_log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/array.h"

/* Acts are read oldest first. With a limit, the list is a ring of the newest ones. */
struct reading {
    struct fn_txn *t;
    struct fnl_log *log;
    size_t limit, cap;
    uint64_t only; /* act; 0: all */
    struct fnl_act_summary *now;
};

static int slot_for(struct reading *r, const struct fn_assertion *a)
{
    struct fnl_log *l = r->log;
    size_t at = r->limit ? l->n_total % r->limit : l->n_total;
    if (at == l->n) {
        struct fnl_act_summary *more = fn_array_grow(l->a, &r->cap, at + 1, sizeof *more);
        if (!more)
            return -ENOMEM;
        l->a = more;
        l->n++;
    }
    l->n_total++;
    r->now = &l->a[at];
    *r->now = (struct fnl_act_summary){.act = a->act,
                                       .time_us = a->time_us,
                                       .undo_of = a->undo_of,
                                       .first_kind = a->kind,
                                       .first_face = fn_face_ckey(&a->face)};
    memcpy(r->now->author, a->author, sizeof r->now->author);
    memcpy(r->now->text, a->text, sizeof r->now->text);
    return 0;
}

static void add_person(struct fnl_act_summary *s, const struct fn_person_id *id)
{
    s->several = s->several || (s->has_person && !fn_person_eq(&s->person.id, id));
    if (!s->has_person)
        s->person.id = *id;
    s->has_person = true;
}

/* Adds an assertion to the summary. Ids are those in the log; look_up replaces them. */
static void sum_up(struct fnl_act_summary *s, const struct fn_assertion *a)
{
    s->n_assertions++;
    if (a->kind < FNL_KINDS)
        s->by_kind[a->kind]++;
    s->cluster_faces += a->kind == FN_ASSERT_MEMBER ? 1 : a->n_faces;
    if (a->kind == FN_ASSERT_GROUP && !s->n_clusters++)
        s->first_cluster_faces = a->n_faces;
    if (a->kind == FN_ASSERT_NAME)
        memcpy(s->text, a->text, sizeof s->text);
    if (a->kind == FN_ASSERT_MERGE) {
        s->merged.id = a->person;
        s->into.id = a->object;
    }
    if (a->kind != FN_ASSERT_UNDO && a->kind != FN_ASSERT_NOTFACE)
        add_person(s, &a->person);
}

static int read_one(const struct fn_assertion *a, void *arg)
{
    struct reading *r = arg;
    if (r->only && a->act != r->only)
        return r->now ? 1 : 0;
    if (!r->now || r->now->act != a->act) {
        int rc = slot_for(r, a);
        if (rc)
            return rc;
    }
    sum_up(r->now, a);
    return 0;
}

static void look_up(struct fn_txn *t, struct fnl_match *m)
{
    struct fn_person_label l;
    m->is = true;
    if (fn_person_label_get(t, &m->id, &l))
        return;
    memcpy(m->name, l.name, sizeof m->name);
    m->id = l.id;
}

/* The person that was merged, not the one that it is now. */
static void look_up_merged(struct fn_txn *t, struct fnl_match *m)
{
    struct fn_person_label l;
    m->is = true;
    if (fn_person_label_own(t, &m->id, &l) == 0)
        memcpy(m->name, l.name, sizeof m->name);
}

/* An undo of an undo is a redo. */
static void look_up_target(struct fn_txn *t, struct fnl_act_summary *s)
{
    struct fn_assertion a;
    s->target = s->undo_of;
    s->redo = false;
    while (s->target && fn_assert_get(t, s->target, &a) == 0 && a.kind == FN_ASSERT_UNDO) {
        s->target = a.undo_of;
        s->redo = !s->redo;
    }
}

/* A merge of an unnamed person is stored as a cluster label for its faces. So is the permanent
 * id that an unnamed person gets before an act refers to it; that is always the first. */
static void look_up_merged_faces(struct fn_txn *t, struct fnl_act_summary *s)
{
    uint64_t first = 0;
    if (fn_person_first_seq(t, &s->person.id, &first))
        first = 0;
    s->makes_person = first >= s->act;
    if (!s->n_clusters || s->by_kind[FN_ASSERT_NAME] || s->by_kind[FN_ASSERT_MERGE] ||
        s->by_kind[FN_ASSERT_HIDE] || s->by_kind[FN_ASSERT_UNHIDE] || s->several)
        return;
    s->merged_faces = s->cluster_faces - (s->makes_person ? s->first_cluster_faces : 0);
}

static void look_up_all(struct fn_txn *t, struct fnl_act_summary *s)
{
    s->in_effect = fn_act_in_force(t, s->act);
    look_up_target(t, s);
    if (s->has_person)
        look_up_merged_faces(t, s); /* by the id in the log */
    if (s->has_person)
        look_up(t, &s->person);
    if (s->by_kind[FN_ASSERT_MERGE]) {
        look_up_merged(t, &s->merged);
        look_up(t, &s->into);
    }
}

static void reverse(struct fnl_act_summary *a, size_t from, size_t to)
{
    while (from + 1 < to) {
        struct fnl_act_summary x = a[from];
        a[from++] = a[--to];
        a[to] = x;
    }
}

/* The oldest act of the ring is at n_total % n; two reversals put the newest first. */
static void newest_first(struct fnl_log *l)
{
    size_t oldest = l->n ? l->n_total % l->n : 0;
    reverse(l->a, 0, oldest);
    reverse(l->a, oldest, l->n);
}

int fnl_log_read(struct fn_txn *t, size_t limit, struct fnl_log *ret, struct fn_error *err)
{
    struct reading r = {.t = t, .log = ret, .limit = limit};
    *ret = (struct fnl_log){0};
    int rc = fn_assert_each(t, 1, read_one, &r);
    if (rc)
        return fn_error_set(err, rc, "the log cannot be read: %s", fn_strerror(rc));
    newest_first(ret);
    for (size_t i = 0; i < ret->n; i++)
        look_up_all(t, &ret->a[i]);
    return 0;
}

void fnl_log_finish(struct fnl_log *l)
{
    free(l->a);
    *l = (struct fnl_log){0};
}

int fnl_act_summary_get(struct fn_txn *t, uint64_t act, struct fnl_act_summary *ret,
                        struct fn_error *err)
{
    struct fnl_log log = {0};
    struct reading r = {.t = t, .log = &log, .only = act};
    int rc = fn_assert_each(t, act, read_one, &r);
    if (rc >= 0 && log.n) {
        *ret = log.a[0];
        look_up_all(t, ret);
        rc = 0;
    } else {
        rc = rc < 0 ? rc : FN_ENOTFOUND;
        (void)fn_error_set(err, rc, "L%llu: %s", (unsigned long long)act, fn_strerror(rc));
    }
    fnl_log_finish(&log);
    return rc;
}

/* ---- undo, redo ---- */

struct work {
    struct fnl_undoing *u;
    struct fnl_act_result *ret;
};

/* When an undo is redone, the act that it undid is the one to report. */
static uint64_t reported_act(struct fn_txn *t, uint64_t act, bool redo)
{
    struct fn_assertion a;
    while (redo && fn_assert_get(t, act, &a) == 0 && a.kind == FN_ASSERT_UNDO)
        act = a.undo_of;
    return act;
}

static int change(struct fn_txn *t, void *arg, struct fn_error *err)
{
    struct work *w = arg;
    struct fnl_undoing *u = w->u;
    struct fnl_act author;
    uint64_t act = u->act;
    int rc = act ? 0 : fn_assert_last(t, u->redo, &act);
    if (rc)
        return fn_error_set(err, rc, u->redo ? "nothing is undone" : "the log has no acts yet");
    fnl_act_init(&author);
    rc = u->redo ? fn_assert_redo(t, act, author.author, &w->ret->act, err)
                 : fn_assert_undo(t, act, author.author, &w->ret->act, err);
    fnl_act_finish(&author);
    return rc ? rc : fnl_act_summary_get(t, reported_act(t, act, u->redo), &u->summary, err);
}

int fnl_undo(struct fn_library *lib, enum fnl_mode mode, struct fnl_undoing *u,
             struct fnl_act_result *ret, struct fn_error *err)
{
    struct work w = {.u = u, .ret = ret};
    *ret = (struct fnl_act_result){0};
    int rc = fnl_write_labels(lib, mode, change, &w, err);
    if (!rc)
        fnl_write_done(lib, mode, &ret->after);
    return rc;
}
