# SPDX-License-Identifier: MIT
# Training and bulk embedding under mpirun, on pictures that the test draws. Without MPI, as one process.
set(mpi ${FACENETD_MPI})
set(mpi_objects)
set(bulk facenetd-bulk)
if(TARGET fn_train_mpi)
  set(mpi ON)
  set(mpi_objects fn_train_mpi)
endif()

if(TARGET fn_train)
  add_executable(train_tool integration/train_tool.c unit/local_pictures.c unit/train_fixture.c)
  target_link_libraries(train_tool PRIVATE fn_flags ${mpi_objects} fn_train fn_draw m)
  add_test(NAME integration.train-mpi COMMAND sh ${CMAKE_SOURCE_DIR}/tests/integration/train-mpi.sh)
  set_tests_properties(integration.train-mpi PROPERTIES LABELS "integration;train" SKIP_RETURN_CODE 77 TIMEOUT ${FN_PROGRAM_TIMEOUT}
    ENVIRONMENT "TRAIN_TOOL=$<TARGET_FILE:train_tool>;FN_MPI=$<BOOL:${mpi}>")
endif()

if(TARGET facenetd-bulk AND TARGET index_tool)
  if(TARGET fn_train_mpi)
    set(bulk facenetd-bulk-mpi)
    set(sources ${CMAKE_SOURCE_DIR}/daemon/bulk)
    add_executable(${bulk} ${sources}/bulk.c ${sources}/bulk_look.c ${sources}/bulk_write.c)
    target_link_libraries(${bulk} PRIVATE fn_flags fn_train_mpi fn_daemon fn_train)
  endif()
  add_test(NAME integration.bulk COMMAND sh ${CMAKE_SOURCE_DIR}/tests/integration/bulk.sh)
  set_tests_properties(integration.bulk PROPERTIES LABELS integration SKIP_RETURN_CODE 77 TIMEOUT ${FN_PROGRAM_TIMEOUT} ENVIRONMENT
    "${FN_DAEMON_ENV};BULK=$<TARGET_FILE:${bulk}>;FN_MPI=$<BOOL:${mpi}>")
endif()

if(TARGET facenetd AND TARGET index_tool AND TARGET fnq)
  add_test(NAME integration.daemon-profile COMMAND sh ${CMAKE_SOURCE_DIR}/tests/integration/daemon-profile.sh)
  set_tests_properties(integration.daemon-profile PROPERTIES LABELS integration SKIP_RETURN_CODE 77 TIMEOUT ${FN_PROGRAM_TIMEOUT} ENVIRONMENT
    "${FN_DAEMON_ENV};FNQ=$<TARGET_FILE:fnq>;TRAIN_PICTURES=$<TARGET_FILE:train_pictures>")
endif()
