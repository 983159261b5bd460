/* SPDX-License-Identifier: MIT */
/* A person by what a user types: a name, the beginning of a name, or an id. Names come first,
 * because people remember them. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "index/people/people_priv.h"

enum { FOUND_MAX = 8, FORMER_BITS = 35 /* as shown */ };

struct found {
    struct fn_person_id ids[FOUND_MAX];
    size_t n; /* may be more than FOUND_MAX */
};

static void add(struct found *f, const struct fn_person_id *p)
{
    for (size_t i = 0; i < f->n && i < FOUND_MAX; i++) {
        if (fn_person_eq(&f->ids[i], p))
            return;
    }
    if (f->n < FOUND_MAX)
        f->ids[f->n] = *p;
    f->n++;
}

static bool has_bits(const uint8_t *id, const struct fn_person_id *p, unsigned bits)
{
    unsigned bytes = bits / 8, rest = bits % 8;
    if (memcmp(id, p->b, bytes))
        return false;
    return !rest || !((id[bytes] ^ p->b[bytes]) >> (8 - rest));
}

static int by_id(struct fn_txn *t, enum fn_table table, const struct fn_person_id *p,
                 unsigned bits, struct found *f)
{
    struct fn_cur c = {0};
    int rc = fn_cur_open(t, table, &c);
    if (!rc)
        rc = fn_cur_seek(&c, p->b, bits / 8 + (bits % 8 != 0));
    for (; !rc && c.key.n == FN_PERSON_BYTES && has_bits(c.key.p, p, bits);
         rc = rc ? rc : fn_cur_next(&c)) {
        struct fn_person_id id;
        memcpy(id.b, c.key.p, FN_PERSON_BYTES);
        rc = fn_person_resolve(t, &id, &id);
        if (!rc)
            add(f, &id);
        if (f->n > FOUND_MAX)
            break;
    }
    fn_cur_close(&c);
    return rc == FN_ENOTFOUND ? 0 : rc;
}

/* An id that no person has any more: it was that of an unnamed cluster, derived from one of its
 * faces. It finds the person that has that face now, so an id in a shell's history or in a
 * script is still valid after the cluster was named, joined or split. */
struct former {
    struct fn_txn *t;
    const struct fn_person_id *p;
    unsigned bits;
    struct found *f;
};

static int former_of(const struct fn_face_rec *face, void *ctx)
{
    struct former *x = ctx;
    struct fn_person_id id;
    struct fn_member m;
    fn_unnamed_person(face->ckey, &id);
    if (!has_bits(id.b, x->p, x->bits)) {
        fn_unnamed_person(fn_grouping_apart(face->ckey), &id);
        if (!has_bits(id.b, x->p, x->bits))
            return 0;
    }
    int rc = fn_member_who(x->t, face->id, &m);
    if (!rc)
        add(x->f, &m.person);
    return rc == FN_ENOTFOUND ? 0 : rc;
}

static int ambiguous(struct fn_txn *t, const char *what, const struct found *f,
                     struct fn_error *err)
{
    char text[400];
    size_t at = 0, shown = f->n < 3 ? f->n : 3;
    text[0] = 0;
    for (size_t i = 0; i < shown && at < sizeof text; i++) {
        struct fn_person_label l;
        char id[FN_PERSON_TEXT];
        int rc = fn_person_label_get(t, &f->ids[i], &l);
        if (rc)
            return rc;
        fn_person_text(&f->ids[i], id);
        const char *sep = i == 0 ? "" : i + 1 == f->n ? " and " : ", ";
        int n = l.name[0]
                    ? snprintf(text + at, sizeof text - at, "%s%.100s (%.9s)", sep, l.name, id)
                    : snprintf(text + at, sizeof text - at, "%s%.9s", sep, id);
        at += n > 0 ? (size_t)n : 0;
    }
    return fn_error_set(err, FN_EAMBIGUOUS, "\"%.60s\" matches %s%s", what, text,
                        f->n > shown ? " and others" : "");
}

int fn_person_find(struct fn_txn *t, const char *what, struct fn_person *ret,
                   struct fn_error *err)
{
    struct found f = {.n = 0};
    struct fn_person_id p;
    unsigned bits = 0;
    int rc = fn_person_by_name(t, what, f.ids, FOUND_MAX, &f.n);
    if (rc == FN_ENOTFOUND) {
        f.n = 0;
        rc = 0;
        if (!fn_person_parse(what, &p, &bits)) {
            rc = by_id(t, FN_T_PERSON, &p, bits, &f);
            if (!rc)
                rc = by_id(t, FN_T_PERSON_LABEL, &p, bits, &f);
            if (!rc)
                rc = by_id(t, FN_T_MERGED, &p, bits, &f);
            /* Shorter ones would match somebody by chance. */
            if (!rc && !f.n && bits >= FORMER_BITS)
                rc = fn_face_each(t, former_of, &(struct former){t, &p, bits, &f});
        }
    }
    if (rc)
        return fn_error_set(err, rc, "persons cannot be read: %s", fn_strerror(rc));
    if (f.n > 1)
        return ambiguous(t, what, &f, err);
    if (f.n)
        rc = fn_person_get(t, &f.ids[0], ret);
    return f.n && !rc ? 0
                      : fn_error_set(err, rc ? rc : FN_ENOTFOUND, "no person \"%.100s\"", what);
}
