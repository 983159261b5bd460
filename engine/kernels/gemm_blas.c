/* SPDX-License-Identifier: MIT */
/* Matrix product by OpenBLAS, limited to one thread: photos are processed in parallel by
 * processes, and training divides its work itself.
 *
 * The library is loaded when a product is first needed, not with the program: loading it takes
 * longer (20 ms) than most commands of fnq, and it starts its threads immediately unless the
 * environment forbids it. If it cannot be loaded, a plain loop gives the same result slowly.
 */
#include "engine/kernels/gemm.h"

#include <cblas.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>

static struct {
    __typeof__(&cblas_sgemm) sgemm;
    __typeof__(&openblas_set_num_threads) set_threads;
} blas;

/* Data pointers and function pointers are one size on POSIX; C11 has no cast between them. */
static void *find(void *library, const char *name)
{
    return library ? dlsym(library, name) : NULL;
}

static void load(void)
{
    (void)setenv("OPENBLAS_NUM_THREADS", "1", 0);
    void *library = dlopen(FN_OPENBLAS, RTLD_NOW | RTLD_LOCAL);
    void *sgemm = find(library, "cblas_sgemm"),
         *threads = find(library, "openblas_set_num_threads");
    if (!sgemm || !threads)
        return;
    *(void **)&blas.sgemm = sgemm;
    *(void **)&blas.set_threads = threads;
    blas.set_threads(1);
}

bool fn_gemm_load(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    return blas.sgemm != NULL;
}

static float at(const float *p, size_t ld, bool trans, size_t row, size_t column)
{
    return trans ? p[column * ld + row] : p[row * ld + column];
}

static void plain(const struct fn_gemm *g)
{
    for (size_t i = 0; i < g->m; i++)
        for (size_t j = 0; j < g->n; j++) {
            float sum = 0, *c = g->c + i * g->ldc + j;
            for (size_t k = 0; k < g->k; k++)
                sum += at(g->a, g->lda, g->trans_a, i, k) * at(g->b, g->ldb, g->trans_b, k, j);
            *c = g->alpha * sum + (g->beta != 0 ? g->beta * *c : 0);
        }
}

void fn_gemm(const struct fn_gemm *g)
{
    if (!fn_gemm_load()) {
        plain(g);
        return;
    }
    blas.sgemm(CblasRowMajor, g->trans_a ? CblasTrans : CblasNoTrans,
               g->trans_b ? CblasTrans : CblasNoTrans, (blasint)g->m, (blasint)g->n,
               (blasint)g->k, g->alpha, g->a, (blasint)g->lda, g->b, (blasint)g->ldb, g->beta,
               g->c, (blasint)g->ldc);
}
