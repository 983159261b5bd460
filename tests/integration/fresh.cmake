# SPDX-License-Identifier: MIT
# Bare Debian systems in which README is followed; only scripts/test --full runs them.
if(NOT FN_SANITIZE AND TARGET fnq AND TARGET facenetd)
  foreach(suite bookworm trixie)
    add_test(NAME fresh.${suite} COMMAND ${CMAKE_SOURCE_DIR}/tests/fresh/run.sh ${suite})
    set_tests_properties(fresh.${suite} PROPERTIES LABELS fresh SKIP_RETURN_CODE 77 TIMEOUT 7200 PROCESSORS 2
      RESOURCE_LOCK fresh ENVIRONMENT "FN_FRESH_IN_CTEST=1")
  endforeach()
endif()
