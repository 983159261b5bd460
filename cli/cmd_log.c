/* SPDX-License-Identifier: MIT */
/* fnq log, undo, redo: what the user said, and taking it back. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/old_commands.h"
#include "cli/library/ids.h"
#include "cli/library/act.h"
#include "cli/saying/saying.h"
#include "engine/base/clock.h"

const struct fn_opt fnq_options_log[] = {
    {"limit", 0, FN_OPT_U64, FNQ_AT(limit), "N",
     "at most N acts (default: all when piped, 20 on a terminal)"},
    FNQ_OPT_END,
};

static const char *const kind_name[] = {"",       "is",    "not",    "notface", "name",
                                        "member", "merge", "hide",   "unhide",  "alias",
                                        "box",    "undo",  "isface", "set",     "group"};
enum { KINDS = sizeof kind_name / sizeof *kind_name };

/* One act: its first assertion, and how many of each kind it holds. */
struct act {
    struct fn_assertion first;
    size_t n, by_kind[KINDS];
    size_t in_group; /* faces */
    struct fn_person_id person;
    bool has_person, several;      /* several people in one act */
    char name[FN_PERSON_NAME_MAX]; /* given by this act */
    uint64_t undone_by;
};

struct acts {
    struct act *a;
    size_t n, cap;
};

static struct act *act_of(struct acts *l, const struct fn_assertion *a)
{
    if (l->n && l->a[l->n - 1].first.act == a->act)
        return &l->a[l->n - 1];
    if (l->n == l->cap) {
        size_t cap = l->cap ? 2 * l->cap : 128;
        struct act *more = reallocarray(l->a, cap, sizeof *more);
        if (!more)
            return NULL;
        l->a = more;
        l->cap = cap;
    }
    struct act *act = &l->a[l->n++];
    *act = (struct act){.first = *a};
    act->first.faces = NULL; /* they do not outlive the walk */
    return act;
}

static int collect(const struct fn_assertion *a, void *arg)
{
    struct act *act = act_of(arg, a);
    if (!act)
        return -ENOMEM;
    act->n++;
    if (a->kind < KINDS)
        act->by_kind[a->kind]++;
    act->in_group += a->kind == FN_ASSERT_MEMBER ? 1 : a->n_faces;
    if (a->kind == FN_ASSERT_NAME)
        (void)snprintf(act->name, sizeof act->name, "%s", a->text);
    if (a->kind == FN_ASSERT_MERGE)
        act->first = *a; /* what the user asked for */
    if (a->kind == FN_ASSERT_UNDO || a->kind == FN_ASSERT_NOTFACE)
        return 0;
    act->several =
        act->several || (act->has_person && !fnl_person_eq(&act->person, &a->person));
    if (!act->has_person) {
        act->person = a->person;
        act->has_person = true;
    }
    return 0;
}

static void person_words(struct fn_txn *t, const struct fn_person_id *id, char *out,
                         size_t size)
{
    struct fn_person_label l;
    struct fn_person_id now;
    if (fn_person_resolve(t, id, &now))
        now = *id;
    fnl_person_title(&now, fn_person_label_get(t, &now, &l) == 0 ? l.name : "", out, size);
}

/* "merge Tommy into Tom Okafor", "12 faces are Anna Berg". */
static void describe(struct fn_txn *t, const struct act *a, char *out, size_t size)
{
    char who[FN_PERSON_NAME_MAX + 32], into[FN_PERSON_NAME_MAX + 32], face[FN_FACE_HEX];
    person_words(t, &a->person, who, sizeof who);
    const size_t *k = a->by_kind;
    size_t n = k[FN_ASSERT_IS]    ? k[FN_ASSERT_IS]
               : k[FN_ASSERT_NOT] ? k[FN_ASSERT_NOT]
                                  : k[FN_ASSERT_NOTFACE];
    fn_face_hex(fn_face_ckey(&a->first.face), face);
    face[FNL_FACE_SHORT] = '\0';
    char subject[48];
    if (n == 1 && a->first.kind != FN_ASSERT_NAME)
        (void)snprintf(subject, sizeof subject, "%s is", face);
    else
        (void)snprintf(subject, sizeof subject, "%zu face%s", n, n == 1 ? " is" : "s are");
    if (k[FN_ASSERT_UNDO])
        (void)snprintf(out, size, "undo L%llu", (unsigned long long)a->first.undo_of);
    else if (k[FN_ASSERT_MERGE]) {
        struct fn_person_label l;
        fnl_person_title(&a->first.person,
                         fn_person_label_get(t, &a->first.person, &l) == 0 ? l.name : "", who,
                         sizeof who);
        person_words(t, &a->first.object, into, sizeof into);
        (void)snprintf(out, size, "merge %.120s into %.120s", who, into);
    } else if (k[FN_ASSERT_HIDE] || k[FN_ASSERT_UNHIDE])
        (void)snprintf(out, size, "%s %.200s", k[FN_ASSERT_HIDE] ? "hide" : "show again", who);
    else if (a->several)
        (void)snprintf(out, size, "%zu faces are %.180s and others", n, who);
    else if (k[FN_ASSERT_IS] && k[FN_ASSERT_NOT])
        (void)snprintf(out, size, "%zu faces are %.180s, %zu are not", k[FN_ASSERT_IS], who,
                       k[FN_ASSERT_NOT]);
    else if (k[FN_ASSERT_IS])
        (void)snprintf(out, size, "%s %.200s%s", subject, who, a->name[0] ? " (new)" : "");
    else if (k[FN_ASSERT_NOT])
        (void)snprintf(out, size, "%s not %.200s", subject, who);
    else if (k[FN_ASSERT_NOTFACE])
        (void)snprintf(out, size, "%s no face%s", subject, n == 1 ? "" : "s");
    else if (k[FN_ASSERT_NAME] && a->in_group)
        (void)snprintf(out, size, "name %.200s (%zu face%s)", a->name, a->in_group,
                       a->in_group == 1 ? "" : "s");
    else if (k[FN_ASSERT_NAME])
        (void)snprintf(out, size, "name %.200s (renamed)", a->name);
    else if (a->in_group)
        (void)snprintf(out, size, "%zu face%s to %.180s", a->in_group,
                       a->in_group == 1 ? " belongs" : "s belong", who);
    else
        (void)snprintf(out, size, "%s%s%.200s",
                       a->first.kind < KINDS ? kind_name[a->first.kind] : "?",
                       a->first.text[0] ? " " : "", a->first.text);
}

static json_t *act_json(struct fn_txn *t, const struct act *a, const char *what, bool in_force)
{
    char time[FN_RFC3339_MAX], id[FN_PERSON_TEXT];
    json_t *o = json_object(), *kinds = json_object();
    fn_rfc3339(time, a->first.time_us / 1000000, 0);
    fnq_set(o, "act", json_integer((json_int_t)a->first.act));
    fnq_set(o, "time", json_string(time));
    fnq_set(o, "author", fnq_json_text_or_null(a->first.author));
    fnq_set(o, "text", fnq_json_bytes(what));
    fnq_set(o, "in_force", json_boolean(in_force));
    fnq_set(o, "assertions", json_integer((json_int_t)a->n));
    for (size_t i = 1; i < KINDS; i++)
        if (a->by_kind[i])
            fnq_set(kinds, kind_name[i], json_integer((json_int_t)a->by_kind[i]));
    fnq_set(o, "kinds", kinds);
    fnq_set(o, "group_faces", json_integer((json_int_t)a->in_group));
    fnq_set(o, "undo_of",
            a->first.undo_of ? json_integer((json_int_t)a->first.undo_of) : json_null());
    if (a->has_person) {
        struct fn_person_id now;
        if (fn_person_resolve(t, &a->person, &now))
            now = a->person;
        fn_person_text(&now, id);
        fnq_set(o, "person", json_string(id));
    } else {
        fnq_set(o, "person", json_null());
    }
    return o;
}

static void print_acts(struct fnq_ctx *ctx, const struct acts *l)
{
    static const struct fnq_column columns[] = {{"ACT", false, FNQ_BOLD},
                                                {"TIME", false, FNQ_DIM},
                                                {"WHO", false, 0},
                                                {"WHAT", false, 0},
                                                {"NOTE", false, FNQ_YELLOW}};
    struct fnq_table t;
    char what[400], time[FN_RFC3339_MAX];
    size_t most = ctx->o.limit ? (size_t)ctx->o.limit : ctx->out.format == FNQ_TEXT ? 20 : l->n;
    fnq_table_begin(&t, &ctx->out, columns, sizeof columns / sizeof *columns);
    fnq_json_begin(&ctx->out, "fnq.log/1", "acts", "fnq.log.act/1");
    for (size_t i = l->n; i-- > 0 && l->n - i <= most;) {
        const struct act *a = &l->a[i];
        bool in_force = fn_act_in_force(fnl_txn(ctx->lib), a->first.act);
        describe(fnl_txn(ctx->lib), a, what, sizeof what);
        if (fnq_out_is_json(&ctx->out)) {
            fnq_json_item(&ctx->out, act_json(fnl_txn(ctx->lib), a, what, in_force));
            continue;
        }
        fn_rfc3339(time, a->first.time_us / 1000000, 0);
        fnq_cellf(&t, "L%llu", (unsigned long long)a->first.act);
        fnq_cell(&t, time);
        fnq_cell(&t, a->first.author);
        fnq_cell(&t, what);
        fnq_cell(&t, in_force ? "" : "undone");
        fnq_row_end(&t);
    }
    json_t *more = json_object();
    fnq_set(more, "total", json_integer((json_int_t)l->n));
    fnq_json_end(&ctx->out, more);
    fnq_table_end(&t);
    if (ctx->out.format == FNQ_TEXT && l->n > most)
        fnq_text(&ctx->out, "… (%zu older; --limit N)\n", l->n - most);
}

int fnq_run_log(struct fnq_ctx *ctx, int argc, char **argv)
{
    struct fn_error err = {0};
    struct acts l = {0};
    (void)argv;
    if (argc)
        return fnq_usage(ctx, "log takes no operands.");
    int rc = fnq_read_begin(ctx, &err);
    if (!rc && (rc = fn_assert_each(fnl_txn(ctx->lib), 1, collect, &l)))
        (void)fn_error_set(&err, rc, "the log cannot be read: %s", fn_strerror(rc));
    if (!rc)
        print_acts(ctx, &l);
    fnq_read_end(ctx);
    free(l.a);
    return rc ? fnq_fail(ctx, &err, NULL, NULL) : FNQ_OK;
}

/* ---- undo, redo ---- */

struct undoing {
    uint64_t act, new_act;
    bool redo;
    char author[32], what[400];
};

static int one_act(const struct fn_assertion *a, void *arg)
{
    struct acts *l = arg;
    if (l->n && l->a[0].first.act != a->act)
        return 1;
    int rc = collect(a, l);
    return rc;
}

static int change(struct fn_txn *t, void *arg, struct fn_error *err)
{
    struct undoing *u = arg;
    struct acts l = {0};
    uint64_t act = u->act;
    int rc = act ? 0 : fn_assert_last(t, u->redo, &act);
    if (rc)
        return fn_error_set(err, rc, u->redo ? "nothing is undone" : "nothing was said yet");
    rc = u->redo ? fn_assert_redo(t, act, u->author, &u->new_act, err)
                 : fn_assert_undo(t, act, u->author, &u->new_act, err);
    if (rc)
        return rc;
    /* Redoing an undo brings back the act it took away: that is the one to speak of. */
    struct fn_assertion a;
    while (fn_assert_get(t, act, &a) == 0 && a.kind == FN_ASSERT_UNDO && u->redo)
        act = a.undo_of;
    u->act = act;
    if (fn_assert_each(t, act, one_act, &l) >= 0 && l.n)
        describe(t, &l.a[0], u->what, sizeof u->what);
    free(l.a);
    return 0;
}

static int parse_act(const char *s, uint64_t *ret)
{
    char *end;
    errno = 0;
    s += *s == 'L' || *s == 'l';
    unsigned long long v = strtoull(s, &end, 10);
    if (errno || *end || end == s || *s == '-' || v == 0)
        return -EINVAL;
    *ret = v;
    return 0;
}

static int run_undo(struct fnq_ctx *ctx, int argc, char **argv, bool redo)
{
    const char *verb = redo ? "redo" : "undo";
    struct fn_error err = {0};
    struct undoing u = {.redo = redo};
    struct fnl_act author;
    if (argc > 1 || (argc == 1 && parse_act(argv[0], &u.act)))
        return fnq_usage(ctx, "%s: one act, as fnq log names it (L12).", verb);
    fnl_act_init(&author);
    memcpy(u.author, author.author, sizeof u.author);
    int rc = fnl_write(ctx->lib, fnq_mode(ctx), change, &u, &err);
    rc = rc ? rc : fnq_write_done(ctx, &err);
    if (rc)
        return fnq_fail(ctx, &err, verb, NULL);
    if (fnq_out_is_json(&ctx->out)) {
        fnq_json_one(&ctx->out, "fnq.act/1",
                     json_pack("{s:I,s:I,s:o,s:b}", "act", (json_int_t)u.new_act,
                               redo ? "redo_of" : "undo_of", (json_int_t)u.act, "text",
                               fnq_json_bytes(u.what), "dry_run", ctx->o.dry_run));
        return FNQ_OK;
    }
    fnq_text(&ctx->out, "%s%s L%llu: ", ctx->o.dry_run ? "would be " : "",
             redo ? "redone" : "undone", (unsigned long long)u.act);
    fnq_text_safe(&ctx->out, u.what);
    if (!ctx->o.dry_run)
        fnq_text(&ctx->out, "   back: fnq %s L%llu", redo ? "undo" : "redo",
                 (unsigned long long)u.act);
    fnq_text(&ctx->out, "\n");
    return FNQ_OK;
}

int fnq_run_undo(struct fnq_ctx *ctx, int argc, char **argv)
{
    return run_undo(ctx, argc, argv, false);
}

int fnq_run_redo(struct fnq_ctx *ctx, int argc, char **argv)
{
    return run_undo(ctx, argc, argv, true);
}
