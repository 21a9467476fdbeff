// OptimizerStep: one update of all parameters of the default network by one thread. In training the same loop
// runs on panels that are still in the cache.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "families.hpp"
#include "mnist/core/aligned.hpp"
#include "mnist/step/optimizer.hpp"
#include "primitive_loop.hpp"
#include "reference.hpp"

namespace mnist::bench {
namespace {

constexpr std::size_t kParameters = 784 * 128 + 128 + 128 * 64 + 64 + 64 * 10 + 10;

// Bytes of an update: the gradient and the weights are read, the weights written, each state read and
// written.
double bytes_of(OptimizerKind kind) {
    const std::size_t states = kind == OptimizerKind::sgd ? 0 : kind == OptimizerKind::momentum ? 1 : 2;
    return static_cast<double>(kParameters * sizeof(float) * (3 + 2 * states));
}

struct Arrays {
    Arrays() {
        const auto fill = [](AlignedVector<float>& array, std::uint32_t stream) {
            const std::vector<float> numbers = random_floats(kParameters, stream);
            array.assign(numbers.begin(), numbers.end());
        };
        fill(w, 1);
        fill(m, 2);
        fill(v, 3);
        fill(g, 4);
        for (float& value : v) value = std::abs(value);  // a mean of squares
    }
    AlignedVector<float> w, m, v, g;
};

Reference updated(const OptimizerSettings& s, const Arrays& a, double t) {
    Reference result;
    for (std::size_t i = 0; i < kParameters; ++i) {
        const double g = a.g[i];
        double change = s.lr * g;
        if (s.kind == OptimizerKind::momentum) change = s.lr * (s.momentum * a.m[i] + g);
        if (s.kind == OptimizerKind::adam) {
            const double m = (s.beta1 * a.m[i] + (1 - s.beta1) * g) / (1 - std::pow(s.beta1, t));
            const double v = (s.beta2 * a.v[i] + (1 - s.beta2) * g * g) / (1 - std::pow(s.beta2, t));
            change = s.lr * m / (std::sqrt(v) + s.epsilon);
        }
        result.values.push_back(a.w[i] - change);
        result.magnitudes.push_back(std::abs(a.w[i]) + std::abs(change));
    }
    return result;
}

void optimizer_step(Call& call, Bench& bench, OptimizerKind kind, std::size_t threads) {
    constexpr std::uint64_t kStep = 3;
    const OptimizerSettings settings = settings_for(kind, TrainConfig{}, 1);
    const UpdateScalars scalars = scalars_at(settings, kStep);
    const UpdateFn update = update_function(kind, detected_isa());
    const Reference expected = call.first ? updated(settings, Arrays{}, kStep) : Reference{};
    time_calls(call, bench, threads, {.bytes = bytes_of(kind)}, [&](std::size_t /*thread*/) {
        const auto arrays = std::make_shared<Arrays>();
        auto run = [arrays, update, &scalars] {
            update({.w = arrays->w.data(),
                    .m = arrays->m.data(),
                    .v = arrays->v.data(),
                    .g = arrays->g.data(),
                    .inputs = 1,
                    .outputs = kParameters,
                    .stride = kParameters,
                    .gradient_stride = kParameters},
                   scalars);
        };
        run();
        if (call.first) require_close(arrays->w, expected, "the update");
        return run;
    });
    call.state.SetLabel(fmt::format("own loop, {}", name(detected_isa())));
}

}  // namespace

void add_optimizer_step(Registry& registry, Bench& bench) {
    for (const std::size_t threads : bench.side_by_side_counts()) {
        for (const OptimizerKind kind : kOptimizers) {
            registry.push_back(
                {.name = fmt::format("OptimizerStep/{}/parameters:{}{}", word(kind), kParameters,
                                     bench.threads_suffix(threads)),
                 .threads = threads,
                 .run = [&bench, kind, threads](Call& call) { optimizer_step(call, bench, kind, threads); }});
        }
    }
}

}  // namespace mnist::bench
