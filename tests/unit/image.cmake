# SPDX-License-Identifier: MIT
if(TARGET fn_image)
  fn_add_test(NAME unit.sniff SOURCES unit/test_sniff.c LIBS fn_sniff LABELS unit)
  fn_add_test(NAME unit.image SOURCES unit/test_image.c unit/made_picture.c LIBS fn_image fn_base LABELS unit)
  fn_add_test(NAME unit.resample SOURCES unit/test_resample.c unit/made_picture.c LIBS fn_image fn_base m LABELS unit)
  fn_add_test(NAME unit.image_awkward SOURCES unit/test_image_awkward.c unit/made_picture.c
    LIBS fn_image fn_base LABELS unit)
  if(NOT FACENETD_HEIF)
    target_compile_definitions(t_unit_image_awkward PRIVATE FN_WITHOUT_HEIF)
  endif()
  if(FACENETD_WEBP)
    pkg_check_modules(WEBP REQUIRED IMPORTED_TARGET libwebp)
    fn_add_test(NAME unit.webp SOURCES unit/test_webp.c unit/made_picture.c LIBS fn_image fn_base PkgConfig::WEBP LABELS unit)
  endif()
  if(NOT FACENETD_HEIF OR NOT FACENETD_WEBP)
    fn_add_test(NAME unit.formats_left_out SOURCES unit/test_formats_left_out.c unit/made_picture.c LIBS fn_image fn_base LABELS unit)
    target_compile_definitions(t_unit_formats_left_out PRIVATE
      $<$<BOOL:${FACENETD_HEIF}>:FN_WITH_HEIF> $<$<BOOL:${FACENETD_WEBP}>:FN_WITH_WEBP>)
  endif()
  fn_add_test(NAME golden.image SOURCES unit/test_image_golden.c unit/made_picture.c
    LIBS fn_image fn_base PkgConfig::JANSSON m LABELS golden)
endif()
