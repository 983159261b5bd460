# SPDX-License-Identifier: MIT
# Every command that README.md shows, in its order, on the sample photos.
add_test(NAME unit.readme COMMAND python3 ${CMAKE_SOURCE_DIR}/tests/readme/test_reader.py)
set_tests_properties(unit.readme PROPERTIES LABELS unit TIMEOUT ${FN_TEST_TIMEOUT})
if(TARGET fnq AND TARGET facenetd)
  add_test(NAME integration.readme COMMAND python3 ${CMAKE_SOURCE_DIR}/tests/readme/test_readme.py)
  set_tests_properties(integration.readme PROPERTIES LABELS integration SKIP_RETURN_CODE 77 TIMEOUT ${FN_PROGRAM_TIMEOUT}
    ENVIRONMENT "FN_SOURCE_DIR=${CMAKE_SOURCE_DIR};FN_BINARY_DIR=${CMAKE_BINARY_DIR};FN_WAIT_SECONDS=${FN_WAIT_SECONDS}")
  add_test(NAME integration.examples COMMAND python3 ${CMAKE_SOURCE_DIR}/tests/readme/test_examples.py)
  set_tests_properties(integration.examples PROPERTIES LABELS integration SKIP_RETURN_CODE 77 TIMEOUT ${FN_PROGRAM_TIMEOUT}
    ENVIRONMENT "FN_BINARY_DIR=${CMAKE_BINARY_DIR};FN_WAIT_SECONDS=${FN_WAIT_SECONDS}")
endif()
