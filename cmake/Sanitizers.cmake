# Sanitizers as one INTERFACE target, chosen by the presets: MNIST_SANITIZE is a list for -fsanitize=.
set(MNIST_SANITIZE "" CACHE STRING "Comma-separated sanitizers, e.g. address,undefined or thread")

add_library(mnist_sanitizers INTERFACE)
if(MNIST_SANITIZE)
  target_compile_options(mnist_sanitizers INTERFACE
    -fsanitize=${MNIST_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  # The checks that sanitizers insert make GCC 12 see uninitialised values inside std::function and std::regex, where there are none.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(mnist_sanitizers INTERFACE -Wno-maybe-uninitialized)
  endif()
  if(MNIST_SANITIZE MATCHES "thread")
    target_compile_definitions(mnist_sanitizers INTERFACE MNIST_THREAD_SANITIZER)
  endif()
  target_link_options(mnist_sanitizers INTERFACE -fsanitize=${MNIST_SANITIZE})
endif()
