# SPDX-License-Identifier: MIT
if(TARGET fn_sandbox)
  add_executable(sandbox_probe fault/sandbox_probe.c)
  target_link_libraries(sandbox_probe PRIVATE fn_flags fn_sandbox Threads::Threads)
  fn_add_test(NAME fault.sandbox SOURCES fault/test_sandbox.c LABELS fault
    ENV FN_SANDBOX_PROBE=$<TARGET_FILE:sandbox_probe>)
endif()
if(TARGET facenetd-worker)
  # The sources of the worker. The linker wraps fn_serve, so that certain files cause faults.
  add_executable(facenetd-worker-faults ${CMAKE_SOURCE_DIR}/engine/work/worker.c
    ${CMAKE_SOURCE_DIR}/engine/work/serve.c fault/faults.c)
  target_link_options(facenetd-worker-faults PRIVATE -Wl,--wrap=fn_serve)
  target_link_libraries(facenetd-worker-faults PRIVATE fn_flags fn_sandbox fn_wire fn_face fn_image fn_base m)
  fn_add_test(NAME fault.worker SOURCES fault/test_worker.c unit/made_picture.c LIBS fn_work fn_image fn_base
    LABELS fault TIMEOUT ${FN_PROGRAM_TIMEOUT} ENV FN_WORKER=$<TARGET_FILE:facenetd-worker>
    FN_WORKER_FAULTS=$<TARGET_FILE:facenetd-worker-faults>)
  fn_add_test(NAME fault.pool SOURCES fault/test_pool.c unit/made_picture.c LIBS fn_work fn_image fn_base Threads::Threads
    LABELS fault ENV FN_WORKER=$<TARGET_FILE:facenetd-worker> FN_WORKER_FAULTS=$<TARGET_FILE:facenetd-worker-faults>)
  add_dependencies(t_fault_pool facenetd-worker facenetd-worker-faults)
endif()
