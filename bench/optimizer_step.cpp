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
    return static_cast<double>(kParameters * sizeof(float) * (3 + 2 * optimizer(kind).states));
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
        for (AlignedVector<float>* const state : {&m, &v})
            for (float& value : *state)
                value = std::abs(value);  // a mean of squares, of one optimizer or another
    }
    AlignedVector<float> w, m, v, g;
};

void update_all(UpdateFn update, const UpdateScalars& scalars, Arrays& arrays) {
    update({.w = arrays.w.data(),
            .m = arrays.m.data(),
            .v = arrays.v.data(),
            .g = arrays.g.data(),
            .inputs = 1,
            .outputs = kParameters,
            .stride = kParameters,
            .gradient_stride = kParameters},
           scalars);
}

// What the plainest loop makes of them.
Reference updated(OptimizerKind kind, const UpdateScalars& scalars) {
    const Arrays before;
    Arrays after = before;
    update_all(update_function(kind, Isa::baseline), scalars, after);
    Reference result;
    for (std::size_t i = 0; i < kParameters; ++i) {
        const double change = static_cast<double>(after.w[i]) - before.w[i];
        result.values.push_back(after.w[i]);
        result.magnitudes.push_back(std::abs(before.w[i]) + std::abs(change));
    }
    return result;
}

void optimizer_step(Call& call, Bench& bench, OptimizerKind kind, std::size_t threads) {
    constexpr std::uint64_t kStep = 3;
    const OptimizerSettings settings = settings_for(kind, TrainConfig{}, 1);
    const UpdateScalars scalars = scalars_at(settings, kStep);
    const UpdateFn update = update_function(kind, detected_isa());
    const Reference expected = call.first ? updated(kind, scalars) : Reference{};
    time_calls(call, bench, threads, {.bytes = bytes_of(kind)}, [&](std::size_t /*thread*/) {
        const auto arrays = std::make_shared<Arrays>();
        auto run = [arrays, update, &scalars] { update_all(update, scalars, *arrays); };
        run();
        if (call.first) require_close(arrays->w, expected, "the update");
        return run;
    });
    call.state.SetLabel(fmt::format("own loop, {}", name(detected_isa())));
}

}  // namespace

void add_optimizer_step(Registry& registry, Bench& bench) {
    for (const std::size_t threads : bench.side_by_side_counts()) {
        for (const Optimizer& optimizer : kOptimizers) {
            registry.push_back({.name = fmt::format("OptimizerStep/{}/parameters:{}{}", optimizer.label,
                                                    kParameters, bench.threads_suffix(threads)),
                                .threads = threads,
                                .on_request = request_of(optimizer),
                                .run = [&bench, kind = optimizer.kind, threads](Call& call) {
                                    optimizer_step(call, bench, kind, threads);
                                }});
        }
    }
}

}  // namespace mnist::bench
