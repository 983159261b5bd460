# SPDX-License-Identifier: MIT
if(TARGET fn_index)
  set(world property/world.c property/synth.c)
  fn_fuzz_test(NAME fuzz.labels SOURCES fuzz/fuzz_labels.c ${world} LIBS fn_index m PkgConfig::CMOCKA)
  fn_fuzz_test(NAME fuzz.query SOURCES fuzz/fuzz_query.c ${world} LIBS fn_index m PkgConfig::CMOCKA)
endif()
