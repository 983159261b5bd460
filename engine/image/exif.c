/* SPDX-License-Identifier: MIT */
/* The few EXIF tags that matter, read by libexif from untrusted bytes: anything missing or out
 * of range is absent. Embedded thumbnails are not read. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libexif/exif-data.h>

#include "engine/base/clock.h"
#include "engine/base/utf8.h"
#include "engine/image/codec.h"

void fn_exif_clear(struct fn_exif *ret)
{
    *ret = (struct fn_exif){.orientation = 1, .zone_min = FN_ZONE_UNKNOWN};
}

static const ExifEntry *find(ExifData *d, ExifIfd ifd, ExifTag tag, ExifFormat format)
{
    const ExifEntry *e = exif_content_get_entry(d->ifd[ifd], tag);

    return e && e->data && e->format == format ? e : NULL;
}

/* The n bytes of an ASCII tag, NUL-terminated, trimmed. */
static void ascii(ExifData *d, ExifIfd ifd, ExifTag tag, char *out, size_t size)
{
    const ExifEntry *e = find(d, ifd, tag, EXIF_FORMAT_ASCII);
    size_t n = 0;

    if (e) {
        n = e->size < size - 1 ? e->size : size - 1;
        memcpy(out, e->data, n);
        n = strnlen(out, n);
    }
    while (n > 0 && isspace((unsigned char)out[n - 1]))
        n--;
    out[n] = 0;
}

static int orientation(ExifData *d)
{
    const ExifEntry *e = find(d, EXIF_IFD_0, EXIF_TAG_ORIENTATION, EXIF_FORMAT_SHORT);

    if (!e || e->size < 2)
        return 1;
    int v = exif_get_short(e->data, exif_data_get_byte_order(d));
    return v >= 1 && v <= 8 ? v : 1;
}

/* Decimal digits at s, or -1. */
static int number(const char *s, int digits)
{
    int v = 0;

    for (int i = 0; i < digits; i++) {
        if (!isdigit((unsigned char)s[i]))
            return -1;
        v = v * 10 + (s[i] - '0');
    }
    return v;
}

/* "YYYY:MM:DD HH:MM:SS" (some programs write '-' in the date); the clock part may be blank. */
static bool parse_time(const char *s, struct fn_exif *out)
{
    static const int days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int clock[3] = {0, 0, 0};

    if (strlen(s) < 10)
        return false;
    int year = number(s, 4), month = number(s + 5, 2), day = number(s + 8, 2);
    if (year < 1800 || month < 1 || month > 12 || day < 1 || day > days[month - 1])
        return false;
    out->taken_precision = FN_TIME_DAY;
    if (strlen(s) >= 19) {
        int h = number(s + 11, 2), m = number(s + 14, 2), sec = number(s + 17, 2);

        if (h >= 0 && h < 24 && m >= 0 && m < 60 && sec >= 0 && sec <= 60) {
            out->taken_precision = FN_TIME_SECOND;
            clock[0] = h;
            clock[1] = m;
            clock[2] = sec < 60 ? sec : 59;
        }
    }
    out->taken_s = fn_civil_to_unix(year, month, day, clock[0], clock[1], clock[2]);
    return true;
}

/* "+HH:MM" or "Z". */
static int16_t parse_zone(const char *s)
{
    if (strcmp(s, "Z") == 0)
        return 0;
    if (strlen(s) < 6 || (s[0] != '+' && s[0] != '-') || s[3] != ':')
        return FN_ZONE_UNKNOWN;
    int h = number(s + 1, 2), m = number(s + 4, 2);
    if (h < 0 || h > 15 || m < 0 || m > 59)
        return FN_ZONE_UNKNOWN;
    return (int16_t)((s[0] == '-' ? -1 : 1) * (h * 60 + m));
}

static void taken(ExifData *d, struct fn_exif *out)
{
    char text[32];
    ExifTag zone = EXIF_TAG_OFFSET_TIME_ORIGINAL;

    ascii(d, EXIF_IFD_EXIF, EXIF_TAG_DATE_TIME_ORIGINAL, text, sizeof text);
    if (!parse_time(text, out)) {
        ascii(d, EXIF_IFD_EXIF, EXIF_TAG_DATE_TIME_DIGITIZED, text, sizeof text);
        if (!parse_time(text, out))
            return;
        zone = EXIF_TAG_OFFSET_TIME_DIGITIZED;
    }
    ascii(d, EXIF_IFD_EXIF, zone, text, sizeof text);
    out->zone_min = out->taken_precision == FN_TIME_SECOND ? parse_zone(text) : FN_ZONE_UNKNOWN;
    if (out->zone_min != FN_ZONE_UNKNOWN)
        out->taken_s -= 60 * (int64_t)out->zone_min;
}

/* Outside every range of an angle. */
#define ABSENT (-1e9)

/* Degrees, minutes, seconds as three rationals; ABSENT if there are none. */
static double angle(ExifData *d, ExifTag tag)
{
    const ExifEntry *e = find(d, EXIF_IFD_GPS, tag, EXIF_FORMAT_RATIONAL);
    double sum = 0.0, unit = 1.0;

    if (!e || e->components < 1)
        return ABSENT;
    for (unsigned i = 0; i < 3 && i < e->components && 8 * (i + 1) <= e->size; i++) {
        ExifRational r = exif_get_rational(e->data + 8 * i, exif_data_get_byte_order(d));

        if (r.denominator == 0 && !(i > 0 && r.numerator == 0))
            return ABSENT;
        if (r.denominator != 0)
            sum += (double)r.numerator / (double)r.denominator / unit;
        unit *= 60.0;
    }
    return sum;
}

static void place(ExifData *d, struct fn_exif *out)
{
    char ref[4];
    double lat = angle(d, (ExifTag)EXIF_TAG_GPS_LATITUDE);
    double lon = angle(d, (ExifTag)EXIF_TAG_GPS_LONGITUDE);

    if (!(lat >= 0.0 && lat <= 90.0 && lon >= 0.0 && lon <= 180.0))
        return;
    ascii(d, EXIF_IFD_GPS, (ExifTag)EXIF_TAG_GPS_LATITUDE_REF, ref, sizeof ref);
    if (ref[0] != 'N' && ref[0] != 'S')
        return;
    lat = ref[0] == 'S' ? -lat : lat;
    ascii(d, EXIF_IFD_GPS, (ExifTag)EXIF_TAG_GPS_LONGITUDE_REF, ref, sizeof ref);
    if (ref[0] != 'E' && ref[0] != 'W')
        return;
    lon = ref[0] == 'W' ? -lon : lon;
    if (lat == 0.0 && lon == 0.0) /* what cameras without a fix write */
        return;
    out->has_gps = true;
    out->lat_e7 = (int32_t)lround(lat * 1e7);
    out->lon_e7 = (int32_t)lround(lon * 1e7);
}

static void camera(ExifData *d, struct fn_exif *out)
{
    char make[64], model[64], both[130];
    struct fn_buf text;

    ascii(d, EXIF_IFD_0, EXIF_TAG_MAKE, make, sizeof make);
    ascii(d, EXIF_IFD_0, EXIF_TAG_MODEL, model, sizeof model);
    if (strncasecmp(make, model, strlen(make)) == 0)
        make[0] = 0; /* "Canon" "Canon EOS 5D" */
    int n = snprintf(both, sizeof both, "%s%s%s", make, make[0] && model[0] ? " " : "", model);
    fn_buf_init(&text, 1024);
    fn_utf8_printable(&text, both, (size_t)n);
    const char *s = fn_buf_cstr(&text);
    size_t len = strnlen(s, sizeof out->camera - 1);
    while (len > 0 && s[len] != 0 && ((unsigned char)s[len] & 0xc0) == 0x80)
        len--; /* not inside a character */
    memcpy(out->camera, s, len);
    out->camera[len] = 0;
    fn_buf_finish(&text);
}

void fn_exif_parse(const uint8_t *tiff, size_t n, bool keep_orientation, struct fn_exif *ret)
{
    unsigned char *block = NULL;
    ExifData *d = NULL;

    fn_exif_clear(ret);
    if (n < 8 || n > 1u << 20)
        return;
    block = malloc(n + 6); /* libexif requires the prefix of JPEG */
    d = exif_data_new();
    if (!block || !d)
        goto out;
    memcpy(block, "Exif\0\0", 6);
    memcpy(block + 6, tiff, n);
    exif_data_unset_option(d, EXIF_DATA_OPTION_FOLLOW_SPECIFICATION);
    exif_data_load_data(d, block, (unsigned)(n + 6));
    ret->orientation = keep_orientation ? orientation(d) : 1;
    taken(d, ret);
    place(d, ret);
    camera(d, ret);
out:
    if (d)
        exif_data_unref(d);
    free(block);
}
