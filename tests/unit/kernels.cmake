if(TARGET fn_vector)
  fn_add_test(NAME unit.vector SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_vector.c LIBS fn_vector m LABELS unit kernels)
endif()
