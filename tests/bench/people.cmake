# SPDX-License-Identifier: MIT
if(TARGET fn_index)
  add_executable(bench_people bench/bench_people.c property/synth.c)
  target_link_libraries(bench_people PRIVATE fn_flags fn_index m)
endif()
