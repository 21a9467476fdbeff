// Entry of the program `mnist`.
#include <csignal>
#include <exception>

#include "app.hpp"
#include "console.hpp"
#include "mnist/machine/failure.hpp"
#include "mnist/machine/openmp_binding.hpp"
#include "mnist/report/terminal.hpp"

namespace {

[[gnu::section(".preinit_array"), gnu::used]] const mnist::PreInitFunction before_libraries =
    mnist::drop_openmp_binding;

}  // namespace

int main(int argc, char** argv) {
    mnist::hold_standard_descriptors();
    mnist::keep_output_apart();
    std::signal(SIGPIPE,
                SIG_IGN);  // a closed pipe becomes an error of the write instead of the program's end
    try {
        return mnist::run_app(argc, argv);
    } catch (...) {
        const mnist::Failure failure = mnist::failure_of(std::current_exception());
        if (!failure.message.empty()) mnist::Console().note(failure.message);
        return failure.code;
    }
}
