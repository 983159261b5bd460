/* SPDX-License-Identifier: MIT */
/* Person ids as text: 'p' and the 16 bytes in lower-case base32 (RFC 4648 section 6, without
 * padding). */
#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "index/labels/labels.h"

static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";

void fn_person_text(const struct fn_person_id *id, char out[FN_PERSON_TEXT])
{
    char *o = out;
    unsigned acc = 0, bits = 0;
    *o++ = 'p';
    for (size_t i = 0; i < sizeof id->b; i++) {
        acc = (acc << 8 | id->b[i]) & 0xffffu;
        for (bits += 8; bits >= 5; bits -= 5)
            *o++ = alphabet[acc >> (bits - 5) & 31];
    }
    *o++ = alphabet[acc << (5 - bits) & 31]; /* 128 = 25 * 5 + 3 */
    *o = 0;
}

static int digit(char c)
{
    if (c >= 'a' && c <= 'z')
        return c - 'a';
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    return c >= '2' && c <= '7' ? c - '2' + 26 : -1;
}

int fn_person_parse(const char *text, struct fn_person_id *ret, unsigned *ret_bits)
{
    struct fn_person_id id = {{0}};
    size_t n = strlen(text);
    if (n < 2 || n >= FN_PERSON_TEXT || (text[0] != 'p' && text[0] != 'P'))
        return -EINVAL;
    unsigned bits = 0;
    for (size_t i = 1; i < n; i++) {
        int v = digit(text[i]);
        if (v < 0)
            return -EINVAL;
        for (int k = 4; k >= 0; k--, bits++) {
            unsigned bit = (unsigned)v >> k & 1;
            if (bits < 128)
                id.b[bits / 8] |= (uint8_t)(bit << (7 - bits % 8));
            else if (bit)
                return -EINVAL; /* the last digit has two bits to spare */
        }
    }
    *ret = id;
    if (ret_bits)
        *ret_bits = bits > 128 ? 128 : bits;
    return 0;
}

int fn_person_new_id(struct fn_person_id *ret)
{
    struct fn_person_id id;
    ssize_t n;
    do
        n = getrandom(id.b, sizeof id.b, 0);
    while (n < 0 && errno == EINTR);
    if (n != (ssize_t)sizeof id.b)
        return n < 0 ? -errno : -EIO;
    *ret = id;
    return 0;
}

bool fn_person_eq(const struct fn_person_id *a, const struct fn_person_id *b)
{
    return !memcmp(a->b, b->b, sizeof a->b);
}

int fn_person_cmp(const void *a, const void *b)
{
    return memcmp(((const struct fn_person_id *)a)->b, ((const struct fn_person_id *)b)->b,
                  sizeof(struct fn_person_id));
}
