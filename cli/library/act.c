/* SPDX-License-Identifier: MIT */
#include "cli/library/act.h"

#include <errno.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#include "cli/library/daemon_client.h"
#include "cli/library/library_priv.h"
#include "engine/base/array.h"
#include "engine/base/clock.h"
#include "index/ingest/update.h"
#include "index/people/settle.h"

enum { SETTLE_UNIT = 1000 };

void fnl_act_init(struct fnl_act *act)
{
    *act = (struct fnl_act){.time_us = fn_clock_wall_us()};
    const struct passwd *p = getpwuid(geteuid());
    if (p)
        (void)snprintf(act->author, sizeof act->author, "%s", p->pw_name);
    else
        (void)snprintf(act->author, sizeof act->author, "uid%lu", (unsigned long)geteuid());
}

void fnl_act_finish(struct fnl_act *act)
{
    for (size_t i = 0; i < act->n_sets; i++)
        free(act->sets[i]);
    free(act->sets);
    free(act->a);
    free(act->names.slot);
    act->names = (struct fnl_act_names){0};
    act->sets = NULL;
    act->a = NULL;
    act->n = act->cap = act->n_sets = act->sets_cap = 0;
}

struct fn_assertion *fnl_act_add(struct fnl_act *act, enum fn_assert_kind kind)
{
    struct fn_assertion *a = fn_array_grow(act->a, &act->cap, act->n + 1, sizeof *a);
    if (!a) {
        act->failed = true;
        return NULL;
    }
    act->a = a;
    a = &act->a[act->n++];
    *a = (struct fn_assertion){.kind = (uint8_t)kind, .time_us = act->time_us};
    memcpy(a->author, act->author, sizeof a->author);
    return a;
}

static struct fn_face_ref *add_set(struct fnl_act *act, size_t n)
{
    struct fn_face_ref **sets =
        fn_array_grow(act->sets, &act->sets_cap, act->n_sets + 1, sizeof *sets);
    struct fn_face_ref *set = malloc(n * sizeof *set);
    if (sets)
        act->sets = sets;
    if (!sets || !set) {
        free(set);
        return NULL;
    }
    return act->sets[act->n_sets++] = set;
}

int fnl_act_add_group(struct fnl_act *act, struct fn_txn *t, const fn_face_id *faces, size_t n,
                      const struct fn_person_id *person, struct fn_error *err)
{
    int rc = 0;
    struct fn_face_ref *set = n ? add_set(act, n) : NULL;
    if (n && !set)
        return fn_error_set(err, -ENOMEM, "out of memory");
    for (size_t i = 0; !rc && i < n; i++) {
        struct fn_face_key key;
        rc = fn_face_key_of(t, faces[i], &key);
        if (!rc)
            set[i] = fn_face_ref_of(&key);
    }
    if (rc)
        return fn_error_set(err, rc, "%s", fn_strerror(rc));
    n = fn_face_refs_sort(set, n);
    for (size_t at = 0; at < n; at += FN_ASSERT_FACES_MAX) {
        struct fn_assertion *a = fnl_act_add(act, FN_ASSERT_GROUP);
        if (!a)
            return fn_error_set(err, -ENOMEM, "out of memory");
        a->person = *person;
        a->faces = set + at;
        a->n_faces = n - at < FN_ASSERT_FACES_MAX ? n - at : FN_ASSERT_FACES_MAX;
    }
    return 0;
}

int fnl_act_add_face(struct fnl_act *act, struct fn_txn *t, enum fn_assert_kind kind,
                     fn_face_id face, const struct fn_person_id *person, struct fn_error *err)
{
    struct fn_assertion *a = fnl_act_add(act, kind);
    int rc = a ? fn_face_key_of(t, face, &a->face) : -ENOMEM;
    if (rc)
        return fn_error_set(err, rc, "%s", fn_strerror(rc));
    if (person)
        a->person = *person;
    return 0;
}

/* A stopped process would hold the writer lock, and one that is interrupted after the commit
 * would not say what it did. So these signals wait until the act is complete. */
static void held_signals(sigset_t *ret)
{
    (void)sigemptyset(ret);
    (void)sigaddset(ret, SIGTSTP);
    (void)sigaddset(ret, SIGINT);
    (void)sigaddset(ret, SIGTERM);
}

static void hold(struct fn_library *lib)
{
    sigset_t set;
    held_signals(&set);
    if (!lib->held)
        (void)pthread_sigmask(SIG_BLOCK, &set, &lib->signals);
    lib->held = true;
}

static bool asked_to_stop(void)
{
    sigset_t pending;
    return !sigpending(&pending) &&
           (sigismember(&pending, SIGINT) == 1 || sigismember(&pending, SIGTERM) == 1);
}

/* done: an act is in the log, and who wanted to stop it came too late. */
static void let_go(struct fn_library *lib, bool done)
{
    static const struct timespec now = {0, 0};
    sigset_t late;
    held_signals(&late);
    (void)sigdelset(&late, SIGTSTP);
    while (lib->held && done && sigtimedwait(&late, NULL, &now) > 0)
        ;
    if (lib->held)
        (void)pthread_sigmask(SIG_SETMASK, &lib->signals, NULL);
    lib->held = false;
}

static int write_once(struct fn_library *lib, enum fnl_mode mode, fnl_change change, void *arg,
                      struct fn_error *err)
{
    struct fn_txn *t = NULL;
    hold(lib);
    int rc = fn_txn_begin(lib->store, true, FNL_WRITER_WAIT_MS, &t, err);
    if (!rc)
        rc = change(t, arg, err);
    if (!rc && mode == FNL_KEEP)
        rc = fn_index_commit(t, err);
    else
        fn_txn_abort(t);
    if (rc || mode == FNL_TRY)
        let_go(lib, false);
    return rc;
}

int fnl_write(struct fn_library *lib, enum fnl_mode mode, fnl_change change, void *arg,
              struct fn_error *err)
{
    int rc = fnl_write_labels(lib, mode, change, arg, err);
    let_go(lib, false);
    return rc;
}

int fnl_write_labels(struct fn_library *lib, enum fnl_mode mode, fnl_change change, void *arg,
                     struct fn_error *err)
{
    fnl_read_end(lib);
    int rc = fnl_store_open(lib, FN_STORE_WRITE, NULL, err);
    for (int tries = 0; !rc && tries < 4; tries++) {
        rc = write_once(lib, mode, change, arg, err);
        if (rc != -EAGAIN)
            return rc;
        rc = 0;
    }
    return rc ? rc : fn_error_set(err, -ENOSPC, "the index could not grow");
}

struct act_arg {
    fnl_fill fill;
    void *arg;
    uint64_t act;
};

static int append_act(struct fn_txn *t, void *arg, struct fn_error *err)
{
    struct act_arg *a = arg;
    struct fnl_act act;
    fnl_act_init(&act);
    a->act = 0;
    int rc = a->fill(t, &act, a->arg, err);
    if (!rc && act.failed)
        rc = fn_error_set(err, -ENOMEM, "out of memory");
    if (!rc && act.n)
        rc = fn_assert_append_flags(t, act.a, act.n, act.flags, &a->act, err);
    fnl_act_finish(&act);
    return rc;
}

int fnl_write_act(struct fn_library *lib, enum fnl_mode mode, fnl_fill fill, void *arg,
                  uint64_t *ret_act, struct fn_error *err)
{
    struct act_arg a = {.fill = fill, .arg = arg};
    int rc = fnl_write_labels(lib, mode, append_act, &a, err);
    if (!rc && ret_act)
        *ret_act = a.act;
    if (!rc && !a.act)
        let_go(lib, false);
    return rc;
}

/* Updates the clusters in units; the lock is held only while a unit is written. */
static int settle(struct fn_library *lib, size_t *left, struct fn_error *err)
{
    struct fn_settler *s = NULL;
    size_t tries = FNL_SETTLE_MAX / SETTLE_UNIT;
    fnl_read_end(lib);
    int rc = fnl_store_open(lib, FN_STORE_WRITE, NULL, err);
    if (!rc && fn_settler_create(lib->store, &s))
        rc = fn_error_set(err, -ENOMEM, "out of memory");
    *left = 1;
    while (*left && tries-- && (rc == 0 || rc == -EAGAIN) && !asked_to_stop())
        rc = fn_people_settle_unit(s, SETTLE_UNIT, FNL_WRITER_WAIT_MS, left, err);
    fn_settler_destroy(s);
    return rc;
}

void fnl_write_done(struct fn_library *lib, enum fnl_mode mode, struct fnl_after *ret)
{
    const struct fn_places *places = NULL;
    struct fn_store *store = NULL;
    *ret = (struct fnl_after){0};
    if (mode == FNL_TRY)
        return;
    hold(lib);
    int rc = fnl_places_get(lib, &places, &ret->copy);
    rc = rc ? rc : fnl_store_open(lib, FN_STORE_WRITE, &store, &ret->copy);
    rc = rc ? rc : fn_labels_log_sync(store, places->labels_log, &ret->copy);
    ret->copy.code = rc;
    ret->unsafe = store && fn_store_unsafe(store);
    if (fnl_nudge(lib) != 0)
        ret->groups.code = settle(lib, &ret->left, &ret->groups);
    let_go(lib, true);
}

int fnl_do_act(struct fn_library *lib, enum fnl_mode mode, fnl_fill fill, void *arg,
               struct fnl_act_result *ret, struct fn_error *err)
{
    *ret = (struct fnl_act_result){0};
    int rc = fnl_write_act(lib, mode, fill, arg, &ret->act, err);
    if (!rc)
        fnl_write_done(lib, mode, &ret->after);
    return rc;
}
