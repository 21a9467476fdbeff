// Labels of primitives.
#include "primitive_loop.hpp"

#include "experiment_run.hpp"

namespace mnist::bench {

void describe_primitive(Call& call, const PrimitiveFacts& facts) {
    const bool fallback = is_fallback(facts.implementation);
    std::string label = (fallback ? "gemm or ref fallback: " : "") + facts.implementation;
    if (!facts.weights_layout.empty()) label += ", " + facts.weights_layout;
    call.state.SetLabel(label);
    if (fallback) call.count("fallback", 1);
}

}  // namespace mnist::bench
