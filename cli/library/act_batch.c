/* SPDX-License-Identifier: MIT */
#include "cli/library/act_batch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/library/library_priv.h"
#include "cli/library/targets.h"
#include "engine/base/array.h"

static void refuse(struct fnl_batch_line *l, const struct fn_error *err)
{
    l->refused = true;
    l->err = *err;
}

int fnl_batch_add(struct fnl_batch *b, char *text, size_t number)
{
    struct fnl_batch_line l = {.number = number};
    size_t n = strlen(text);
    if (n && text[n - 1] == '\r')
        text[n - 1] = '\0';
    int rc = fnl_act_line_parse(text, &l.parsed, &l.err);
    if (rc == 1)
        return 0;
    l.refused = rc < 0;
    struct fnl_batch_line *lines = fn_array_grow(b->lines, &b->cap, b->n + 1, sizeof *lines);
    if (!lines) {
        fnl_act_line_finish(&l.parsed);
        return -ENOMEM;
    }
    b->lines = lines;
    b->lines[b->n++] = l;
    return 0;
}

static int resolve_line(struct fn_library *lib, struct fnl_batch_line *l, struct fn_error *err)
{
    struct fnl_targets targets = {0};
    struct fn_person p;
    int rc = 0;
    for (size_t i = 0; !rc && i < l->parsed.n_targets; i++)
        rc = l->parsed.is_query[i]
                 ? fnl_targets_add_query(lib, &targets, l->parsed.target[i], err)
                 : fnl_targets_add(lib, &targets, l->parsed.target[i], err);
    /* "-tom" with a query refers to Tom's faces among those found. */
    if (!rc && l->parsed.kind == FN_ASSERT_NOT &&
        fnl_person_find(lib->read, l->parsed.name, &p, err) == 0)
        rc = fnl_targets_only(lib, &targets, &p.id, err);
    l->item =
        (struct fnl_labelling){.kind = l->parsed.kind, .who = l->parsed.name, .n = targets.n};
    l->item.faces = rc ? NULL : calloc(targets.n + 1, sizeof *l->item.faces);
    if (!rc && !l->item.faces)
        rc = fn_error_set(err, -ENOMEM, "out of memory");
    for (size_t i = 0; !rc && i < targets.n; i++)
        l->item.faces[i] = targets.t[i].face;
    fnl_targets_finish(&targets);
    return rc;
}

int fnl_batch_resolve(struct fn_library *lib, struct fnl_batch *b, size_t *ret_faces,
                      struct fn_error *err)
{
    int rc = fnl_read_begin(lib, err);
    *ret_faces = 0;
    for (size_t i = 0; !rc && i < b->n; i++) {
        struct fn_error why = {0};
        if (!b->lines[i].refused && resolve_line(lib, &b->lines[i], &why))
            refuse(&b->lines[i], &why);
        *ret_faces += b->lines[i].refused ? 0 : b->lines[i].item.n;
    }
    fnl_read_end(lib);
    /* The lines, and parsed.name in them, moved while the array grew. */
    for (size_t i = 0; i < b->n; i++)
        b->lines[i].item.who = b->lines[i].parsed.name;
    return rc;
}

static int fill(struct fn_txn *t, struct fnl_act *act, void *arg, struct fn_error *err)
{
    struct fnl_batch *b = arg;
    int rc = 0;
    for (size_t i = 0; !rc && i < b->n; i++)
        if (!b->lines[i].refused && (!b->only || b->only == &b->lines[i]))
            rc = fnl_labelling_fill(t, act, &b->lines[i].item, err);
    return rc;
}

static bool is_refusal(int rc)
{
    return rc == FN_EREFUSED || rc == FN_ENOTFOUND || rc == FN_EAMBIGUOUS || rc == FN_EUSAGE;
}

/* Finds the lines that are refused: each is tried alone, in a dry run. */
static int find_refused(struct fn_library *lib, struct fnl_batch *b, struct fn_error *err)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < b->n; i++) {
        struct fn_error why = {0};
        if (b->lines[i].refused)
            continue;
        b->only = &b->lines[i];
        rc = fnl_write_act(lib, FNL_TRY, fill, b, NULL, &why);
        if (is_refusal(rc)) {
            refuse(&b->lines[i], &why);
            rc = 0;
        } else if (rc) {
            *err = why;
        }
    }
    b->only = NULL;
    return rc;
}

size_t fnl_batch_refused(const struct fnl_batch *b)
{
    size_t n = 0;
    for (size_t i = 0; i < b->n; i++)
        n += b->lines[i].refused;
    return n;
}

static int write_lines(struct fn_library *lib, enum fnl_mode mode, struct fnl_batch *b,
                       uint64_t *act, struct fn_error *err)
{
    if (b->atomic && fnl_batch_refused(b))
        return 0;
    int rc = fnl_write_act(lib, mode, fill, b, act, err);
    if (is_refusal(rc)) {
        size_t before = fnl_batch_refused(b);
        struct fn_error first = *err;
        rc = find_refused(lib, b, err);
        if (!rc && fnl_batch_refused(b) == before) {
            /* Each is accepted alone, so two lines contradict each other. */
            *err = first;
            return first.code;
        }
        if (!rc && !b->atomic)
            rc = fnl_write_act(lib, mode, fill, b, act, err);
    }
    return rc;
}

int fnl_batch_write(struct fn_library *lib, enum fnl_mode mode, struct fnl_batch *b,
                    struct fnl_act_result *ret, struct fn_error *err)
{
    *ret = (struct fnl_act_result){0};
    int rc = write_lines(lib, mode, b, &ret->act, err);
    if (!rc && ret->act)
        fnl_write_done(lib, mode, &ret->after);
    for (size_t i = 0; !rc && i < b->n; i++) {
        const struct fnl_labelling *item = &b->lines[i].item;
        ret->n_conflicts += item->counted ? fnl_labelling_conflicts(item) : 0;
        if (b->lines[i].refused || !ret->act)
            continue;
        ret->n_already += item->standing[FNL_STANDS_SO];
        ret->n_changed += item->n - item->standing[FNL_STANDS_SO];
        ret->new_person = ret->new_person || item->is_new;
    }
    return rc;
}

void fnl_batch_finish(struct fnl_batch *b)
{
    for (size_t i = 0; i < b->n; i++) {
        fnl_act_line_finish(&b->lines[i].parsed);
        free(b->lines[i].item.faces);
    }
    free(b->lines);
}
