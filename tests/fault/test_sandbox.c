/* SPDX-License-Identifier: MIT */
/* What the sandbox of the worker allows and forbids. Each operation is tried in a process of
 * its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static int run(const char *act)
{
    int status = 0;
    pid_t pid = fork();

    if (pid == 0) {
        execl(getenv("FN_SANDBOX_PROBE"), "sandbox_probe", act, (char *)NULL);
        _exit(97);
    }
    assert_true(pid > 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

static void test_decoding_works(void **state)
{
    int status = run("decode");

    (void)state;
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void test_files_are_refused(void **state)
{
    int status = run("open"); /* libraries search for catalogues: an error, not the end */

    (void)state;
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 1);
}

static void test_rest_is_forbidden(void **state)
{
    static const char *const acts[] = {"socket",
                                       "exec",
                                       "fork",
                                       "kill",
                                       "rename",
                                       "unlink",
                                       "thread"
#ifndef FN_SANITIZED
                                       ,
                                       "create",
                                       "executable"
#endif
    };

    (void)state;
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++) {
        int status = run(acts[i]);

#ifdef FN_SANITIZED /* there a call fails instead, and the runtime may fork */
        if (WIFEXITED(status) && WEXITSTATUS(status) == 0 && acts[i][0] != 'f')
            fail_msg("%s was allowed", acts[i]);
#else
        if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGSYS)
            fail_msg("%s: status %x, not killed", acts[i], (unsigned)status);
#endif
    }
}

static void test_memory_is_limited(void **state)
{
#ifdef FN_SANITIZED
    skip();
#endif
    int status = run("memory");

    (void)state;
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_decoding_works),
        cmocka_unit_test(test_files_are_refused),
        cmocka_unit_test(test_rest_is_forbidden),
        cmocka_unit_test(test_memory_is_limited),
    };

    return cmocka_run_group_tests_name("sandbox", tests, NULL, NULL);
}
