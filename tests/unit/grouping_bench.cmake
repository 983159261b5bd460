# SPDX-License-Identifier: MIT
# Code that the clustering benchmarks use.
if(TARGET fn_face_generator)
  fn_add_test(NAME unit.face_generator SOURCES unit/test_face_generator.c LIBS fn_face_generator m LABELS unit)
endif()
if(TARGET fn_eval)
  fn_add_test(NAME unit.grouping_judge SOURCES unit/test_grouping_judge.c bench/grouping_judge.c LIBS fn_eval m LABELS unit)
endif()
