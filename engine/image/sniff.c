/* SPDX-License-Identifier: MIT */
/* Signatures of formats; for files that are none of ours, a sentence that tells the user what
 * they have instead. */
#include "engine/image/sniff.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "engine/base/endian.h"
#include "engine/base/file.h"

static bool starts(const uint8_t *head, size_t n, const char *magic, size_t len)
{
    return n >= len && memcmp(head, magic, len) == 0;
}

/* ISO/IEC 23008-12 and the AVIF specification: major brand, otherwise the compatible ones. */
static enum fn_format heif_brand(const uint8_t *brand)
{
    static const char heic[][5] = {"heic", "heix", "heim", "heis",
                                   "hevc", "hevx", "hevm", "hevs"};

    if (memcmp(brand, "avif", 4) == 0 || memcmp(brand, "avis", 4) == 0)
        return FN_FORMAT_AVIF;
    for (size_t i = 0; i < sizeof heic / sizeof heic[0]; i++)
        if (memcmp(brand, heic[i], 4) == 0)
            return FN_FORMAT_HEIC;
    return FN_FORMAT_UNKNOWN;
}

static enum fn_format sniff_heif(const uint8_t *head, size_t n)
{
    enum fn_format f;

    if (n < 16 || memcmp(head + 4, "ftyp", 4) != 0)
        return FN_FORMAT_UNKNOWN;
    f = heif_brand(head + 8);
    if (f != FN_FORMAT_UNKNOWN)
        return f;
    bool still = memcmp(head + 8, "mif1", 4) == 0 || memcmp(head + 8, "msf1", 4) == 0;
    size_t end = fn_get_be32(head) < n ? fn_get_be32(head) : n;
    for (size_t at = 16; still && at + 4 <= end && f == FN_FORMAT_UNKNOWN; at += 4)
        f = heif_brand(head + at);
    return still && f == FN_FORMAT_UNKNOWN ? FN_FORMAT_HEIC : f;
}

/* Pictures we recognise and do not read. */
static const char *other_picture(const uint8_t *head, size_t n)
{
    static const struct {
        const char *magic, *name;
        size_t len;
    } known[] = {
        {"GIF8", "GIF", 4},          {"II*\0", "TIFF or raw", 4},
        {"MM\0*", "TIFF or raw", 4}, {"BM", "BMP", 2},
        {"\xff\x0a", "JPEG XL", 2},  {"\0\0\0\x0cJXL ", "JPEG XL", 8},
        {"8BPS", "Photoshop", 4},    {"\0\0\0\x0cjP  ", "JPEG 2000", 8},
        {"FUJIFILM", "raw", 8},      {"\xff\x4f\xff\x51", "JPEG 2000", 4},
    };

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (starts(head, n, known[i].magic, known[i].len))
            return known[i].name;
    return NULL;
}

static int not_an_image(const uint8_t *head, size_t n, struct fn_error *err)
{
    char shown[4 * 12 + 1];
    size_t k = 0, limit = n < 10 ? n : 10;
    bool text = true;

    for (size_t i = 0; i < limit; i++)
        text =
            text && (isprint(head[i]) || head[i] == '\n' || head[i] == '\r' || head[i] == '\t');
    for (size_t i = 0; i < limit; i++) {
        if (text && !isprint(head[i]))
            break;
        k += (size_t)snprintf(shown + k, sizeof shown - k, text ? "%c" : "%02x", head[i]);
    }
    shown[k] = 0;
    return fn_error_set(err, FN_EDECODE,
                        text ? "not an image (starts with \"%s\")"
                             : "not an image (starts with bytes %s)",
                        shown);
}

enum fn_format fn_sniff_head(const uint8_t *head, size_t n)
{
    if (starts(head, n, "\xff\xd8\xff", 3))
        return FN_FORMAT_JPEG;
    if (starts(head, n, "\x89PNG\r\n\x1a\n", 8))
        return FN_FORMAT_PNG;
    if (n >= 12 && starts(head, n, "RIFF", 4) && memcmp(head + 8, "WEBP", 4) == 0)
        return FN_FORMAT_WEBP;
    return sniff_heif(head, n);
}

int fn_sniff(const struct fn_source *src, enum fn_format *ret, struct fn_error *err)
{
    uint8_t head[FN_SNIFF_BYTES] = {0};
    ssize_t got = fn_pread_all(src->fd, head, sizeof head, 0);

    if (got < 0)
        return fn_error_set(err, (int)got, "cannot read: %s", strerror((int)-got));
    size_t n = (size_t)got;
    if (n == 0)
        return fn_error_set(err, FN_EDECODE, "empty file");
    enum fn_format f = fn_sniff_head(head, n);
    if (n == 2 && starts(head, n, "\xff\xd8", 2))
        f = FN_FORMAT_JPEG; /* the decoder reports that it ends too early */
    if (f == FN_FORMAT_UNKNOWN) {
        const char *other = other_picture(head, n);

        if (other)
            return fn_error_set(err, FN_EUNSUPPORTED, "%s pictures are not supported", other);
        return not_an_image(head, n, err);
    }
    *ret = f;
    return 0;
}

bool fn_picture_name(const char *name)
{
    static const char *const endings[] = {"jpg",  "jpeg", "jpe", "jfif", "png",
                                          "heic", "heif", "hif", "avif", "webp"};
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot && dot > name && i < sizeof endings / sizeof *endings; i++)
        if (!strcasecmp(dot + 1, endings[i]))
            return true;
    return false;
}
