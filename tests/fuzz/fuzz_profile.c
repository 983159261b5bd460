/* SPDX-License-Identifier: MIT */
/* Profile files. What parses must be printable, and parse again to the same text. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "engine/model/profile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fn_profile_values v;
    struct fn_error err;
    struct fn_buf text, a, b;
    fn_buf_init(&text, 1 << 20);
    fn_buf_init(&a, 1 << 20);
    fn_buf_init(&b, 1 << 20);
    fn_buf_add(&text, data, size);
    fn_buf_char(&text, '\n');
    if (!fn_buf_failed(&text) && fn_profile_parse(text.data, &v, &err) == 0) {
        fn_profile_print(&v, &a);
        fn_buf_add(&b, a.data, a.len);
        if (fn_profile_parse(b.data, &v, &err) != 0)
            __builtin_trap();
        fn_buf_reset(&b);
        fn_profile_print(&v, &b);
        if (strcmp(fn_buf_cstr(&a), fn_buf_cstr(&b)) != 0)
            __builtin_trap();
    }
    fn_buf_finish(&text);
    fn_buf_finish(&a);
    fn_buf_finish(&b);
    return 0;
}
