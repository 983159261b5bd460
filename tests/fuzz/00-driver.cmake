# SPDX-License-Identifier: MIT
# fn_fuzz_test(NAME fuzz.x SOURCES fuzz_x.c LIBS ... [CORPUS dir])
#   A libFuzzer target. With any compiler, driver.c runs it over tests/fuzz/corpus/x (or CORPUS) and seeded mutations
#   of it. The preset fuzz (clang) builds an executable libfuzzer_x that searches by coverage, and a test libfuzzer.x
#   that runs it for FN_FUZZ_SECONDS. New inputs are stored in corpus/x of the build.
set(FN_FUZZ_DIR ${CMAKE_CURRENT_LIST_DIR})
option(FN_LIBFUZZER "build libFuzzer executables (clang, with FN_SANITIZE=address,undefined)" OFF)
set(FN_FUZZ_SECONDS 10 CACHE STRING "seconds that each libFuzzer test searches")
if(FN_LIBFUZZER AND NOT CMAKE_C_COMPILER_ID MATCHES "Clang")
  message(FATAL_ERROR "FN_LIBFUZZER: libFuzzer comes with clang, this is ${CMAKE_C_COMPILER_ID}")
endif()
if(FN_LIBFUZZER)
  # Coverage of the libraries, not of the target alone. The kernels are left out: they read no files, and with sanitizers
  # clang needs minutes for them.
  set(is_kernels $<STREQUAL:$<TARGET_PROPERTY:NAME>,fn_kernels>)
  target_compile_options(fn_flags INTERFACE $<IF:${is_kernels},-fno-sanitize=all,-fsanitize=fuzzer-no-link>)
  add_custom_target(libfuzzers)
endif()
function(fn_fuzz_test)
  cmake_parse_arguments(F "" "NAME;CORPUS" "SOURCES;LIBS;ENV" ${ARGN})
  string(REGEX REPLACE "^fuzz\\." "" short ${F_NAME})
  if(NOT F_CORPUS)
    set(F_CORPUS ${FN_FUZZ_DIR}/corpus/${short})
  endif()
  fn_add_test(NAME ${F_NAME} LABELS fuzz SOURCES ${F_SOURCES} ${FN_FUZZ_DIR}/driver.c LIBS ${F_LIBS} fn_base
    ARGS ${F_CORPUS} ENV ${F_ENV})
  if(FN_LIBFUZZER)
    add_executable(libfuzzer_${short} ${F_SOURCES})
    target_link_libraries(libfuzzer_${short} PRIVATE fn_flags ${F_LIBS})
    target_link_options(libfuzzer_${short} PRIVATE -fsanitize=fuzzer)
    add_dependencies(libfuzzers libfuzzer_${short})
    set(found ${CMAKE_CURRENT_BINARY_DIR}/corpus/${short})
    file(MAKE_DIRECTORY ${found})
    add_test(NAME libfuzzer.${short} COMMAND libfuzzer_${short} -max_total_time=${FN_FUZZ_SECONDS} ${found} ${F_CORPUS})
    set_tests_properties(libfuzzer.${short} PROPERTIES LABELS libfuzzer ENVIRONMENT "${F_ENV}")
  endif()
endfunction()
