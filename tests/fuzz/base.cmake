# SPDX-License-Identifier: MIT
fn_fuzz_test(NAME fuzz.name SOURCES fuzz/fuzz_name.c LIBS fn_base)
