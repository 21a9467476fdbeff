# Warnings live in one INTERFACE target that every target of ours links privately; -Werror is for CI and development, so that a
# newer compiler's new warning never stops a user from building.
option(MNIST_WERROR "Treat warnings as errors" OFF)

add_library(mnist_warnings INTERFACE)
target_compile_options(mnist_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow
  $<$<BOOL:${MNIST_WERROR}>:-Werror>)

# GCC 12 sees overlapping copies in std::string's operator+ where there are none (GCC bug 105651, mended in 13), and with
# optimisation takes the payload of an empty std::optional for an uninitialised read (GCC bug 80635). clang-tidy looks for the real
# ones.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(mnist_warnings INTERFACE -Wno-restrict -Wno-maybe-uninitialized)
endif()
