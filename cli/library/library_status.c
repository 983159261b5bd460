/* SPDX-License-Identifier: MIT */
#include "cli/library/library_status.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <unistd.h>

#include "cli/library/daemon_client.h"
#include "cli/library/library_roots.h"
#include "cli/library/status_reply.h"
#include "index/edits/lost_labels.h"
#include "index/people/index_counts.h"
#include "index/protocol.h"

/* ---- from the index alone ---- */

static int add_root(struct fnl_status *s, struct fn_txn *t, const struct fn_root *r)
{
    uint64_t paths = 0;
    int rc = fn_counts_root(t, r->id, &paths);
    if (rc)
        return rc;
    struct fnl_root_status *to = fnl_status_add_root(s, r->path);
    if (!to)
        return -ENOMEM;
    (void)snprintf(to->state, sizeof to->state, "%s", fnl_root_state_name(r));
    (void)snprintf(to->mode, sizeof to->mode, "%s", fnl_root_mode_name(r));
    (void)snprintf(to->reason, sizeof to->reason, "%s", r->reason);
    to->photos = paths;
    to->other_files = r->n_other;
    to->since_s = r->state_since_s;
    to->last_scan_s = r->last_scan_s;
    return 0;
}

static int add_roots(struct fnl_status *s, struct fn_txn *t, struct fn_error *err)
{
    struct fnl_roots l;
    int rc = fnl_roots_list(t, &l, err);
    for (size_t i = 0; !rc && i < l.n; i++)
        if ((rc = add_root(s, t, &l.r[i])))
            (void)fn_error_set(err, rc, "the index cannot be read: %s", fn_strerror(rc));
    fnl_roots_finish(&l);
    return rc;
}

static int add_counts(struct fnl_status *s, struct fn_txn *t, uint64_t min_photos,
                      struct fn_error *err)
{
    struct fn_index_counts c = {.named = 0};
    int rc = fn_index_counts(t, min_photos, &c);
    if (rc)
        return fn_error_set(err, rc, "the index cannot be read: %s", fn_strerror(rc));
    s->counted = true;
    s->photos = c.of.photos;
    s->faces = c.of.faces;
    s->bad_files = c.of.bad;
    s->queue.total = c.of.queued;
    s->named = c.named;
    s->unnamed = c.unnamed;
    return 0;
}

static void add_model(struct fnl_status *s, struct fn_txn *t)
{
    struct fn_index_model model;
    char hex[FN_H128_HEX];
    if (fn_index_model_get(t, &model, NULL))
        return;
    fn_h128_hex(&model.profile_id, hex);
    (void)snprintf(s->model, sizeof s->model, "fn-%.8s", hex);
}

static int of_index(struct fn_library *lib, struct fnl_status *s, struct fn_error *err)
{
    const struct fn_config *config = NULL;
    struct fn_store *store = NULL;
    double unknown = (double)NAN;
    *s = (struct fnl_status){
        .queue = {
            .rate_per_s = unknown, .eta_s = unknown, .low_s = unknown, .high_s = unknown}};
    int rc = fnl_config(lib, &config, err);
    rc = rc ? rc : fnl_read_begin(lib, err);
    if (rc)
        return rc;
    rc = add_counts(s, fnl_txn(lib), config->min_photos, err);
    rc = rc ? rc : add_roots(s, fnl_txn(lib), err);
    add_model(s, fnl_txn(lib));
    if (fnl_store_open(lib, FN_STORE_READ, &store, NULL) == 0)
        s->index_bytes = fn_store_bytes(store);
    fnl_read_end(lib);
    if (rc)
        fnl_status_finish(s);
    return rc;
}

/* ---- the whole status ---- */

static int count_lost(const struct fn_lost_label *l, void *ctx)
{
    struct fnl_status *s = ctx;
    *(l->why == FN_LOST_EDITED ? &s->lost_labels : &s->kept_labels) += 1;
    return 0;
}

/* Adds the counts of pending faces and of labels without a face, which come from the index. */
static int add_pending(struct fn_library *lib, struct fnl_status *s, struct fn_error *err)
{
    struct fn_people_wait w;
    int rc = fnl_read_begin(lib, err);
    if (rc)
        return rc;
    rc = fn_people_waiting(fnl_txn(lib), &w);
    s->lost_labels = s->kept_labels = 0;
    if (!rc)
        rc = fn_lost_labels(fnl_txn(lib), true, count_lost, s);
    fnl_read_end(lib);
    if (rc)
        return fn_error_set(err, rc, "the index cannot be read: %s", fn_strerror(rc));
    s->pending = w.faces;
    s->pending_since_s = w.since_s;
    s->regroup = w.regroup;
    s->regroup_done = w.done;
    s->regroup_total = w.total;
    return 0;
}

/* Completes s from the index. Finishes s on failure. */
static int complete(struct fn_library *lib, struct fnl_status *s, struct fn_error *err)
{
    int rc = fnl_places_get(lib, &s->places, err);
    rc = rc ? rc : add_pending(lib, s, err);
    if (rc)
        fnl_status_finish(s);
    return rc;
}

int fnl_status_get(struct fn_library *lib, struct fnl_status *ret, struct fn_error *err)
{
    json_t *reply = NULL;
    int rc = fnl_ask(lib, FN_CMD_STATUS, NULL, &reply, err) ? of_index(lib, ret, err)
                                                            : fnl_status_read(reply, ret, err);
    json_decref(reply);
    return rc ? rc : complete(lib, ret, err);
}

/* ---- watching ---- */

typedef int status_visit(const struct fnl_status *s, void *arg);

/* rc: of reading s. *ret_end: visit returned non-zero. */
static int show(struct fn_library *lib, struct fnl_status *s, int rc, status_visit *visit,
                void *arg, bool *ret_end, struct fn_error *err)
{
    rc = rc ? rc : complete(lib, s, err);
    if (rc)
        return rc;
    *ret_end = visit(s, arg) != 0;
    fnl_status_finish(s);
    return 0;
}

/* Reads events of the daemon, each a whole status, until the daemon exits. */
static int follow_daemon(struct fn_library *lib, status_visit *visit, void *arg, bool *ret_end,
                         struct fn_error *err)
{
    struct fnl_client c = {.fd = -1};
    struct fnl_status s;
    json_t *o = NULL, *request = json_pack("{s:i,s:i,s:s}", "v", FN_PROTOCOL_VERSION, "id", 1,
                                           "cmd", FN_CMD_SUBSCRIBE);
    int rc = fnl_client_open(lib, &c, err);
    if (rc) {
        json_decref(request);
        return rc;
    }
    rc = fnl_client_send(&c, request, err);
    while (!rc && !*ret_end && (rc = fnl_client_receive(&c, -1, &o, err)) == 0) {
        if (json_object_get(o, "queue") || json_object_get(o, "daemon"))
            rc = show(lib, &s, fnl_status_read(o, &s, err), visit, arg, ret_end, err);
        json_decref(o);
    }
    fnl_client_close(&c);
    return rc;
}

int fnl_status_watch(struct fn_library *lib,
                     int (*visit)(const struct fnl_status *s, void *arg), void *arg,
                     struct fn_error *err)
{
    uint64_t seen = UINT64_MAX;
    struct fnl_status s;
    bool end = false;
    int rc = 0;
    while (!rc && !end) {
        struct fn_store *store = NULL;
        struct fn_error gone; /* the daemon does not run, or has exited */
        (void)!follow_daemon(lib, visit, arg, &end, &gone);
        if (end)
            break;
        rc = fnl_store_open(lib, FN_STORE_READ, &store, err);
        if (!rc && fn_store_txn_id(store) != seen) {
            rc = show(lib, &s, of_index(lib, &s, err), visit, arg, &end, err);
            seen = rc ? seen : fn_store_txn_id(store);
        }
        /* Without a daemon, only other programs change the index: once a second is enough. */
        if (!rc && !end)
            (void)sleep(1);
    }
    return rc;
}
