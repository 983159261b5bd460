/* SPDX-License-Identifier: MIT */
#include "cli/saying/act_words.h"
#include "engine/base/plural.h"

#include <stdio.h>
#include <string.h>

static const char *const words[FNL_KINDS] = {
    "",       "is",    "not", "notface", "name",   "member", "merge", "hide",
    "unhide", "alias", "box", "undo",    "isface", "set",    "group", "same"};

const char *fnq_kind_word(size_t kind)
{
    return kind < FNL_KINDS ? words[kind] : "?";
}

/* The number of faces of the first kind of face label in the act. */
static size_t count_faces(const struct fnl_act_summary *s)
{
    const size_t *k = s->by_kind;
    return k[FN_ASSERT_IS]    ? k[FN_ASSERT_IS]
           : k[FN_ASSERT_NOT] ? k[FN_ASSERT_NOT]
                              : k[FN_ASSERT_NOTFACE];
}

/* "fabc1234 is", "1 face is" or "12 faces are" */
static void subject_words(const struct fnl_act_summary *s, char *out, size_t size)
{
    char face[FN_FACE_HEX];
    size_t n = count_faces(s);
    fn_face_hex(s->first_face, face);
    if (n == 1 && s->first_kind != FN_ASSERT_NAME)
        (void)snprintf(out, size, "%.*s is", FNL_FACE_SHORT, face);
    else
        (void)snprintf(out, size, "%zu face%s", n, n == 1 ? " is" : "s are");
}

/* "merge Anna into Tom, except 2 faces": those that the same-photo rule left where they are. */
static void merge_words(const struct fnl_act_summary *s, char *out, size_t size)
{
    char from[FN_PERSON_NAME_MAX + 32], into[FN_PERSON_NAME_MAX + 32], except[48] = "";
    size_t stay = s->by_kind[FN_ASSERT_NOT];
    const struct fnl_match *to = s->merged_faces ? &s->person : &s->into;
    fnl_person_title(&to->id, to->name, into, sizeof into);
    if (s->merged_faces)
        (void)snprintf(from, sizeof from, "an unnamed person (%zu face%s)", s->merged_faces,
                       fn_plural_s(s->merged_faces));
    else
        fnl_person_title(&s->merged.id, s->merged.name, from, sizeof from);
    if (stay)
        (void)snprintf(except, sizeof except, ", except %zu face%s", stay, fn_plural_s(stay));
    (void)snprintf(out, size, "merge %.120s into %.120s%s", from, into, except);
}

/* "hide Anna", "hide 80 people" */
static void hide_words(const struct fnl_act_summary *s, const char *who, char *out, size_t size)
{
    const size_t *k = s->by_kind;
    const char *verb = k[FN_ASSERT_HIDE] ? "hide" : "show again";
    size_t n = k[FN_ASSERT_HIDE] + k[FN_ASSERT_UNHIDE];
    if (n == 1)
        (void)snprintf(out, size, "%s %.200s", verb, who);
    else
        (void)snprintf(out, size, "%s %zu people", verb, n);
}

/* Faces that are somebody, that are not, and that are not faces, of one or several people. */
static void several_words(const struct fnl_act_summary *s, const char *who, char *out,
                          size_t size)
{
    const size_t *k = s->by_kind;
    const char *and = s->several ? " and others" : "", * or = s->several ? " or others" : "";
    size_t n = k[FN_ASSERT_IS], n_not = k[FN_ASSERT_NOT], n_none = k[FN_ASSERT_NOTFACE];
    char none[64] = "";
    if (n_none)
        (void)snprintf(none, sizeof none, ", %zu %s", n_none,
                       fn_plural(n_none, "is not a face", "are not faces"));
    if (n && n_not)
        (void)snprintf(out, size, "%zu face%s %.180s%s, %zu %s not%s", n,
                       n == 1 ? " is" : "s are", who, and, n_not, n_not == 1 ? "is" : "are",
                       none);
    else if (n)
        (void)snprintf(out, size, "%zu face%s %.180s%s%s", n, n == 1 ? " is" : "s are", who,
                       and, none);
    else
        (void)snprintf(out, size, "%zu face%s not %.180s%s%s", n_not,
                       n_not == 1 ? " is" : "s are", who, or, none);
}

static void label_words(const struct fnl_act_summary *s, const char *who, char *out,
                        size_t size)
{
    const size_t *k = s->by_kind;
    size_t kinds =
        (k[FN_ASSERT_IS] > 0) + (k[FN_ASSERT_NOT] > 0) + (size_t)(k[FN_ASSERT_NOTFACE] > 0);
    char subject[48];
    subject_words(s, subject, sizeof subject);
    if (k[FN_ASSERT_IS] && k[FN_ASSERT_NOT] && kinds == 2 && !s->several && s->makes_person)
        (void)snprintf(out, size, "split off %.200s (%zu of %zu faces)", who, k[FN_ASSERT_IS],
                       k[FN_ASSERT_IS] + k[FN_ASSERT_NOT]);
    else if (kinds > 1 || s->several)
        several_words(s, who, out, size);
    else if (k[FN_ASSERT_IS])
        (void)snprintf(out, size, "%s %.200s%s", subject, who,
                       k[FN_ASSERT_NAME] ? " (new)" : "");
    else if (k[FN_ASSERT_NOT])
        (void)snprintf(out, size, "%s not %.200s", subject, who);
    else
        (void)snprintf(out, size, "%s %s", subject,
                       fn_plural(k[FN_ASSERT_NOTFACE], "not a face", "not faces"));
}

static void cluster_words(const struct fnl_act_summary *s, const char *who, char *out,
                          size_t size)
{
    size_t n = s->cluster_faces;
    if (s->by_kind[FN_ASSERT_NAME] && n)
        (void)snprintf(out, size, "name %.200s (%zu face%s)", s->text, n, fn_plural_s(n));
    else if (s->by_kind[FN_ASSERT_NAME])
        (void)snprintf(out, size, "name %.200s (renamed)", s->text);
    else
        (void)snprintf(out, size, "%zu face%s to %.180s", n, n == 1 ? " belongs" : "s belong",
                       who);
}

/* Kinds that the program writes itself, or that the user rarely has. */
static void other_words(const struct fnl_act_summary *s, char *out, size_t size)
{
    char face[FN_FACE_HEX];
    fn_face_hex(s->first_face, face);
    if (s->by_kind[FN_ASSERT_ALIAS])
        (void)snprintf(out, size, "an edited photo keeps its labels");
    else if (s->by_kind[FN_ASSERT_ISFACE] == 1)
        (void)snprintf(out, size, "%.*s is a face after all", FNL_FACE_SHORT, face);
    else if (s->by_kind[FN_ASSERT_ISFACE])
        (void)snprintf(out, size, "%zu faces are faces after all",
                       s->by_kind[FN_ASSERT_ISFACE]);
    else
        (void)snprintf(out, size, "%s%s%.200s", fnq_kind_word(s->first_kind),
                       s->text[0] ? " " : "", s->text);
}

void fnq_act_words(const struct fnl_act_summary *s, char *out, size_t size)
{
    char who[FN_PERSON_NAME_MAX + 32];
    const size_t *k = s->by_kind;
    fnl_person_title(&s->person.id, s->person.name, who, sizeof who);
    if (k[FN_ASSERT_UNDO])
        (void)snprintf(out, size, "%s L%llu", s->redo ? "redo" : "undo",
                       (unsigned long long)(s->target ? s->target : s->undo_of));
    else if (k[FN_ASSERT_MERGE] || s->merged_faces)
        merge_words(s, out, size);
    else if (k[FN_ASSERT_HIDE] || k[FN_ASSERT_UNHIDE])
        hide_words(s, who, out, size);
    else if (count_faces(s))
        label_words(s, who, out, size);
    else if (k[FN_ASSERT_NAME] || s->cluster_faces)
        cluster_words(s, who, out, size);
    else
        other_words(s, out, size);
}

void fnq_act_line(struct fn_txn *t, const struct fnl_act_summary *s, char *out, size_t size)
{
    struct fnl_act_summary target;
    fnq_act_words(s, out, size);
    size_t n = strlen(out);
    if (!s->undo_of || fnl_act_summary_get(t, s->target, &target, NULL) || n + 3 >= size)
        return;
    memcpy(out + n, ": ", 3);
    fnq_act_words(&target, out + n + 2, size - n - 2);
}
