# SPDX-License-Identifier: MIT
# At install time: the units for the prefix in use, and the configuration of the system-wide daemon. The variables FN_... come
# from CMakeLists.txt. An existing configuration is left alone.
include(${FN_SYSTEMD}/units.cmake)
# below the prefix unless it is absolute; /etc for /usr, as GNUInstallDirs has it
set(sysconfdir ${FN_SYSCONFDIR})
if(CMAKE_INSTALL_PREFIX STREQUAL "/usr" AND FN_SYSCONFDIR_BELOW STREQUAL "etc")
  set(sysconfdir /etc)
elseif(NOT CMAKE_INSTALL_PREFIX STREQUAL FN_PREFIX)
  cmake_path(APPEND CMAKE_INSTALL_PREFIX ${FN_SYSCONFDIR_BELOW} OUTPUT_VARIABLE sysconfdir)
endif()
set(sysconfdir ${sysconfdir}/facenetd)
fn_units(${CMAKE_INSTALL_PREFIX} ${FN_BINDIR} ${sysconfdir}/facenetd.conf ${FN_OUT})
file(INSTALL ${FN_OUT}/facenetd.service DESTINATION ${CMAKE_INSTALL_PREFIX}/lib/systemd/system)
file(INSTALL ${FN_OUT}/user/facenetd.service DESTINATION ${CMAKE_INSTALL_PREFIX}/lib/systemd/user)
file(INSTALL ${FN_OUT}/facenetd.conf DESTINATION ${CMAKE_INSTALL_PREFIX}/lib/sysusers.d)
if(EXISTS $ENV{DESTDIR}${sysconfdir}/facenetd.conf)
  message(STATUS "Left as it is: $ENV{DESTDIR}${sysconfdir}/facenetd.conf")
else()
  file(INSTALL ${FN_CONFIG_DEFAULT} DESTINATION ${sysconfdir} RENAME facenetd.conf)
endif()
