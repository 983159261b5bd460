/* SPDX-License-Identifier: MIT */
/* Ranks over MPI. Collectives are started without blocking and polled. Between polls the thread
 * sleeps, so that ranks that share cores do not slow down each other's arithmetic, and a rank
 * that never answers is noticed. */
#include "engine/train/comm_mpi.h"

#include <errno.h>
#include <limits.h>
#include <mpi.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/base/clock.h"

enum { SPIN_NS = 200000, SLEEP_NS = 100000, TIMEOUT_S = 1800 };

struct mpi {
    struct fn_comm c; /* first */
    uint64_t timeout_ns;
    int *counts, *places, *in_counts, *in_places; /* per rank */
};

static int code_of(int mpi_code)
{
    return mpi_code == MPI_SUCCESS ? 0 : FN_EWORKER;
}

static int wait_for(const struct mpi *m, MPI_Request *request)
{
    uint64_t t0 = fn_clock_mono_ns(), past = 0;
    int done = 0, rc = MPI_SUCCESS;
    while (rc == MPI_SUCCESS && past < m->timeout_ns) {
        rc = MPI_Test(request, &done, MPI_STATUS_IGNORE);
        if (done || rc != MPI_SUCCESS)
            return code_of(rc);
        past = fn_clock_mono_ns() - t0;
        if (past > SPIN_NS)
            nanosleep(&(struct timespec){.tv_nsec = SLEEP_NS}, NULL);
    }
    return rc == MPI_SUCCESS ? -ETIMEDOUT : code_of(rc);
}

/* The limit of a call ensures that sums of sizes fit into an int. */
static void lay_out(const struct fn_comm *c, const size_t *bytes, int *counts, int *places)
{
    size_t at = 0;
    for (unsigned i = 0; i < c->size; i++) {
        counts[i] = (int)bytes[i];
        places[i] = (int)at;
        at += bytes[i];
    }
}

static int allgather(struct fn_comm *c, const void *own, void *all, const size_t *bytes)
{
    struct mpi *m = (struct mpi *)(void *)c;
    MPI_Request request;
    lay_out(c, bytes, m->counts, m->places);
    int rc = MPI_Iallgatherv(own, (int)bytes[c->rank], MPI_BYTE, all, m->counts, m->places,
                             MPI_BYTE, MPI_COMM_WORLD, &request);
    return rc == MPI_SUCCESS ? wait_for(m, &request) : code_of(rc);
}

static int exchange(struct fn_comm *c, const void *out, const size_t *out_bytes, void *in,
                    const size_t *in_bytes)
{
    struct mpi *m = (struct mpi *)(void *)c;
    MPI_Request request;
    lay_out(c, out_bytes, m->counts, m->places);
    lay_out(c, in_bytes, m->in_counts, m->in_places);
    int rc = MPI_Ialltoallv(out, m->counts, m->places, MPI_BYTE, in, m->in_counts, m->in_places,
                            MPI_BYTE, MPI_COMM_WORLD, &request);
    return rc == MPI_SUCCESS ? wait_for(m, &request) : code_of(rc);
}

static int broadcast(struct fn_comm *c, void *p, size_t bytes, unsigned root)
{
    struct mpi *m = (struct mpi *)(void *)c;
    MPI_Request request;
    int rc = MPI_Ibcast(p, (int)bytes, MPI_BYTE, (int)root, MPI_COMM_WORLD, &request);
    return rc == MPI_SUCCESS ? wait_for(m, &request) : code_of(rc);
}

static void abort_all(struct fn_comm *c, int status)
{
    (void)c;
    MPI_Abort(MPI_COMM_WORLD, status);
    _Exit(status);
}

static void destroy(struct mpi *m)
{
    free(m->counts);
    free(m);
}

static void finish(struct fn_comm *c)
{
    MPI_Finalize();
    destroy((struct mpi *)(void *)c);
}

static const struct fn_comm_ops ops = {allgather, exchange, broadcast, abort_all, finish};

static uint64_t timeout_ns(void)
{
    const char *text = getenv("FACENETD_MPI_TIMEOUT");
    unsigned long s = text ? strtoul(text, NULL, 10) : 0;
    return (s && s < 1000000 ? s : TIMEOUT_S) * UINT64_C(1000000000);
}

/* Only the thread that starts MPI calls it (FUNNELED). There are other threads. */
static int start(struct mpi *m, struct fn_error *err)
{
    int rank, size, level, rc = MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &level);
    if (rc == MPI_SUCCESS)
        rc = MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
    if (rc == MPI_SUCCESS)
        rc = MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    if (rc == MPI_SUCCESS)
        rc = MPI_Comm_size(MPI_COMM_WORLD, &size);
    if (rc != MPI_SUCCESS)
        return fn_error_set(err, FN_EWORKER, "MPI cannot be started (code %d)", rc);
    if (level < MPI_THREAD_FUNNELED)
        return fn_error_set(err, FN_EUNSUPPORTED, "this MPI does not allow threads");
    m->c = (struct fn_comm){
        .rank = (unsigned)rank, .size = (unsigned)size, .limit = INT_MAX / 2, .ops = &ops};
    m->counts = calloc(4 * (size_t)size, sizeof *m->counts);
    if (!m->counts)
        return fn_error_set(err, -ENOMEM, "out of memory");
    m->places = m->counts + size;
    m->in_counts = m->places + size;
    m->in_places = m->in_counts + size;
    return 0;
}

int fn_comm_mpi_start(struct fn_comm **ret, struct fn_error *err)
{
    struct mpi *m = calloc(1, sizeof *m);
    if (!m)
        return fn_error_set(err, -ENOMEM, "out of memory");
    m->timeout_ns = timeout_ns();
    int rc = start(m, err);
    if (rc)
        destroy(m);
    else
        *ret = &m->c;
    return rc;
}
