# SPDX-License-Identifier: MIT
if(TARGET facenetd-worker)
  add_executable(bench_again ${CMAKE_CURRENT_LIST_DIR}/bench_again.c)
  target_link_libraries(bench_again PRIVATE fn_flags fn_work fn_base m)
  add_dependencies(bench_again facenetd-worker)
endif()
