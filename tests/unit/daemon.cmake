# SPDX-License-Identifier: MIT
if(TARGET fn_daemon)
  foreach(part daemon library_files mount_table root_verdict standstill)
    fn_add_test(NAME unit.${part} SOURCES unit/test_${part}.c LIBS fn_daemon LABELS unit)
  endforeach()
  fn_add_test(NAME unit.daemon_jobs SOURCES unit/test_daemon_jobs.c unit/index_fixture.c
    LIBS fn_daemon LABELS unit)
  fn_add_test(NAME unit.control_command SOURCES unit/test_control_command.c
    LIBS fn_daemon PkgConfig::JANSSON LABELS unit)
endif()
