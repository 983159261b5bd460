# SPDX-License-Identifier: MIT
# Run by cpack on the installed files, before it packs them: copyright, changelog and compressed manual pages.
cmake_policy(VERSION 3.25)
set(from ${CPACK_FACENETD_SOURCE})
string(TIMESTAMP date "%a, %d %b %Y %H:%M:%S +0000" UTC) # of SOURCE_DATE_EPOCH, if set

function(compress file)
  execute_process(COMMAND gzip -9nf ${file} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

function(finish folder package copyright)
  set(doc ${folder}/usr/share/doc/${package})
  file(MAKE_DIRECTORY ${doc})
  configure_file(${from}/scripts/deb/${copyright} ${doc}/copyright COPYONLY)
  file(WRITE ${doc}/changelog "${package} (${CPACK_PACKAGE_VERSION}) unstable; urgency=medium

  * Made from the sources of version ${CPACK_PACKAGE_VERSION}.

 -- ${CPACK_PACKAGE_CONTACT}  ${date}
")
  compress(${doc}/changelog)
  file(GLOB pages ${folder}/usr/share/man/man*/*.[0-9])
  foreach(page IN LISTS pages)
    compress(${page})
  endforeach()
  if(EXISTS ${from}/scripts/deb/${package}.lintian-overrides)
    configure_file(${from}/scripts/deb/${package}.lintian-overrides ${folder}/usr/share/lintian/overrides/${package} COPYONLY)
  endif()
endfunction()

finish(${CPACK_TEMPORARY_INSTALL_DIRECTORY}/Unspecified facenetd copyright)
if(models IN_LIST CPACK_COMPONENTS_ALL)
  finish(${CPACK_TEMPORARY_INSTALL_DIRECTORY}/models facenetd-models copyright-models)
endif()
