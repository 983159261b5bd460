/* SPDX-License-Identifier: MIT */
/* Whether the tables of people agree: every member is where its record says, clusters count
 * their faces, and nothing is listed twice. A walk over each table that refers to others, and
 * equal counts, show that the references are one to one. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/endian.h"
#include "index/people/settings.h"

struct check {
    struct fn_txn *t;
    void (*bad)(const char *sentence, void *ctx);
    void *ctx;
    uint64_t grouped, own;
    uint64_t group; /* whose faces are being counted */
    uint32_t n;
};

static void FN_PRINTF(2, 3) bad(struct check *c, const char *fmt, ...)
{
    char text[256];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    c->bad(text, c->ctx);
}

static int walk(struct check *c, enum fn_table table, size_t key_n,
                void (*each)(struct check *c, const uint8_t *key))
{
    struct fn_cur cur = {0};
    int rc = fn_cur_open(c->t, table, &cur);
    if (!rc)
        rc = fn_cur_seek(&cur, NULL, 0);
    for (; !rc; rc = fn_cur_next(&cur)) {
        if (cur.key.n == key_n)
            each(c, cur.key.p);
        else
            bad(c, "table '%s' has a key of %zu bytes", fn_table_name(table), cur.key.n);
    }
    fn_cur_close(&cur);
    return rc == FN_ENOTFOUND ? 0 : rc;
}

/* ---- member ---- */

static int stop(const struct fn_person_face *f, void *ctx)
{
    const struct fn_person_face *sought = ctx;
    return f->face == sought->face && f->gone == sought->gone;
}

static void check_grouped(struct check *c, fn_face_id face, const struct fn_member_rec *m,
                          bool gone)
{
    struct fn_face_row r;
    struct fn_group_rec g;
    if (fn_group_face_get(c->t, m->group, face, &r))
        bad(c, "face %u is not among the faces of its group", face);
    else if (r.own != m->own || r.f.how != m->how || r.f.gone != gone)
        bad(c, "face %u is known otherwise in its group", face);
    if (fn_group_rec_get(c->t, m->group, &g))
        bad(c, "face %u has a group that is not there", face);
    else if (m->own && fn_person_eq(&g.person, &m->person))
        bad(c, "face %u has a person of its own, which is its group's", face);
}

static void check_member(struct check *c, const uint8_t *key)
{
    struct fn_member_rec m;
    fn_face_id face = fn_get_be32(key);
    struct fn_person_face f = {.face = face};
    if (fn_member_rec_get(c->t, face, &m)) {
        bad(c, "face %u: its membership is damaged", face);
        return;
    }
    if (fn_person_face_of(c->t, face, &f))
        bad(c, "face %u is gone or no face, and has a person", face);
    c->grouped += m.group != 0;
    c->own += m.own;
    if (m.group)
        check_grouped(c, face, &m, f.gone);
    else if (!m.own || m.how != FN_HOW_USER)
        bad(c, "face %u has no group and is not confirmed", face);
    if (m.own && fn_own_faces_walk(c->t, &m.person, stop, &f) != 1)
        bad(c, "face %u is not among the faces of its person", face);
}

/* ---- group ---- */

static int count_row(const struct fn_face_row *r, void *ctx)
{
    struct check *c = ctx;
    struct fn_member_rec m;
    c->n++;
    if (fn_member_rec_get(c->t, r->f.face, &m) || m.group != c->group)
        bad(c, "group %016" PRIx64 " lists face %u, which is in another", c->group, r->f.face);
    return 0;
}

static void check_group(struct check *c, const uint8_t *key)
{
    struct fn_group_rec g;
    uint8_t mark[FN_PERSON_BYTES + 8];
    struct fn_slice v;
    c->group = fn_get_be64(key);
    c->n = 0;
    if (fn_group_rec_get(c->t, c->group, &g)) {
        bad(c, "group %016" PRIx64 ": its record is damaged", c->group);
        return;
    }
    if (fn_group_faces_walk(c->t, c->group, count_row, c) || c->n != g.n || !g.n)
        bad(c, "group %016" PRIx64 " counts %u faces and has %u", c->group, g.n, c->n);
    memcpy(mark, g.person.b, FN_PERSON_BYTES);
    memcpy(mark + FN_PERSON_BYTES, key, 8);
    if (fn_tab_get(c->t, FN_T_PERSON_GROUPS, mark, sizeof mark, &v))
        bad(c, "group %016" PRIx64 " is not among the groups of its person", c->group);
}

int fn_people_consistent(struct fn_txn *t, void (*report)(const char *sentence, void *ctx),
                         void *ctx)
{
    struct check c = {.t = t, .bad = report, .ctx = ctx};
    struct fn_settings s;
    int64_t since;
    int rc = walk(&c, FN_T_MEMBER, 4, check_member);
    if (!rc)
        rc = walk(&c, FN_T_GROUP, 8, check_group);
    if (rc)
        return rc;
    if (c.grouped != fn_tab_count(t, FN_T_GROUP_FACES))
        bad(&c, "groups list %" PRIu64 " faces, and %" PRIu64 " faces have a group",
            fn_tab_count(t, FN_T_GROUP_FACES), c.grouped);
    if (c.own != fn_tab_count(t, FN_T_PERSON_FACES))
        bad(&c,
            "%" PRIu64 " faces are listed as somebody else than their group, %" PRIu64 " are",
            fn_tab_count(t, FN_T_PERSON_FACES), c.own);
    if (fn_tab_count(t, FN_T_GROUP) != fn_tab_count(t, FN_T_PERSON_GROUPS))
        bad(&c, "%" PRIu64 " groups are listed by person, %" PRIu64 " are there",
            fn_tab_count(t, FN_T_PERSON_GROUPS), fn_tab_count(t, FN_T_GROUP));
    if (fn_waiting_since(t, &since))
        bad(&c, "the list of faces that wait is damaged");
    rc = fn_settings_get(t, &s);
    if (rc && rc != FN_ENOTFOUND)
        bad(&c, "the settings of grouping are damaged");
    return 0;
}
