/* SPDX-License-Identifier: MIT */
/* Fills the kernel table. */
#include "engine/kernels/kernels.h"

#include <string.h>

#include "engine/kernels/cpu.h"
#include "engine/kernels/kernels_priv.h"

void fn_kernels_init(struct fn_kernels *k, unsigned flags)
{
    flags = fn_cpu_resolve(flags);
    memset(k, 0, sizeof *k);
    k->name = fn_cpu_name(flags);
    fn_conv_table_c(&k->conv);
    fn_depthwise_table_c(&k->depthwise);
    fn_elem_table_c(&k->elem);
    fn_pool_table_c(&k->pool);
    fn_norm_table_c(&k->norm);
    fn_grad_table_c(&k->grad);
#if defined(__x86_64__)
    if (flags & FN_CPU_AVX2) {
        fn_conv_table_avx2(&k->conv);
        fn_depthwise_table_avx2(&k->depthwise);
        fn_elem_table_avx2(&k->elem);
        fn_pool_table_avx2(&k->pool);
        fn_norm_table_avx2(&k->norm);
        fn_grad_table_avx2(&k->grad);
    }
    if (flags & FN_CPU_AVX512) {
        fn_conv_table_avx512(&k->conv);
        fn_depthwise_table_avx512(&k->depthwise);
        fn_elem_table_avx512(&k->elem);
        fn_pool_table_avx512(&k->pool);
        fn_norm_table_avx512(&k->norm);
        fn_grad_table_avx512(&k->grad);
    }
#endif
}
