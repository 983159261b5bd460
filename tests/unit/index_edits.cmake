# SPDX-License-Identifier: MIT
if(TARGET fn_index)
  fn_add_test(NAME unit.picture_map SOURCES unit/test_picture_map.c LIBS fn_index m LABELS unit)
  fn_add_test(NAME unit.same_faces SOURCES unit/test_same_faces.c LIBS fn_index m LABELS unit)
  fn_add_test(NAME unit.edited SOURCES unit/test_edited.c unit/index_fixture.c LIBS fn_index m LABELS unit)
endif()
