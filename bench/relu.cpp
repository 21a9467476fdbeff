// Relu: the activation of a hidden layer by itself. Forward is fused into the inner product in training;
// measured alone it says what the fusion saves.
#include <fmt/format.h>

#include <algorithm>

#include "families.hpp"
#include "mnist/nn/single_primitive.hpp"
#include "primitive_loop.hpp"
#include "reference.hpp"

namespace mnist::bench {
namespace {

constexpr std::size_t kBatches[]{64, 1024};
constexpr std::size_t kWidths[]{128, 64};

void relu(Call& call, Bench& bench, std::size_t batch, std::size_t width, bool forward) {
    std::vector<float> values = random_floats(batch * width, 1);
    if (!forward) {
        for (float& value : values) value = std::max(value, 0.0F);  // backward reads forward's result
    }
    const std::vector<float> diff_dst = forward ? std::vector<float>{} : random_floats(batch * width, 2);
    Reference expected;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const float result = forward ? std::max(values[i], 0.0F) : values[i] > 0 ? diff_dst[i] : 0.0F;
        expected.values.push_back(result);
        expected.magnitudes.push_back(0);  // nothing is rounded
    }
    const std::size_t arrays = forward ? 2 : 3;
    const CallCost cost{.bytes = static_cast<double>(arrays * batch * width * sizeof(float))};
    std::optional<SingleRelu> primitive;
    time_calls(call, bench, cost, [&] {
        primitive.emplace(batch, width, values, diff_dst);
        primitive->run();
        if (call.first) require_close(primitive->result(), expected, "ReLU");
        return [&] { primitive->run(); };
    });
    describe_primitive(call, primitive->facts());
}

}  // namespace

void add_relu(Registry& registry, Bench& bench) {
    for (const bool forward : {true, false}) {
        for (const std::size_t width : kWidths) {
            for (const std::size_t batch : kBatches) {
                registry.push_back({.name = fmt::format("Relu/{}/width:{}/batch:{}",
                                                        forward ? "Forward" : "Backward", width, batch),
                                    .run = [&bench, batch, width, forward](Call& call) {
                                        relu(call, bench, batch, width, forward);
                                    }});
            }
        }
    }
}

}  // namespace mnist::bench
