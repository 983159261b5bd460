# SPDX-License-Identifier: MIT
if(TARGET fn_index)
  fn_add_test(NAME unit.labels SOURCES unit/test_labels.c property/world.c property/synth.c
    LIBS fn_index m LABELS unit)
  fn_add_test(NAME unit.redo SOURCES unit/test_redo.c property/world.c property/synth.c LIBS fn_index m LABELS unit)
  fn_add_test(NAME unit.groups SOURCES unit/test_groups.c property/world.c property/synth.c
    LIBS fn_index m LABELS unit)
  fn_add_test(NAME unit.query SOURCES unit/test_query.c unit/index_fixture.c property/world.c property/synth.c
    LIBS fn_index m LABELS unit)
  fn_add_test(NAME unit.settle SOURCES unit/test_settle.c unit/index_fixture.c property/synth.c
    LIBS fn_index m LABELS unit)
  fn_add_test(NAME unit.upgrade SOURCES unit/test_upgrade.c unit/index_fixture.c LIBS fn_index ${LMDB_LIBRARY} m
    LABELS unit)
  target_include_directories(t_unit_upgrade PRIVATE ${LMDB_INCLUDE_DIR})
  fn_add_test(NAME unit.people_view SOURCES unit/test_people_view.c property/world.c property/synth.c
    LIBS fn_index m LABELS unit)
  fn_add_test(NAME unit.kept SOURCES unit/test_kept.c property/world.c property/synth.c LIBS fn_index m LABELS unit)
endif()
if(TARGET fn_grouping)
  fn_add_test(NAME unit.grouping_attach SOURCES unit/test_grouping_attach.c LIBS fn_grouping m LABELS unit)
endif()
