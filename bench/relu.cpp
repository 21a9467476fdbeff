// Relu: the activation of a hidden layer by itself. Forward is fused into the inner product in training;
// measured alone it says what the fusion saves.
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "families.hpp"
#include "mnist/step/single_primitive.hpp"
#include "primitive_loop.hpp"
#include "reference.hpp"

namespace mnist::bench {
namespace {

constexpr std::size_t kReluBatches[]{64, 1024};
constexpr std::size_t kWidths[]{128, 64};

struct Case {
    bool forward;
    std::size_t width, batch, threads;
};

void relu(Call& call, Bench& bench, const Case& c) {
    std::vector<float> values = random_floats(c.batch * c.width, 1);
    if (!c.forward) {
        for (float& value : values) value = std::max(value, 0.0F);  // backward reads forward's result
    }
    const std::vector<float> diff_dst =
        c.forward ? std::vector<float>{} : random_floats(c.batch * c.width, 2);
    Reference expected;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const float result = c.forward ? std::max(values[i], 0.0F) : values[i] > 0 ? diff_dst[i] : 0.0F;
        expected.values.push_back(result);
        expected.magnitudes.push_back(0);  // nothing is rounded
    }
    const std::size_t arrays = c.forward ? 2 : 3;
    const CallCost cost{.bytes = static_cast<double>(arrays * c.batch * c.width * sizeof(float))};
    PrimitiveFacts facts;
    time_calls(call, bench, c.threads, cost, [&](std::size_t thread) {
        const auto primitive = std::make_shared<SingleRelu>(c.batch, c.width, values, diff_dst);
        primitive->run();
        if (call.first) require_close(primitive->result(), expected, "ReLU");
        if (thread == 0) facts = primitive->facts();
        return [primitive] { primitive->run(); };
    });
    describe_primitive(call, facts);
}

}  // namespace

void add_relu(Registry& registry, Bench& bench) {
    const auto add = [&](const Case& c) {
        registry.push_back(
            {.name = fmt::format("Relu/{}/width:{}/batch:{}{}", c.forward ? "Forward" : "Backward", c.width,
                                 c.batch, bench.threads_suffix(c.threads)),
             .threads = c.threads,
             .run = [&bench, c](Call& call) { relu(call, bench, c); }});
    };
    for (const std::size_t threads : bench.side_by_side_counts()) {
        for (const bool forward : {true, false}) {
            for (const std::size_t width : kWidths) {
                for (const std::size_t batch : kReluBatches)
                    add({.forward = forward, .width = width, .batch = batch, .threads = threads});
            }
        }
    }
}

}  // namespace mnist::bench
