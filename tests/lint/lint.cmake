# SPDX-License-Identifier: MIT
foreach(check layers source format headers units mutants)
  add_test(NAME lint.${check} COMMAND sh ${CMAKE_SOURCE_DIR}/tests/lint/${check}.sh ${CMAKE_SOURCE_DIR})
  set_tests_properties(lint.${check} PROPERTIES LABELS lint SKIP_RETURN_CODE 77)
endforeach()
add_test(NAME lint.tidy COMMAND sh ${CMAKE_SOURCE_DIR}/tests/lint/tidy.sh ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR})
set_tests_properties(lint.tidy PROPERTIES LABELS lint SKIP_RETURN_CODE 77 TIMEOUT 1200)
add_test(NAME lint.man COMMAND sh ${CMAKE_SOURCE_DIR}/tests/lint/man.sh ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR})
set_tests_properties(lint.man PROPERTIES LABELS lint SKIP_RETURN_CODE 77)
add_test(NAME lint.decoders COMMAND sh ${CMAKE_SOURCE_DIR}/tests/lint/decoders.sh ${CMAKE_BINARY_DIR})
set_tests_properties(lint.decoders PROPERTIES LABELS lint SKIP_RETURN_CODE 77)
add_test(NAME lint.index-layers
  COMMAND sh ${CMAKE_SOURCE_DIR}/tests/lint/index-layers.sh ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR})
set_tests_properties(lint.index-layers PROPERTIES LABELS lint SKIP_RETURN_CODE 77)
