# SPDX-License-Identifier: MIT
if(TARGET fn_model)
  set(d ${CMAKE_CURRENT_LIST_DIR})
  fn_add_test(NAME unit.model_import LABELS unit LIBS fn_model m SOURCES ${d}/test_model_import.c ${d}/model_bytes.c)
  fn_add_test(NAME unit.model_normalize LABELS unit LIBS fn_model m
    SOURCES ${d}/test_model_normalize.c ${d}/model_bytes.c)
  fn_add_test(NAME unit.model_conventions LABELS unit LIBS fn_model m SOURCES ${d}/test_model_conventions.c)
  fn_add_test(NAME unit.model_file LABELS unit LIBS fn_model PkgConfig::JANSSON
    SOURCES ${d}/test_model_file.c ${d}/model_bytes.c)
  fn_add_test(NAME unit.model_profile LABELS unit LIBS fn_model m SOURCES ${d}/test_model_profile.c ${d}/model_bytes.c)
  if(TARGET fn_eval)
    fn_add_test(NAME unit.joint LABELS unit LIBS fn_eval fn_model m SOURCES ${d}/test_joint.c ${d}/model_bytes.c)
  endif()
endif()
