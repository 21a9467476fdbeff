# CPack's settings for packaging/deb, which gives the version and the folder that is packed.
set(CPACK_PACKAGE_NAME mnist-bench)
set(CPACK_PACKAGE_CONTACT "${CPACK_DEBIAN_PACKAGE_MAINTAINER}")
set(CPACK_PACKAGING_INSTALL_PREFIX /)
set(CPACK_DEBIAN_PACKAGE_NAME mnist-bench)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "CPU benchmark that trains a perceptron on MNIST")
set(CPACK_PACKAGE_DESCRIPTION "Trains the 784-128-64-10 perceptron with SGD, SGD with momentum and Adam
on oneDNN primitives and measures how fast this machine does it. The
programs mnist (train, evaluate, compare, report) and mnist_bench
(benchmarks of the training and of each of its parts) write result files
that can be compared across machines.")
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "ca-certificates")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "dataset-fashion-mnist, git, gnuplot-nox")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
# Asked for by CPack, although DEB-DEFAULT above makes the name.
set(CPACK_PACKAGE_FILE_NAME mnist-bench)
