# SPDX-License-Identifier: MIT
if(TARGET fn_index)
  fn_add_test(NAME property.paths SOURCES property/test_paths.c unit/index_fixture.c
    LIBS fn_index m LABELS property TIMEOUT 1800)
  fn_add_test(NAME property.overlap SOURCES property/test_overlap.c unit/index_fixture.c
    LIBS fn_index m LABELS property)
  fn_add_test(NAME property.query SOURCES property/test_query_plain.c unit/index_fixture.c
    LIBS fn_index m LABELS property)
  fn_add_test(NAME property.query_names SOURCES property/test_query_names.c unit/index_fixture.c
    LIBS fn_index m LABELS property)
  fn_add_test(NAME property.counts SOURCES property/test_counts.c unit/index_fixture.c
    LIBS fn_index m LABELS property TIMEOUT 1800)
  fn_add_test(NAME property.edits SOURCES property/test_edits.c property/edit_index.c property/edit_model.c
    property/edit_pictures.c property/synth.c
    LIBS fn_index PkgConfig::XXHASH m LABELS property TIMEOUT 1800)
endif()
