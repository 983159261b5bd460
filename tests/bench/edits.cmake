# SPDX-License-Identifier: MIT
if(TARGET fn_index)
  add_executable(bench_edits bench/bench_edits.c)
  target_link_libraries(bench_edits PRIVATE fn_flags fn_index fn_face_generator m)
endif()
