/* SPDX-License-Identifier: MIT */
/* Bytes to hexadecimal digits and back. Writes lower case, reads both cases. */
#ifndef FN_ENGINE_BASE_HEX_H
#define FN_ENGINE_BASE_HEX_H

#include <stddef.h>

#include "engine/base/error.h"

/* Writes 2 n digits and a NUL to out. */
void fn_hex_encode(char *out, const void *p, size_t n);
/* Reads the 2 n digits at hex into n bytes at out. -EINVAL when one of them is not a digit; out
 * may then hold some bytes. A NUL is not a digit, so a shorter string is not read past its
 * end. */
FN_NODISCARD int fn_hex_decode(void *out, const char *hex, size_t n);
/* 0 to 15, or -1 when c is not a hexadecimal digit. */
int fn_hex_value(char c);

#endif
