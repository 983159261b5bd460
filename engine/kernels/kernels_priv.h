/* SPDX-License-Identifier: MIT */
/* Who fills which family of the kernel table. */
#ifndef FN_ENGINE_KERNELS_KERNELS_PRIV_H
#define FN_ENGINE_KERNELS_KERNELS_PRIV_H

#include "engine/kernels/kernels.h"

void fn_conv_table_c(struct fn_conv_table *t);
void fn_depthwise_table_c(struct fn_depthwise_table *t);
void fn_elem_table_c(struct fn_elem_table *t);
void fn_pool_table_c(struct fn_pool_table *t);
void fn_norm_table_c(struct fn_norm_table *t);
void fn_grad_table_c(struct fn_grad_table *t);

#if defined(__x86_64__)
void fn_conv_table_avx2(struct fn_conv_table *t);
void fn_depthwise_table_avx2(struct fn_depthwise_table *t);
void fn_elem_table_avx2(struct fn_elem_table *t);
void fn_pool_table_avx2(struct fn_pool_table *t);
void fn_norm_table_avx2(struct fn_norm_table *t);
void fn_grad_table_avx2(struct fn_grad_table *t);

void fn_conv_table_avx512(struct fn_conv_table *t);
void fn_depthwise_table_avx512(struct fn_depthwise_table *t);
void fn_elem_table_avx512(struct fn_elem_table *t);
void fn_pool_table_avx512(struct fn_pool_table *t);
void fn_norm_table_avx512(struct fn_norm_table *t);
void fn_grad_table_avx512(struct fn_grad_table *t);
#endif

#endif
