/* SPDX-License-Identifier: MIT */
/* Confirmed faces from the index. */
#include "cli/library/confirmed.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/library/library_priv.h"
#include "engine/base/array.h"

struct found {
    struct fn_txn *t;
    char path[FN_PATH_MAX];
    size_t name_at;
};

/* A box is valid for the bytes that were indexed. A file with another size or time may be
 * another picture. */
static bool is_as_indexed(const char *path, const struct fn_path *p)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, R_OK) == 0 &&
           (uint64_t)st.st_size == p->size &&
           (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec == p->mtime_ns;
}

static int try_path(const struct fn_path *p, void *arg)
{
    struct found *f = arg;
    struct fn_root root;
    int rc = fn_root_get(f->t, p->root, &root);
    if (rc || root.state == FN_ROOT_AWAY ||
        fn_path_join(f->path, sizeof f->path, root.path, p->path) || !is_as_indexed(f->path, p))
        return rc;
    f->name_at = strlen(f->path) - strlen(p->path);
    return 1;
}

static int add(struct fnl_labelled *l, const struct fnl_labelled_face *f)
{
    struct fnl_labelled_face *grown = fn_array_grow(l->face, &l->cap, l->n + 1, sizeof *grown);
    if (!grown)
        return -ENOMEM;
    l->face = grown;
    l->face[l->n] = *f;
    l->face[l->n].path = strdup(f->path);
    l->face[l->n].person = strdup(f->person);
    l->n++; /* also when a string is missing: freed like the others */
    return l->face[l->n - 1].path && l->face[l->n - 1].person ? 0 : -ENOMEM;
}

struct gather {
    struct fn_txn *t;
    struct fnl_labelled *to;
};

static void take_place(struct fnl_labelled_face *f, const struct fn_face_rec *rec)
{
    fn_box_to_float(rec->box, f->box);
    for (int i = 0; i < 5; i++) {
        f->points[i][0] = (float)rec->points[i][0] / 65535;
        f->points[i][1] = (float)rec->points[i][1] / 65535;
    }
    f->drawn = rec->flags & FN_FACE_DRAWN;
}

static int visit(const struct fn_face_rec *rec, void *arg)
{
    struct gather *g = arg;
    struct fn_face_labels labels;
    struct fn_person_label who;
    struct fn_photo photo;
    int rc = fn_labels_of_face(g->t, rec->id, &labels);
    if (rc || !labels.confirmed || labels.notface)
        return rc;
    rc = fn_person_label_get(g->t, &labels.person, &who);
    if (rc && rc != FN_ENOTFOUND)
        return rc;
    if (rc || !who.name[0]) {
        g->to->n_unnamed++;
        return 0;
    }
    struct found at = {.t = g->t};
    rc = fn_path_each_of_photo(g->t, rec->photo, try_path, &at);
    if (rc == 0 || rc == FN_ENOTFOUND) {
        g->to->n_missing++;
        return 0;
    }
    rc = rc == 1 ? fn_photo_get(g->t, rec->photo, &photo) : rc;
    if (rc)
        return rc;
    struct fnl_labelled_face f = {.path = at.path,
                                  .name_at = at.name_at,
                                  .person = who.name,
                                  .id = labels.person,
                                  .width = photo.width,
                                  .height = photo.height};
    take_place(&f, rec);
    return add(g->to, &f);
}

static int compare(const void *pa, const void *pb)
{
    const struct fnl_labelled_face *a = pa, *b = pb;
    int c = strcmp(a->person, b->person);
    c = c ? c : memcmp(a->id.b, b->id.b, sizeof a->id.b);
    c = c ? c : strcmp(a->path, b->path);
    for (int i = 0; i < 4 && !c; i++)
        c = (a->box[i] > b->box[i]) - (a->box[i] < b->box[i]);
    return c;
}

static int add_id(struct fnl_labelled_face *f)
{
    char text[FN_PERSON_NAME_MAX + FN_PERSON_TEXT + 8], id[FN_PERSON_TEXT];
    fn_person_text(&f->id, id);
    (void)snprintf(text, sizeof text, "%s (%s)", f->person, id);
    free(f->person);
    f->person = strdup(text);
    return f->person ? 0 : -ENOMEM;
}

/* Sorted by name, then person: if the first and the last person of a name differ, several
 * people have the name. */
static int tell_apart(struct fnl_labelled *l)
{
    int rc = 0;
    for (size_t i = 0, end; !rc && i < l->n; i = end) {
        for (end = i + 1; end < l->n && !strcmp(l->face[end].person, l->face[i].person);)
            end++;
        if (memcmp(&l->face[i].id, &l->face[end - 1].id, sizeof l->face[i].id) != 0)
            for (size_t k = i; !rc && k < end; k++)
                rc = add_id(&l->face[k]);
    }
    return rc;
}

static int nothing(const struct fnl_labelled *l, struct fn_error *err)
{
    if (l->n_missing)
        return fn_error_set(err, FN_EUSAGE,
                            "none of the %zu confirmed faces has its photo now: the disk is "
                            "away, or the files have changed (fnq scan)",
                            l->n_missing);
    return fn_error_set(err, FN_EUSAGE,
                        "nothing is confirmed yet; name people and confirm their faces: fnq "
                        "people name PERSON NAME, then fnq confirm --of NAME");
}

int fnl_labelled_get(struct fn_library *lib, struct fnl_labelled *ret, struct fn_error *err)
{
    *ret = (struct fnl_labelled){0};
    int rc = fnl_read_begin(lib, err);
    if (!rc) {
        struct gather g = {lib->read, ret};
        rc = fn_face_each(lib->read, visit, &g);
        if (!rc && ret->n)
            qsort(ret->face, ret->n, sizeof *ret->face, compare);
        rc = rc ? rc : tell_apart(ret);
        if (rc)
            (void)fn_error_set(err, rc, "the labels cannot be read: %s", fn_strerror(rc));
        else if (!ret->n)
            rc = nothing(ret, err);
    }
    fnl_read_end(lib);
    if (rc)
        fnl_labelled_free(ret);
    return rc;
}

void fnl_labelled_free(struct fnl_labelled *l)
{
    for (size_t i = 0; i < l->n; i++) {
        free(l->face[i].path);
        free(l->face[i].person);
    }
    free(l->face);
    *l = (struct fnl_labelled){0};
}
