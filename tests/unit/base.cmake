# SPDX-License-Identifier: MIT
fn_add_test(NAME unit.base SOURCES unit/test_base.c LIBS fn_base m LABELS unit)
foreach(part array edit_distance exit_code glob hex shell_word)
  fn_add_test(NAME unit.${part} SOURCES unit/test_${part}.c LIBS fn_base LABELS unit)
endforeach()
fn_add_test(NAME unit.text SOURCES unit/test_text.c LIBS fn_base PkgConfig::UTF8PROC LABELS unit)
fn_add_test(NAME unit.columns SOURCES unit/test_columns.c LIBS fn_base PkgConfig::UTF8PROC LABELS unit)
