/* SPDX-License-Identifier: MIT */
#include "cli/library/act_names.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/hash.h"
#include "engine/base/text.h"

enum { LEAST = 64 };

static int hash_of(const char *name, uint64_t *ret)
{
    char *key = fn_text_key(name);
    if (key)
        *ret = fn_hash64(key, strlen(key));
    free(key);
    return key ? 0 : -ENOMEM;
}

static void put(struct fnl_act_names *names, uint64_t hash, size_t at)
{
    size_t i = hash & (names->size - 1);
    while (names->slot[i].at)
        i = (i + 1) & (names->size - 1);
    names->slot[i] = (struct fnl_act_name){hash, at};
}

/* At most half of the slots are taken. A larger table is filled from the start, so that of
 * equal names the first is met first. */
static int grow(struct fnl_act_names *names)
{
    size_t size = names->size ? 2 * names->size : LEAST;
    struct fnl_act_name *slot = calloc(size, sizeof *slot);
    if (!slot)
        return -ENOMEM;
    free(names->slot);
    *names = (struct fnl_act_names){.slot = slot, .size = size};
    return 0;
}

/* The assertions that were added since the last call. */
static int catch_up(struct fnl_act *act)
{
    struct fnl_act_names *names = &act->names;
    int rc = 0;
    while (!rc && names->seen < act->n) {
        const struct fn_assertion *a = &act->a[names->seen];
        uint64_t hash = 0;
        if (a->kind == FN_ASSERT_NAME && 2 * (names->n + 1) > names->size) {
            rc = grow(names);
            continue;
        }
        rc = a->kind == FN_ASSERT_NAME ? hash_of(a->text, &hash) : 0;
        if (!rc && a->kind == FN_ASSERT_NAME) {
            put(names, hash, names->seen + 1);
            names->n++;
        }
        names->seen += !rc;
    }
    return rc;
}

int fnl_act_name_find(struct fnl_act *act, const char *name, const struct fn_assertion **ret)
{
    const struct fnl_act_names *names = &act->names;
    uint64_t hash = 0;
    *ret = NULL;
    int rc = catch_up(act);
    rc = rc || !names->size ? rc : hash_of(name, &hash);
    if (rc || !names->size)
        return rc;
    for (size_t i = hash & (names->size - 1); names->slot[i].at;
         i = (i + 1) & (names->size - 1)) {
        const struct fn_assertion *a = &act->a[names->slot[i].at - 1];
        int same = names->slot[i].hash == hash ? fn_text_equal(a->text, name) : 0;
        if (same) {
            *ret = same > 0 ? a : NULL;
            return same > 0 ? 0 : same;
        }
    }
    return 0;
}
