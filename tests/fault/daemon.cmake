# SPDX-License-Identifier: MIT
# Kills and bad photos with the real daemon.
if(TARGET facenetd AND TARGET facenetd-worker AND TARGET fn_image)
  set(FN_DAEMON_ENV "FN_SOURCE_DIR=${CMAKE_SOURCE_DIR};FN_WAIT_SECONDS=${FN_WAIT_SECONDS};FN_BINARY_DIR=${CMAKE_BINARY_DIR};FACENETD=$<TARGET_FILE:facenetd>;INDEX_TOOL=${CMAKE_BINARY_DIR}/tests/index_tool;WORKER_FAULTS=${CMAKE_BINARY_DIR}/tests/facenetd-worker-faults")
  foreach(part quarantine kill)
    add_test(NAME fault.daemon-${part} COMMAND sh ${CMAKE_SOURCE_DIR}/tests/fault/daemon-${part}.sh)
    set_tests_properties(fault.daemon-${part} PROPERTIES LABELS fault SKIP_RETURN_CODE 77
      TIMEOUT 3000 ENVIRONMENT "${FN_DAEMON_ENV}")
  endforeach()
endif()
