# SPDX-License-Identifier: MIT
# Acts, and facenetd --once, on a failing disk. A library that is loaded first does not go together with the sanitizers.
find_program(FN_PYTHON3 python3)
if(TARGET fnq AND TARGET fn_index AND FN_PYTHON3 AND NOT FN_SANITIZE)
  add_library(fault_shim MODULE fault/fault_shim.c)
  target_link_libraries(fault_shim PRIVATE fn_flags ${CMAKE_DL_LIBS})
  add_executable(log_reader fault/log_reader.c)
  target_include_directories(log_reader PRIVATE ${LMDB_INCLUDE_DIR})
  target_link_libraries(log_reader PRIVATE fn_flags ${LMDB_LIBRARY})
  add_test(NAME fault.acts COMMAND ${FN_PYTHON3} ${CMAKE_SOURCE_DIR}/tests/fault/acts.py)
  set_tests_properties(fault.acts PROPERTIES LABELS fault TIMEOUT 7200 ENVIRONMENT
    "FNQ=$<TARGET_FILE:fnq>;MAKE_INDEX=${CMAKE_BINARY_DIR}/tests/make_index;FAULT_SHIM=$<TARGET_FILE:fault_shim>;LOG_READER=$<TARGET_FILE:log_reader>")
  if(TARGET facenetd AND TARGET facenetd-worker)
    add_test(NAME fault.once COMMAND ${FN_PYTHON3} -B ${CMAKE_SOURCE_DIR}/tests/fault/once.py)
    set_tests_properties(fault.once PROPERTIES LABELS fault SKIP_RETURN_CODE 77 TIMEOUT 7200 ENVIRONMENT
      "FACENETD=$<TARGET_FILE:facenetd>;INDEX_TOOL=${CMAKE_BINARY_DIR}/tests/index_tool;FAULT_SHIM=$<TARGET_FILE:fault_shim>")
  endif()
  if(TARGET facenetd-worker)
    add_test(NAME fault.pictures COMMAND ${FN_PYTHON3} -B ${CMAKE_SOURCE_DIR}/tests/fault/pictures.py)
    set_tests_properties(fault.pictures PROPERTIES LABELS fault TIMEOUT 7200 ENVIRONMENT
      "FNQ=$<TARGET_FILE:fnq>;MAKE_INDEX=${CMAKE_BINARY_DIR}/tests/make_index;DRAW_PEOPLE=${CMAKE_BINARY_DIR}/tests/draw_people;FAULT_SHIM=$<TARGET_FILE:fault_shim>")
  endif()
endif()
