// For the fuzzers alone, which are built without oneDNN: every precision can be had. The real answer depends
// on the machine, and no file has a say in it.
#include "mnist/step/precision.hpp"

namespace mnist {

std::optional<std::string> precision_obstacle(Precision /*precision*/) {
    return std::nullopt;
}

}  // namespace mnist
