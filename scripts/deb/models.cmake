# SPDX-License-Identifier: MIT
# Installs the models that scripts/fetch-models made, if any, as a component of their own.
set(FACENETD_MODELS "${CMAKE_SOURCE_DIR}/build/models" CACHE PATH "the models to install, made by scripts/fetch-models")
install(CODE "
  file(GLOB models \"${FACENETD_MODELS}/*.fnm\" \"${FACENETD_MODELS}/*.profile\")
  if(models)
    file(INSTALL \${models} DESTINATION \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_DATADIR}/facenetd/models\")
  else()
    message(WARNING \"No models in ${FACENETD_MODELS}: none are installed. Run scripts/fetch-models, then install again.\")
  endif()" COMPONENT models)
