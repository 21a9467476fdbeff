# Every dependency, with the least version that is tested; all of them are Debian packages (see ./run for their names).
find_package(Threads REQUIRED)
find_package(OneDNN 2.6 REQUIRED)
find_package(TBB 2021.8 REQUIRED)
find_package(fmt 9.1 REQUIRED)
find_package(ZLIB 1.2.13 REQUIRED)
find_package(PNG 1.6.39 REQUIRED)
find_package(OpenSSL 3.0 REQUIRED COMPONENTS Crypto SSL)
find_package(CURL 7.88 REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(Protobuf 3.21 REQUIRED) # which the next one links without looking for it
find_package(ONNX 1.12 REQUIRED)
if(NOT TARGET ONNX::onnx)
  add_library(ONNX::onnx ALIAS onnx) # which older versions call so
endif()
find_package(CLI11 2.1 REQUIRED)
find_package(benchmark 1.7.1 REQUIRED)
find_package(Boost 1.74 REQUIRED CONFIG)
find_package(PkgConfig REQUIRED)
pkg_check_modules(HWLOC REQUIRED IMPORTED_TARGET hwloc>=2.9)
pkg_check_modules(JPEG REQUIRED IMPORTED_TARGET libjpeg>=2.1)
pkg_check_modules(TOMLPLUSPLUS REQUIRED tomlplusplus>=3.3) # of which the headers alone are used
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3>=3.40)
find_path(RANDOM123_INCLUDE_DIR Random123/philox.h REQUIRED)
if(CMAKE_SYSTEM_PROCESSOR STREQUAL "aarch64")
  # Its long double has 128 bits and is computed by functions, and clang 19 crashes on constants of it. double is enough here.
  target_compile_definitions(Boost::headers INTERFACE BOOST_MATH_PROMOTE_DOUBLE_POLICY=false)
  # GCC would note that it passes pairs of doubles in another way than GCC 9.
  target_compile_options(Boost::headers INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-psabi>)
  # The one with threads, whatever the system's alternatives say: src/onednn/blas_module.cpp says why.
  find_library(MNIST_OPENBLAS_LIBRARY NAMES libopenblas.a PATH_SUFFIXES openblas-pthread REQUIRED)
  find_path(MNIST_OPENBLAS_INCLUDE_DIR cblas.h PATH_SUFFIXES openblas-pthread "${CMAKE_LIBRARY_ARCHITECTURE}/openblas-pthread" REQUIRED)
endif()
if(MNIST_MPI)
  set(MPI_CXX_SKIP_MPICXX ON) # the C functions are what all versions have
  find_package(MPI 3.1 REQUIRED COMPONENTS CXX)
endif()
