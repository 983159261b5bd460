/* SPDX-License-Identifier: MIT */
/* The state of a root: cases by name, and every combination of small numbers compared with a
 * second form of the rule. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

#include "daemon/watching/root_verdict.h"
#include "daemon/watching/scan_plan.h"
#include "engine/base/rng.h"
#include "index/records/photos.h"

#define N_OF(a) (sizeof(a) / sizeof *(a))

/* ---- the folder ---- */

static const struct {
    const char *what;
    struct fnd_place_look look;
    bool sample;
    enum fnd_place place;
} place_cases[] = {
    {"never seen", {.is_folder = true, .fsid = 5, .inode = 7}, false, FND_PLACE_SAME},
    {"as it was",
     {.is_folder = true, .fsid = 5, .inode = 7, .known_fsid = 5, .known_inode = 7},
     false,
     FND_PLACE_SAME},
    {"no folder", {.known_fsid = 5, .known_inode = 7}, false, FND_PLACE_MISSING},
    {"no folder, accepted", {.accept = true}, false, FND_PLACE_MISSING},
    {"another mount of the same disk",
     {.is_folder = true,
      .fsid = 6,
      .inode = 7,
      .known_fsid = 5,
      .known_inode = 7,
      .n_sample = 16,
      .n_hits = 16},
     true,
     FND_PLACE_SAME},
    {"a restored backup: half of the files",
     {.is_folder = true,
      .fsid = 5,
      .inode = 8,
      .known_fsid = 5,
      .known_inode = 7,
      .n_sample = 16,
      .n_hits = 8},
     true,
     FND_PLACE_SAME},
    {"less than half of the files",
     {.is_folder = true,
      .fsid = 5,
      .inode = 8,
      .known_fsid = 5,
      .known_inode = 7,
      .n_sample = 15,
      .n_hits = 7},
     true,
     FND_PLACE_DIFFERENT},
    {"an empty mount point",
     {.is_folder = true,
      .fsid = 6,
      .inode = 2,
      .known_fsid = 5,
      .known_inode = 7,
      .n_sample = 3},
     true,
     FND_PLACE_FOREIGN},
    {"another disk, nothing was known to lie there",
     {.is_folder = true, .fsid = 6, .inode = 2, .known_fsid = 5, .known_inode = 7},
     true,
     FND_PLACE_SAME},
    {"another disk, accepted",
     {.is_folder = true,
      .accept = true,
      .fsid = 6,
      .inode = 2,
      .known_fsid = 5,
      .known_inode = 7,
      .n_sample = 3},
     false,
     FND_PLACE_SAME},
};

static void places(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_OF(place_cases); i++) {
        if (fnd_place(&place_cases[i].look) != place_cases[i].place)
            fail_msg("%s: place %d", place_cases[i].what, (int)fnd_place(&place_cases[i].look));
        if (fnd_place_wants_sample(&place_cases[i].look) != place_cases[i].sample)
            fail_msg("%s: sample", place_cases[i].what);
    }
}

/* ---- the verdict ---- */

static void verdicts(void **state)
{
    static const struct {
        const char *what;
        struct fnd_root_look look;
        enum fnd_verdict verdict;
    } cases[] = {
        {"a new root", {.n_files = 9, .n_new = 9, .brake = .5}, FND_VERDICT_ONLINE},
        {"an empty new root", {.brake = .5}, FND_VERDICT_ONLINE},
        {"nothing changed", {.n_files = 9, .n_known = 9, .brake = .5}, FND_VERDICT_ONLINE},
        {"one deleted",
         {.n_files = 8, .n_known = 9, .n_lost = 1, .n_orphans = 1, .brake = .5},
         FND_VERDICT_LOST},
        {"all but one of few deleted",
         {.n_files = 1, .n_known = 21, .n_lost = 20, .n_orphans = 20, .brake = .5},
         FND_VERDICT_LOST},
        {"the last of few deleted",
         {.n_known = 1, .n_lost = 1, .n_orphans = 1, .brake = .5},
         FND_VERDICT_AWAY},
        {"one more than the brake allows",
         {.n_files = 19, .n_known = 40, .n_lost = 21, .n_orphans = 21, .brake = .5},
         FND_VERDICT_HELD},
        {"as many as the brake allows",
         {.n_files = 21, .n_known = 42, .n_lost = 21, .n_orphans = 21, .brake = .5},
         FND_VERDICT_LOST},
        {"many, with new files: perhaps moved",
         {.n_files = 30,
          .n_new = 21,
          .n_known = 30,
          .n_lost = 21,
          .n_orphans = 21,
          .brake = .5},
         FND_VERDICT_UNDECIDED},
        {"many paths, but their photos have others",
         {.n_files = 50, .n_known = 100, .n_lost = 60, .brake = .5},
         FND_VERDICT_LOST},
        {"many, accepted",
         {.accept = true,
          .n_files = 1,
          .n_known = 100,
          .n_lost = 99,
          .n_orphans = 99,
          .brake = .5},
         FND_VERDICT_LOST},
        {"all, accepted",
         {.accept = true, .n_known = 100, .n_lost = 100, .n_orphans = 100, .brake = .5},
         FND_VERDICT_LOST},
        {"away, accepted",
         {.place = FND_PLACE_MISSING, .accept = true, .n_known = 9, .brake = .5},
         FND_VERDICT_AWAY},
        {"another drive",
         {.place = FND_PLACE_FOREIGN, .n_files = 9, .brake = .5},
         FND_VERDICT_AWAY},
        {"no brake",
         {.n_files = 1, .n_known = 100, .n_lost = 99, .n_orphans = 99, .brake = 1},
         FND_VERDICT_LOST},
    };
    (void)state;
    for (size_t i = 0; i < N_OF(cases); i++)
        if (fnd_root_verdict(&cases[i].look) != cases[i].verdict)
            fail_msg("%s: verdict %d", cases[i].what, (int)fnd_root_verdict(&cases[i].look));
}

/* The rule in whole numbers (brake in percent): what may be done to the index. */
static enum fnd_verdict plain(const struct fnd_root_look *l, uint64_t percent)
{
    bool itself = l->place == FND_PLACE_SAME;
    bool emptied = l->n_known != 0 && l->n_files == 0;
    bool few = l->n_orphans < 21 || 100 * l->n_orphans <= percent * l->n_known;
    bool believed = l->accept || (!emptied && few);
    if (itself && believed)
        return l->n_lost == 0 ? FND_VERDICT_ONLINE : FND_VERDICT_LOST;
    if (!itself || emptied)
        return FND_VERDICT_AWAY;
    return l->n_new == 0 ? FND_VERDICT_HELD : FND_VERDICT_UNDECIDED;
}

static void every_combination(void **state)
{
    static const uint64_t numbers[] = {0, 1, 19, 20, 21, 22, 40, 41, 42, 1000};
    static const uint64_t percents[] = {0, 1, 25, 50, 100};
    uint64_t seen[5] = {0};
    (void)state;
    for (uint64_t k = 0; k < 2 * 4 * 2 * 3 * 10 * 10 * 10 * 5; k++) {
        uint64_t at = k;
        struct fnd_root_look l = {0};
        l.accept = at % 2;
        l.place = (enum fnd_place)(at / 2 % 4);
        l.n_new = at / 8 % 2;
        l.n_files = at / 16 % 3 * 20;
        l.n_known = numbers[at / 48 % 10];
        l.n_lost = numbers[at / 480 % 10];
        l.n_orphans = numbers[at / 4800 % 10];
        uint64_t percent = percents[at / 48000 % 5];
        l.brake = (double)percent / 100;
        enum fnd_verdict v = fnd_root_verdict(&l), p = plain(&l, percent);
        if (v != p)
            fail_msg("combination %llu: %d, not %d", (unsigned long long)k, (int)v, (int)p);
        seen[v]++;
    }
    for (size_t i = 0; i < N_OF(seen); i++)
        assert_true(seen[i] > 1000); /* every verdict occurs */
}

/* ---- losses by events ---- */

/* A window of deletions, counted one by one: whether the share lost since its start is too
 * large. */
static bool plain_window(const uint64_t *lost, size_t n, uint64_t paths, uint64_t percent)
{
    uint64_t before = paths, sum = 0;
    for (size_t i = 0; i + 1 < n; i++)
        before += lost[i]; /* they were there when the window began */
    for (size_t i = 0; i < n; i++)
        sum += lost[i];
    return lost[n - 1] >= paths || (sum > FND_BRAKE_PHOTOS && 100 * sum > percent * before);
}

static void windows_of_losses(void **state)
{
    (void)state;
    assert_false(fnd_losses_want_scan(1, 2, 0, .5));
    assert_true(fnd_losses_want_scan(2, 2, 0, .5)); /* all of it */
    assert_true(fnd_losses_want_scan(0, 0, 0, .5)); /* of nothing */
    assert_false(fnd_losses_want_scan(20, 30, 0, .5));
    assert_true(fnd_losses_want_scan(21, 30, 0, .5));
    assert_true(fnd_losses_want_scan(1, 30, 40, .5)); /* a few at a time */
    struct fn_rng r = fn_rng_init(11, 0);
    unsigned yes = 0;
    for (int k = 0; k < 20000; k++) {
        uint64_t lost[6], paths = 1 + fn_rng_below(&r, 200), recent = 0;
        size_t n = 1 + fn_rng_below(&r, 6);
        uint64_t percent = 5 * fn_rng_below(&r, 21);
        for (size_t i = 0; i < n; i++) {
            lost[i] = fn_rng_below(&r, 30);
            recent += i + 1 < n ? lost[i] : 0;
        }
        bool want = plain_window(lost, n, paths, percent);
        if (fnd_losses_want_scan(lost[n - 1], paths, recent, (double)percent / 100) != want)
            fail_msg("window %d", k);
        yes += want;
    }
    assert_in_range(yes, 2000, 18000);
}

/* ---- the next scan ---- */

static void next_scans(void **state)
{
    (void)state;
    assert_int_equal(fnd_next_scan_s(FN_ROOT_ONLINE, false, 300, 86400), 86400);
    assert_int_equal(fnd_next_scan_s(FN_ROOT_ONLINE, true, 300, 86400), 300);
    assert_int_equal(fnd_next_scan_s(FN_ROOT_HELD, false, 300, 86400), 300);
    assert_int_equal(fnd_next_scan_s(FN_ROOT_AWAY, true, 300, 86400), 30);
    assert_int_equal(fnd_next_poll_s(600, 300, true), 300);
    assert_int_equal(fnd_next_poll_s(600, 300, false), 900);
    assert_int_equal(fnd_next_poll_s(20000, 300, false), 6 * 3600);
    assert_int_equal(fnd_next_poll_s(10, 300, false), 300); /* new setting */
    assert_int_equal(fnd_next_poll_s(90000, 86400, false), 86400);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places),
        cmocka_unit_test(verdicts),
        cmocka_unit_test(every_combination),
        cmocka_unit_test(windows_of_losses),
        cmocka_unit_test(next_scans),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
