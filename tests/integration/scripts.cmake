# SPDX-License-Identifier: MIT
# The scripts that a new user runs. They are tried without a network, with servers on this machine.
find_program(FN_PYTHON3 python3)
if(FN_PYTHON3)
  add_test(NAME integration.scripts-fetch-models COMMAND ${FN_PYTHON3} ${CMAKE_SOURCE_DIR}/tests/integration/fetch_models.py)
  set_tests_properties(integration.scripts-fetch-models PROPERTIES LABELS integration SKIP_RETURN_CODE 77 TIMEOUT ${FN_PROGRAM_TIMEOUT}
    ENVIRONMENT "FN_SOURCE_DIR=${CMAKE_SOURCE_DIR}")
endif()
if(FN_PYTHON3)
  add_test(NAME integration.scripts-quickstart COMMAND ${FN_PYTHON3} ${CMAKE_SOURCE_DIR}/tests/integration/quickstart.py)
  set_tests_properties(integration.scripts-quickstart PROPERTIES LABELS integration TIMEOUT ${FN_PROGRAM_TIMEOUT}
    ENVIRONMENT "FN_SOURCE_DIR=${CMAKE_SOURCE_DIR}")
endif()
if(TARGET facenetd AND TARGET fnq)
  add_test(NAME integration.scripts-sample COMMAND sh ${CMAKE_SOURCE_DIR}/tests/integration/sample-album.sh)
  set_tests_properties(integration.scripts-sample PROPERTIES LABELS integration SKIP_RETURN_CODE 77 TIMEOUT ${FN_PROGRAM_TIMEOUT}
    ENVIRONMENT "FN_SOURCE_DIR=${CMAKE_SOURCE_DIR};FNQ=$<TARGET_FILE:fnq>;FACENETD=$<TARGET_FILE:facenetd>")
endif()
