# SPDX-License-Identifier: MIT
# fn_fuzz_test(NAME fuzz.x SOURCES fuzz_x.c LIBS ... [CORPUS dir])
#   A libFuzzer target run by driver.c over tests/fuzz/corpus/x (or CORPUS) and seeded mutations of it, with any
#   compiler. With clang and -DFN_LIBFUZZER=ON there is also an executable libfuzzer_x that searches by coverage.
set(FN_FUZZ_DIR ${CMAKE_CURRENT_LIST_DIR})
option(FN_LIBFUZZER "also build libFuzzer executables (clang, with FN_SANITIZE=address)" OFF)
if(FN_LIBFUZZER AND CMAKE_C_COMPILER_ID MATCHES "Clang")
  # Coverage of the libraries, not of the target alone.
  target_compile_options(fn_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
function(fn_fuzz_test)
  cmake_parse_arguments(F "" "NAME;CORPUS" "SOURCES;LIBS;ENV" ${ARGN})
  string(REGEX REPLACE "^fuzz\\." "" short ${F_NAME})
  if(NOT F_CORPUS)
    set(F_CORPUS ${FN_FUZZ_DIR}/corpus/${short})
  endif()
  fn_add_test(NAME ${F_NAME} LABELS fuzz SOURCES ${F_SOURCES} ${FN_FUZZ_DIR}/driver.c LIBS ${F_LIBS} fn_base
    ARGS ${F_CORPUS} ENV ${F_ENV})
  if(FN_LIBFUZZER AND CMAKE_C_COMPILER_ID MATCHES "Clang")
    add_executable(libfuzzer_${short} ${F_SOURCES})
    target_link_libraries(libfuzzer_${short} PRIVATE fn_flags ${F_LIBS})
    target_compile_options(libfuzzer_${short} PRIVATE -fsanitize=fuzzer)
    target_link_options(libfuzzer_${short} PRIVATE -fsanitize=fuzzer)
  endif()
endfunction()
