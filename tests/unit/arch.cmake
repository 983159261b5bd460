if(TARGET fn_model)
  set(d ${CMAKE_CURRENT_LIST_DIR})
  fn_add_test(NAME unit.arch LABELS unit LIBS fn_model m SOURCES ${d}/test_arch.c)
endif()
