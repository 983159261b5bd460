# SPDX-License-Identifier: MIT
if(TARGET fn_vector)
  add_executable(bench_vector ${CMAKE_CURRENT_LIST_DIR}/bench_vector.c)
  target_link_libraries(bench_vector PRIVATE fn_flags fn_vector fn_base)
endif()
