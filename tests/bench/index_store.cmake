# SPDX-License-Identifier: MIT
if(TARGET fn_index)
  add_executable(bench_index ${CMAKE_CURRENT_LIST_DIR}/bench_index.c
    ${CMAKE_CURRENT_LIST_DIR}/../property/synth.c)
  target_link_libraries(bench_index PRIVATE fn_flags fn_index m)
  # Tests only that it runs. Results are measured by hand.
  add_test(NAME bench.index COMMAND bench_index 4000)
  set_tests_properties(bench.index PROPERTIES LABELS bench)
endif()
