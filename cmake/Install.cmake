# `cmake --install`: the component `runtime` is the programs and what they load (their install rules stand beside them), `development` is
# what another project needs: headers, static libraries, and the CMake package mnist_bench with the targets mnist_bench::train and
# mnist_bench::report. Versions below 1.0 promise nothing across minor numbers, so neither does the package.
include(CMakePackageConfigHelpers)

set(mnist_package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/mnist_bench")
set_target_properties(mnist_train PROPERTIES EXPORT_NAME train)
set_target_properties(mnist_report PROPERTIES EXPORT_NAME report)
set_target_properties(mnist_sanitizers PROPERTIES EXPORT_NAME sanitizers)
install(TARGETS mnist_train mnist_report mnist_sanitizers EXPORT mnist_bench)
install(EXPORT mnist_bench NAMESPACE mnist_bench:: FILE mnist_bench-targets.cmake DESTINATION "${mnist_package_dir}" COMPONENT development)
install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/mnist" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT development)

configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/mnist_bench-config.cmake.in" "${PROJECT_BINARY_DIR}/mnist_bench-config.cmake"
  INSTALL_DESTINATION "${mnist_package_dir}" NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/mnist_bench-config-version.cmake" COMPATIBILITY SameMinorVersion)
install(FILES
  "${PROJECT_BINARY_DIR}/mnist_bench-config.cmake" "${PROJECT_BINARY_DIR}/mnist_bench-config-version.cmake"
  "${PROJECT_SOURCE_DIR}/cmake/FindOneDNN.cmake"
  DESTINATION "${mnist_package_dir}" COMPONENT development)
