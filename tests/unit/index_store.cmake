if(TARGET fn_index)
  set(fixture unit/index_fixture.c)
  fn_add_test(NAME unit.store SOURCES unit/test_store.c ${fixture} LIBS fn_index m LABELS unit)
endif()
