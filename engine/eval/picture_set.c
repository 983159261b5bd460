/* SPDX-License-Identifier: MIT */
/* Sets of pictures and people: folders on disk, and search by name with hash tables. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "engine/base/array.h"
#include "engine/base/buf.h"
#include "engine/base/file.h"
#include "engine/base/hash.h"
#include "engine/base/paths.h"
#include "engine/image/sniff.h"
#include "engine/eval/protocols.h"

enum { DEPTH_MAX = 16, LIST_BYTES_MAX = 64 << 20 };

void fn_eval_set_free(struct fn_eval_set *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->n; i++)
        free(s->pictures[i].path);
    for (size_t i = 0; i < s->n_people; i++)
        free(s->people[i]);
    free(s->pictures);
    free(s->people);
    free(s->by_path.slots);
    free(s->by_name.slots);
    *s = (struct fn_eval_set){0};
}

static const char *name_at(const struct fn_eval_set *s, bool person, uint32_t i)
{
    return person ? s->people[i] : s->pictures[i].path;
}

/* The slot of name: the one that holds it, or the free one in which it belongs. */
static uint32_t *slot_of(const struct fn_eval_set *s, bool person, const char *name)
{
    const struct fn_eval_table *t = person ? &s->by_name : &s->by_path;
    size_t i = (size_t)fn_hash64(name, strlen(name)) & (t->size - 1);
    while (t->slots[i] && strcmp(name_at(s, person, t->slots[i] - 1), name) != 0)
        i = (i + 1) & (t->size - 1);
    return &t->slots[i];
}

/* Makes room for one more in a table that is at most half full. */
static int make_cap(struct fn_eval_set *s, bool person)
{
    struct fn_eval_table *t = person ? &s->by_name : &s->by_path;
    size_t n = person ? s->n_people : s->n, size = t->size ? t->size * 2 : 1024;
    if (2 * (n + 1) <= t->size)
        return 0;
    uint32_t *slots = calloc(size, sizeof *slots);
    if (!slots)
        return -ENOMEM;
    free(t->slots);
    *t = (struct fn_eval_table){slots, size};
    for (size_t i = 0; i < n; i++)
        *slot_of(s, person, name_at(s, person, (uint32_t)i)) = (uint32_t)i + 1;
    return 0;
}

uint32_t fn_eval_person(struct fn_eval_set *s, const char *name)
{
    if (make_cap(s, true))
        return UINT32_MAX;
    uint32_t *slot = slot_of(s, true, name);
    if (*slot)
        return *slot - 1;
    char **people = fn_array_grow(s->people, &s->people_cap, s->n_people + 1, sizeof *people);
    if (!people)
        return UINT32_MAX;
    s->people = people;
    char *copy = strdup(name);
    if (!copy)
        return UINT32_MAX;
    s->people[s->n_people++] = copy;
    *slot = (uint32_t)s->n_people;
    return *slot - 1;
}

int fn_eval_picture(struct fn_eval_set *s, const char *path, uint32_t person, size_t *ret)
{
    if (person == UINT32_MAX || s->n >= UINT32_MAX - 1 || make_cap(s, false))
        return -ENOMEM;
    uint32_t *slot = slot_of(s, false, path);
    if (*slot) {
        *ret = *slot - 1;
        return 0;
    }
    struct fn_eval_picture *v = fn_array_grow(s->pictures, &s->cap, s->n + 1, sizeof *v);
    if (!v)
        return -ENOMEM;
    s->pictures = v;
    char *copy = strdup(path);
    if (!copy)
        return -ENOMEM;
    *ret = s->n;
    s->pictures[s->n++] = (struct fn_eval_picture){copy, person};
    *slot = (uint32_t)s->n;
    return 0;
}

/* ---- folders ---- */

static int visible(const struct dirent *d)
{
    return d->d_name[0] != '.';
}

/* By bytes, not by the language of the user. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

/* below: the path of the folder below the root, "" for the root itself. */
static int add_folder(struct fn_eval_set *s, const char *root, const char *below, int depth,
                      struct fn_error *err)
{
    char full[FN_PATH_MAX], path[FN_PATH_MAX];
    struct dirent **list = NULL;
    struct stat st;
    int n = 0, rc = *below ? fn_path_join(full, sizeof full, root, below)
                           : fn_path_expand(full, sizeof full, root);
    if (rc || depth > DEPTH_MAX)
        return fn_error_set(err, FN_ELIMIT, "'%s': a path that is too long", below);
    n = scandir(full, &list, visible, by_name);
    if (n < 0)
        return fn_error_set(err, -errno, "'%s': %s", full, fn_strerror(-errno));
    for (int i = 0; i < n; i++) {
        const char *name = list[i]->d_name;
        size_t at;
        if (rc || fn_path_join(path, sizeof path, full, name) || stat(path, &st))
            continue;
        if (S_ISREG(st.st_mode) && fn_picture_name(name)) {
            rc = fn_eval_picture(s, path, fn_eval_person(s, *below ? below : "."), &at);
            if (rc)
                (void)fn_error_set(err, rc, "out of memory");
        } else if (S_ISDIR(st.st_mode)) {
            char deeper[FN_PATH_MAX];
            if (snprintf(deeper, sizeof deeper, "%s%s%s", below, *below ? "/" : "", name) <
                (int)sizeof deeper)
                rc = add_folder(s, root, deeper, depth + 1, err);
        }
    }
    for (int i = 0; i < n; i++)
        free(list[i]);
    free(list);
    return rc;
}

static int add_listed(struct fn_eval_set *s, const char *dir, const char *list,
                      struct fn_error *err)
{
    struct fn_buf text;
    fn_buf_init(&text, LIST_BYTES_MAX);
    int rc = fn_file_read(list, &text, err);
    char *line = rc ? NULL : text.data;
    while (!rc && line && *line) {
        char *end = strchr(line, '\n'), *next = end ? end + 1 : NULL;
        line[strcspn(line, "\r\n")] = '\0';
        if (*line && *line != '#')
            rc = add_folder(s, dir, line, 1, err);
        line = next;
    }
    fn_buf_finish(&text);
    return rc;
}

int fn_eval_set_folders(struct fn_eval_set *s, const char *dir, const char *people,
                        struct fn_error *err)
{
    int rc = people ? add_listed(s, dir, people, err) : add_folder(s, dir, "", 0, err);
    if (!rc && !s->n)
        rc = fn_error_set(err, -ENOENT, "'%s': no pictures below it", dir);
    return rc;
}
