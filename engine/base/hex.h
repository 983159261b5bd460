/* SPDX-License-Identifier: MIT */
/* Bytes as hexadecimal digits and back. Written in lower case, read in either. */
#ifndef FN_ENGINE_BASE_HEX_H
#define FN_ENGINE_BASE_HEX_H

#include <stddef.h>

#include "engine/base/error.h"

/* Writes 2 n digits and a NUL to out. */
void fn_hex_encode(char *out, const void *p, size_t n);
/* Reads the 2 n digits at hex into n bytes at out. -EINVAL when one of them is no digit (a NUL
 * is none, so a shorter string is not read past its end); out may then hold some bytes. */
FN_NODISCARD int fn_hex_decode(void *out, const char *hex, size_t n);
/* 0..15, or -1 when c is no hexadecimal digit. */
int fn_hex_value(char c);

#endif
