# SPDX-License-Identifier: MIT
fn_add_test(NAME unit.base SOURCES unit/test_base.c LIBS fn_base m LABELS unit)
