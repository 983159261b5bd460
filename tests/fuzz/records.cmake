# SPDX-License-Identifier: MIT
if(TARGET fn_index)
  fn_fuzz_test(NAME fuzz.records SOURCES fuzz/fuzz_records.c LIBS fn_index)
endif()
