if(TARGET fn_model)
  add_executable(fn_import_models ${CMAKE_CURRENT_LIST_DIR}/import_models.c)
  target_link_libraries(fn_import_models PRIVATE fn_flags fn_model)
endif()
