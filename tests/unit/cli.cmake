# SPDX-License-Identifier: MIT
if(TARGET fnq_core)
  fn_add_test(NAME unit.cli SOURCES unit/test_cli.c LIBS fnq_core LABELS unit)
  fn_add_test(NAME unit.act_words SOURCES unit/test_act_words.c LIBS fnq_core LABELS unit)
endif()
if(TARGET fn_library)
  fn_add_test(NAME unit.review SOURCES unit/test_review.c property/world.c property/synth.c
    LIBS fn_library m LABELS unit)
  fn_add_test(NAME unit.split_person SOURCES unit/test_split_person.c property/synth.c LIBS fn_library m LABELS unit)
  foreach(test label_acts people_acts act_log)
    fn_add_test(NAME unit.${test} SOURCES unit/test_${test}.c unit/library_fixture.c unit/made_index.c
      LIBS fn_library LABELS unit ENV "MAKE_INDEX=$<TARGET_FILE:make_index>")
  endforeach()
  fn_add_test(NAME unit.library SOURCES unit/test_library.c unit/made_index.c LIBS fn_library LABELS unit
    ENV "MAKE_INDEX=$<TARGET_FILE:make_index>")
  fn_add_test(NAME unit.library_pictures SOURCES unit/test_library_pictures.c unit/made_index.c LIBS fn_library
    LABELS unit)
endif()
