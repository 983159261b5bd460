# SPDX-License-Identifier: MIT
if(TARGET fn_wire)
  fn_add_test(NAME unit.wire SOURCES unit/test_wire.c LIBS fn_wire fn_base m LABELS unit)
endif()
