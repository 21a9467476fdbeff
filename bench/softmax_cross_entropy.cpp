// SoftmaxCrossEntropy: loss and gradient of a batch in one pass, our own loop in the instructions that
// training uses.
#include <fmt/format.h>

#include <memory>

#include "families.hpp"
#include "mnist/core/aligned.hpp"
#include "mnist/core/checked.hpp"
#include "mnist/step/loss.hpp"
#include "primitive_loop.hpp"
#include "reference.hpp"

namespace mnist::bench {
namespace {

constexpr std::size_t kClasses = 10;
constexpr std::size_t kColumns = round_up(kClasses, kLane);
constexpr std::size_t kLossBatches[]{64, 1024};

// A batch in memory of one thread's own, each row padded as in training.
struct Batch {
    explicit Batch(std::size_t rows) : labels(rows), logits(rows * kColumns), gradient(rows * kColumns) {
        for (std::size_t r = 0; r < rows; ++r) labels[r] = static_cast<std::uint8_t>(r * 7 % kClasses);
        dense = random_floats(rows * kClasses, 1);
        for (std::size_t i = 0; i < dense.size(); ++i) {
            dense[i] *= 8;
            logits[i / kClasses * kColumns + i % kClasses] = dense[i];
        }
    }
    [[nodiscard]] LossArguments arguments() {
        return {.logits = logits.data(),
                .labels = labels.data(),
                .diff_logits = gradient.data(),
                .rows = labels.size(),
                .classes = kClasses,
                .columns = kColumns,
                .scale = 1.0F / static_cast<float>(labels.size())};
    }
    // The gradient without the padding, and the mean loss behind it, as reference_loss() has them.
    [[nodiscard]] std::vector<float> found(double sum) const {
        std::vector<float> numbers;
        for (std::size_t i = 0; i < dense.size(); ++i)
            numbers.push_back(gradient[i / kClasses * kColumns + i % kClasses]);
        numbers.push_back(static_cast<float>(sum / static_cast<double>(labels.size())));
        return numbers;
    }
    std::vector<float> dense;
    std::vector<std::uint8_t> labels;
    AlignedVector<float> logits, gradient;
};

void softmax(Call& call, Bench& bench, std::size_t rows, std::size_t threads) {
    const LossFn loss = softmax_cross_entropy(detected_isa());
    const CallCost cost{.bytes = static_cast<double>(2 * rows * kColumns * sizeof(float) + rows)};
    time_calls(call, bench, threads, cost, [&](std::size_t /*thread*/) {
        const auto batch = std::make_shared<Batch>(rows);
        const double sum = loss(batch->arguments());
        if (call.first)
            require_close(batch->found(sum), reference_loss(batch->dense, batch->labels, kClasses),
                          "softmax cross-entropy");
        return [batch, loss, arguments = batch->arguments()] { benchmark::DoNotOptimize(loss(arguments)); };
    });
    call.state.SetLabel(fmt::format("own loop, {}", name(detected_isa())));
}

}  // namespace

void add_softmax_cross_entropy(Registry& registry, Bench& bench) {
    for (const std::size_t threads : bench.side_by_side_counts()) {
        for (const std::size_t batch : kLossBatches) {
            registry.push_back(
                {.name = fmt::format("SoftmaxCrossEntropy/classes:{}/batch:{}{}", kClasses, batch,
                                     bench.threads_suffix(threads)),
                 .threads = threads,
                 .run = [&bench, batch, threads](Call& call) { softmax(call, bench, batch, threads); }});
        }
    }
}

}  // namespace mnist::bench
