/* SPDX-License-Identifier: MIT */
#include "daemon/jobs/job_list.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/base/name_list.h"

void fnd_job_list_init(struct fnd_job_list *l)
{
    *l = (struct fnd_job_list){.tail = &l->first};
}

static void free_job(struct fnd_job *j)
{
    if (j->fd >= 0)
        (void)close(j->fd);
    fn_rules_unref(j->rules);
    free(j);
}

void fnd_job_list_finish(struct fnd_job_list *l)
{
    while (l->first) {
        struct fnd_job *j = l->first;
        l->first = j->next;
        free_job(j);
    }
    fnd_job_list_init(l);
}

void fnd_job_list_add(struct fnd_job_list *l, struct fnd_job *j)
{
    *l->tail = j;
    l->tail = &j->next;
    l->n++;
}

void fnd_job_list_drop(struct fnd_job_list *l, struct fnd_job *j)
{
    struct fnd_job **at = &l->first;
    while (*at != j)
        at = &(*at)->next;
    *at = j->next;
    if (!j->next)
        l->tail = at;
    l->n--;
    free_job(j);
}

bool fnd_job_list_has(const struct fnd_job_list *l, fn_root_id root, const char *path)
{
    for (const struct fnd_job *j = l->first; j; j = j->next)
        if (j->root_id == root && strcmp(j->e.path, path) == 0)
            return true;
    return false;
}

struct fnd_job *fnd_job_list_first(const struct fnd_job_list *l, enum fnd_job_state state)
{
    for (struct fnd_job *j = l->first; j; j = j->next)
        if (j->state == state)
            return j;
    return NULL;
}

static bool is_looked_at(const struct fnd_job *j)
{
    return j->state != FND_JOB_ADMIT && j->state != FND_JOB_TWIN && j->end == FN_ADMIT_NEW;
}

bool fnd_job_list_has_twin(const struct fnd_job_list *l, const struct fnd_job *j)
{
    for (const struct fnd_job *k = l->first; k; k = k->next)
        if (k != j && is_looked_at(k) && fn_h128_eq(&k->hash, &j->hash))
            return true;
    return false;
}

struct fnd_job *fnd_job_list_twin(const struct fnd_job_list *l, const struct fn_h128 *hash)
{
    for (struct fnd_job *j = l->first; j; j = j->next)
        if (j->state == FND_JOB_TWIN && fn_h128_eq(&j->hash, hash))
            return j;
    return NULL;
}

void fnd_job_list_stale(struct fnd_job_list *l, fn_root_id root, const char *rel)
{
    for (struct fnd_job *j = l->first; j; j = j->next)
        j->stale = j->stale || (j->root_id == root && fnd_is_below(rel, j->e.path));
}
