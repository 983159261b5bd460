/* SPDX-License-Identifier: MIT */
/* Faults on demand, in a build of the worker for the tests: the sources of the worker, with
 * fn_serve wrapped by the linker. A "photo" whose first bytes are "FNFAULT name" makes the
 * worker do what the name says. */

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/file.h"
#include "engine/work/serve.h"
#include "engine/work/wire.h"

enum { SOCKET = 3 };

static void segv(void)
{
    (void)raise(SIGSEGV);
}

static void spin(void)
{
    for (volatile unsigned i = 0;; i++)
        ;
}

static void stop(void)
{
    for (;;)
        (void)poll(NULL, 0, 1000);
}

/* Allocates until the limit refuses, as a decoder would. */
static void exhaust(void)
{
    for (;;) {
        void *volatile p = malloc(1 << 20); /* volatile: or the compiler removes it */

        if (!p)
            return;
        memset(p, 1, 1 << 20);
    }
}

static void call_socket(void)
{
    (void)socket(AF_INET, SOCK_STREAM, 0);
}

static void write_noise(void)
{
    uint8_t noise[256];

    memset(noise, 0x5a, sizeof noise);
    (void)!write(SOCKET, noise, sizeof noise);
    stop(); /* until the client, who must not believe this, kills it */
}

/* A complete and well-framed reply with a face whose box is not a number. */
static void lie(void)
{
    static struct fn_face face;
    struct fn_work_reply r = {.id = 1};
    struct fn_buf b;

    face.box[0] = __builtin_nanf("");
    face.embedding[0] = 1.0f;
    r.photo.faces = &face;
    r.photo.n_faces = 1;
    r.photo.info.width = r.photo.info.height = 10;
    fn_buf_init(&b, 1 << 16);
    fn_wire_put_reply(&b, &r);
    (void)!write(SOCKET, b.data, b.len);
    _exit(0);
}

/* Half a reply, then exit. */
static void half(void)
{
    uint8_t head[FN_WIRE_HEADER];
    struct fn_wire_header h = {FN_WIRE_REPLY, 1, 4000};

    fn_wire_put_header(head, &h);
    (void)!write(SOCKET, head, sizeof head);
    _exit(0);
}

static void leave(void)
{
    _exit(7);
}

static void out_of_memory(void)
{
    exhaust();
    abort(); /* what C++ libraries do in this case */
}

static void write_values(int fd, float value, size_t left)
{
    float row[256];

    for (size_t i = 0; i < 256; i++)
        row[i] = value;
    for (size_t n; left; left -= n) {
        n = left < 256 ? left : 256;
        (void)!write(fd, row, n * sizeof *row);
    }
}

static void write_chip(const struct fn_work_request *q, float value, struct fn_work_reply *ret)
{
    size_t n = (size_t)q->cut.width * q->cut.height * 3;

    write_values(q->out_fd, value, n);
    ret->out_bytes = n * sizeof value;
    ret->photo.info.width = ret->photo.info.height = 10;
}

/* A chip of the right length with values that no picture has. */
static void no_picture(const struct fn_work_request *q, struct fn_work_reply *ret)
{
    write_chip(q, __builtin_nanf(""), ret);
}

/* The first worker is killed when it has written a third of the chip; the next one writes a
 * chip of 7. */
static void killed_writing(const struct fn_work_request *q, struct fn_work_reply *ret)
{
    struct stat st;

    if (fstat(q->out_fd, &st) == 0 && st.st_size == 0) {
        write_values(q->out_fd, 3, (size_t)q->cut.width * q->cut.height);
        (void)raise(SIGKILL);
    }
    write_chip(q, 7, ret);
}

/* As many faces without a vector as are asked for, and `more`; for a request without boxes one.
 */
static void no_vectors(const struct fn_work_request *q, int more, struct fn_work_reply *ret)
{
    static struct fn_face faces[FN_WIRE_FACES_MAX];

    for (size_t i = 0; i < FN_WIRE_FACES_MAX; i++)
        faces[i].no_vector = true;
    ret->photo.faces = faces;
    ret->photo.n_faces = q->n_boxes ? (uint32_t)((int)q->n_boxes + more) : 1;
    ret->photo.info.width = ret->photo.info.height = 10;
}

void __real_fn_serve(struct fn_face_engine *e, const struct fn_decode_limits *lim,
                     const struct fn_work_request *q, struct fn_work_reply *ret);
void __wrap_fn_serve(struct fn_face_engine *e, const struct fn_decode_limits *lim,
                     const struct fn_work_request *q, struct fn_work_reply *ret);

void __wrap_fn_serve(struct fn_face_engine *e, const struct fn_decode_limits *lim,
                     const struct fn_work_request *q, struct fn_work_reply *ret)
{
    static const struct {
        const char *name;
        void (*act)(void);
    } faults[] = {
        {"segv", segv},
        {"abort", abort},
        {"spin", spin},
        {"hang", stop},
        {"exit", leave},
        {"memory", exhaust},
        {"memory-abort", out_of_memory},
        {"noise", write_noise},
        {"socket", call_socket},
        {"lie", lie},
        {"half", half},
    };
    char head[64] = {0};

    if (fn_pread_all(q->fd, head, sizeof head - 1, 0) <= 8 ||
        memcmp(head, "FNFAULT ", 8) != 0) {
        __real_fn_serve(e, lim, q, ret);
        return;
    }
    head[8 + strcspn(head + 8, "\n")] = 0;
    if (!strcmp(head + 8, "no-picture")) {
        no_picture(q, ret);
        return;
    }
    if (!strcmp(head + 8, "killed-writing")) {
        killed_writing(q, ret);
        return;
    }
    int more = !strcmp(head + 8, "one-more") ? 1 : !strcmp(head + 8, "one-less") ? -1 : 0;
    if (more || !strcmp(head + 8, "no-vector")) {
        no_vectors(q, more, ret);
        return;
    }
    ret->code = FN_EDECODE;
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
        if (strcmp(head + 8, faults[i].name) == 0) {
            faults[i].act();
            ret->code = -ENOMEM; /* of the faults that return, only one sets an error */
        }
    snprintf(ret->text, sizeof ret->text, "a fault on demand");
}
