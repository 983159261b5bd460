# Training under mpirun, on pictures that the test draws.
if(TARGET fn_train)
  add_executable(train_tool integration/train_tool.c unit/train_fixture.c)
  target_link_libraries(train_tool PRIVATE fn_flags fn_train fn_image m)
  add_test(NAME integration.train-mpi COMMAND sh ${CMAKE_SOURCE_DIR}/tests/integration/train-mpi.sh)
  set_tests_properties(integration.train-mpi PROPERTIES LABELS "integration;train" SKIP_RETURN_CODE 77 TIMEOUT 300
    ENVIRONMENT "TRAIN_TOOL=$<TARGET_FILE:train_tool>;FN_MPI=$<BOOL:${FACENETD_MPI}>")
endif()

if(TARGET facenetd-bulk AND TARGET index_tool)
  add_test(NAME integration.bulk COMMAND sh ${CMAKE_SOURCE_DIR}/tests/integration/bulk.sh)
  set_tests_properties(integration.bulk PROPERTIES LABELS integration SKIP_RETURN_CODE 77 TIMEOUT 300 ENVIRONMENT
    "${FN_DAEMON_ENV};BULK=$<TARGET_FILE:facenetd-bulk>;FN_MPI=$<BOOL:${FACENETD_MPI}>")
endif()
