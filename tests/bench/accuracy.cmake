# SPDX-License-Identifier: MIT
# fn_accuracy DATA_DIR: the results of docs/accuracy.md. It is not a test, because it needs photos that are not part of the project.
if(TARGET fn_face AND TARGET fnq_core)
  add_executable(fn_accuracy bench/accuracy.c bench/accuracy_data.c bench/accuracy_metrics.c)
  target_link_libraries(fn_accuracy PRIVATE fn_flags fn_face fnq_core fn_eval fn_vector PkgConfig::JANSSON
    Threads::Threads m)
endif()
