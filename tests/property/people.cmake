# SPDX-License-Identifier: MIT
if(TARGET fn_index)
  fn_add_test(NAME property.people SOURCES property/test_people.c property/world.c property/synth.c
    property/plain_people.c property/plain_grouping.c
    LIBS fn_index PkgConfig::XXHASH m LABELS property TIMEOUT 3600)
  fn_add_test(NAME property.regroup SOURCES property/test_regroup.c property/world.c property/synth.c
    property/plain_people.c property/plain_grouping.c
    LIBS fn_index PkgConfig::XXHASH m LABELS property TIMEOUT 3600)
  fn_add_test(NAME property.generations SOURCES property/test_generations.c unit/index_fixture.c property/synth.c
    LIBS fn_index m LABELS property TIMEOUT 3600)
  fn_add_test(NAME property.ids SOURCES property/test_ids.c property/world.c property/synth.c
    LIBS fn_index m LABELS property TIMEOUT 3600)
endif()
