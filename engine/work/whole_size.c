/* SPDX-License-Identifier: MIT */
/* The size that both ends compute for the whole picture of a crop. */
#include "engine/work/work.h"

void fn_work_whole_size(const struct fn_image_info *info, uint32_t longer, uint32_t *ret_width,
                        uint32_t *ret_height)
{
    uint64_t w = info->width, h = info->height, most = w > h ? w : h;
    if (longer < most) {
        w = longer && w * longer / most == 0 ? 1 : w * longer / most;
        h = longer && h * longer / most == 0 ? 1 : h * longer / most;
    }
    *ret_width = longer ? (uint32_t)w : 0;
    *ret_height = longer ? (uint32_t)h : 0;
}
