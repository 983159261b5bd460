/* SPDX-License-Identifier: MIT */
/* A person by what a user types: a name, whole words of one, the beginning of one, or an id.
 * Names come first, because people remember them. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/plural.h"
#include "engine/base/text.h"
#include "index/labels/names.h"
#include "index/people/former.h"

enum { FOUND_MAX = 64, SHOWN_MAX = 4, FORMER_BITS = 35 /* as shown */ };

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

bool fn_person_has_bits(const uint8_t *id, const struct fn_person_id *p, unsigned bits)
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
    for (; !rc && c.key.n == FN_PERSON_BYTES && fn_person_has_bits(c.key.p, p, bits);
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

/* An id that no person has any more, for instance one in a shell's history or on a sheet. */
static int by_former_id(struct fn_txn *t, const struct fn_person_id *p, unsigned bits,
                        struct found *f)
{
    struct fn_former *x = malloc(sizeof *x);
    int rc = x ? fn_former_find(t, p, bits, x) : -ENOMEM;
    for (size_t i = 0; !rc && i < x->n; i++)
        add(f, &x->now[i]);
    if (!rc && x->known && !x->n)
        add(f, &x->id);
    free(x);
    return rc;
}

/* "Anna Berg (p7k3mq2x, 12 photos)" */
static int describe(struct fn_txn *t, const struct fn_person_id *id, char *out, size_t size)
{
    struct fn_person p = {.n_photos = 0};
    char text[FN_PERSON_TEXT];
    int rc = fn_person_get(t, id, &p);
    if (rc && rc != FN_ENOTFOUND)
        return rc;
    fn_person_text(id, text);
    (void)snprintf(out, size, "%.70s%s%.8s, %u photo%s%s", p.name, p.name[0] ? " (" : "", text,
                   p.n_photos, fn_plural_s(p.n_photos), p.name[0] ? ")" : "");
    return 0;
}

static int ambiguous(struct fn_txn *t, const char *what, const struct found *f,
                     struct fn_error *err)
{
    char text[440] = "", one[128], others[48] = "";
    size_t at = 0, shown = f->n <= SHOWN_MAX ? f->n : SHOWN_MAX - 1;
    for (size_t i = 0; i < shown && at < sizeof text; i++) {
        int rc = describe(t, &f->ids[i], one, sizeof one);
        if (rc)
            return fn_error_set(err, rc, "persons cannot be read: %s", fn_strerror(rc));
        int n = snprintf(text + at, sizeof text - at, "%s%s", i ? ", " : "", one);
        at += n > 0 ? (size_t)n : 0;
    }
    if (f->n > FOUND_MAX)
        (void)snprintf(others, sizeof others, ", and others");
    else if (f->n > shown)
        (void)snprintf(others, sizeof others, ", and %zu others", f->n - shown);
    return fn_error_set(err, FN_EAMBIGUOUS,
                        "'%.60s' is ambiguous: %s%s. Type more of the name, or an id", what,
                        text, others);
}

static int by_any_id(struct fn_txn *t, const char *what, struct found *f)
{
    struct fn_person_id p;
    unsigned bits = 0;
    if (fn_person_parse(what, &p, &bits))
        return 0;
    int rc = by_id(t, FN_T_PERSON, &p, bits, f);
    if (!rc)
        rc = by_id(t, FN_T_PERSON_LABEL, &p, bits, f);
    if (!rc)
        rc = by_id(t, FN_T_MERGED, &p, bits, f);
    /* Shorter ones would match somebody by chance. */
    if (!rc && !f->n && bits >= FORMER_BITS)
        rc = by_former_id(t, &p, bits, f);
    return rc;
}

static int nobody(const char *what, const struct fn_names *names, struct fn_error *err)
{
    char near[256];
    struct fn_person_id p;
    unsigned bits = 0;
    fn_names_near(names, what, near, sizeof near);
    if (near[0])
        return fn_error_set(err, FN_ENOTFOUND, "nobody is called '%.100s'; did you mean %s?",
                            what, near);
    if (!fn_person_parse(what, &p, &bits) && strpbrk(what, "0123456789"))
        return fn_error_set(err, FN_ENOTFOUND,
                            "there is no person '%.100s'. All people: fnq people list --all",
                            what);
    return fn_error_set(err, FN_ENOTFOUND,
                        "nobody is called '%.100s'. All people: fnq people list --all", what);
}

int fn_person_find_among(struct fn_txn *t, const struct fn_names *names, const char *what,
                         struct fn_person *ret, struct fn_error *err)
{
    struct found f = {.n = 0};
    char *key = fn_text_key(what);
    int rc = key ? 0 : -ENOMEM;
    if (!rc && fn_names_find(names, key, f.ids, FOUND_MAX, &f.n) == FN_NAME_OTHER)
        rc = by_any_id(t, what, &f);
    free(key);
    if (rc)
        return fn_error_set(err, rc, "persons cannot be read: %s", fn_strerror(rc));
    if (f.n > 1)
        return ambiguous(t, what, &f, err);
    if (!f.n)
        return nobody(what, names, err);
    rc = fn_person_get(t, &f.ids[0], ret);
    if (rc == FN_ENOTFOUND) { /* it was somebody once */
        *ret = (struct fn_person){.id = f.ids[0], .first_s = INT64_MAX, .last_s = INT64_MIN};
        rc = 0;
    }
    return rc ? fn_error_set(err, rc, "persons cannot be read: %s", fn_strerror(rc)) : 0;
}

int fn_person_find(struct fn_txn *t, const char *what, struct fn_person *ret,
                   struct fn_error *err)
{
    struct fn_names names;
    int rc = fn_names_load(t, &names);
    rc = rc ? fn_error_set(err, rc, "persons cannot be read: %s", fn_strerror(rc))
            : fn_person_find_among(t, &names, what, ret, err);
    fn_names_finish(&names);
    return rc;
}
