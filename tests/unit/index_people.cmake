if(TARGET fn_index)
  fn_add_test(NAME unit.cluster SOURCES unit/test_cluster.c property/synth.c LIBS fn_index m LABELS unit)
endif()
