# SPDX-License-Identifier: MIT
if(TARGET fn_index)
  foreach(part store places photos vectors doctor damaged)
    fn_add_test(NAME unit.${part} SOURCES unit/test_${part}.c unit/index_fixture.c LIBS fn_index m LABELS unit)
  endforeach()
endif()
