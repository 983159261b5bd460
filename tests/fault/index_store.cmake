# SPDX-License-Identifier: MIT
if(TARGET fn_index)
  foreach(part kill full)
    fn_add_test(NAME fault.index_${part} SOURCES fault/test_index_${part}.c unit/index_fixture.c
      LIBS fn_index m LABELS fault TIMEOUT 600)
  endforeach()
endif()
