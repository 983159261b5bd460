# SPDX-License-Identifier: MIT
# The real daemon and workers, on pictures that the test draws.
if(TARGET facenetd AND TARGET facenetd-worker AND TARGET fn_image)
  add_executable(index_tool integration/index_tool.c)
  target_link_libraries(index_tool PRIVATE fn_flags fn_index fn_draw fn_base)
  add_executable(socket_tool integration/socket_tool.c)
  target_link_libraries(socket_tool PRIVATE fn_flags fn_base)
  set(FN_DAEMON_ENV "FN_SOURCE_DIR=${CMAKE_SOURCE_DIR};FN_WAIT_SECONDS=${FN_WAIT_SECONDS};FN_BINARY_DIR=${CMAKE_BINARY_DIR};FACENETD=$<TARGET_FILE:facenetd>;INDEX_TOOL=$<TARGET_FILE:index_tool>;SOCKET_TOOL=$<TARGET_FILE:socket_tool>")
  foreach(part options once watch brake control back mount)
    add_test(NAME integration.daemon-${part}
      COMMAND sh ${CMAKE_SOURCE_DIR}/tests/integration/daemon-${part}.sh)
    set_tests_properties(integration.daemon-${part} PROPERTIES LABELS integration
      SKIP_RETURN_CODE 77 TIMEOUT ${FN_PROGRAM_TIMEOUT} ENVIRONMENT "${FN_DAEMON_ENV}")
  endforeach()
  if(TARGET fnq AND TARGET facenetd_conf)
    add_test(NAME integration.install COMMAND sh ${CMAKE_SOURCE_DIR}/tests/integration/install.sh)
    set_tests_properties(integration.install PROPERTIES LABELS integration SKIP_RETURN_CODE 77 TIMEOUT ${FN_PROGRAM_TIMEOUT}
      ENVIRONMENT "${FN_DAEMON_ENV};CMAKE=${CMAKE_COMMAND}")
  endif()
  if(TARGET fnq AND TARGET json_tool AND TARGET fn_face_generator)
    add_executable(fn_make_faces bench/make_faces.c)
    target_link_libraries(fn_make_faces PRIVATE fn_flags fn_face_generator fn_index fn_base m)
    add_test(NAME integration.daemon-settles COMMAND sh ${CMAKE_SOURCE_DIR}/tests/integration/daemon-settles.sh)
    set_tests_properties(integration.daemon-settles PROPERTIES LABELS integration SKIP_RETURN_CODE 77 TIMEOUT ${FN_PROGRAM_TIMEOUT}
      ENVIRONMENT "${FN_DAEMON_ENV};FNQ=$<TARGET_FILE:fnq>;JSON_TOOL=$<TARGET_FILE:json_tool>;MAKE_FACES=$<TARGET_FILE:fn_make_faces>")
  endif()
  if(TARGET fnq AND TARGET json_tool)
    add_test(NAME integration.daemon-manage COMMAND sh ${CMAKE_SOURCE_DIR}/tests/integration/daemon-manage.sh)
    set_tests_properties(integration.daemon-manage PROPERTIES LABELS integration SKIP_RETURN_CODE 77 TIMEOUT ${FN_PROGRAM_TIMEOUT}
      ENVIRONMENT "${FN_DAEMON_ENV};FNQ=$<TARGET_FILE:fnq>;JSON_TOOL=$<TARGET_FILE:json_tool>")
    add_test(NAME integration.daemon-status COMMAND sh ${CMAKE_SOURCE_DIR}/tests/integration/daemon-status.sh)
    set_tests_properties(integration.daemon-status PROPERTIES LABELS integration SKIP_RETURN_CODE 77 TIMEOUT ${FN_PROGRAM_TIMEOUT}
      ENVIRONMENT "${FN_DAEMON_ENV};FNQ=$<TARGET_FILE:fnq>;JSON_TOOL=$<TARGET_FILE:json_tool>")
    add_test(NAME integration.cli_train-labels COMMAND sh ${CMAKE_SOURCE_DIR}/tests/integration/cli-train-labels.sh)
    set_tests_properties(integration.cli_train-labels PROPERTIES LABELS integration SKIP_RETURN_CODE 77 TIMEOUT ${FN_PROGRAM_TIMEOUT}
      ENVIRONMENT "${FN_DAEMON_ENV};FNQ=$<TARGET_FILE:fnq>;JSON_TOOL=$<TARGET_FILE:json_tool>")
  endif()
endif()
