# SPDX-License-Identifier: MIT
if(TARGET fn_daemon)
  fn_add_test(NAME unit.daemon SOURCES unit/test_daemon.c LIBS fn_daemon LABELS unit)
endif()
