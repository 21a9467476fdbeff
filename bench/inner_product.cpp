// InnerProduct: the matrix products of the default network, one direction of one layer at a time, in the
// layout in which the engine keeps the layer, a whole batch by one thread. BackwardData
// of the first layer is no part of training (nobody needs the gradient in the pixels); it is here because the
// table of directions would have a hole.
#include <fmt/format.h>

#include <array>
#include <memory>
#include <optional>

#include "families.hpp"
#include "mnist/core/flops.hpp"
#include "mnist/step/single_primitive.hpp"
#include "primitive_loop.hpp"
#include "reference.hpp"

namespace mnist::bench {
namespace {

using Direction = InnerProductDirection;

constexpr std::size_t kInnerProductBatches[]{64, 256, 1024};
constexpr std::array<std::pair<Direction, const char*>, 3> kDirections{
    {{Direction::forward, "Forward"},
     {Direction::backward_data, "BackwardData"},
     {Direction::backward_weights, "BackwardWeights"}}};

struct Case {
    std::size_t layer;  ///< of the default network
    std::size_t in, out, batch;
    Direction direction;
    std::size_t threads;
};

struct Operands {
    explicit Operands(const Case& c)
        : src(random_floats(c.batch * c.in, 1)),
          weights(random_floats(c.out * c.in, 2)),
          bias(random_floats(c.out, 3)),
          diff_dst(random_floats(c.batch * c.out, 4)) {}
    std::vector<float> src, weights, bias, diff_dst;
};

Reference reference_of(const Case& c, const Operands& o) {
    if (c.direction == Direction::forward) {
        Reference dst = product({o.src, c.in, 1}, {o.weights, 1, c.in}, c.batch, c.in, c.out);
        add_bias(dst, o.bias);
        return dst;
    }
    if (c.direction == Direction::backward_data)
        return product({o.diff_dst, c.out, 1}, {o.weights, c.in, 1}, c.batch, c.out, c.in);
    Reference gradient = product({o.diff_dst, 1, c.out}, {o.src, c.in, 1}, c.out, c.batch, c.in);
    const std::vector<float> ones(c.batch, 1.0F);
    const Reference bias = product({ones, c.batch, 1}, {o.diff_dst, c.out, 1}, 1, c.batch, c.out);
    gradient.values.insert(gradient.values.end(), bias.values.begin(), bias.values.end());
    gradient.magnitudes.insert(gradient.magnitudes.end(), bias.magnitudes.begin(), bias.magnitudes.end());
    return gradient;
}

// The plans of the network as the engine makes them on this machine.
LayerPlan plan_of(std::size_t layer, std::size_t batch) {
    Team team(1, {});
    return Engine(team, {.dims = {784, 128, 64, 10}, .batch = batch}).layers().at(layer);
}

void inner_product(Call& call, Bench& bench, const Case& c) {
    const LayerPlan plan = plan_of(c.layer, c.batch);
    const Operands operands(c);
    const CallCost cost{.flop = inner_product_flop(c.batch, c.in, c.out)};
    const std::optional<Reference> expected =
        call.first ? std::optional(reference_of(c, operands)) : std::nullopt;
    PrimitiveFacts facts;
    time_calls(call, bench, c.threads, cost, [&](std::size_t thread) {
        const auto primitive = std::make_shared<SingleInnerProduct>(
            plan, c.batch, c.direction,
            InnerProductOperands{operands.src, operands.weights, operands.bias, operands.diff_dst});
        primitive->run();
        if (expected) require_close(primitive->result(), *expected, "the inner product");
        if (thread == 0) facts = primitive->facts();
        return [primitive] { primitive->run(); };
    });
    describe_primitive(call, facts);
}

}  // namespace

void add_inner_product(Registry& registry, Bench& bench) {
    constexpr std::array<std::size_t, 4> kDims{784, 128, 64, 10};
    const auto add = [&](const Case& c, const char* direction) {
        registry.push_back({.name = fmt::format("InnerProduct/{}/in:{}/out:{}/batch:{}{}", direction, c.in,
                                                c.out, c.batch, bench.threads_suffix(c.threads)),
                            .threads = c.threads,
                            .needs_peak = true,
                            .run = [&bench, c](Call& call) { inner_product(call, bench, c); }});
    };
    for (const std::size_t threads : bench.side_by_side_counts()) {
        for (const auto& [direction, name] : kDirections) {
            for (std::size_t layer = 0; layer + 1 < kDims.size(); ++layer) {
                for (const std::size_t batch : kInnerProductBatches)
                    add({.layer = layer,
                         .in = kDims.at(layer),
                         .out = kDims.at(layer + 1),
                         .batch = batch,
                         .direction = direction,
                         .threads = threads},
                        name);
            }
        }
    }
}

}  // namespace mnist::bench
