# SPDX-License-Identifier: MIT
if(TARGET fn_model)
  add_executable(fn_import_models ${CMAKE_CURRENT_LIST_DIR}/import_models.c)
  target_link_libraries(fn_import_models PRIVATE fn_flags fn_model)

  set(FN_GOLDEN_LIBS fn_model PkgConfig::JANSSON m)
  fn_add_test(NAME golden.networks LABELS golden LIBS ${FN_GOLDEN_LIBS}
    SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_networks.c ${CMAKE_CURRENT_LIST_DIR}/golden.c
    ARGS ${CMAKE_CURRENT_LIST_DIR}/networks.json)
  # The same program with the more complete records of a reference folder, if there is one.
  foreach(backend wasm cpu)
    add_test(NAME golden.networks_${backend} COMMAND t_golden_networks shared ${backend})
    set_tests_properties(golden.networks_${backend} PROPERTIES LABELS golden SKIP_RETURN_CODE 77 TIMEOUT ${FN_TEST_TIMEOUT}
      ENVIRONMENT "FN_SOURCE_DIR=${CMAKE_SOURCE_DIR};FN_BINARY_DIR=${CMAKE_BINARY_DIR}")
  endforeach()
  if(TARGET fn_image)
    fn_add_test(NAME golden.joint128 LABELS golden LIBS fn_image ${FN_GOLDEN_LIBS}
      SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_joint128.c ${CMAKE_CURRENT_LIST_DIR}/golden.c)
  endif()
endif()
