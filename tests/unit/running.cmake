# SPDX-License-Identifier: MIT
if(TARGET fnq_core)
  fn_add_test(NAME unit.running SOURCES unit/test_running.c unit/index_fixture.c LIBS fnq_core m LABELS unit)
  fn_add_test(NAME unit.library_status SOURCES unit/test_library_status.c unit/index_fixture.c LIBS fnq_core m LABELS unit)
  fn_add_test(NAME unit.models_library SOURCES unit/test_models_library.c unit/model_bytes.c LIBS fn_library m LABELS unit)
endif()
