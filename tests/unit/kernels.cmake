if(TARGET fn_vector)
  fn_add_test(NAME unit.vector SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_vector.c LIBS fn_vector m LABELS unit kernels)
endif()
if(TARGET fn_kernels AND TARGET fn_base)
  fn_add_test(NAME unit.kernels SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_kernels.c LIBS fn_kernels fn_blas fn_base m
    LABELS unit kernels)
endif()
