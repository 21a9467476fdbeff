# Script: writes the header that BuildFacts.cmake describes. Without git (a source archive) the commit is empty.
set(commit "")
set(dirty "false")
find_package(Git QUIET)
if(GIT_FOUND AND EXISTS "${SOURCE}/.git")
  execute_process(COMMAND "${GIT_EXECUTABLE}" -C "${SOURCE}" rev-parse HEAD
    OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
  if(failed)
    set(commit "")
  else()
    execute_process(COMMAND "${GIT_EXECUTABLE}" -C "${SOURCE}" status --porcelain --untracked-files=no
      OUTPUT_VARIABLE changes ERROR_QUIET)
    if(changes)
      set(dirty "true")
    endif()
  endif()
endif()
set(text "// Written by cmake/WriteBuildFacts.cmake at build time.
#pragma once
#define MNIST_BUILD_VERSION \"${VERSION}\"
#define MNIST_BUILD_COMMIT \"${commit}\"
#define MNIST_BUILD_DIRTY ${dirty}
#define MNIST_BUILD_COMPILER \"${COMPILER}\"
#define MNIST_BUILD_FLAGS \"${FLAGS}\"
#define MNIST_BUILD_TYPE \"${BUILD_TYPE}\"
#define MNIST_BUILD_LIBRARIES \"${LIBRARIES}\"
")
if(EXISTS "${OUT}")
  file(READ "${OUT}" old)
endif()
if(NOT "${old}" STREQUAL "${text}")
  file(WRITE "${OUT}" "${text}")
endif()
