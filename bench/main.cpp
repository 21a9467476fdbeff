// Entry of the program `mnist_bench`, where an error becomes a message and an exit code.
#include <csignal>
#include <exception>
#include <ext/stdio_filebuf.h>
#include <iostream>
#include <string>

#include "mnist/machine/failure.hpp"
#include "mnist/machine/openmp_binding.hpp"
#include "mnist/report/terminal.hpp"
#include "program.hpp"

namespace {

[[gnu::section(".preinit_array"), gnu::used]] const mnist::PreInitFunction before_libraries =
    mnist::drop_openmp_binding;

// std::cout, which Google Benchmark's reporters print through, leads to the program's own output while this
// lives.
class OwnOutput {
  public:
    OwnOutput() : buffer_(mnist::output_descriptor(), std::ios::out), before_(std::cout.rdbuf(&buffer_)) {}
    ~OwnOutput() { std::cout.rdbuf(before_); }
    OwnOutput(const OwnOutput&) = delete;
    OwnOutput& operator=(const OwnOutput&) = delete;

  private:
    __gnu_cxx::stdio_filebuf<char> buffer_;
    std::streambuf* before_;
};

}  // namespace

int main(int argc, char** argv) {
    using namespace mnist::bench;
    mnist::hold_standard_descriptors();
    mnist::keep_output_apart();
    const OwnOutput own_output;
    std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is an error of the write, until nothing is to be kept
    try {
        return run_program(argc, argv);
    } catch (...) {
        const mnist::Failure failure = mnist::failure_of(std::current_exception());
        if (!failure.message.empty()) note(failure.message);
        return failure.code;
    }
}
