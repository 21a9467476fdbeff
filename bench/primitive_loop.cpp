// Labels of primitives.
#include "primitive_loop.hpp"

#include "experiment_run.hpp"

namespace mnist::bench {

void describe_primitive(Call& call, const PrimitiveFacts& facts) {
    std::string label = implementations_label({facts});
    if (!facts.weights_layout.empty()) label += ", " + facts.weights_layout;
    call.state.SetLabel(label);
    if (is_fallback(facts.implementation)) call.count("fallback", 1);
}

}  // namespace mnist::bench
