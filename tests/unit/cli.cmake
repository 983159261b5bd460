# SPDX-License-Identifier: MIT
if(TARGET fnq_core)
  fn_add_test(NAME unit.cli SOURCES unit/test_cli.c LIBS fnq_core LABELS unit)
endif()
if(TARGET fn_library)
  fn_add_test(NAME unit.review SOURCES unit/test_review.c property/world.c property/synth.c
    LIBS fn_library m LABELS unit)
endif()
