/* SPDX-License-Identifier: MIT */
/* Names as input: an accepted name is clean and stays the same name. The key of a key is the
 * key itself. */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/text.h"
#include "engine/base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void check_clean(const char *name, const char *clean)
{
    char again[256];
    struct fn_error err = {0};
    must(fn_utf8_valid(clean, strlen(clean)));
    must(*clean && *clean != ' ' && clean[strlen(clean) - 1] != ' ' && !strstr(clean, "  "));
    for (const char *c = clean; *c; c++)
        must((unsigned char)*c >= 0x20 && *c != 0x7f);
    must(!fn_name_clean(clean, again, sizeof again, &err) && !strcmp(again, clean));
    must(fn_text_equal(name, clean) == 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char out[256];
    struct fn_error err = {0};
    char *name = strndup((const char *)data, size), *key = name ? fn_text_key(name) : NULL,
         *again = key ? fn_text_key(key) : NULL;
    must(again && !strcmp(key, again) && fn_utf8_valid(key, strlen(key)));
    int rc = fn_name_clean(name, out, sizeof out, &err);
    must(rc == 0 || (rc == FN_EUSAGE && err.text[0]));
    if (!rc)
        check_clean(name, out);
    free(name);
    free(key);
    free(again);
    return 0;
}
