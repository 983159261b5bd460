# SPDX-License-Identifier: MIT
if(TARGET fn_train)
  fn_add_test(NAME unit.dataset SOURCES unit/test_dataset.c unit/local_pictures.c unit/made_picture.c LIBS fn_train fn_image fn_base LABELS unit)
  fn_add_test(NAME unit.sampler SOURCES unit/test_sampler.c LIBS fn_train fn_base LABELS unit)
  fn_add_test(NAME unit.loader SOURCES unit/test_loader.c unit/local_pictures.c unit/made_picture.c LIBS fn_train fn_draw fn_base m LABELS unit)
endif()
