# SPDX-License-Identifier: MIT
# cmake -DFACENETD=PROGRAM -DOUT=FILE -P: the configuration of the system-wide daemon. Every key is in it with its explanation
# and its default, as the program prints them, and none is set.
execute_process(COMMAND env -i HOME=/nonexistent ${FACENETD} --print-config
  OUTPUT_VARIABLE text COMMAND_ERROR_IS_FATAL ANY)
string(REGEX REPLACE "^#[^\n]*\n" "" text "${text}")
string(REGEX REPLACE "\n([a-z_]+ =)" "\n#\\1" text "${text}")
file(WRITE ${OUT} "# The configuration of the facenetd that the system starts; see facenetd.conf(5).
# Each key is here with its default. To set one, remove the # before it.
# The user facenetd must be able to read the folders of photos, for example:
#     root = /srv/photos
${text}")
