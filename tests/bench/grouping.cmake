# Generated faces, for benches and integration tests.
if(TARGET fn_vector)
  add_library(fn_face_generator STATIC bench/face_generator.c bench/face_set.c)
  target_link_libraries(fn_face_generator PUBLIC fn_flags fn_base fn_vector PRIVATE m)
endif()
if(TARGET fn_grouping AND TARGET fn_eval)
  add_executable(bench_grouping bench/bench_grouping.c bench/bench_grouping_updates.c bench/grouping_judge.c)
  target_link_libraries(bench_grouping PRIVATE fn_flags fn_grouping fn_face_generator fn_eval fn_base fn_vector)
endif()
