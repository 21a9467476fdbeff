# oneDNN by header and library, and the runtime of its threads. Debian's own dnnl-config.cmake asks for OpenCL's development files, which
# a CPU suite does not need. Defines OneDNN::OneDNN, OneDNN::threads, OneDNN_VERSION and OneDNN_CPU_RUNTIME (OMP, TBB or SEQ).
# Another oneDNN than the system's is given as OneDNN_INCLUDE_DIR and OneDNN_LIBRARY, with OneDNN_OPENMP_LIBRARY where its OpenMP is not
# GCC's (cmake/onednn/prepare makes these three).
find_path(OneDNN_INCLUDE_DIR dnnl.hpp)
find_library(OneDNN_LIBRARY dnnl)
mark_as_advanced(OneDNN_INCLUDE_DIR OneDNN_LIBRARY)

set(_onednn_obstacle "")
if(OneDNN_INCLUDE_DIR)
  foreach(folder IN ITEMS oneapi/dnnl/ "")
    set(_onednn_headers "${OneDNN_INCLUDE_DIR}/${folder}dnnl")
    if(EXISTS "${_onednn_headers}_version.h")
      file(STRINGS "${_onednn_headers}_version.h" _onednn_lines REGEX "#define DNNL_VERSION_(MAJOR|MINOR|PATCH) ")
      string(REGEX MATCHALL "[0-9]+" _onednn_numbers "${_onednn_lines}")
      list(JOIN _onednn_numbers "." OneDNN_VERSION)
      file(STRINGS "${_onednn_headers}_config.h" _onednn_lines REGEX "#define DNNL_CPU_RUNTIME ")
      string(REGEX REPLACE ".*DNNL_RUNTIME_([A-Z]+).*" "\\1" OneDNN_CPU_RUNTIME "${_onednn_lines}")
      break()
    endif()
  endforeach()
  if(NOT OneDNN_CPU_RUNTIME MATCHES "^(OMP|TBB|SEQ)$")
    set(_onednn_obstacle "its threads are those of \"${OneDNN_CPU_RUNTIME}\", expected OMP, TBB or SEQ")
  endif()
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(OneDNN
  REQUIRED_VARS OneDNN_LIBRARY OneDNN_INCLUDE_DIR
  VERSION_VAR OneDNN_VERSION
  REASON_FAILURE_MESSAGE "${_onednn_obstacle}")
if(OneDNN_FOUND AND _onednn_obstacle)
  set(OneDNN_FOUND FALSE)
  if(OneDNN_FIND_REQUIRED)
    message(FATAL_ERROR "oneDNN in ${OneDNN_INCLUDE_DIR} cannot be used: ${_onednn_obstacle}")
  endif()
endif()

if(OneDNN_FOUND AND NOT TARGET OneDNN::OneDNN)
  add_library(OneDNN::OneDNN UNKNOWN IMPORTED)
  set_target_properties(OneDNN::OneDNN PROPERTIES
    IMPORTED_LOCATION "${OneDNN_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${OneDNN_INCLUDE_DIR}")
  # What sets the number of threads. gomp: oneDNN runs in the threads of GCC's OpenMP runtime, so their number is set there, whichever
  # compiler builds. What clang's -fopenmp links is a second runtime beside it, and one that ends the process where it has no memory for
  # one more thread.
  add_library(OneDNN::threads INTERFACE IMPORTED)
  if(OneDNN_CPU_RUNTIME STREQUAL "TBB")
    # Every project that links this needs TBB, and looks for it, beside oneDNN.
    target_link_libraries(OneDNN::threads INTERFACE TBB::tbb)
  elseif(OneDNN_CPU_RUNTIME STREQUAL "OMP")
    set(OneDNN_OPENMP_LIBRARY gomp CACHE STRING "OpenMP's runtime in which oneDNN runs: a name or a file")
    mark_as_advanced(OneDNN_OPENMP_LIBRARY)
    target_link_libraries(OneDNN::threads INTERFACE "${OneDNN_OPENMP_LIBRARY}")
  endif()
endif()
