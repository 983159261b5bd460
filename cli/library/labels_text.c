/* SPDX-License-Identifier: MIT */
#include "cli/library/labels_text.h"

#include <string.h>

#include "cli/library/act_line.h"

static int export_line(const struct fn_assertion *a, void *arg)
{
    struct fn_buf *b = arg;
    fn_assertion_format(a, b);
    if (b->len && b->data[b->len - 1] != '\n')
        fn_buf_char(b, '\n');
    return 0;
}

int fnl_export_log(struct fn_txn *t, struct fn_buf *out, struct fn_error *err)
{
    int rc = fn_assert_each(t, 1, export_line, out);
    return rc ? fn_error_set(err, rc, "the labels cannot be read: %s", fn_strerror(rc)) : 0;
}

struct acts {
    struct fn_txn *t;
    struct fn_buf *out;
    enum fn_assert_kind kind;
};

static void format_named(const struct acts *a, const struct fn_person_id *id, const char *face)
{
    struct fn_person_label p;
    if (fn_person_label_get(a->t, id, &p) == 0 && p.name[0])
        fnl_act_line_format(a->out, a->kind, p.name, face);
}

static int export_face(const struct fn_face_rec *f, void *arg)
{
    const struct acts *a = arg;
    struct fn_face_labels l;
    char face[FN_FACE_HEX];
    fn_face_hex(f->ckey, face);
    int rc = fn_labels_of_face(a->t, f->id, &l);
    if (rc)
        return rc;
    if (a->kind == FN_ASSERT_NOTFACE && l.notface)
        fnl_act_line_format(a->out, FN_ASSERT_NOTFACE, "", face);
    if (a->kind == FN_ASSERT_IS && l.confirmed)
        format_named(a, &l.person, face);
    for (size_t i = 0; a->kind == FN_ASSERT_NOT && i < l.n_rejected; i++)
        format_named(a, &l.rejected[i], face);
    return 0;
}

int fnl_export_acts(struct fn_txn *t, struct fn_buf *out, struct fn_error *err)
{
    struct acts a = {t, out, FN_ASSERT_IS};
    int rc = 0;
    for (; !rc && a.kind <= FN_ASSERT_NOTFACE; a.kind++)
        rc = fn_face_each(t, export_face, &a);
    return rc ? fn_error_set(err, rc, "the labels cannot be read: %s", fn_strerror(rc)) : 0;
}

/* Names hold no control characters, paths may. */
size_t fnl_export_training(const struct fnl_labelled *l, struct fn_buf *out)
{
    size_t n_odd = 0;
    for (size_t i = 0; i < l->n; i++) {
        const struct fnl_labelled_face *f = &l->face[i];
        if (strpbrk(f->path, "\t\r\n")) {
            n_odd++;
            continue;
        }
        fn_buf_printf(out, "%s\t%s\t%.9g\t%.9g\t%.9g\t%.9g\n", f->path, f->person,
                      (double)f->box[0], (double)f->box[1], (double)f->box[2],
                      (double)f->box[3]);
    }
    return n_odd;
}

bool fnl_text_is_acts(const char *s)
{
    for (; *s; s += strcspn(s, "\n"), s += *s == '\n') {
        s += strspn(s, " \t\r");
        if (*s && *s != '#' && *s != '\n')
            return *s == '+' || *s == '-' || *s == '!';
    }
    return false;
}

static int import(struct fn_txn *t, void *arg, struct fn_error *err)
{
    struct fnl_import *i = arg;
    return fn_labels_import(t, i->text, i->n, &i->n_new, &i->n_skipped, err);
}

int fnl_import_log(struct fn_library *lib, enum fnl_mode mode, struct fnl_import *i,
                   struct fn_error *err)
{
    i->n_new = i->n_skipped = 0;
    int rc = fnl_store_open(lib, FN_STORE_WRITE | FN_STORE_CREATE, NULL, err);
    rc = rc ? rc : fnl_write(lib, mode, import, i, err);
    if (!rc)
        fnl_write_done(lib, mode, &i->after);
    return rc;
}
