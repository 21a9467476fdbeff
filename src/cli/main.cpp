// Entry of the program `mnist`, and the one place where an error becomes a message and an exit code: 2 for
// what the user can mend (usage, files, values), 3 for what is our own failure.
#include <csignal>
#include <exception>
#include <string>

#include "app.hpp"
#include "console.hpp"
#include "mnist/core/error.hpp"
#include "mnist/machine/openmp_binding.hpp"
#include "mnist/machine/shortage.hpp"
#include "mnist/report/terminal.hpp"

namespace {

[[gnu::section(".preinit_array"), gnu::used]] const mnist::PreInitFunction before_libraries =
    mnist::drop_openmp_binding;

int fail(int code, const std::string& message) {
    mnist::Console().note(message);
    return code;
}

}  // namespace

int main(int argc, char** argv) {
    mnist::hold_standard_descriptors();
    mnist::keep_output_apart();
    std::signal(SIGPIPE,
                SIG_IGN);  // a closed pipe becomes an error of the write instead of the program's end
    try {
        return mnist::run_app(argc, argv);
    } catch (const mnist::InputError& error) {
        return fail(mnist::kExitInput, error.what());
    } catch (const std::exception& error) {
        return fail(mnist::kExitFailure,
                    mnist::shortage(error).value_or(std::string("internal failure: ") + error.what()));
    }
}
