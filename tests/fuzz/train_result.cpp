// Results of `mnist train`: what is read and written again is the same result.
#include "mnist/core/error.hpp"
#include "mnist/results/train_json.hpp"
#include "targets.hpp"

namespace mnist {

void try_train_result(FileBytes file) {
    std::string written;
    try {
        written = train_result_json(parse_train_result(text_of(file), "fuzz"));
    } catch (const InputError&) {
        return;
    }
    try {
        promise(train_result_json(parse_train_result(written, "written")) == written,
                "train result: written, read and written again is the same text");
    } catch (const InputError& error) {
        throw BrokenPromise(std::string("train result: what is written can be read: ") + error.what());
    }
}

}  // namespace mnist
