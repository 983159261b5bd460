/* SPDX-License-Identifier: MIT */
#include "cli/library/labels_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/library/act_line.h"

int fnl_export_log(struct fn_txn *t, struct fn_buf *out, struct fn_error *err)
{
    int rc = fn_labels_log_text(t, out);
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

/* The length without a last line that a crash cut off. */
static size_t whole_lines(const char *text, size_t n)
{
    struct fn_assertion a;
    struct fn_buf faces;
    size_t at = n;
    while (at && text[at - 1] != '\n')
        at--;
    if (at == n || text[at] == '#')
        return n;
    fn_buf_init(&faces, FN_ASSERT_FACES_BYTES);
    bool whole = fn_assertion_parse(text + at, &faces, &a, NULL) == 0;
    fn_buf_finish(&faces);
    return whole ? n : at;
}

/* The log that was imported is where this index has its own: it makes room, as everything in it
 * is in the index now. */
static void make_room(struct fn_library *lib, struct fnl_import *i)
{
    const struct fn_places *places = NULL;
    struct fn_store *store = NULL;
    struct stat a, b;
    struct fn_error err = {0};
    if (fnl_places_get(lib, &places, &err) || fnl_store_open(lib, FN_STORE_WRITE, &store, &err))
        return;
    if (!i->path || stat(i->path, &a) || stat(places->labels_log, &b) || a.st_dev != b.st_dev ||
        a.st_ino != b.st_ino)
        return;
    int rc = fn_labels_log_set_aside(places->labels_log, i->aside, sizeof i->aside, &err);
    if (rc)
        i->aside[0] = '\0';
    rc = rc ? rc : fn_labels_log_sync(store, places->labels_log, &err);
    i->after.copy = rc ? err : (struct fn_error){0};
}

/* Nothing is made for a file that is not a log. */
static int check_first(const struct fnl_import *i, size_t n, struct fn_error *err)
{
    struct fn_assertion a;
    struct fn_buf faces;
    size_t at = 0;
    while (at < n && (i->text[at] == '#' || i->text[at] == '\n')) {
        const char *end = memchr(i->text + at, '\n', n - at);
        at = end ? (size_t)(end - i->text) + 1 : n;
    }
    const char *end = at < n ? memchr(i->text + at, '\n', n - at) : NULL;
    char *line = strndup(i->text + at, end ? (size_t)(end - i->text) - at : n - at);
    if (!line)
        return fn_error_set(err, -ENOMEM, "out of memory");
    fn_buf_init(&faces, FN_ASSERT_FACES_BYTES);
    int rc = at < n || n < i->n ? fn_assertion_parse(line, &faces, &a, NULL) : 0;
    fn_buf_finish(&faces);
    free(line);
    return rc ? fn_error_set(
                    err, FN_EUNSUPPORTED,
                    "not a label log. Those are labels.log, and what fnq export labels "
                    "prints")
              : 0;
}

int fnl_import_log(struct fn_library *lib, enum fnl_mode mode, struct fnl_import *i,
                   struct fn_error *err)
{
    i->n_new = i->n_skipped = 0;
    size_t n = whole_lines(i->text, i->n);
    i->torn = n < i->n;
    int rc = check_first(i, n, err);
    i->n = n;
    rc = rc ? rc : fnl_store_open(lib, FN_STORE_WRITE | FN_STORE_CREATE, NULL, err);
    rc = rc ? rc : fnl_write_labels(lib, mode, import, i, err);
    if (rc)
        return rc;
    fnl_write_done(lib, mode, &i->after);
    if (i->after.copy.code == FN_EREFUSED)
        make_room(lib, i);
    return 0;
}
