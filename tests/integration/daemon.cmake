# The real daemon and workers on pictures that the test draws.
if(TARGET facenetd AND TARGET facenetd-worker AND TARGET fn_image)
  add_executable(index_tool integration/index_tool.c)
  target_link_libraries(index_tool PRIVATE fn_flags fn_index fn_image fn_base)
  add_executable(socket_tool integration/socket_tool.c)
  target_link_libraries(socket_tool PRIVATE fn_flags fn_base)
  set(FN_DAEMON_ENV "FN_SOURCE_DIR=${CMAKE_SOURCE_DIR};FN_BINARY_DIR=${CMAKE_BINARY_DIR};FACENETD=$<TARGET_FILE:facenetd>;INDEX_TOOL=$<TARGET_FILE:index_tool>;SOCKET_TOOL=$<TARGET_FILE:socket_tool>")
  foreach(part options once watch brake control)
    add_test(NAME integration.daemon-${part}
      COMMAND sh ${CMAKE_SOURCE_DIR}/tests/integration/daemon-${part}.sh)
    set_tests_properties(integration.daemon-${part} PROPERTIES LABELS integration
      SKIP_RETURN_CODE 77 TIMEOUT 300 ENVIRONMENT "${FN_DAEMON_ENV}")
  endforeach()
  if(TARGET fnq AND TARGET json_tool)
    add_test(NAME integration.cli_train-labels COMMAND sh ${CMAKE_SOURCE_DIR}/tests/integration/cli-train-labels.sh)
    set_tests_properties(integration.cli_train-labels PROPERTIES LABELS integration SKIP_RETURN_CODE 77 TIMEOUT 300
      ENVIRONMENT "${FN_DAEMON_ENV};FNQ=$<TARGET_FILE:fnq>;JSON_TOOL=$<TARGET_FILE:json_tool>")
  endif()
endif()
