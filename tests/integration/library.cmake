# SPDX-License-Identifier: MIT
# Programs that use cli/library without fnq.
if(TARGET fn_library AND TARGET index_tool AND TARGET facenetd-worker)
  add_executable(library_tool integration/library_tool.c)
  target_link_libraries(library_tool PRIVATE fn_flags fn_library)
  add_test(NAME integration.library_index COMMAND sh ${CMAKE_SOURCE_DIR}/tests/integration/library-index.sh)
  set_tests_properties(integration.library_index PROPERTIES LABELS integration SKIP_RETURN_CODE 77 TIMEOUT ${FN_PROGRAM_TIMEOUT}
    ENVIRONMENT "${FN_DAEMON_ENV};LIBRARY_TOOL=$<TARGET_FILE:library_tool>;FACENETD_WORKER=$<TARGET_FILE:facenetd-worker>")
endif()
