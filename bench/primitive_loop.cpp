// Counters and labels of primitives.
#include "primitive_loop.hpp"

#include "experiment_run.hpp"

namespace mnist::bench {

void count_calls(Call& call, const CallCost& cost, double per_second) {
    if (cost.flop > 0) call.count("gflops", 1e-9 * cost.flop * per_second);
    if (cost.bytes > 0) call.count("gb_per_second", 1e-9 * cost.bytes * per_second);
}

void describe_primitive(Call& call, const PrimitiveFacts& facts) {
    const bool fallback = is_fallback(facts.implementation);
    std::string label = (fallback ? "reference loop: " : "") + facts.implementation;
    if (!facts.weights_layout.empty()) label += ", " + facts.weights_layout;
    call.state.SetLabel(label);
    if (fallback) call.count("fallback", 1);
}

}  // namespace mnist::bench
