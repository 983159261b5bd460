# SPDX-License-Identifier: MIT
if(TARGET fnq_core)
  fn_add_test(NAME unit.cli SOURCES unit/test_cli.c LIBS fnq_core LABELS unit)
endif()
