/* SPDX-License-Identifier: MIT */
#include "cli/saying/act_words.h"
#include "engine/base/plural.h"

#include <stdio.h>

static const char *const words[FNL_KINDS] = {"",       "is",    "not",    "notface", "name",
                                             "member", "merge", "hide",   "unhide",  "alias",
                                             "box",    "undo",  "isface", "set",     "group",
                                             "same"};

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

static void merge_words(const struct fnl_act_summary *s, char *out, size_t size)
{
    char from[FN_PERSON_NAME_MAX + 32], into[FN_PERSON_NAME_MAX + 32];
    fnl_person_title(&s->merged.id, s->merged.name, from, sizeof from);
    fnl_person_title(&s->into.id, s->into.name, into, sizeof into);
    (void)snprintf(out, size, "merge %.120s into %.120s", from, into);
}

static void label_words(const struct fnl_act_summary *s, const char *who, char *out,
                        size_t size)
{
    const size_t *k = s->by_kind;
    char subject[48];
    subject_words(s, subject, sizeof subject);
    if (k[FN_ASSERT_IS] && k[FN_ASSERT_NOT])
        (void)snprintf(out, size, "%zu faces are %.180s, %zu are not", k[FN_ASSERT_IS], who,
                       k[FN_ASSERT_NOT]);
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

void fnq_act_words(const struct fnl_act_summary *s, char *out, size_t size)
{
    char who[FN_PERSON_NAME_MAX + 32];
    const size_t *k = s->by_kind;
    fnl_person_title(&s->person.id, s->person.name, who, sizeof who);
    if (k[FN_ASSERT_UNDO])
        (void)snprintf(out, size, "undo L%llu", (unsigned long long)s->undo_of);
    else if (k[FN_ASSERT_MERGE])
        merge_words(s, out, size);
    else if (k[FN_ASSERT_HIDE] || k[FN_ASSERT_UNHIDE])
        (void)snprintf(out, size, "%s %.200s", k[FN_ASSERT_HIDE] ? "hide" : "show again", who);
    else if (s->several)
        (void)snprintf(out, size, "%zu faces are %.180s and others", count_faces(s), who);
    else if (count_faces(s))
        label_words(s, who, out, size);
    else if (k[FN_ASSERT_NAME] || s->cluster_faces)
        cluster_words(s, who, out, size);
    else
        (void)snprintf(out, size, "%s%s%.200s", fnq_kind_word(s->first_kind),
                       s->text[0] ? " " : "", s->text);
}
