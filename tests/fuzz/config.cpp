// Configurations of `mnist train`, from the bytes to the checked options. The environment names no data
// folder here, because what is tried must depend on the file alone.
#include <cstdlib>

#include "memory_file.hpp"
#include "mnist/core/error.hpp"
#include "targets.hpp"
#include "train_options.hpp"

namespace mnist {
namespace {

std::string complete_configuration(FileBytes file) {
    const MemoryFile on_disk(file);
    return train_options_toml(read_train_options(on_disk.path(), {}));
}

}  // namespace

void try_config(FileBytes file) {
    ::unsetenv("MNIST_DATA_DIR");
    std::string complete;
    try {
        complete = complete_configuration(file);
    } catch (const InputError&) {
        return;
    }
    try {
        promise(complete_configuration(std::as_bytes(std::span(complete))) == complete,
                "config: the complete configuration reads back to itself");
    } catch (const InputError& error) {
        throw BrokenPromise(std::string("config: the complete configuration can be read: ") + error.what());
    }
}

}  // namespace mnist
