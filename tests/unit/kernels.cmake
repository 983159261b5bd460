# SPDX-License-Identifier: MIT
if(TARGET fn_vector)
  fn_add_test(NAME unit.vector SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_vector.c LIBS fn_vector m LABELS unit kernels)
endif()
if(TARGET fn_kernels AND TARGET fn_base)
  set(dir ${CMAKE_CURRENT_LIST_DIR})
  fn_add_test(NAME unit.kernels SOURCES ${dir}/test_kernels.c ${dir}/kernel_tensor.c
    LIBS fn_kernels fn_blas fn_base m LABELS unit kernels)
  fn_add_test(NAME unit.kernels_grad SOURCES ${dir}/test_kernels_grad.c ${dir}/kernel_tensor.c
    LIBS fn_kernels fn_base m LABELS unit kernels)
endif()
