# SPDX-License-Identifier: MIT
if(TARGET facenetd-worker)
  fn_add_test(NAME integration.again SOURCES integration/test_again.c unit/made_picture.c LIBS fn_work fn_image fn_vector fn_base m
    LABELS integration TIMEOUT ${FN_PROGRAM_TIMEOUT} ENV FN_WORKER=$<TARGET_FILE:facenetd-worker>
    FN_WORKER_FAULTS=$<TARGET_FILE:facenetd-worker-faults>)
  add_dependencies(t_integration_again facenetd-worker facenetd-worker-faults)
endif()
