// SoftmaxCrossEntropy: loss and gradient of a batch in one pass, our own loop in the instructions that
// training uses.
#include <fmt/format.h>

#include "families.hpp"
#include "mnist/core/aligned.hpp"
#include "mnist/core/checked.hpp"
#include "mnist/nn/loss.hpp"
#include "primitive_loop.hpp"
#include "reference.hpp"

namespace mnist::bench {
namespace {

constexpr std::size_t kClasses = 10;
constexpr std::size_t kBatches[]{64, 1024};

void softmax(Call& call, Bench& bench, std::size_t batch) {
    const std::size_t columns = round_up(kClasses, kLane);
    const std::vector<float> dense = random_floats(batch * kClasses, 1);
    AlignedVector<float> logits(batch * columns);
    AlignedVector<float> gradient(batch * columns);
    std::vector<std::uint8_t> labels(batch);
    for (std::size_t i = 0; i < dense.size(); ++i)
        logits[i / kClasses * columns + i % kClasses] = 8 * dense[i];
    for (std::size_t r = 0; r < batch; ++r) labels[r] = static_cast<std::uint8_t>(r * 7 % kClasses);
    const LossFn loss = softmax_cross_entropy(detected_isa());
    const LossArguments arguments{.logits = logits.data(),
                                  .labels = labels.data(),
                                  .diff_logits = gradient.data(),
                                  .rows = batch,
                                  .classes = kClasses,
                                  .columns = columns,
                                  .scale = 1.0F / static_cast<float>(batch)};
    const CallCost cost{.bytes = static_cast<double>(2 * batch * columns * sizeof(float) + batch)};
    time_calls(call, bench, cost, [&] {
        const double sum = loss(arguments);
        if (call.first) {
            std::vector<float> scaled;
            std::vector<float> found;
            for (std::size_t i = 0; i < dense.size(); ++i) {
                scaled.push_back(8 * dense[i]);
                found.push_back(gradient[i / kClasses * columns + i % kClasses]);
            }
            found.push_back(static_cast<float>(sum / static_cast<double>(batch)));
            require_close(found, reference_loss(scaled, labels, kClasses), "softmax cross-entropy");
        }
        return [&] { benchmark::DoNotOptimize(loss(arguments)); };
    });
    call.state.SetLabel(fmt::format("own loop, {}", name(detected_isa())));
}

}  // namespace

void add_softmax_cross_entropy(Registry& registry, Bench& bench) {
    for (const std::size_t batch : kBatches) {
        registry.push_back({.name = fmt::format("SoftmaxCrossEntropy/classes:{}/batch:{}", kClasses, batch),
                            .run = [&bench, batch](Call& call) { softmax(call, bench, batch); }});
    }
}

}  // namespace mnist::bench
