/* SPDX-License-Identifier: MIT */
/* Words of a command line, read back by a plain reader and by the shell itself. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/rng.h"
#include "engine/base/shell_word.h"

enum { MAX = 40, IN_SHELL = 500 };

static void random_bytes(struct fn_rng *r, char *s)
{
    static const char often[] = "'\"\\ $`!*?[]{}~=#&|;<>()\n\t-an\xc3\xab";
    size_t n = fn_rng_below(r, MAX);
    for (size_t i = 0; i < n; i++)
        s[i] = fn_rng_below(r, 2) ? often[fn_rng_below(r, sizeof often - 1)]
                                  : (char)(1 + fn_rng_below(r, 255));
    s[n] = '\0';
}

/* POSIX 2.2: quotes and backslashes; any other special character outside of quotes fails. */
static void read_word(char *out, const char *s)
{
    bool quoted = false;
    assert_true(s[0] && s[0] != '=');
    for (; *s; s++) {
        if (*s == '\'') {
            quoted = !quoted;
        } else if (!quoted && *s == '\\') {
            *out++ = *++s;
        } else {
            assert_true(quoted || !strchr("|&;<>()$`\" \t\n*?[]#~!{}^", *s));
            *out++ = *s;
        }
    }
    assert_false(quoted);
    *out = '\0';
}

static void a_word_stays_one_word(void **state)
{
    struct fn_rng r = fn_rng_init(14, 0);
    (void)state;
    for (int round = 0; round < 20000; round++) {
        char s[MAX + 1], back[MAX + 1];
        struct fn_buf b;
        fn_buf_init(&b, 4096);
        random_bytes(&r, s);
        fn_shell_word(&b, s);
        read_word(back, fn_buf_cstr(&b));
        assert_string_equal(back, s);
        assert_string_equal(FN_SHELL(s), fn_buf_cstr(&b));
        fn_buf_finish(&b);
    }
}

/* What sh -c prints; ret has room for cap bytes. */
static size_t output_of(const char *command, char *ret, size_t cap)
{
    int fd[2], status;
    size_t n = 0;
    assert_int_equal(pipe(fd), 0);
    pid_t pid = fork();
    if (pid == 0) {
        if (dup2(fd[1], STDOUT_FILENO) >= 0 && !close(fd[0]) && !close(fd[1]))
            (void)execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    assert_true(pid > 0);
    (void)close(fd[1]);
    for (ssize_t k; (k = read(fd[0], ret + n, cap - n)) > 0;)
        n += (size_t)k;
    (void)close(fd[0]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    return n;
}

static void the_shell_reads_it_back(void **state)
{
    static char want[IN_SHELL * (MAX + 1)], got[sizeof want + 1];
    struct fn_rng r = fn_rng_init(15, 0);
    struct fn_buf command;
    size_t n = 0;
    (void)state;
    fn_buf_init(&command, 1 << 20);
    fn_buf_str(&command, "printf '%s\\0'");
    for (int i = 0; i < IN_SHELL; i++) {
        random_bytes(&r, want + n);
        fn_buf_char(&command, ' ');
        fn_shell_word(&command, want + n);
        n += strlen(want + n) + 1;
    }
    assert_int_equal(output_of(fn_buf_cstr(&command), got, sizeof got), n);
    assert_memory_equal(got, want, n);
    fn_buf_finish(&command);
}

static void plain_words_stay_plain(void **state)
{
    (void)state;
    assert_string_equal(FN_SHELL("/home/ann/a-b_c.1,2+3=4:5@6%7"),
                        "/home/ann/a-b_c.1,2+3=4:5@6%7");
    assert_string_equal(FN_SHELL("Zo\xc3\xab"), "Zo\xc3\xab");
    assert_string_equal(FN_SHELL("Zo\xeb"), "'Zo\xeb'");
    assert_string_equal(FN_SHELL("Ann Berg"), "'Ann Berg'");
    assert_string_equal(FN_SHELL("~/it's"), "'~/it'\\''s'");
    assert_string_equal(FN_SHELL("=ls"), "'=ls'");
    assert_string_equal(FN_SHELL(""), "''");
}

static void any_path_has_room(void **state)
{
    char path[FN_PATH_MAX + 1];
    (void)state;
    memset(path, '\'', FN_PATH_MAX);
    path[FN_PATH_MAX] = '\0';
    assert_string_equal(FN_SHELL(path), "...");
    path[FN_PATH_MAX - 1] = '\0';
    assert_int_equal(strlen(FN_SHELL(path)), 4 * (FN_PATH_MAX - 1) + 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_word_stays_one_word),
        cmocka_unit_test(the_shell_reads_it_back),
        cmocka_unit_test(plain_words_stay_plain),
        cmocka_unit_test(any_path_has_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
