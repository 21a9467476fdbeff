# Warnings live in one INTERFACE target that every target of ours links privately; -Werror is for CI and development, so that a
# newer compiler's new warning never stops a user from building. A switch without one of its kinds is always an error: what is added to a
# closed set and forgotten there would silently be another of its kinds.
option(MNIST_WERROR "Treat warnings as errors" OFF)

add_library(mnist_warnings INTERFACE)
target_compile_options(mnist_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow
  -Werror=switch
  $<$<BOOL:${MNIST_WERROR}>:-Werror>)

# GCC takes the payload of an empty std::optional for an uninitialised read when it optimises (GCC bug 80635; 14 still does).
# clang-tidy looks for the real ones. GCC 12 also sees overlapping copies in std::string's operator+ where there are none (GCC bug
# 105651, mended in 13).
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(mnist_warnings INTERFACE -Wno-maybe-uninitialized)
  if(CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    target_compile_options(mnist_warnings INTERFACE -Wno-restrict)
  endif()
endif()
