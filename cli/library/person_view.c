/* SPDX-License-Identifier: MIT */
#include "cli/library/person_view.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/array.h"

static int count_seen(struct fnl_person_view *v, const struct fnl_match *m)
{
    size_t i = 0;
    while (i < v->n_seen && !fnl_person_eq(&v->seen[i].who.id, &m->id))
        i++;
    if (i == FNL_SEEN_MAX)
        return 0;
    if (i == v->n_seen) {
        struct fnl_seen *all = fn_array_grow(v->seen, &v->cap, i + 1, sizeof *all);
        if (!all)
            return -ENOMEM;
        v->seen = all;
        v->seen[v->n_seen++] = (struct fnl_seen){.who = *m};
    }
    v->seen[i].n++;
    return 0;
}

static int count_photo(struct fn_txn *t, struct fnl_person_view *v, fn_photo_id id)
{
    enum { MAX = 512 };
    struct fn_photo photo;
    size_t n = 0;
    if (fn_photo_get(t, id, &photo))
        return 0;
    fn_face_id *f = calloc(MAX, sizeof *f);
    int rc = f ? 0 : -ENOMEM;
    if (f && fn_face_ids_of_photo(t, id, f, MAX, &n))
        n = 0;
    for (size_t i = 0; !rc && i < n; i++) {
        struct fnl_fact fact;
        if (fnl_fact_get(t, f[i], &fact, NULL) == 0 && fact.person.name[0] &&
            !fnl_person_eq(&fact.person.id, &v->person.id))
            rc = count_seen(v, &fact.person);
    }
    free(f);
    int year = photo.taken_precision ? fn_unix_to_civil(photo.taken_s).year : -1;
    if (year >= FNL_FIRST_YEAR && year < FNL_FIRST_YEAR + FNL_YEARS)
        v->by_year[year - FNL_FIRST_YEAR]++;
    return rc;
}

static int by_id(const void *a, const void *b)
{
    const fn_photo_id *p = a, *q = b;
    return (*p > *q) - (*p < *q);
}

static int by_count(const void *a, const void *b)
{
    const struct fnl_seen *p = a, *q = b;
    return p->n != q->n ? (p->n > q->n ? -1 : 1) : strcmp(p->who.name, q->who.name);
}

/* Collects the photos of the faces, each once. */
static int gather(struct fn_txn *t, struct fnl_person_view *v, const struct fnl_ids *faces)
{
    fn_photo_id *photos = calloc(faces->n + 1, sizeof *photos);
    size_t n = 0;
    int rc = photos ? 0 : -ENOMEM;
    for (size_t i = 0; !rc && i < faces->n; i++) {
        struct fn_face_rec rec;
        if (fn_face_get(t, faces->id[i], &rec) == 0)
            photos[n++] = rec.photo;
    }
    if (n)
        qsort(photos, n, sizeof *photos, by_id);
    for (size_t i = 0; !rc && i < n; i++)
        if (i == 0 || photos[i] != photos[i - 1])
            rc = count_photo(t, v, photos[i]);
    free(photos);
    return rc;
}

int fnl_person_view(struct fn_txn *t, const char *what, struct fnl_person_view *ret,
                    struct fn_error *err)
{
    struct fnl_ids faces = {0};
    *ret = (struct fnl_person_view){.n_seen = 0};
    int rc = fnl_person_find(t, what, &ret->person, err);
    rc = rc ? rc : fnl_person_faces(t, &ret->person.id, &faces, err);
    if (!rc && (rc = gather(t, ret, &faces)))
        (void)fn_error_set(err, rc, "%s: %s", what, fn_strerror(rc));
    fnl_ids_finish(&faces);
    if (rc)
        fnl_person_view_finish(ret);
    else if (ret->n_seen)
        qsort(ret->seen, ret->n_seen, sizeof *ret->seen, by_count);
    return rc;
}

void fnl_person_view_finish(struct fnl_person_view *v)
{
    free(v->seen);
    v->seen = NULL;
    v->n_seen = v->cap = 0;
}
