/* SPDX-License-Identifier: MIT */
/* Acts of the library and their results, against a plain model of what labels there are. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "cli/library/act_batch.h"
#include "cli/library/act_log.h"
#include "cli/library/hide_people.h"
#include "cli/library/label_faces.h"
#include "cli/library/labels_text.h"
#include "cli/library/merge_people.h"
#include "cli/library/name_person.h"
#include "engine/base/rng.h"
#include "tests/unit/made_index.h"

enum { FACES = 12, PEOPLE = 3 };
static const char *const names[PEOPLE] = {"Ann", "Bob", "Cleo"};

static struct made_index made;
static struct fn_library *lib;
static struct fn_error err;
static struct fnl_act_result result;

static void must(int rc)
{
    if (rc)
        fail_msg("%d: %s", rc, err.text);
}

static int open_library(void **state)
{
    (void)state;
    made_index_open(&made);
    const struct fnl_choice choice = {.index = made.index, .no_daemon = true};
    must(fnl_create(&choice, &lib, &err));
    return 0;
}

static int close_library(void **state)
{
    (void)state;
    fnl_destroy(lib);
    made_index_remove(&made);
    return 0;
}

/* The faces that a query finds, at most max, by id. */
static size_t find(const char *query, fn_face_id *ret, size_t max)
{
    struct fnl_targets l = {0};
    must(fnl_read_begin(lib, &err));
    must(fnl_targets_add_query(lib, &l, query, &err));
    fnl_read_end(lib);
    for (size_t i = 0; i < l.n && i < max; i++)
        ret[i] = l.t[i].face;
    size_t n = l.n;
    fnl_targets_finish(&l);
    return n;
}

static int label(enum fnl_mode mode, enum fn_assert_kind kind, const char *who,
                 fn_face_id *faces, size_t n, struct fnl_labelling *ret)
{
    *ret = (struct fnl_labelling){.kind = kind, .who = who, .faces = faces, .n = n};
    return fnl_label_faces(lib, mode, ret, &result, &err);
}

/* ---- labels against a model ---- */

struct model {
    int is; /* person, -1: nobody */
    bool not [PEOPLE], notface;
};

static bool model_refuses(const struct model *f, enum fn_assert_kind kind, int who)
{
    if (kind == FN_ASSERT_IS)
        return f->notface || f->not [who];
    return kind == FN_ASSERT_NOT ? f->is == who : f->is >= 0;
}

static bool model_contradicts(const struct model *f, enum fn_assert_kind kind, int who)
{
    return model_refuses(f, kind, who) || (kind == FN_ASSERT_IS && f->is >= 0 && f->is != who);
}

static bool model_has(const struct model *f, enum fn_assert_kind kind, int who)
{
    if (model_contradicts(f, kind, who))
        return false;
    return kind == FN_ASSERT_IS    ? f->is == who
           : kind == FN_ASSERT_NOT ? f->not [who]
                                   : f->notface;
}

static void model_label(struct model *f, enum fn_assert_kind kind, int who)
{
    if (kind == FN_ASSERT_IS)
        f->is = who;
    else if (kind == FN_ASSERT_NOT)
        f->not [who] = true;
    else
        f->notface = true;
}

/* One random label on some of the faces: what the library counts, whether it refuses, and what
 * it changes. */
static void one_label(struct model *model, fn_face_id *all, struct fn_rng *r)
{
    enum fn_assert_kind kind = (enum fn_assert_kind)(FN_ASSERT_IS + fn_rng_below(r, 3));
    int who = (int)fn_rng_below(r, PEOPLE);
    fn_face_id faces[FACES];
    struct fnl_labelling l;
    size_t n = 0, conflicts = 0, already = 0, index[FACES], most = 1 + fn_rng_below(r, 3);
    bool refused = false, dry = fn_rng_below(r, 3) == 0;
    for (size_t i = 0; i < FACES && n < (dry ? FACES : most); i++)
        if (fn_rng_below(r, 3) == 0) {
            index[n] = i;
            faces[n++] = all[i];
        }
    if (!n)
        return;
    for (size_t i = 0; i < n; i++) {
        const struct model *f = &model[index[i]];
        conflicts += model_contradicts(f, kind, who);
        already += model_has(f, kind, who);
        refused = refused || model_refuses(f, kind, who);
    }
    int rc = label(dry ? FNL_TRY : FNL_KEEP, kind,
                   kind == FN_ASSERT_NOTFACE ? NULL : names[who], faces, n, &l);
    assert_int_equal(rc, refused ? FN_EREFUSED : 0);
    assert_true(l.counted);
    assert_int_equal(result.n_conflicts, conflicts);
    assert_int_equal(result.n_already, refused ? 0 : already);
    assert_int_equal(result.n_changed, refused ? 0 : n - already);
    for (size_t i = 0; i < n && !rc && !dry; i++)
        model_label(&model[index[i]], kind, who);
}

static void results_are_honest(void **state)
{
    struct model model[FACES];
    fn_face_id all[FACES], one;
    struct fnl_labelling l;
    struct fn_rng r = fn_rng_init(11, 3);
    size_t conflicts = 0;
    (void)state;
    assert_int_equal(
        find("path:person-*/0.jpg or path:person-*/1.jpg or path:person-*/2.jpg", all, FACES),
        FACES);
    for (size_t i = 0; i < FACES; i++)
        model[i] = (struct model){.is = -1};
    /* Each person has a name from the start, on faces that the model does not know. */
    for (int k = 0; k < PEOPLE; k++) {
        char query[32];
        (void)snprintf(query, sizeof query, "path:person-%d/5.jpg", k);
        assert_int_equal(find(query, &one, 1), 1);
        must(label(FNL_KEEP, FN_ASSERT_IS, names[k], &one, 1, &l));
        assert_true(result.new_person);
        assert_true(result.act != 0);
    }
    for (int i = 0; i < 150; i++) {
        one_label(model, all, &r);
        conflicts += result.n_conflicts;
    }
    assert_true(conflicts > 20);
}

static void a_dry_run_stores_nothing(void **state)
{
    fn_face_id face;
    struct fnl_labelling l;
    struct fnl_log log;
    (void)state;
    assert_int_equal(find("path:stranger.jpg", &face, 1), 1);
    must(label(FNL_TRY, FN_ASSERT_IS, "Nora", &face, 1, &l));
    assert_true(result.new_person && result.n_changed == 1);
    must(fnl_read_begin(lib, &err));
    must(fnl_log_read(fnl_txn(lib), 0, &log, &err));
    assert_int_equal(log.n_total, 0);
    fnl_log_finish(&log);
    fnl_read_end(lib);
}

/* ---- people ---- */

static void name(const char *who, const char *to, uint32_t n_faces)
{
    struct fnl_naming n = {.who = who, .name = to};
    must(fnl_name_person(lib, FNL_KEEP, &n, &result, &err));
    assert_int_equal(n.person.n_faces, n_faces);
    assert_int_equal(result.n_changed, n_faces);
}

/* "p7k3..." of the person that a face is assigned to now. */
static void person_of(fn_face_id face, char ret[FN_PERSON_TEXT], char *name_ret, size_t size)
{
    struct fnl_fact f;
    must(fnl_read_begin(lib, &err));
    must(fnl_fact_get(fnl_txn(lib), face, &f, &err));
    fnl_read_end(lib);
    assert_true(f.person.is);
    fn_person_text(&f.person.id, ret);
    (void)snprintf(name_ret, size, "%s", f.person.name);
}

static void names_are_taken_once(void **state)
{
    char id[FN_PERSON_TEXT], other[FN_PERSON_TEXT], text[FN_PERSON_NAME_MAX];
    fn_face_id a, b;
    (void)state;
    find("path:person-0/0.jpg", &a, 1);
    find("path:person-1/0.jpg", &b, 1);
    person_of(a, id, text, sizeof text);
    person_of(b, other, text, sizeof text);
    name(id, "Ann Berg", 10);
    struct fnl_naming n = {.who = other, .name = "ann berg"};
    assert_int_equal(fnl_name_person(lib, FNL_KEEP, &n, &result, &err), FN_EREFUSED);
    assert_true(n.taken);
    assert_string_equal(n.owner.name, "Ann Berg");
    assert_int_equal(n.owner.n_faces, 10);
    n.same_name = true;
    must(fnl_name_person(lib, FNL_KEEP, &n, &result, &err));
    n = (struct fnl_naming){.who = other, .name = ""};
    assert_int_equal(fnl_name_person(lib, FNL_KEEP, &n, &result, &err), FN_EUSAGE);
    person_of(a, id, text, sizeof text);
    n = (struct fnl_naming){.who = id, .name = "Ann Berg", .same_name = true};
    must(fnl_name_person(lib, FNL_KEEP, &n, &result, &err));
    assert_int_equal(result.n_already, 10);
    assert_int_equal(result.n_changed, 0);
}

/* Person 0 and person 1 share group.jpg. */
static void merge_0_into_1(struct fnl_merging *m, bool take_all)
{
    static char from[FN_PERSON_TEXT], into[FN_PERSON_TEXT];
    char text[FN_PERSON_NAME_MAX];
    fn_face_id a, b;
    find("path:person-0/0.jpg", &a, 1);
    find("path:person-1/0.jpg", &b, 1);
    person_of(a, from, text, sizeof text);
    person_of(b, into, text, sizeof text);
    *m = (struct fnl_merging){.from_who = from, .into_who = into, .take_all = take_all};
    must(fnl_merge_people(lib, FNL_KEEP, m, &result, &err));
}

static void a_merge_leaves_conflicts_out(void **state)
{
    struct fnl_merging m;
    fn_face_id faces[64];
    (void)state;
    merge_0_into_1(&m, false);
    assert_int_equal(m.from.n_faces, 10);
    assert_int_equal(m.into.n_faces, 7);
    assert_int_equal(result.n_conflicts, 1);
    assert_int_equal(m.n_stay, 1);
    assert_int_equal(result.n_changed, 9);
    fnl_merging_finish(&m);
    find("path:person-1/0.jpg", faces, 1);
    char id[FN_PERSON_TEXT], text[FN_PERSON_NAME_MAX];
    person_of(faces[0], id, text, sizeof text);
    assert_int_equal(find(id, faces, 64), 16);
}

static void a_merge_takes_confirmed_faces(void **state)
{
    struct fnl_merging m;
    struct fnl_labelling l;
    fn_face_id group[3];
    (void)state;
    assert_int_equal(find("path:group.jpg", group, 3), 3);
    for (size_t i = 0; i < 3; i++) {
        static const char *const who[] = {"Left", "Middle", "Right"};
        must(label(FNL_KEEP, FN_ASSERT_IS, who[i], &group[i], 1, &l));
    }
    struct fnl_merging by_name = {.from_who = "Left", .into_who = "Middle"};
    must(fnl_merge_people(lib, FNL_TRY, &by_name, &result, &err));
    assert_int_equal(result.n_conflicts, 1);
    assert_int_equal(by_name.n_stay, 0);
    assert_int_equal(result.n_changed, by_name.from.n_faces);
    fnl_merging_finish(&by_name);
    m = (struct fnl_merging){.from_who = "Left", .into_who = "Left"};
    assert_int_equal(fnl_merge_people(lib, FNL_KEEP, &m, &result, &err), FN_EREFUSED);
    fnl_merging_finish(&m);
    merge_0_into_1(&m, true);
    assert_int_equal(m.n_stay, 0);
    assert_int_equal(result.n_changed, m.from.n_faces);
    fnl_merging_finish(&m);
}

static void hiding_counts_those_hidden_before(void **state)
{
    char id[FN_PERSON_TEXT], text[FN_PERSON_NAME_MAX];
    fn_face_id face;
    (void)state;
    find("path:person-2/0.jpg", &face, 1);
    person_of(face, id, text, sizeof text);
    name(id, "Cleo", 7);
    char *who[] = {(char[]){"Cleo"}};
    struct fnl_hiding h = {
        .who = who, .n_who = 1, .hide = true, .unnamed = true, .max_photos = 6};
    must(fnl_hide_people(lib, FNL_KEEP, &h, &result, &err));
    assert_int_equal(result.n_changed, 3); /* Cleo, person 3, the stranger */
    assert_int_equal(h.n_people, 3);
    h = (struct fnl_hiding){.who = who, .n_who = 1, .hide = true};
    must(fnl_hide_people(lib, FNL_KEEP, &h, &result, &err));
    assert_int_equal(result.n_changed, 0);
    assert_int_equal(result.n_already, 1);
    assert_int_equal(result.act, 0);
}

/* ---- batches, the log, text ---- */

static void add_line(struct fnl_batch *b, const char *text)
{
    char line[200];
    (void)snprintf(line, sizeof line, "%s", text);
    must(fnl_batch_add(b, line, b->n + 1));
}

static void a_batch_counts_its_lines(void **state)
{
    struct fnl_batch b = {0};
    struct fnl_labelling l;
    fn_face_id face;
    size_t n = 0;
    (void)state;
    find("path:person-0/0.jpg", &face, 1);
    must(label(FNL_KEEP, FN_ASSERT_IS, "Ann", &face, 1, &l));
    find("path:person-0/1.jpg", &face, 1);
    must(label(FNL_KEEP, FN_ASSERT_NOTFACE, NULL, &face, 1, &l));
    add_line(
        &b,
        "+Ann -- query:\"path:person-0/0.jpg or path:person-0/2.jpg\""); /* one is so already */
    add_line(&b, "+Bob -- query:\"path:person-0/0.jpg\"");               /* replaces */
    char line[64], id[FN_FACE_HEX];
    struct fnl_fact f;
    must(fnl_read_begin(lib, &err));
    must(fnl_fact_get(fnl_txn(lib), face, &f, &err));
    fnl_read_end(lib);
    memcpy(id, f.id, sizeof id);
    (void)snprintf(line, sizeof line, "+Ann -- %s", id); /* is refused */
    add_line(&b, line);
    must(fnl_batch_resolve(lib, &b, &n, &err));
    assert_int_equal(n, 4);
    must(fnl_batch_write(lib, FNL_KEEP, &b, &result, &err));
    assert_int_equal(fnl_batch_refused(&b), 1);
    assert_true(b.lines[2].refused);
    assert_int_equal(result.n_conflicts, 2);
    assert_int_equal(result.n_already, 1);
    assert_int_equal(result.n_changed, 2);
    fnl_batch_finish(&b);
}

static void check_log(size_t limit, const uint64_t *act, size_t n)
{
    struct fnl_log log;
    must(fnl_read_begin(lib, &err));
    must(fnl_log_read(fnl_txn(lib), limit, &log, &err));
    fnl_read_end(lib);
    assert_int_equal(log.n_total, n);
    assert_int_equal(log.n, limit == 0 || limit > n ? n : limit);
    for (size_t i = 0; i < log.n; i++)
        assert_int_equal(log.a[i].act, act[n - 1 - i]);
    assert_int_equal(log.a[0].undo_of, act[0]);
    if (log.n == n) {
        const struct fnl_act_summary *first = &log.a[n - 1];
        assert_int_equal(first->by_kind[FN_ASSERT_IS], 6);
        assert_int_equal(first->by_kind[FN_ASSERT_NAME], 1);
        assert_string_equal(first->text, "Dora");
        assert_false(first->in_effect);
        assert_true(log.a[1].in_effect);
    }
    fnl_log_finish(&log);
}

static void the_log_is_a_list_of_acts(void **state)
{
    enum { ACTS = 6 };
    struct fnl_labelling l;
    fn_face_id faces[6];
    uint64_t act[ACTS];
    (void)state;
    assert_int_equal(find("path:person-3/*.jpg", faces, 6), 6);
    must(label(FNL_KEEP, FN_ASSERT_IS, "Dora", faces, 6, &l));
    act[0] = result.act;
    assert_int_equal(find("path:person-2/*.jpg", faces, 6), 6);
    for (size_t i = 1; i + 1 < ACTS; i++) {
        must(label(FNL_KEEP, FN_ASSERT_NOT, "Dora", faces + i, 1, &l));
        act[i] = result.act;
    }
    struct fnl_undoing u = {.act = act[0]};
    must(fnl_undo(lib, FNL_KEEP, &u, &result, &err));
    assert_int_equal(u.summary.act, act[0]);
    act[ACTS - 1] = result.act;
    for (size_t limit = 0; limit < ACTS + 2; limit++)
        check_log(limit, act, ACTS);
    u = (struct fnl_undoing){.redo = true};
    must(fnl_undo(lib, FNL_KEEP, &u, &result, &err));
    assert_int_equal(u.summary.act, act[0]); /* what is in effect again */
    assert_true(u.summary.in_effect);
    assert_int_equal(u.summary.by_kind[FN_ASSERT_IS], 6);
    u = (struct fnl_undoing){.act = 999};
    assert_int_equal(fnl_undo(lib, FNL_KEEP, &u, &result, &err), FN_ENOTFOUND);
}

static void labels_go_through_text(void **state)
{
    struct fnl_labelling l;
    struct fnl_import again;
    struct fn_buf log, acts;
    fn_face_id faces[6];
    (void)state;
    find("path:person-3/*.jpg", faces, 6);
    must(label(FNL_KEEP, FN_ASSERT_IS, "Dora Lind", faces, 2, &l));
    must(label(FNL_KEEP, FN_ASSERT_NOTFACE, NULL, faces + 2, 1, &l));
    fn_buf_init(&log, 1 << 20);
    fn_buf_init(&acts, 1 << 20);
    must(fnl_read_begin(lib, &err));
    must(fnl_export_log(fnl_txn(lib), &log, &err));
    must(fnl_export_acts(fnl_txn(lib), &acts, &err));
    fnl_read_end(lib);
    assert_true(fnl_text_is_acts(fn_buf_cstr(&acts)));
    assert_false(fnl_text_is_acts(fn_buf_cstr(&log)));
    assert_false(fnl_text_is_acts("# nothing\n\n"));
    size_t n_is = 0, n_none = 0;
    for (const char *s = fn_buf_cstr(&acts); *s; s = strchr(s, '\n') + 1) {
        n_is += strncmp(s, "+Dora%20Lind -- f", 17) == 0;
        n_none += strncmp(s, "!face -- f", 10) == 0;
    }
    assert_int_equal(n_is, 2);
    assert_int_equal(n_none, 1);
    again = (struct fnl_import){.text = fn_buf_cstr(&log), .n = log.len};
    must(fnl_import_log(lib, FNL_KEEP, &again, &err));
    assert_int_equal(again.n_new, 0);
    assert_int_equal(again.n_skipped, 4); /* the name, two faces, a mark */
    fn_buf_finish(&log);
    fn_buf_finish(&acts);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, open_library, close_library)
    const struct CMUnitTest tests[] = {
        TEST(results_are_honest),
        TEST(a_dry_run_stores_nothing),
        TEST(names_are_taken_once),
        TEST(a_merge_leaves_conflicts_out),
        TEST(a_merge_takes_confirmed_faces),
        TEST(hiding_counts_those_hidden_before),
        TEST(a_batch_counts_its_lines),
        TEST(the_log_is_a_list_of_acts),
        TEST(labels_go_through_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
