# SPDX-License-Identifier: MIT
if(TARGET fn_face)
  fn_add_test(NAME unit.face_boxes SOURCES unit/test_face_boxes.c LIBS fn_face m LABELS unit)
  fn_add_test(NAME unit.face_align SOURCES unit/test_face_align.c LIBS fn_face m LABELS unit)
endif()
