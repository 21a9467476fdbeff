// Entry of the program `mnist`, and the one place where an error becomes a message and an exit code: 2 for
// what the user can mend (usage, files, values), 3 for what is our own failure.
#include <exception>
#include <new>
#include <string>

#include "app.hpp"
#include "console.hpp"
#include "mnist/core/error.hpp"
#include "mnist/machine/memory.hpp"
#include "mnist/report/terminal.hpp"
#include "signals.hpp"

namespace {

int fail(int code, const std::string& message) {
    mnist::Console().note(message);
    return code;
}

// After the failed allocation was given up, so that a short text has room.
std::string out_of_memory() {
    std::string text = "not enough memory";
    if (const auto room = mnist::memory_room())
        text += ": " + std::to_string(room->bytes >> 20U) + " MiB are left of " + room->bound;
    return text + ". Choose smaller --hidden layers, a smaller --batch-size or fewer --threads";
}

}  // namespace

int main(int argc, char** argv) {
    mnist::hold_standard_descriptors();
    mnist::ignore_broken_pipes();
    try {
        return mnist::run_app(argc, argv);
    } catch (const mnist::InputError& error) {
        return fail(mnist::kExitInput, error.what());
    } catch (const std::bad_alloc&) {
        return fail(mnist::kExitFailure, out_of_memory());
    } catch (const std::exception& error) {
        return fail(mnist::kExitFailure, std::string("internal failure: ") + error.what());
    }
}
