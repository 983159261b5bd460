/* SPDX-License-Identifier: MIT */
/* A format whose library was left out at configure time: the file is refused, and the message
 * says that it is because of this build. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <unistd.h>

#include "engine/image/decode.h"
#include "tests/unit/made_picture.h"

static const struct fn_decode_limits limits = {1 << 20, 64 << 20};

static void refused(const void *head, size_t n, const char *words)
{
    struct fn_source src = picture_source(head, n);
    struct fn_image_info info;
    struct fn_error err = {0};
    assert_int_equal(fn_image_probe(&src, &limits, &info, &err), FN_EUNSUPPORTED);
    assert_string_equal(err.text, words);
    close(src.fd);
}

static void files_are_refused_by_name(void **state)
{
    (void)state;
#ifndef FN_WITH_WEBP
    refused("RIFF\x1a\0\0\0WEBPVP8L\r\0\0\0", 20,
            "this build cannot read WebP pictures: it was made without libwebp");
#endif
#ifndef FN_WITH_HEIF
    refused("\0\0\0\x18"
            "ftypheic\0\0\0\0heicmif1",
            24, "this build cannot read HEIC pictures: it was made without libheif");
    refused("\0\0\0\x18"
            "ftypavif\0\0\0\0avifmif1",
            24, "this build cannot read AVIF pictures: it was made without libheif");
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(files_are_refused_by_name)};
    return cmocka_run_group_tests_name("formats left out", tests, NULL, NULL);
}
