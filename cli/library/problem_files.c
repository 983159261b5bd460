/* SPDX-License-Identifier: MIT */
#include "cli/library/problem_files.h"

#include <string.h>

const char *fnl_problem_name(enum fnl_problem_state s)
{
    static const char *const name[] = {"bad", "away", "gone"};
    return name[s];
}

struct walk {
    struct fn_txn *t;
    bool bad, missing;
    void (*visit)(const struct fnl_problem *p, void *arg);
    void *arg;
    struct fnl_problem problem; /* of the current photo */
};

static int visit_path(const struct fn_path *p, void *arg)
{
    struct walk *w = arg;
    struct fn_root root;
    char full[FN_PATH_MAX];
    bool has = fn_root_get(w->t, p->root, &root) == 0;
    if (w->problem.state == FNL_FILE_AWAY) {
        if (!has || root.state != FN_ROOT_AWAY)
            return 0;
        w->problem.reason = root.reason;
        w->problem.since_s = root.state_since_s;
    }
    bool whole = has && fn_path_join(full, sizeof full, root.path, p->path) == 0;
    w->problem.path = whole ? full : p->path;
    w->visit(&w->problem, w->arg);
    return 0;
}

static int visit_files(struct walk *w, const struct fn_photo *p, enum fnl_problem_state state)
{
    w->problem = (struct fnl_problem){.photo = p, .state = state, .reason = p->reason};
    int rc = fn_path_each_of_photo(w->t, p->id, visit_path, w);
    return rc == FN_ENOTFOUND ? 0 : rc;
}

struct covered {
    const char *path;
    bool yes;
};

static int covers(const struct fn_root *r, void *arg)
{
    struct covered *c = arg;
    size_t n = strlen(r->path);
    c->yes = !r->removed && (strcmp(r->path, "/") == 0 ||
                             (strncmp(r->path, c->path, n) == 0 && c->path[n] == '/'));
    return c->yes;
}

static int visit_gone(struct walk *w, const struct fn_photo *p)
{
    char last[2 * FN_PATH_MAX];
    bool known = fn_photo_last_path(w->t, p, last, sizeof last) == 0;
    struct covered c = {.path = last};
    int rc = known ? fn_root_each(w->t, covers, &c) : 0;
    w->problem = (struct fnl_problem){.photo = p,
                                      .state = FNL_FILE_GONE,
                                      .reason = "",
                                      .path = known ? last : NULL,
                                      .since_s = p->gone_s,
                                      .unwatched = known && !c.yes};
    w->visit(&w->problem, w->arg);
    return rc < 0 ? rc : 0;
}

static int visit_photo(const struct fn_photo *p, void *arg)
{
    struct walk *w = arg;
    int rc = 0;
    if (p->state == FN_PHOTO_BAD && w->bad)
        rc = visit_files(w, p, FNL_FILE_BAD);
    if (rc || !w->missing)
        return rc;
    if (p->state != FN_PHOTO_GONE)
        return visit_files(w, p, FNL_FILE_AWAY);
    return visit_gone(w, p);
}

int fnl_problem_files(struct fn_txn *t, bool bad, bool missing,
                      void (*visit)(const struct fnl_problem *p, void *arg), void *arg,
                      struct fn_error *err)
{
    struct walk w = {.t = t, .bad = bad, .missing = missing, .visit = visit, .arg = arg};
    int rc = fn_photo_each(t, visit_photo, &w);
    return rc ? fn_error_set(err, rc, "%s", fn_strerror(rc)) : 0;
}
