/* SPDX-License-Identifier: MIT */
/* Errors: one int for the code, one struct for the sentence.
 *
 * A function that can fail returns 0 or a negative int. One space for all of them: -errno
 * (libuv's codes are the same on Linux), ours from -32001 down. The text is written once, where
 * the facts are known; upper layers may put a prefix before it and never log it again. Outputs
 * are untouched on failure. Library code (engine/, index/) never prints.
 */
#ifndef FN_ENGINE_BASE_ERROR_H
#define FN_ENGINE_BASE_ERROR_H

#include <stdarg.h>
#include <stddef.h>

#define FN_NODISCARD          __attribute__((warn_unused_result))
#define FN_PRINTF(fmt, first) __attribute__((format(printf, fmt, first)))
/* For the rare result that really does not matter; (void) does not silence gcc. */
#define FN_IGNORE(call)                                                                        \
    do {                                                                                       \
        if (call) {                                                                            \
        }                                                                                      \
    } while (0)

enum fn_errcode {
    FN_ECORRUPT = -32001,     /* stored data fails its checks */
    FN_EVERSION = -32002,     /* a format newer than this program */
    FN_ESHAPE = -32003,       /* tensor shapes do not fit */
    FN_EMODEL = -32004,       /* a model file that cannot be used */
    FN_EDECODE = -32005,      /* a picture that cannot be decoded */
    FN_EUNSUPPORTED = -32006, /* well formed, but not something we do */
    FN_ELIMIT = -32007,       /* over a configured limit */
    FN_ENOTFOUND = -32008,    /* no such record */
    FN_EREFUSED = -32009,     /* contradicts what the user said before; nothing changed */
    FN_EUSAGE = -32010,       /* the caller's words are off: option, query, configuration */
    FN_EBUSY = -32011,        /* another process holds the writer lock */
    FN_EAMBIGUOUS = -32012,   /* a name or a prefix that fits several */
    FN_EWORKER = -32013,      /* a worker died or broke the protocol */
    FN_EDIVERGED = -32014,    /* training gives numbers that are not finite */
    FN_EINTERNAL = -32015,    /* a mistake in this program */
};

struct fn_error {
    int code;
    char text[512];
};

/* Sets code and text; err may be NULL. Text: lower case, no full stop, subject first and
 * quoted. Returns code, so that `return fn_error_set(err, ...)` reads well. */
int fn_error_set(struct fn_error *err, int code, const char *fmt, ...) FN_PRINTF(3, 4);

/* Puts "prefix: " before the text that is there. Returns err->code (0 when err is NULL). */
int fn_error_prefix(struct fn_error *err, const char *fmt, ...) FN_PRINTF(2, 3);

/* A static sentence for any code of the two ranges. */
const char *fn_strerror(int code);

#endif
