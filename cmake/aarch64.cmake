# Toolchain for aarch64 on another Debian: its cross compiler (g++-aarch64-linux-gnu), or with -DCMAKE_CXX_COMPILER=clang++ clang with that
# one's headers and linker, and the libraries of architecture arm64 beside the machine's own; what is built runs through qemu-user. Left
# out: other distributions, which lay libraries out differently.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
if(NOT CMAKE_CXX_COMPILER)
  set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
endif()
set(CMAKE_CXX_COMPILER_TARGET aarch64-linux-gnu) # which GCC has in its name
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)
set(ENV{PKG_CONFIG_LIBDIR} /usr/lib/aarch64-linux-gnu/pkgconfig:/usr/share/pkgconfig)
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64)
