# SPDX-License-Identifier: MIT
if(TARGET fn_graph AND TARGET fn_model)
  add_executable(bench_net ${CMAKE_CURRENT_LIST_DIR}/bench_net.c ${CMAKE_CURRENT_LIST_DIR}/mobilefacenet.c)
  target_link_libraries(bench_net PRIVATE fn_flags fn_model fn_graph m)
endif()
