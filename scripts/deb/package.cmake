# SPDX-License-Identifier: MIT
# Debian packages: cmake --workflow --preset deb writes facenetd_VERSION_ARCH.deb and, if there are models,
# facenetd-models_VERSION_all.deb. What cpack cannot do itself is done by finish.cmake.
set(here ${CMAKE_SOURCE_DIR}/scripts/deb)
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME facenetd)
set(CPACK_PACKAGE_VENDOR "facenetd")
set(CPACK_PACKAGE_CONTACT "the facenetd authors <authors@facenetd.invalid>" CACHE STRING "maintainer of the Debian packages: NAME <ADDRESS>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "find the people in your photos, on your own machine")
set(CPACK_PACKAGING_INSTALL_PREFIX ${CMAKE_INSTALL_PREFIX})
set(CPACK_SET_DESTDIR ON) # the configuration is below /etc
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ
  WORLD_EXECUTE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_PROJECT_CONFIG_FILE ${here}/at-cpack.cmake)
set(CPACK_PRE_BUILD_SCRIPTS ${here}/finish.cmake)
set(CPACK_FACENETD_SOURCE ${CMAKE_SOURCE_DIR})
set(CPACK_FACENETD_MODELS ${FACENETD_MODELS})

# The programs: everything without a component.
set(CPACK_DEBIAN_UNSPECIFIED_PACKAGE_NAME facenetd)
set(CPACK_DEBIAN_UNSPECIFIED_PACKAGE_SECTION graphics)
set(CPACK_DEBIAN_UNSPECIFIED_PACKAGE_SHLIBDEPS ON)
# OpenBLAS is loaded at run time, so nothing finds this dependency by itself.
set(CPACK_DEBIAN_UNSPECIFIED_PACKAGE_DEPENDS
  "libopenblas0-pthread | libopenblas0, systemd-standalone-sysusers | systemd-sysusers")
set(CPACK_DEBIAN_UNSPECIFIED_PACKAGE_RECOMMENDS "facenetd-models, fonts-noto-core, fonts-noto-color-emoji, fonts-noto-cjk")
set(CPACK_DEBIAN_UNSPECIFIED_PACKAGE_CONTROL_EXTRA ${here}/postinst ${here}/prerm ${here}/postrm ${here}/conffiles)
set(CPACK_DEBIAN_UNSPECIFIED_DESCRIPTION
"facenetd keeps an index of the faces in your photos: it finds them, computes
an embedding of each, and clusters them into people. fnq queries the index and
labels people: photos with Ann and without Tom in 2019. Everything runs on your
own CPU, and photos are only read.")
set(CPACK_COMPONENT_UNSPECIFIED_DESCRIPTION "${CPACK_DEBIAN_UNSPECIFIED_DESCRIPTION}")

set(CPACK_DEBIAN_MODELS_PACKAGE_NAME facenetd-models)
set(CPACK_DEBIAN_MODELS_PACKAGE_SECTION graphics)
set(CPACK_DEBIAN_MODELS_PACKAGE_ARCHITECTURE all)
set(CPACK_DEBIAN_MODELS_PACKAGE_ENHANCES facenetd)
set(CPACK_DEBIAN_MODELS_PACKAGE_CONTROL_EXTRA "")
set(CPACK_COMPONENT_MODELS_DESCRIPTION
"The trained networks of facenetd: they find faces and describe them. Each has
a licence of its own, shown by fnq model list.")
include(CPack)
