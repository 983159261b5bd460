if(TARGET fn_image)
  fn_add_test(NAME unit.image SOURCES unit/test_image.c unit/picture.c LIBS fn_image fn_base LABELS unit)
endif()
