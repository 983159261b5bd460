# SPDX-License-Identifier: MIT
if(TARGET fn_library)
  fn_add_test(NAME unit.asking SOURCES unit/test_asking.c property/world.c property/synth.c
    LIBS fn_library m LABELS unit)
endif()
