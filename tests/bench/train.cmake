# SPDX-License-Identifier: MIT
if(TARGET fn_train)
  add_executable(bench_train ${CMAKE_CURRENT_LIST_DIR}/bench_train.c)
  target_link_libraries(bench_train PRIVATE fn_flags fn_train fn_model fn_graph fn_blas fn_base)
endif()
