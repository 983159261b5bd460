/* SPDX-License-Identifier: MIT */
/* The exit code of every error, as in the manual pages. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>

#include "engine/base/error.h"
#include "engine/base/exit_code.h"

static void every_code_of_ours(void **state)
{
    static const struct {
        int code, exit;
    } rows[] = {
        {FN_ECORRUPT, 7}, {FN_EVERSION, 7},  {FN_ESHAPE, 5},       {FN_EMODEL, 5},
        {FN_EDECODE, 5},  {FN_ELIMIT, 5},    {FN_EUNSUPPORTED, 5}, {FN_ENOTFOUND, 1},
        {FN_EREFUSED, 6}, {FN_EUSAGE, 2},    {FN_EBUSY, 4},        {FN_EAMBIGUOUS, 2},
        {FN_EWORKER, 5},  {FN_EDIVERGED, 5}, {FN_EINTERNAL, 8},    {FN_EUNCERTAIN, 8},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(fn_exit_of(rows[i].code), rows[i].exit);
    assert_int_equal(sizeof rows / sizeof *rows, FN_ECORRUPT - FN_EUNCERTAIN + 1);
}

static void every_code_of_the_system(void **state)
{
    static const int system[] = {ENOSPC, EDQUOT, EROFS, EACCES, EPERM, EIO, ENOMEM};
    static const int unreachable[] = {ENXIO, ECONNREFUSED, ETIMEDOUT};
    (void)state;
    for (int e = 1; e < 134; e++) {
        int want = 5;
        for (size_t i = 0; i < sizeof system / sizeof *system; i++)
            want = e == system[i] ? 8 : want;
        for (size_t i = 0; i < sizeof unreachable / sizeof *unreachable; i++)
            want = e == unreachable[i] ? 4 : want;
        want = e == ECANCELED ? 130 : want;
        assert_int_equal(fn_exit_of(-e), want);
    }
    assert_int_equal(fn_exit_of(0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_of_ours),
        cmocka_unit_test(every_code_of_the_system),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
