# SPDX-License-Identifier: MIT
if(TARGET fn_graph)
  set(dir ${CMAKE_CURRENT_LIST_DIR})
  fn_add_test(NAME unit.graph_run SOURCES ${dir}/test_graph_run.c ${dir}/random_net.c LIBS fn_graph m
    LABELS unit graph)
  target_link_options(t_unit_graph_run PRIVATE -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc
    -Wl,--wrap=aligned_alloc,--wrap=posix_memalign)
  fn_add_test(NAME unit.graph_plan SOURCES ${dir}/test_graph_plan.c ${dir}/random_net.c LIBS fn_graph m
    LABELS unit graph)
  fn_add_test(NAME unit.graph_check SOURCES ${dir}/test_graph_check.c ${dir}/random_net.c LIBS fn_graph m
    LABELS unit graph)
  fn_add_test(NAME unit.graph_grad SOURCES ${dir}/test_graph_grad.c ${dir}/op_cases.c ${dir}/random_net.c
    LIBS fn_graph m LABELS unit graph)
endif()
