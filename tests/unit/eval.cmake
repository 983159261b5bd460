# SPDX-License-Identifier: MIT
if(TARGET fn_eval)
  fn_add_test(NAME unit.eval SOURCES unit/test_eval.c LIBS fn_eval fn_base m LABELS unit)
  fn_add_test(NAME unit.eval_lists SOURCES unit/test_eval_lists.c LIBS fn_eval fn_base m LABELS unit)
  fn_add_test(NAME unit.judge SOURCES unit/test_judge.c LIBS fn_eval fn_base m LABELS unit)
endif()
if(TARGET fn_image)
  fn_add_test(NAME unit.plot SOURCES unit/test_plot.c LIBS fn_draw fn_base m LABELS unit)
endif()
