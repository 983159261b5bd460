# SPDX-License-Identifier: MIT
if(TARGET fn_page)
  foreach(part html folder)
    fn_add_test(NAME unit.page_${part} SOURCES unit/test_page_${part}.c LIBS fn_page LABELS unit)
  endforeach()
endif()
