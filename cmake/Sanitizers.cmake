# Sanitizers as one INTERFACE target, chosen by the presets: MNIST_SANITIZE is a list for -fsanitize=.
set(MNIST_SANITIZE "" CACHE STRING "Comma-separated sanitizers, e.g. address,undefined or thread")

add_library(mnist_sanitizers INTERFACE)
if(MNIST_SANITIZE)
  target_compile_options(mnist_sanitizers INTERFACE
    -fsanitize=${MNIST_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(mnist_sanitizers INTERFACE -fsanitize=${MNIST_SANITIZE})
endif()
