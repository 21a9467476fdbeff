# Script: installs BUILD, builds EXAMPLE against the installed tree, runs it and looks at what it prints. The example `compare` must do
# without oneDNN, so its package may not be found there.
set(scratch "${BUILD}/tests/install/${EXAMPLE}")
file(REMOVE_RECURSE "${scratch}")

function(run)
  execute_process(COMMAND ${ARGN} OUTPUT_VARIABLE output ERROR_VARIABLE output RESULT_VARIABLE status)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${ARGN}\nended with ${status}:\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

function(expect text)
  string(FIND "${output}" "${text}" place)
  if(place EQUAL -1)
    message(FATAL_ERROR "expected \"${text}\" in:\n${output}")
  endif()
endfunction()

foreach(component IN ITEMS runtime development)
  run(${CMAKE_COMMAND} --install "${BUILD}" --prefix "${scratch}/installed" --component ${component})
endforeach()
# The programs as they are installed: found libraries, and the one that downloads.
run("${scratch}/installed/bin/mnist" --version)
execute_process(COMMAND "${scratch}/installed/bin/mnist" fetch --base-url http://127.0.0.1:1/ --data-dir "${scratch}/data"
  OUTPUT_VARIABLE output ERROR_VARIABLE output)
expect("connect")

set(without "")
if(EXAMPLE STREQUAL "compare")
  set(without -DCMAKE_DISABLE_FIND_PACKAGE_OneDNN=ON)
endif()
run(${CMAKE_COMMAND} -G "${GENERATOR}" -S "${SOURCE}/examples/${EXAMPLE}" -B "${scratch}/build" "-DCMAKE_CXX_COMPILER=${COMPILER}"
  "-DCMAKE_PREFIX_PATH=${scratch}/installed" ${without})
run(${CMAKE_COMMAND} --build "${scratch}/build")
if(EXAMPLE STREQUAL "train")
  run("${scratch}/build/example")
  expect("Epoch 2/2, Train Loss ")
  # By its RUNPATH it finds what downloads.
  file(STRINGS "${scratch}/build/example" output REGEX "installed/lib/mnist_bench")
  expect("${scratch}/installed/lib/mnist_bench")
else()
  run("${scratch}/build/example" "${SOURCE}/tests/golden/train_result.json" "${SOURCE}/tests/golden/train_result.json")
  expect("train_result.json")
endif()
file(REMOVE_RECURSE "${scratch}")
