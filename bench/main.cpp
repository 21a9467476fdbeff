// Entry of the program `mnist_bench`, and the one place where an error becomes a message and an exit code: 2
// for what the user can mend (usage, files, values), 3 for what is our own failure.
#include <csignal>
#include <exception>
#include <string>

#include "mnist/core/error.hpp"
#include "mnist/machine/shortage.hpp"
#include "mnist/report/terminal.hpp"
#include "program.hpp"

int main(int argc, char** argv) {
    using namespace mnist::bench;
    mnist::hold_standard_descriptors();
    std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is an error of the write, until nothing is to be kept
    try {
        return run_program(argc, argv);
    } catch (const mnist::InputError& error) {
        note(error.what());
        return kExitInput;
    } catch (const std::exception& error) {
        note(mnist::shortage(error).value_or(std::string("internal failure: ") + error.what()));
        return kExitFailure;
    }
}
