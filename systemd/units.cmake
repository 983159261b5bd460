# SPDX-License-Identifier: MIT
# fn_units(PREFIX BINDIR CONFIG OUT): writes the units and the sysusers file for a prefix into the folder OUT. Included at
# configure time, for the lints, and at install time, because cmake --install --prefix may choose another prefix.
set(FN_UNITS_FROM ${CMAKE_CURRENT_LIST_DIR})
function(fn_units prefix bindir config out)
  cmake_path(APPEND prefix ${bindir} OUTPUT_VARIABLE FN_BIN)
  set(FN_CONFIG ${config})
  configure_file(${FN_UNITS_FROM}/facenetd.service.in ${out}/facenetd.service @ONLY)
  configure_file(${FN_UNITS_FROM}/facenetd.user.service.in ${out}/user/facenetd.service @ONLY)
  configure_file(${FN_UNITS_FROM}/facenetd.sysusers.in ${out}/facenetd.conf @ONLY)
endfunction()
