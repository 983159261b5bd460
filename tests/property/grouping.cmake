# SPDX-License-Identifier: MIT
if(TARGET fn_grouping)
  # The plain program has loops over 10,000 faces, so every build compiles it for speed.
  set_source_files_properties(property/plain_grouping.c PROPERTIES COMPILE_OPTIONS -O3)
  fn_add_test(NAME property.grouping
    SOURCES property/test_grouping.c property/grouping_world.c property/grouping_memory_store.c property/plain_grouping.c
    LIBS fn_grouping fn_base PkgConfig::XXHASH m LABELS property TIMEOUT 3000)
  add_test(NAME property.grouping-large COMMAND t_property_grouping large)
  set_tests_properties(property.grouping-large PROPERTIES LABELS property TIMEOUT 14400)
  fn_add_test(NAME property.grouping-class SOURCES property/test_grouping_class.c
    LIBS fn_grouping m LABELS property)
endif()
