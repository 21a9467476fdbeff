# Script: configures PROJECT against the installed BUILD, with everything there, without oneDNN and without what pkg-config knows, all of it or all but SQLite.
set(scratch "${BUILD}/tests/install/lacking")
file(REMOVE_RECURSE "${scratch}")
execute_process(COMMAND ${CMAKE_COMMAND} --install "${BUILD}" --prefix "${scratch}/installed" --component development
  OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)

# expect(SAYS TEXT... WITH COMMAND...): configuring with this command (and variables before it) succeeds and says each text.
function(expect)
  cmake_parse_arguments(arg "" "" "SAYS;WITH" ${ARGN})
  file(REMOVE_RECURSE "${scratch}/build")
  execute_process(COMMAND ${CMAKE_COMMAND} -E env ${arg_WITH} -G "${GENERATOR}" -S "${PROJECT}" -B "${scratch}/build"
      "-DCMAKE_CXX_COMPILER=${COMPILER}" "-DCMAKE_PREFIX_PATH=${scratch}/installed"
    OUTPUT_VARIABLE output ERROR_VARIABLE output RESULT_VARIABLE status)
  string(REGEX REPLACE "[ \n]+" " " output "${output}")
  foreach(text IN LISTS arg_SAYS)
    string(FIND "${output}" "${text}" place)
    if(place EQUAL -1 OR NOT status EQUAL 0)
      message(FATAL_ERROR "expected status 0 and \"${text}\", found status ${status} and:\n${output}")
    endif()
  endforeach()
endfunction()

set(modules "modules in /a/folder/of/mine")
expect(SAYS "found: 1, ${modules}" WITH ${CMAKE_COMMAND})
expect(SAYS "found: 0, ${modules}" "needs oneDNN" WITH ${CMAKE_COMMAND} -DCMAKE_DISABLE_FIND_PACKAGE_OneDNN=ON)
expect(SAYS "found: 0, ${modules}" "report needs SQLite" WITH PKG_CONFIG_LIBDIR=/nonexistent ${CMAKE_COMMAND})
file(WRITE "${scratch}/pkgconfig/sqlite3.pc" "Name: SQLite\nDescription: as if it were all there is\nVersion: 3.40.0\n")
expect(SAYS "found: 0, ${modules}" "train needs hwloc" WITH "PKG_CONFIG_LIBDIR=${scratch}/pkgconfig" ${CMAKE_COMMAND})
file(REMOVE_RECURSE "${scratch}")
