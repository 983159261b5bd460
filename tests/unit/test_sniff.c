/* SPDX-License-Identifier: MIT */
/* Formats by their first bytes: signatures from the standards, cut and changed. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "engine/base/rng.h"
#include "engine/image/sniff.h"

struct signature {
    const char *bytes;
    size_t n, least; /* least: number of bytes needed to recognise it */
    enum fn_format format;
};

/* clang-format off */
static const struct signature known[] = {
    {"\xff\xd8\xff\xe0", 4, 3, FN_FORMAT_JPEG},
    {"\xff\xd8\xff\xdb", 4, 3, FN_FORMAT_JPEG},
    {"\x89PNG\r\n\x1a\n", 8, 8, FN_FORMAT_PNG},
    {"RIFF1234WEBP", 12, 12, FN_FORMAT_WEBP},
    {"\0\0\0\x18" "ftypheic\0\0\0\0", 16, 16, FN_FORMAT_HEIC},
    {"\0\0\0\x18" "ftypheix\0\0\0\0", 16, 16, FN_FORMAT_HEIC},
    {"\0\0\0\x18" "ftyphevm\0\0\0\0", 16, 16, FN_FORMAT_HEIC},
    {"\0\0\0\x18" "ftypavif\0\0\0\0", 16, 16, FN_FORMAT_AVIF},
    {"\0\0\0\x18" "ftypavis\0\0\0\0", 16, 16, FN_FORMAT_AVIF},
    /* a general brand first: the compatible ones decide */
    {"\0\0\0\x1c" "ftypmif1\0\0\0\0" "mif1avif" "miaf", 28, 24, FN_FORMAT_AVIF},
    {"\0\0\0\x1c" "ftypmif1\0\0\0\0" "mif1heic" "miaf", 28, 16, FN_FORMAT_HEIC},
    {"\0\0\0\x14" "ftypmsf1\0\0\0\0" "msf1", 20, 16, FN_FORMAT_HEIC},
    /* bytes after the end of the box belong to something else */
    {"\0\0\0\x14" "ftypmif1\0\0\0\0" "mif1avif", 24, 16, FN_FORMAT_HEIC},
};

static const struct signature others[] = {
    {"", 0, 0, FN_FORMAT_UNKNOWN},
    {"\xff\xd8\x00", 3, 0, FN_FORMAT_UNKNOWN},
    {"GIF89a......", 12, 0, FN_FORMAT_UNKNOWN}, /* known, and not supported */
    {"II*\0....", 8, 0, FN_FORMAT_UNKNOWN},
    {"RIFF1234WAVE", 12, 0, FN_FORMAT_UNKNOWN},
    {"%PDF-1.4....", 12, 0, FN_FORMAT_UNKNOWN},
    {"\0\0\0\x18" "ftypisom\0\0\0\0" "avifheic", 24, 0, FN_FORMAT_UNKNOWN},
};
/* clang-format on */

static void signatures(void **state)
{
    struct fn_rng r = fn_rng_init(6, 0);
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        const struct signature *s = &known[i];
        for (int round = 0; round < 200; round++) {
            uint8_t head[FN_SNIFF_BYTES];
            for (size_t k = 0; k < sizeof head; k++)
                head[k] = (uint8_t)fn_rng_u64(&r);
            memcpy(head, s->bytes, s->n);
            size_t n = s->n + fn_rng_below(&r, sizeof head - s->n + 1);
            assert_int_equal(fn_sniff_head(head, n), s->format);
            n = s->least ? fn_rng_below(&r, s->least) : 0;
            assert_int_not_equal(fn_sniff_head(head, n), s->format);
        }
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_int_equal(fn_sniff_head((const uint8_t *)others[i].bytes, others[i].n),
                         FN_FORMAT_UNKNOWN);
}

/* Only the given bytes are read (sanitizers check this). */
static void every_cut(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        for (size_t n = 0; n <= known[i].n; n++) {
            uint8_t *head = malloc(n ? n : 1);
            memcpy(head, known[i].bytes, n);
            enum fn_format f = fn_sniff_head(head, n);
            assert_true(f == known[i].format || n < known[i].n);
            free(head);
        }
}

static int sniff_file(const void *bytes, size_t n, enum fn_format *ret, struct fn_error *err)
{
    int fd = memfd_create("sniff", MFD_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, n), n);
    struct fn_source src = {fd, n};
    int rc = fn_sniff(&src, ret, err);
    (void)close(fd);
    return rc;
}

static void files(void **state)
{
    static const struct {
        const char *bytes;
        size_t n;
        int rc;
        const char *says;
    } bad[] = {
        {"", 0, FN_EDECODE, "empty file"},
        {"GIF89a", 6, FN_EUNSUPPORTED, "GIF pictures are not supported"},
        {"II*\0aaaa", 8, FN_EUNSUPPORTED, "TIFF or raw pictures are not supported"},
        {"hello", 5, FN_EDECODE, "not an image (starts with \"hello\")"},
        {"\x01\x02", 2, FN_EDECODE, "not an image (starts with bytes 0102)"},
    };
    struct fn_error err = {0};
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        enum fn_format f = FN_FORMAT_UNKNOWN;
        assert_int_equal(sniff_file(known[i].bytes, known[i].n, &f, &err), 0);
        assert_int_equal(f, known[i].format);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        enum fn_format f = FN_FORMAT_PNG;
        assert_int_equal(sniff_file(bad[i].bytes, bad[i].n, &f, &err), bad[i].rc);
        assert_string_equal(err.text, bad[i].says);
        assert_int_equal(f, FN_FORMAT_PNG);
    }
}

static void names_of_pictures(void **state)
{
    static const char *const yes[] = {"a.jpg",  "A.JPG", "x.y.jpeg", "a.heic", "a.Avif",
                                      "a.webp", "a.png", "d/a.hif",  "a.jfif"};
    static const char *const no[] = {"",      "jpg", ".jpg",  "a.jpgx", "a.jpg.txt",
                                     "a.gif", "a.",  "a.tif", "a"};
    (void)state;
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        assert_true(fn_picture_name(yes[i]));
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        assert_false(fn_picture_name(no[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signatures),
        cmocka_unit_test(every_cut),
        cmocka_unit_test(files),
        cmocka_unit_test(names_of_pictures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
