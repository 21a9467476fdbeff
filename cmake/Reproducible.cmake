# Two builds of one commit are the same files wherever their folders are (`./run check reproducible` tests it): names of source files in
# messages and debug information start at the project's folder. For Release alone, because a debugger finds the sources of the others
# by their whole names. An option of every target and not of one INTERFACE target, because a single file without it would be enough.
# Dates and times are nowhere in the sources; the compiler warns of them.
add_compile_options(
  "$<$<CONFIG:Release>:-ffile-prefix-map=${CMAKE_BINARY_DIR}/=>"
  "$<$<CONFIG:Release>:-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=>"
  -Wdate-time)
