/* SPDX-License-Identifier: MIT */
#include "tests/property/edit_model.h"

#include <stdio.h>
#include <string.h>

struct em_file *em_file_at(struct em *m, const char *path)
{
    for (int i = 0; i < EM_FILES; i++) {
        if (m->files[i].path[0] && strcmp(m->files[i].path, path) == 0)
            return &m->files[i];
    }
    return NULL;
}

struct em_file *em_any_file(struct em *m)
{
    int first = (int)fn_rng_below(&m->rng, EM_FILES);
    for (int i = 0; i < EM_FILES; i++) {
        struct em_file *f = &m->files[(first + i) % EM_FILES];
        if (f->path[0])
            return f;
    }
    return NULL;
}

bool em_is_shown(const struct em *m, int picture)
{
    for (int i = 0; i < EM_FILES; i++) {
        if (m->files[i].path[0] && m->files[i].picture == picture)
            return true;
    }
    return false;
}

void em_show(struct em *m, const char *path, int picture)
{
    struct em_file *f = em_file_at(m, path);
    for (int i = 0; !f && i < EM_FILES; i++) {
        if (m->files[i].path[0])
            continue;
        f = &m->files[i];
        snprintf(f->path, sizeof f->path, "%s", path); /* path may be that of a file */
    }
    if (f)
        f->picture = picture;
}

void em_remove(struct em *m, const char *path)
{
    struct em_file *f = em_file_at(m, path);
    if (f)
        f->path[0] = 0;
}

void em_rename(struct em *m, const char *from, const char *to)
{
    struct em_file *f = em_file_at(m, from);
    if (!f || strcmp(from, to) == 0)
        return;
    int picture = f->picture;
    f->path[0] = 0;
    em_show(m, to, picture);
}

void em_rename_folder(struct em *m, const char *from, const char *to)
{
    size_t n = strlen(from);
    for (int i = 0; i < EM_FILES; i++) {
        char rest[EM_PATH], *path = m->files[i].path;
        if (strncmp(path, from, n) != 0 || path[n] != '/')
            continue;
        snprintf(rest, sizeof rest, "%s", path + n);
        snprintf(path, EM_PATH, "%.8s%.38s", to, rest);
    }
}

void em_free_path(struct em *m, char out[EM_PATH])
{
    do
        snprintf(out, EM_PATH, "d%u/p%u.jpg", (unsigned)fn_rng_below(&m->rng, 3),
                 (unsigned)fn_rng_below(&m->rng, 60));
    while (em_file_at(m, out));
}

int em_new_picture(struct em *m)
{
    if (m->n_pictures == EM_PICTURES || m->n_lineages == EM_LINEAGES)
        return -1;
    struct ep_picture *p = &m->pictures[m->n_pictures];
    ep_new(p, &m->lineages[m->n_lineages], m->n_lineages, m->n_identities, &m->rng);
    p->vectors = (uint32_t)m->n_pictures;
    m->n_lineages++;
    return m->n_pictures++;
}

int em_new_burst(struct em *m, int of)
{
    const struct ep_picture *old = &m->pictures[of];
    if (m->n_pictures == EM_PICTURES || m->n_lineages == EM_LINEAGES)
        return -1;
    struct ep_picture *p = &m->pictures[m->n_pictures];
    ep_burst(p, &m->lineages[m->n_lineages], old, &m->lineages[old->lineage], m->n_lineages,
             &m->rng);
    p->vectors = (uint32_t)m->n_pictures;
    m->n_lineages++;
    return m->n_pictures++;
}

int em_new_edit(struct em *m, int of, enum ep_edit edit)
{
    if (m->n_pictures == EM_PICTURES)
        return -1;
    m->born[m->n_pictures] = m->n_acts;
    ep_edit(&m->pictures[m->n_pictures], &m->pictures[of], of, edit, (uint32_t)m->n_pictures,
            &m->rng);
    return m->n_pictures++;
}

const struct ep_face *em_face(const struct em *m, int picture, uint8_t number)
{
    const struct ep_picture *p = &m->pictures[picture];
    for (uint8_t i = 0; i < p->n; i++) {
        if (p->faces[i].number == number)
            return &p->faces[i];
    }
    return NULL;
}

bool em_is_version_of(const struct em *m, int picture, int older)
{
    while (picture >= 0 && picture != older)
        picture = m->pictures[picture].parent;
    return picture == older;
}

static bool concerns(const struct em *m, const struct em_act *a, int picture, uint8_t number)
{
    return a->in_force && a->number == number &&
           m->pictures[a->picture].lineage == m->pictures[picture].lineage;
}

bool em_may_be_said(const struct em *m, int picture, uint8_t number, uint8_t kind, int person)
{
    for (int i = 0; i < m->n_acts; i++) {
        const struct em_act *a = &m->acts[i];
        if (concerns(m, a, picture, number) && a->kind == kind &&
            (person < 0 || a->person == person))
            return true;
    }
    return false;
}

/* Whether an act was said on this picture, or on an older version before it was edited on the
 * way to this one. */
static bool came_along(const struct em *m, int act, int picture)
{
    while (picture != m->acts[act].picture) {
        if (picture < 0 || act >= m->born[picture])
            return false;
        picture = m->pictures[picture].parent;
    }
    return true;
}

/* Whether a face is itself in all versions from that of an act to this one. */
static bool is_seen_along(const struct em *m, int act, int picture)
{
    for (;; picture = m->pictures[picture].parent) {
        const struct ep_face *f = em_face(m, picture, m->acts[act].number);
        if (!f || !f->seen || f->unlike)
            return false;
        if (picture == m->acts[act].picture)
            return true;
    }
}

/* The newest of those that came along counts. One said on another branch (a copy, an older
 * version after its edit, a later version) may have come over or not; so may one that cannot be
 * followed. */
bool em_may_be(const struct em *m, int picture, uint8_t number, uint8_t person)
{
    bool may = false;
    for (int i = 0; i < m->n_acts; i++) {
        const struct em_act *a = &m->acts[i];
        if (!concerns(m, a, picture, number) || a->kind != EM_IS)
            continue;
        if (!came_along(m, i, picture)) {
            if (a->person == person)
                return true;
        } else if (is_seen_along(m, i, picture)) {
            may = a->person == person;
        } else {
            may |= a->person == person;
        }
    }
    return may;
}

bool em_is_older(const struct em *m, int picture, uint8_t number, uint8_t person)
{
    int newest = -1;
    for (int i = 0; i < m->n_acts; i++) {
        const struct em_act *a = &m->acts[i];
        if (!concerns(m, a, picture, number) || a->kind != EM_IS)
            continue;
        if (came_along(m, i, picture))
            newest = a->person;
        else if (a->person == person)
            return false;
    }
    return newest >= 0 && newest != person;
}

bool em_must_be_confirmed(const struct em *m, int picture, uint8_t number)
{
    bool must = false;
    for (int i = 0; i < m->n_acts; i++) {
        const struct em_act *a = &m->acts[i];
        if (!concerns(m, a, picture, number))
            continue;
        if (a->kind != EM_IS)
            return false;
        must |= a->picture == picture;
    }
    return must;
}
