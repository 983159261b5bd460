/* SPDX-License-Identifier: MIT */
/* Runs a libFuzzer target (LLVMFuzzerTestOneInput) without libFuzzer: every file of a corpus
 * directory as it is, then seeded mutations of them until the number of runs or the time is
 * reached. The same seed yields the same inputs.
 *
 *   driver CORPUS_DIR       quick run; FN_TEST_FULL=1: a long one
 *   driver FILE             that one input
 *
 * FN_FUZZ_SEED and FN_FUZZ_RUNS change the run.
 *
 * On a crash the input is written to ./crash-input, which can be passed as FILE. Each input is
 * in a heap block of exactly its size, so that a sanitizer detects the first byte read past its
 * end. */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/buf.h"
#include "engine/base/clock.h"
#include "engine/base/file.h"
#include "engine/base/rng.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FILES_MAX = 4096, INPUT_MAX = 1 << 20 };

struct corpus {
    struct fn_buf file[FILES_MAX];
    size_t n;
};

static const uint8_t *current;
static size_t current_size;

/* Only async-signal-safe calls. */
static void on_crash(int sig)
{
    int fd = open("crash-input", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd >= 0) {
        ssize_t n = write(fd, current, current_size);
        (void)n;
        close(fd);
    }
    signal(sig, SIG_DFL);
    raise(sig);
}

static void run(const void *data, size_t n)
{
    uint8_t *exact = malloc(n ? n : 1);
    if (!exact)
        abort();
    if (n)
        memcpy(exact, data, n);
    current = exact;
    current_size = n;
    (void)LLVMFuzzerTestOneInput(exact, n);
    free(exact);
}

static bool load(const char *path, struct fn_buf *b)
{
    struct fn_error err;
    fn_buf_init(b, INPUT_MAX);
    if (fn_file_read(path, b, &err) == 0)
        return true;
    fprintf(stderr, "%s\n", err.text);
    fn_buf_finish(b);
    return false;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Files sorted by name, so that runs do not depend on the directory. */
static void load_corpus(const char *dir, struct corpus *c)
{
    DIR *d = opendir(dir);
    char *names[FILES_MAX], path[4096];
    size_t n = 0;
    for (struct dirent *e; d && n < FILES_MAX && (e = readdir(d)) != NULL;)
        if (e->d_name[0] != '.')
            names[n++] = strdup(e->d_name);
    if (d)
        closedir(d);
    qsort(names, n, sizeof *names, by_name);
    for (size_t i = 0; i < n; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", dir, names[i]);
        c->n += load(path, &c->file[c->n]);
        free(names[i]);
    }
}

/* ---- mutations ---- */

struct input {
    uint8_t *p;
    size_t n;
};

static size_t below(struct fn_rng *r, size_t n)
{
    return n ? (size_t)fn_rng_below(r, n) : 0;
}

static void write_number(struct input *in, struct fn_rng *r)
{
    static const uint64_t special[] = {
        0,      1,      2,          0x7f,       0x80,       0xff,       0x7fff,
        0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff, UINT64_MAX, (uint64_t)1 << 63,
        4096,   65536};
    size_t width = (size_t)1 << below(r, 4), at = below(r, in->n);
    uint64_t v = special[below(r, sizeof special / sizeof *special)];
    for (size_t i = 0; i < width && at + i < in->n; i++)
        in->p[at + i] = (uint8_t)(v >> (8 * i));
}

static void add_small(struct input *in, struct fn_rng *r)
{
    size_t at = below(r, in->n);
    if (in->n)
        in->p[at] = (uint8_t)(in->p[at] + below(r, 33) - 16);
}

static void flip_bit(struct input *in, struct fn_rng *r)
{
    if (in->n)
        in->p[below(r, in->n)] ^= (uint8_t)(1u << below(r, 8));
}

static void cut(struct input *in, struct fn_rng *r)
{
    size_t at = below(r, in->n), n = 1 + below(r, in->n - at < 64 ? in->n - at : 64);
    if (n > in->n - at)
        n = in->n - at;
    memmove(in->p + at, in->p + at + n, in->n - at - n);
    in->n -= n;
}

static void truncate_input(struct input *in, struct fn_rng *r)
{
    in->n = below(r, in->n + 1);
}

/* Inserts a piece of another input (or of itself) at a position, and shifts what is after
 * it. */
static void insert_piece(struct input *in, struct fn_rng *r, const struct corpus *c)
{
    const struct fn_buf *from = &c->file[below(r, c->n)];
    size_t at = below(r, in->n + 1), start = below(r, from->len), n = below(r, 64);
    if (n > from->len - start)
        n = from->len - start;
    if (!n || in->n + n > INPUT_MAX)
        return;
    memmove(in->p + at + n, in->p + at, in->n - at);
    memcpy(in->p + at, from->data + start, n);
    in->n += n;
}

static void mutate(struct input *in, struct fn_rng *r, const struct corpus *c)
{
    for (size_t k = 1 + below(r, 4); k > 0; k--) {
        switch (below(r, 12)) {
        case 0:
            truncate_input(in, r);
            break;
        case 1:
            cut(in, r);
            break;
        case 2:
            insert_piece(in, r, c);
            break;
        case 3:
        case 4:
            add_small(in, r);
            break;
        case 5:
        case 6:
        case 7:
            flip_bit(in, r);
            break;
        default:
            write_number(in, r);
        }
    }
}

static uint64_t from_environment(const char *name, uint64_t otherwise)
{
    const char *s = getenv(name);
    return s ? strtoull(s, NULL, 10) : otherwise;
}

static void run_mutations(const struct corpus *c)
{
    const char *asked = getenv("FN_TEST_FULL");
    bool full = asked && strcmp(asked, "1") == 0;
    uint64_t seed = from_environment("FN_FUZZ_SEED", 1),
             runs = from_environment("FN_FUZZ_RUNS", full ? 1000000 : 20000);
    uint64_t until = fn_clock_thread_cpu_ns() + (full ? 100u : 5u) * (uint64_t)1000000000, i;
    uint8_t *work = malloc(INPUT_MAX + 64);
    if (!work)
        abort();
    for (i = 0; i < runs && fn_clock_thread_cpu_ns() < until; i++) {
        struct fn_rng r = fn_rng_init(seed, i);
        const struct fn_buf *from = &c->file[below(&r, c->n)];
        struct input in = {work, from->len};
        if (in.n)
            memcpy(work, from->data, in.n);
        mutate(&in, &r, c);
        run(in.p, in.n);
    }
    printf("%zu corpus files, %llu mutations (seed %llu)\n", c->n, (unsigned long long)i,
           (unsigned long long)seed);
    free(work);
}

int main(int argc, char **argv)
{
    static struct corpus c;
    struct stat st;
    const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
    if (argc != 2 || stat(argv[1], &st) != 0) {
        fprintf(stderr, "usage: %s CORPUS_DIR | FILE\n", argv[0]);
        return 2;
    }
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        signal(signals[i], on_crash);
    if (!S_ISDIR(st.st_mode)) {
        c.n = load(argv[1], &c.file[0]);
        run(c.file[0].data, c.file[0].len);
    } else {
        load_corpus(argv[1], &c);
        if (!c.n) {
            fprintf(stderr, "no corpus in %s\n", argv[1]);
            return 1;
        }
        for (size_t i = 0; i < c.n; i++)
            run(c.file[i].data, c.file[i].len);
        run_mutations(&c);
    }
    for (size_t i = 0; i < c.n; i++)
        fn_buf_finish(&c.file[i]);
    return 0;
}
