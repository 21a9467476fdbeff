# What a result file says about the build: compiler, flags, build type, commit and libraries (those that are asked for their version
# when the program runs are not in this list). The commit is read at configure time and again
# at each build (a script writes the file only when it changed, so nothing is rebuilt without need).
set(MNIST_BUILD_FACTS_DIR "${CMAKE_BINARY_DIR}/generated")
string(TOUPPER "${CMAKE_BUILD_TYPE}" _mnist_build_type)
string(STRIP "${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${_mnist_build_type}}" _mnist_flags)
if(MNIST_SANITIZE)
  string(APPEND _mnist_flags " -fsanitize=${MNIST_SANITIZE}")
endif()

string(CONCAT _mnist_libraries
  "Boost ${Boost_VERSION_STRING}, CLI11 ${CLI11_VERSION}, fmt ${fmt_VERSION}, Google Benchmark ${benchmark_VERSION}, "
  "hwloc ${HWLOC_VERSION}, libcurl ${CURL_VERSION_STRING}, libjpeg-turbo ${JPEG_VERSION}, libpng ${PNG_VERSION_STRING}, "
  "nlohmann-json ${nlohmann_json_VERSION}, ONNX ${ONNX_VERSION}, OpenSSL ${OPENSSL_VERSION}, Protobuf ${Protobuf_VERSION}, SQLite ${SQLITE_VERSION}, toml++ ${TOMLPLUSPLUS_VERSION}, zlib ${ZLIB_VERSION_STRING}")

add_custom_target(mnist_build_facts
  COMMAND ${CMAKE_COMMAND}
    "-DOUT=${MNIST_BUILD_FACTS_DIR}/mnist_build_facts.hpp"
    "-DSOURCE=${CMAKE_CURRENT_SOURCE_DIR}"
    "-DCOMPILER=${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}"
    "-DFLAGS=${_mnist_flags}"
    "-DBUILD_TYPE=${CMAKE_BUILD_TYPE}"
    "-DLIBRARIES=${_mnist_libraries}"
    "-DVERSION=${PROJECT_VERSION}"
    -P "${CMAKE_CURRENT_SOURCE_DIR}/cmake/WriteBuildFacts.cmake"
  BYPRODUCTS "${MNIST_BUILD_FACTS_DIR}/mnist_build_facts.hpp"
  COMMENT "Recording build facts"
  VERBATIM)
