/* SPDX-License-Identifier: MIT */
/* The exit codes of all programs: one meaning per exit code, and one exit code per error. */
#ifndef FN_ENGINE_BASE_EXIT_CODE_H
#define FN_ENGINE_BASE_EXIT_CODE_H

enum fn_exit {
    FN_EXIT_OK = 0,
    FN_EXIT_NO = 1,            /* the result is no */
    FN_EXIT_USAGE = 2,         /* a wrong option, query or configuration */
    FN_EXIT_PARTLY = 3,        /* done, but some inputs failed */
    FN_EXIT_UNREACHABLE = 4,   /* no index or daemon; or another process has the index */
    FN_EXIT_INPUT = 5,         /* missing, damaged, unsupported, too large */
    FN_EXIT_REFUSED = 6,       /* contradicts labels; nothing changed */
    FN_EXIT_DAMAGED = 7,       /* the index is damaged, or newer than this program */
    FN_EXIT_SYSTEM = 8,        /* space, memory, permission, a read-only file system, a mistake
                                  in the program */
    FN_EXIT_SCHEMA = 20,       /* the schema asked for is not available */
    FN_EXIT_INTERRUPTED = 130, /* by Ctrl-C or SIGTERM before it was done; a facenetd that
                                  watches ends with 0 */
};

/* The exit code of an error code (0 or negative, see error.h). */
int fn_exit_of(int code);

#endif
