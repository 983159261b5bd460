# SPDX-License-Identifier: MIT
if(TARGET fn_model)
  set(d ${CMAKE_CURRENT_LIST_DIR})
  foreach(kind onnx tflite tfjs fnm profile)
    fn_fuzz_test(NAME fuzz.${kind} SOURCES ${d}/fuzz_${kind}.c LIBS fn_model)
  endforeach()
  add_executable(fn_model_corpus EXCLUDE_FROM_ALL ${d}/model_corpus.c ${d}/../unit/model_bytes.c)
  target_link_libraries(fn_model_corpus PRIVATE fn_flags fn_model)
endif()
