/* SPDX-License-Identifier: MIT */
/* The text of an act: one line of fnq log for each kind of act. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "cli/saying/act_words.h"

#define TOM                                                                                    \
    {                                                                                          \
        .is = true, .name = "Tom Okafor"                                                       \
    }
#define ANNA                                                                                   \
    {                                                                                          \
        .is = true, .name = "Anna"                                                             \
    }
#define K(kind, n) .by_kind[FN_ASSERT_##kind] = (n)

static void every_act_has_words(void **state)
{
    static const struct {
        const char *words;
        struct fnl_act_summary act;
    } all[] = {
        {"undo L7", {.undo_of = 7, .target = 7, K(UNDO, 1)}},
        {"redo L7", {.undo_of = 9, .target = 7, .redo = true, K(UNDO, 1)}},
        {"merge Anna into Tom Okafor", {.merged = ANNA, .into = TOM, K(MERGE, 1), K(IS, 2)}},
        {"merge Anna into Tom Okafor, except 2 faces",
         {.merged = ANNA, .into = TOM, K(MERGE, 1), K(NOT, 2)}},
        {"merge an unnamed person (5 faces) into Anna",
         {.person = ANNA, .merged_faces = 5, .cluster_faces = 5, K(GROUP, 1)}},
        {"merge an unnamed person (5 faces) into Anna, except 1 face",
         {.person = ANNA, .merged_faces = 5, .cluster_faces = 9, K(GROUP, 2), K(NOT, 1)}},
        {"hide Anna", {.person = ANNA, K(HIDE, 1)}},
        {"hide Anna", {.person = ANNA, .cluster_faces = 7, K(HIDE, 1), K(GROUP, 1)}},
        {"hide 80 people", {.person = ANNA, .several = true, K(HIDE, 80), K(GROUP, 79)}},
        {"show again Anna", {.person = ANNA, K(UNHIDE, 1)}},
        {"show again 2 people", {.person = ANNA, .several = true, K(UNHIDE, 2)}},
        {"3 faces are Anna and others", {.person = ANNA, .several = true, K(IS, 3)}},
        {"3 faces are not Anna or others", {.person = ANNA, .several = true, K(NOT, 3)}},
        {"3 faces are Anna and others, 1 is not, 2 are not faces",
         {.person = ANNA, .several = true, K(IS, 3), K(NOT, 1), K(NOTFACE, 2)}},
        {"1 face is Anna, 1 is not a face", {.person = ANNA, K(IS, 1), K(NOTFACE, 1)}},
        {"split off Anna (5 of 12 faces)",
         {.person = ANNA, .makes_person = true, K(IS, 5), K(NOT, 7)}},
        {"split off Anna (1 of 12 faces)",
         {.person = ANNA, .makes_person = true, K(NAME, 1), K(IS, 1), K(NOT, 11)}},
        {"2 faces are Anna, 5 are not", {.person = ANNA, K(IS, 2), K(NOT, 5)}},
        {"f00000000 is Anna", {.person = ANNA, .first_kind = FN_ASSERT_IS, K(IS, 1)}},
        {"1 face is Anna (new)",
         {.person = ANNA, .first_kind = FN_ASSERT_NAME, .text = "Anna", K(IS, 1), K(NAME, 1)}},
        {"12 faces are Anna", {.person = ANNA, .first_kind = FN_ASSERT_IS, K(IS, 12)}},
        {"f00000000 is not Anna", {.person = ANNA, .first_kind = FN_ASSERT_NOT, K(NOT, 1)}},
        {"2 faces are not Anna", {.person = ANNA, .first_kind = FN_ASSERT_NOT, K(NOT, 2)}},
        {"f00000000 is not a face", {.first_kind = FN_ASSERT_NOTFACE, K(NOTFACE, 1)}},
        {"4 faces are not faces", {.first_kind = FN_ASSERT_NOTFACE, K(NOTFACE, 4)}},
        {"name Anna (renamed)", {.person = ANNA, .text = "Anna", K(NAME, 1)}},
        {"name Anna (1 face)", {.text = "Anna", .cluster_faces = 1, K(NAME, 1), K(GROUP, 1)}},
        {"name Anna (9 faces)", {.text = "Anna", .cluster_faces = 9, K(NAME, 1), K(GROUP, 1)}},
        {"1 face belongs to Anna", {.person = ANNA, .cluster_faces = 1, K(GROUP, 1)}},
        {"9 faces belong to Anna", {.person = ANNA, .cluster_faces = 9, K(GROUP, 1)}},
        {"set people.size_class=5",
         {.first_kind = FN_ASSERT_SET, .text = "people.size_class=5", K(SET, 1)}},
        {"an edited photo keeps its labels", {.first_kind = FN_ASSERT_ALIAS, K(ALIAS, 1)}},
        {"f00000000 is a face after all", {.first_kind = FN_ASSERT_ISFACE, K(ISFACE, 1)}},
        {"2 faces are faces after all", {.first_kind = FN_ASSERT_ISFACE, K(ISFACE, 2)}},
    };
    char got[400];
    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        fnq_act_words(&all[i].act, got, sizeof got);
        assert_string_equal(got, all[i].words);
    }
}

static void unnamed_people_have_their_id(void **state)
{
    const struct fnl_act_summary hide = {.person = {.is = true}, K(HIDE, 1)};
    char got[400];
    (void)state;
    fnq_act_words(&hide, got, sizeof got);
    assert_string_equal(got, "hide unnamed paaaaaaa");
}

/* Names have up to 255 bytes. The line is truncated in the name; the text around it stays. */
static void long_names_are_cut(void **state)
{
    struct fnl_act_summary merge = {K(MERGE, 1)};
    char got[400];
    (void)state;
    memset(merge.merged.name, 'a', sizeof merge.merged.name - 1);
    memset(merge.into.name, 'b', sizeof merge.into.name - 1);
    fnq_act_words(&merge, got, sizeof got);
    assert_non_null(strstr(got, " into bbb"));
    assert_int_equal(strlen(got), strlen("merge  into ") + 240);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_act_has_words),
        cmocka_unit_test(unnamed_people_have_their_id),
        cmocka_unit_test(long_names_are_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
