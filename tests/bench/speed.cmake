# SPDX-License-Identifier: MIT
if(TARGET fn_image)
  add_executable(fn_make_library ${CMAKE_CURRENT_LIST_DIR}/make_library.c)
  target_link_libraries(fn_make_library PRIVATE fn_flags fn_draw fn_base)
endif()
if(TARGET fn_blas)
  add_executable(bench_gemm ${CMAKE_CURRENT_LIST_DIR}/bench_gemm.c)
  target_link_libraries(bench_gemm PRIVATE fn_flags fn_blas fn_base)
endif()
