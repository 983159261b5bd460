# SPDX-License-Identifier: MIT
if(TARGET fn_model)
  set(d ${CMAKE_CURRENT_LIST_DIR})
  fn_add_test(NAME unit.arch LABELS unit LIBS fn_model m SOURCES ${d}/test_arch.c)
  fn_add_test(NAME unit.onnx_write LABELS unit LIBS fn_model m
    SOURCES ${d}/test_onnx_write.c ${d}/op_cases.c ${d}/random_net.c)
endif()
