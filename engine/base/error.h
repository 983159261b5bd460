/* SPDX-License-Identifier: MIT */
/* Errors: an int for the code, and a struct for the code and its message.
 *
 * A function that can fail returns 0 or a negative int. All codes share one space: -errno (on
 * Linux the codes of libuv are the same), and our own from -32001 down. The message is written
 * once, where the facts are known. Upper layers may put a prefix before it and never log it
 * again. On failure, outputs are unchanged. Library code (engine/, index/) never prints. */
#ifndef FN_ENGINE_BASE_ERROR_H
#define FN_ENGINE_BASE_ERROR_H

#include <stdarg.h>
#include <stddef.h>

#define FN_NODISCARD          __attribute__((warn_unused_result))
#define FN_PRINTF(fmt, first) __attribute__((format(printf, fmt, first)))
/* For the rare result that does not matter. gcc still warns about a cast to void. */
#define FN_IGNORE(call)                                                                        \
    do {                                                                                       \
        if (call) {                                                                            \
        }                                                                                      \
    } while (0)

enum fn_errcode {
    FN_ECORRUPT = -32001,     /* stored data fails its checks */
    FN_EVERSION = -32002,     /* a format newer than this program */
    FN_ESHAPE = -32003,       /* tensor shapes do not match */
    FN_EMODEL = -32004,       /* a model file that cannot be used */
    FN_EDECODE = -32005,      /* a picture that cannot be decoded */
    FN_EUNSUPPORTED = -32006, /* well formed, but not supported */
    FN_ELIMIT = -32007,       /* over a configured limit */
    FN_ENOTFOUND = -32008,    /* no such record */
    FN_EREFUSED = -32009,     /* contradicts labels; nothing changed */
    FN_EUSAGE = -32010,       /* wrong input: option, query, configuration */
    FN_EBUSY = -32011,        /* another process holds the writer lock */
    FN_EAMBIGUOUS = -32012,   /* a name or prefix that matches several */
    FN_EWORKER = -32013,      /* a worker died or broke the protocol */
    FN_EDIVERGED = -32014,    /* training yields numbers that are not finite */
    FN_EINTERNAL = -32015,    /* a bug in this program */
    FN_EUNCERTAIN = -32016,   /* the disk failed; whether the change is stored is not known */
};

struct fn_error {
    int code;
    char text[512];
};

/* Sets code and message; err may be NULL. A message is lower case, without a full stop, and
 * begins with its subject in quotes. Returns code, for `return fn_error_set(err, ...)`. */
int fn_error_set(struct fn_error *err, int code, const char *fmt, ...) FN_PRINTF(3, 4);

/* Puts "prefix: " before the message. Returns err->code (0 when err is NULL). */
int fn_error_prefix(struct fn_error *err, const char *fmt, ...) FN_PRINTF(2, 3);

/* A static message for any code of the two ranges. */
const char *fn_strerror(int code);

#endif
