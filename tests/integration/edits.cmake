# SPDX-License-Identifier: MIT
# Names stay on their faces when photos are edited. Debian's own python3 is preferred: the package python3-pil belongs to it.
find_program(FN_PYTHON3_PIL NAMES python3 PATHS /usr/bin NO_DEFAULT_PATH)
find_program(FN_PYTHON3_PIL NAMES python3)
if(TARGET facenetd AND TARGET facenetd-worker AND TARGET fnq AND FN_PYTHON3_PIL)
  set(FN_EDITS_ENV "FN_SOURCE_DIR=${CMAKE_SOURCE_DIR};FN_WAIT_SECONDS=${FN_WAIT_SECONDS};FACENETD=$<TARGET_FILE:facenetd>;FNQ=$<TARGET_FILE:fnq>")
  # The short form of the matrix; all of it with FN_TEST_FULL, but not with sanitizers, which are slow and have no other outcome.
  set(form --suite)
  if(FN_SANITIZE)
    set(form --short)
  endif()
  add_test(NAME integration.edits-matrix COMMAND ${FN_PYTHON3_PIL} ${CMAKE_SOURCE_DIR}/tests/edits/matrix.py ${form})
  set_tests_properties(integration.edits-matrix PROPERTIES LABELS integration SKIP_RETURN_CODE 77 TIMEOUT 3000
    ENVIRONMENT "${FN_EDITS_ENV}")
  add_test(NAME integration.edits-cases COMMAND ${FN_PYTHON3_PIL} ${CMAKE_SOURCE_DIR}/tests/edits/cases.py)
  set_tests_properties(integration.edits-cases PROPERTIES LABELS integration SKIP_RETURN_CODE 77 TIMEOUT ${FN_PROGRAM_TIMEOUT}
    ENVIRONMENT "${FN_EDITS_ENV}")
endif()
