/* SPDX-License-Identifier: MIT */
/* A directory of awkward files. Each yields pixels or one clear message, within the limits, at
 * any scale. The sanitizer builds run it under ASan and UBSan. Skipped without
 * $FACENETD_SHARED. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "engine/base/hash.h"
#include "engine/base/utf8.h"
#include "engine/image/decode.h"
#include "tests/unit/made_picture.h"

static const struct fn_decode_limits limits = {500000000, (size_t)150 << 20};
static struct {
    unsigned good, bad, truncated;
} seen;

static void check_sentence(const char *path, int code, const struct fn_error *err)
{
    size_t n = strlen(err->text);

    if (code >= 0 || err->code != code || n < 5 || n > 200 || strchr(err->text, '\n') ||
        err->text[n - 1] == ' ' || !fn_utf8_valid(err->text, n))
        fail_msg("%s: code %d, \"%s\"", path, code, err->text);
}

static int decode(const char *path, const struct fn_source *s, uint32_t min_side)
{
    struct fn_image_info info;
    struct fn_image m = {0};
    struct fn_error err = {0};
    uint32_t denom = 0;
    bool truncated = false;
    int rc = fn_image_probe(s, &limits, &info, &err);

    if (rc == 0)
        rc = fn_image_decode(s, &info, min_side, &limits, &m, &denom, &truncated, &err);
    if (rc < 0) {
        check_sentence(path, rc, &err);
        assert_null(m.data);
        return rc;
    }
    assert_true(denom >= 1 && m.width == (info.width + denom - 1) / denom);
    assert_int_equal(m.height, (info.height + denom - 1) / denom);
    assert_in_range(info.exif.orientation, 1, 8);
    seen.truncated += truncated;
    fn_image_destroy(&m);
    return 0;
}

static void region(const char *path, const struct fn_source *s)
{
    struct fn_image_info info;
    struct fn_image m = {0};
    struct fn_error err = {0};
    uint32_t x, y;

    if (fn_image_probe(s, &limits, &info, &err) < 0 ||
        (uint64_t)info.width * info.height > 50000000)
        return;
    int rc =
        fn_image_decode_region(s, &info, info.width / 3, info.height / 3, info.width / 4 + 1,
                               info.height / 4 + 1, 1, &limits, &m, &x, &y, &err);
    if (rc < 0)
        check_sentence(path, rc, &err);
    fn_image_destroy(&m);
}

static int visit(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    struct fn_source s;
    struct fn_h128 key;
    struct fn_error err = {0};

    (void)st;
    (void)ftw;
    if (type != FTW_F)
        return 0;
    s = picture_open(path);
    assert_true(s.fd >= 0);
    int rc = decode(path, &s, 1200);
    seen.good += rc == 0;
    seen.bad += rc < 0;
    if (decode(path, &s, 60) < 0 && rc == 0)
        fail_msg("%s decodes at one scale only", path);
    if (s.size < 500000) /* at full size; the large ones take seconds and add nothing */
        (void)decode(path, &s, 0);
    region(path, &s);
    rc = fn_image_pixel_key(&s, &key, &err);
    if (rc < 0)
        check_sentence(path, rc, &err);
    close(s.fd);
    return 0;
}

static void test_awkward(void **state)
{
    const char *dir = picture_shared("data/awkward");
    struct rusage u;

    (void)state;
    if (!dir) {
        print_message("skipped: no data/awkward under $FACENETD_SHARED\n");
        skip();
    }
    char copy[4096];
    snprintf(copy, sizeof copy, "%s", dir);
    assert_int_equal(nftw(copy, visit, 16, FTW_PHYS), 0);
    assert_int_equal(getrusage(RUSAGE_SELF, &u), 0);
    print_message("%u decoded (%u decodes cut short), %u refused, peak %ld MB\n", seen.good,
                  seen.truncated, seen.bad, u.ru_maxrss / 1024);
    assert_true(seen.good > 100 && seen.bad > 50);
#ifndef FN_SANITIZED
    assert_true(u.ru_maxrss < 200 * 1024);
#endif
}

#ifdef FN_WITHOUT_HEIF
enum { HEIF = FN_EUNSUPPORTED };
#else
enum { HEIF = 0 };
#endif

/* The expected results for some of them. */
static void test_known(void **state)
{
    static const struct {
        const char *file;
        int code; /* at the scale of detection */
    } known[] = {
        {"derived/big-16000x16000-black.jpg", 0},
        {"derived/claims-60000x60000.png", FN_ELIMIT},
        {"derived/cmyk.jpg", 0},
        {"derived/arithmetic.jpg", 0},
        {"derived/progressive.jpg", 0},
        {"derived/interlaced.png", 0},
        {"derived/truncated-header.jpg", FN_EDECODE},
        {"derived/zero-byte.jpg", FN_EDECODE},
        {"derived/text.jpg", FN_EDECODE},
        {"derived/random-bytes.jpg", FN_EDECODE},
        {"heic/IMG_2682.heic", HEIF},
        {"heic/libheif-example.avif", HEIF},
    };

    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        char rel[256];

        snprintf(rel, sizeof rel, "data/awkward/%s", known[i].file);
        const char *path = picture_shared(rel);
        if (!path) {
            print_message("skipped: no %s\n", rel);
            skip();
        }
        struct fn_source s = picture_open(path);
        if (decode(path, &s, 1200) != known[i].code)
            fail_msg("%s: not %d", path, known[i].code);
        close(s.fd);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_awkward),
                                       cmocka_unit_test(test_known)};

    return cmocka_run_group_tests_name("awkward pictures", tests, NULL, NULL);
}
