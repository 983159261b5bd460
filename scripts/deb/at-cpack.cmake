# SPDX-License-Identifier: MIT
# Read by cpack when it runs: which packages there are to make.
cmake_policy(VERSION 3.25)
if(NOT CPACK_PACKAGING_INSTALL_PREFIX STREQUAL "/usr")
  message(FATAL_ERROR "Debian packages are made for /usr: cmake --workflow --preset deb")
endif()
set(CPACK_COMPONENTS_ALL Unspecified)
if(EXISTS "${CPACK_FACENETD_MODELS}/default.profile")
  list(APPEND CPACK_COMPONENTS_ALL models)
else()
  message(STATUS "No models in ${CPACK_FACENETD_MODELS}: no facenetd-models package. Run scripts/fetch-models for one.")
endif()
