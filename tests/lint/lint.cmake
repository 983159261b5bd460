# SPDX-License-Identifier: MIT
# fn_lint(NAME COMMAND ARGS...): a check of the sources, or of what was built from them.
function(fn_lint name)
  add_test(NAME lint.${name} COMMAND ${ARGN} ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR})
  set_tests_properties(lint.${name} PROPERTIES LABELS lint SKIP_RETURN_CODE 77 TIMEOUT 1200)
endfunction()
foreach(check layers index-layers library source format headers units mutants tidy man links decoders)
  fn_lint(${check} sh ${CMAKE_SOURCE_DIR}/tests/lint/${check}.sh)
endforeach()
foreach(check circles sizes)
  fn_lint(${check} python3 ${CMAKE_SOURCE_DIR}/tests/lint/${check}.py)
endforeach()
