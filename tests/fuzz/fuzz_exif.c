/* SPDX-License-Identifier: MIT */
/* Any bytes as a TIFF block: the results are in range and terminated. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/clock.h"
#include "engine/base/utf8.h"
#include "engine/image/codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fn_exif e;

    fn_exif_parse(data, size, true, &e);
    size_t n = strnlen(e.camera, sizeof e.camera);
    if (e.orientation < 1 || e.orientation > 8 || e.taken_precision > FN_TIME_DAY ||
        n == sizeof e.camera || !fn_utf8_valid(e.camera, n) ||
        (e.zone_min != FN_ZONE_UNKNOWN && (e.zone_min < -960 || e.zone_min > 960)) ||
        (e.has_gps && (labs(e.lat_e7) > 900000000 || labs(e.lon_e7) > 1800000000)))
        abort();
    return 0;
}
